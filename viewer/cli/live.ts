import type { OpenModelService } from '../../agents/model/service.ts';
import type { ModelFacts } from '../protocol.ts';
import { createSession, type Session } from '../session.ts';
import { serveViewer, type ViewerServer } from '../server.ts';
import type { Lab } from '../lab.ts';
import type { RunSpec } from '../run-spec.ts';
import { asFailure } from './failure.ts';
import { pageFolder } from './page.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Stop } from './stop.ts';
import { sessionOf } from './watched-run.ts';
import { statusWords } from './run-words.ts';
import { count, isNarrow } from './words.ts';

const STATUS_EVERY_MS = 5000;
const LOOK_EVERY_MS = 250;
const PATIENCE_MS = 10_000;

export interface LiveOptions {
  lab: Lab;
  spec: RunSpec;
  /** Where the run is recorded. */
  folder: string | null;
  model: ModelFacts;
  service: OpenModelService | null;
  port: number;
  /** Ticks a second, 0 is as fast as the machine goes. */
  speed: number;
  lastTick: number | undefined;
  stop: Stop;
  /** Called now and then while it runs; may throw to end the run. */
  check(): void;
}

/**
 * Serves the viewer's page and runs at a person's pace until it is stopped.
 *
 * @returns the seconds that it ran
 */
export async function runLive({ lab, spec, folder, model, service, port, speed, lastTick, stop, check }: LiveOptions): Promise<number> {
  // what was recorded comes again at once: nothing of it is news
  while (!lab.prompter.done && stop.asked === null) await lab.tick();
  const session = createSession({
    lab, model, ...sessionOf(lab, spec, folder), ticksPerSecond: speed, pauseWhenSpent: spec.budget.policy === 'pause', raise: (caps) => service?.raise(caps),
    ...(lastTick === undefined ? {} : { lastTick }),
  });
  const server = await serveViewer({ session, dist: pageFolder, port }).catch((error: unknown) => { throw asFailure(error); });
  const started = performance.now();
  process.stdout.write(`The ${lab.simulation.world.name} lives at ${server.url} (Ctrl-C stops it)\n`);
  const progress = createProgress({ lineEveryMs: STATUS_EVERY_MS, title: 'tick' });
  try {
    await Promise.race([session.run(), stop.when, watch(session, progress, lastTick, check, stop)]);
  } finally {
    session.stop();
    progress.stop();
    await close(server);
  }
  return (performance.now() - started) / 1000;
}

/** Prints what is happening; settles only by throwing. */
function watch({ lab, totals }: Session, progress: Progress, lastTick: number | undefined, check: () => void, stop: Stop): Promise<never> {
  const { kernel } = lab.simulation;
  const narrow = isNarrow(process.stderr);
  let seen = { tick: -1, at: performance.now() };
  let told = false;
  let finished = false;
  return new Promise((_, reject) => {
    const timer = setInterval(() => {
      if (stop.asked !== null) { clearInterval(timer); return; }
      try {
        check();
      } catch (error) {
        clearInterval(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (!finished) progress.update(kernel.tick, `${count(kernel.tick)} · ${statusWords(lab, narrow)}`);
      if (kernel.tick !== seen.tick) seen = { tick: kernel.tick, at: performance.now() };
      else if (!told && lab.simulation.due().length > 0 && totals().model.inFlight > 0 && performance.now() - seen.at > PATIENCE_MS) {
        told = true;
        progress.note(`Tick ${kernel.tick + 1} waits for the model; the world goes on when its children are written.`);
      }
      const { ended } = lab.stopWatch;
      if (!finished && (ended !== null || kernel.tick >= (lastTick ?? Infinity))) {
        finished = true;
        progress.note(`${ended === null ? `The run has reached its last tick, ${kernel.tick}` : `The run has ended at tick ${ended.tick}: ${ended.words}`}; the page stays until Ctrl-C.`);
      }
    }, LOOK_EVERY_MS);
    timer.unref();
  });
}

/** Frees the port; pages that do not let go do not hold us up. */
async function close(server: ViewerServer): Promise<void> {
  await Promise.race([server.close(), new Promise((resolve) => { setTimeout(resolve, 1000).unref(); })]);
}
