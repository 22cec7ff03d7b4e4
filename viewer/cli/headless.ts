import { setImmediate as breathe } from 'node:timers/promises';
import type { Lab } from '../lab.ts';
import { createProgress } from './progress.ts';
import type { Stop } from './stop.ts';
import { statusWords } from './run-words.ts';
import { count, isNarrow } from './words.ts';

/** Longest stretch without letting signals and replies in. */
const SLICE_MS = 25;
const LINE_EVERY_MS = 2000;
const WAIT_SHOWN_MS = 1000;
/** After this long without a tick, the terminal says what is waited for. */
const PATIENCE_MS = 10_000;

export interface HeadlessOptions {
  lab: Lab;
  lastTick: number;
  stop: Stop;
  /** Ends the run between two ticks, too: the budget is spent. */
  halt: AbortSignal;
  /** Called after each tick; may throw to end the run. */
  afterTick(): void;
}

/**
 * Runs as fast as the machine goes, until the last tick or until it is stopped. A tick that has begun is finished; one
 * that still waits for the model is not begun.
 *
 * @returns the seconds that it took
 */
export async function runHeadless({ lab, lastTick, stop, halt, afterTick }: HeadlessOptions): Promise<number> {
  const { service } = lab;
  const { kernel } = lab.simulation;
  const progress = createProgress({ total: lastTick, lineEveryMs: LINE_EVERY_MS, title: 'tick' });
  const started = performance.now();
  let ticked = started;
  const narrow = isNarrow(process.stderr);
  const show = (): void => {
    const waits = service !== null && performance.now() - ticked > WAIT_SHOWN_MS ? ' · waiting for the model' : '';
    progress.update(kernel.tick, `${count(kernel.tick)}${narrow ? '' : ` of ${count(lastTick)}`} · ${statusWords(lab, narrow)}${waits}`);
  };
  let told = false;
  let wake: () => void = () => undefined;
  for (const signal of [stop.signal, halt]) signal.addEventListener('abort', () => wake(), { once: true });
  /** Waits for `work`, or until we are to stop. (A race with one long-lived promise would hold on to every tick.) */
  const orStop = (work: Promise<unknown>): Promise<void> => new Promise((resolve, reject) => {
    wake = resolve;
    work.then(() => resolve(), reject);
  });
  const watch = setInterval(() => {
    show();
    if (performance.now() - ticked < PATIENCE_MS || told || service === null) return;
    told = true;
    progress.note(`Tick ${kernel.tick + 1} waits for the model, which owes ${count(service.inFlight)} answers; a smaller modelShare, deliberation or judging waits less.`);
  }, 1000);
  let breath = started;
  try {
    while (kernel.tick < lastTick && lab.stopWatch.ended === null && stop.asked === null && !halt.aborted) {
      await orStop(lab.tick());
      ticked = performance.now();
      afterTick();
      if (ticked - breath < SLICE_MS) continue;
      show();
      await breathe();
      breath = performance.now();
    }
  } finally {
    clearInterval(watch);
    progress.stop();
  }
  return (performance.now() - started) / 1000;
}
