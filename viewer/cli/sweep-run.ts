import { existsSync, rmSync } from 'node:fs';
import { setImmediate as breathe, setTimeout as rest } from 'node:timers/promises';
import { knownPrices } from '../../agents/model/prices.ts';
import type { RunSpec } from '../run-spec.ts';
import { OtherVersion } from '../../core/recording/checkpoint.ts';
import { Failure } from './failure.ts';
import { isHeld } from './lock.ts';
import { modelsOf } from './model-access.ts';
import { perform } from './perform.ts';
import { openToGoOn, type RunToGoOn } from './recorded-run.ts';
import { isWhole, readResults, type RunResults } from './run-results.ts';

/** Longest stretch without letting messages in. */
const SLICE_MS = 25;
/** How long a worker of a sweep that was killed may go on in a folder before it notices. */
const PATIENCE_MS = 30_000;

/**
 * Performs one run in its folder and says what it came to. Whatever stands there already is taken up: a whole run is
 * only read, one that was cut short is gone on with, and what cannot be gone on with is made anew. Nothing but spec and
 * folder decides, so any machine may do it, at any time, any number of times.
 *
 * @param onTick told from time to time how far it is
 * @throws a failure with one sentence
 */
export async function performRun(spec: RunSpec, folder: string, onTick: (tick: number) => void): Promise<RunResults> {
  await untilFree(folder);
  const done = wholeRun(folder);
  if (done !== null) return done;
  const resumed = takeUp(folder);
  const model = await modelsOf(spec, new AbortController().signal);
  try {
    const settled = { ...spec, model: model.name };
    const { spent, summary } = await perform({
      spec: settled, model, prices: knownPrices, resumed, say: () => undefined, ...(resumed === null ? { out: folder } : {}),
    }, async ({ lab, check, spent: halt }) => {
      const { kernel } = lab.simulation;
      const begun = performance.now();
      let breath = begun;
      while (kernel.tick < spec.ticks! && lab.stopWatch.ended === null && !halt.aborted) {
        await lab.tick();
        check();
        if (performance.now() - breath < SLICE_MS) continue;
        onTick(kernel.tick);
        await breathe();
        breath = performance.now();
      }
      return (performance.now() - begun) / 1000;
    });
    if (spent) throw new Failure(`The budget was spent at tick ${summary.ticks}; raise base.budget, or choose its policy blind.`);
  } finally {
    for (const door of model.doors) await door.close();
  }
  return readResults(folder)!;
}

/** What a run came to that stands whole in its folder, null where there is none. */
export function wholeRun(folder: string): RunResults | null {
  try {
    const results = readResults(folder);
    return results !== null && isWhole(results) ? results : null;
  } catch (error) {
    // what cannot be read is made again
    if (error instanceof Failure) return null;
    throw error;
  }
}

function takeUp(folder: string): RunToGoOn | null {
  if (!existsSync(folder)) return null;
  try {
    return openToGoOn(folder);
  } catch (error) {
    // what another version wrote is not ours to make anew
    if (!(error instanceof Failure) || error.cause instanceof OtherVersion || isHeld(folder)) throw error;
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

async function untilFree(folder: string): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; existsSync(folder) && isHeld(folder) && performance.now() < until;) await rest(50);
}
