import { existsSync } from 'node:fs';
import { listFile } from '../../core/recording/segments.ts';
import { Failure } from './failure.ts';
import { planRun } from './plan.ts';
import { createProgress } from './progress.ts';
import { finishedAt, openRecorded, summaryOf } from './recorded-run.ts';
import { eventsFolder } from './run-files.ts';
import { listenForStop } from './stop.ts';
import { count, counted } from './words.ts';

export interface ReplayFlags { ticks?: number; json?: boolean }

export interface Replayed {
  readonly run: string;
  readonly agrees: boolean;
  /** Ticks that were compared. */
  readonly ticks: number;
  readonly fingerprint: string;
  /** The first tick that was another, and the first event of it. */
  readonly parted: { readonly tick: number; readonly event: string } | null;
  readonly seconds: number;
}

/** Exit code of a replay that was another run than the record. */
const PARTED = 4;

/**
 * `lichen replay`: makes a recorded run again from spec, commands and recorded replies, and compares it with the record
 * tick by tick. Where they part it says at which tick and event. Returns the exit code.
 */
export async function replay(target: string, { ticks, json = false }: ReplayFlags): Promise<number> {
  const recorded = openRecorded(target);
  const spec = planRun(recorded.spec, { set: [] });
  const events = eventsFolder(recorded.path);
  const stop = listenForStop();
  const progress = createProgress({ lineEveryMs: 2000, title: 'tick' });
  // what is refused needs no world
  const [{ makeAgain, unmeasured }, { nameParting }] = await Promise.all([import('./made-again.ts'), import('./parting.ts')]);
  const again = await makeAgain(recorded, unmeasured(spec));
  try {
    const expected = existsSync(listFile(events)) ? await fingerprintsOf(events) : null;
    const last = Math.min(ticks ?? Infinity, expected === null ? finishedAt(recorded) ?? 0 : expected.length - 1);
    if (last === 0) throw new Failure(`The run in ${target} has nothing to compare a replay with: it was recorded without events and cut short; go on with it first, with lichen run ${target} --resume.`);
    const { simulation } = again.lab;
    const { kernel } = simulation;
    const started = performance.now();
    let parted: Replayed['parted'] = null;
    for (let begun = false; stop.asked === null; begun = true) {
      // the founders first
      if (begun) await again.lab.tick();
      const { tick } = kernel;
      const lost = again.missing();
      if (lost !== null) throw new Failure(lost);
      if (expected !== null && expected[tick] !== simulation.fingerprint) {
        progress.update(tick, `${count(tick)} of ${count(last)} · another than the record; looking for the event`);
        parted = { tick, event: await nameParting(recorded, spec, { tick, fingerprint: simulation.fingerprint }, () => stop.asked !== null) };
        break;
      }
      if (tick >= last) break;
      if (tick % 16 === 0) {
        progress.update(tick, `${count(tick)} of ${count(last)} · ${counted(kernel.pop.count, 'organism')}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const { fingerprint } = simulation;
    if (expected === null && parted === null && kernel.tick === finishedAt(recorded)) {
      const recordedPrint = summaryOf(recorded)?.fingerprint;
      if (recordedPrint !== fingerprint) parted = { tick: kernel.tick, event: `tick ${kernel.tick}: the fingerprint is ${fingerprint} and the record has ${String(recordedPrint)}; there are no tables that could say where they parted` };
    }
    progress.stop();
    const outcome: Replayed = { run: recorded.path, agrees: parted === null, ticks: kernel.tick, fingerprint, parted, seconds: (performance.now() - started) / 1000 };
    if (json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
    else process.stdout.write(`${inWords(outcome, expected !== null)}\n`);
    return stop.asked !== null ? stop.code : parted === null ? 0 : PARTED;
  } finally {
    progress.stop();
    await again.close();
  }
}

function inWords({ run, agrees, ticks, fingerprint, parted, seconds }: Replayed, byTick: boolean): string {
  if (agrees) return `The replay agrees with the record in ${run}${byTick ? ` in each of ${counted(ticks, 'tick')}` : ` after ${counted(ticks, 'tick')}`}: fingerprint ${fingerprint}, in ${seconds.toFixed(1)} s.`;
  return `The replay parts from the record in ${run} at ${parted!.event}.`;
}

/** Recorded fingerprints by tick. Throws a failure when the record is damaged. */
async function fingerprintsOf(events: string): Promise<string[]> {
  const { recordedTicks } = await import('../../core/recording/tick-record.ts');
  const prints: string[] = [];
  try {
    for await (const { tick, fingerprint } of recordedTicks(events)) prints[tick] = fingerprint;
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
  return prints;
}
