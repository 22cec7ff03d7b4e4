import { listCheckpoints, readCheckpoint, type Checkpoint } from '../../core/recording/checkpoint.ts';
import { firstDifference } from '../../core/recording/first-difference.ts';
import { recordedEvents, watchTicks, type TickRecord } from '../../core/recording/tick-record.ts';
import type { RunSpec } from '../run-spec.ts';
import { makeAgain, unmeasured } from './made-again.ts';
import type { SavedRun } from './recording.ts';
import type { RecordedRun } from './recorded-run.ts';
import { checkpointFolder, eventsFolder } from './run-files.ts';

/** The tick in which a replay was first another run than the record, with its own fingerprint after it. */
export interface Parting { readonly tick: number; readonly fingerprint: string }

/** Ticks between two looks at whether somebody wants to stop. */
const LOOK_EVERY = 16;

/**
 * Names the first event in which a replay differs from the record, in one sentence. The replay is made once more, from
 * the nearest state on record before the tick, and watched in that tick alone. A state is trusted when it leads to the
 * fingerprint that the whole replay had; else the run is made from its beginning. `halted` says whether to give up.
 */
export async function nameParting(recorded: RecordedRun, spec: RunSpec, parting: Parting, halted: () => boolean): Promise<string> {
  const { tick } = parting;
  const nearest = listCheckpoints(checkpointFolder(recorded.path)).find((one) => one.tick < tick);
  const watched = (nearest === undefined ? null : await watchedFrom(nearest, recorded, spec, parting, halted))
    ?? await watchedFrom(null, recorded, spec, parting, halted);
  if (halted()) return `tick ${tick}; it was stopped before the event was found`;
  if (watched === null) return `tick ${tick}: made once more from its beginning, the replay was another again; this program does not do the same twice`;
  return firstDifference(await recordedEvents(eventsFolder(recorded.path), tick), watched)
    ?? `tick ${tick}: all that is in the tables is the same, so places or energies were others`;
}

/** What happens in the tick of a parting, made from a state, or from the beginning; null where it is not what the replay was. */
async function watchedFrom(from: Checkpoint | null, recorded: RecordedRun, spec: RunSpec, { tick, fingerprint }: Parting, halted: () => boolean): Promise<TickRecord | null> {
  // a state holds what was measured, too, and is loaded whole
  const { lab, close } = await makeAgain(recorded, from === null ? unmeasured(spec) : spec);
  try {
    const { simulation } = lab;
    const { kernel } = simulation;
    if (from !== null && !isLoaded(() => lab.load((readCheckpoint(from) as SavedRun).run))) return null;
    while (kernel.tick < tick - 1) {
      await lab.tick();
      if (kernel.tick % LOOK_EVERY !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (halted()) return null;
    }
    const watch = watchTicks(simulation);
    if (kernel.tick < tick) await lab.tick();
    return simulation.fingerprint === fingerprint ? watch.last() : null;
  } finally {
    await close();
  }
}

/** Whatever is wrong with a state, there is the beginning. */
function isLoaded(load: () => void): boolean {
  try {
    load();
    return true;
  } catch {
    return false;
  }
}
