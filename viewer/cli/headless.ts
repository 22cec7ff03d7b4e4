import { setImmediate as breathe } from 'node:timers/promises';
import { advance } from '../../core/advance.ts';
import type { Lab } from '../lab.ts';
import { createProgress } from './progress.ts';
import type { Stop } from './stop.ts';
import { count, isNarrow, statusWords } from './words.ts';

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
  /** Called after each tick; may throw to end the run. */
  afterTick(): void;
}

/**
 * Runs as fast as the machine goes, until the last tick or until it is stopped. A tick that has begun is finished; one
 * that still waits for the model is not begun.
 *
 * @returns the seconds that it took
 */
export async function runHeadless({ lab, lastTick, stop, afterTick }: HeadlessOptions): Promise<number> {
  const { simulation, writer } = lab;
  const { kernel } = simulation;
  const progress = createProgress({ total: lastTick, lineEveryMs: LINE_EVERY_MS, title: 'tick' });
  const started = performance.now();
  let ticked = started;
  const narrow = isNarrow(process.stderr);
  const show = (): void => {
    const waits = writer !== null && performance.now() - ticked > WAIT_SHOWN_MS ? ' · waiting for the model' : '';
    progress.update(kernel.tick, `${count(kernel.tick)}${narrow ? '' : ` of ${count(lastTick)}`} · ${statusWords(lab, narrow)}${waits}`);
  };
  let told = false;
  let wake: () => void = () => undefined;
  stop.signal.addEventListener('abort', () => wake(), { once: true });
  /** Waits for `work`, or until we are to stop. (A race with one long-lived promise would hold on to every tick.) */
  const orStop = (work: Promise<unknown>): Promise<void> => new Promise((resolve, reject) => {
    wake = resolve;
    work.then(() => resolve(), reject);
  });
  const watch = setInterval(() => {
    show();
    if (performance.now() - ticked < PATIENCE_MS || told || writer === null) return;
    told = true;
    progress.note(`Tick ${kernel.tick + 1} waits for the model, which has ${count(writer.inFlight)} children to write; --operator mixed with a smaller modelShare waits less.`);
  }, 1000);
  let breath = started;
  try {
    while (kernel.tick < lastTick && stop.asked === null) {
      await orStop(advance(simulation, { writer }));
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
