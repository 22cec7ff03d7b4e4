import { foreseen, messageOf } from './failure.ts';
import { performRun } from './sweep-run.ts';
import type { Errand, News } from './sweep-pool.ts';

/** How often a run says how far it is. */
const TELL_EVERY_MS = 250;

const tell = (news: News): void => { process.send?.(news); };

process.on('message', ({ id, spec, folder }: Errand) => {
  let next = 0;
  performRun(spec, folder, (tick) => {
    if (performance.now() < next) return;
    next = performance.now() + TELL_EVERY_MS;
    tell({ kind: 'tick', id, tick });
  }).then(
    () => tell({ kind: 'done', id }),
    (error: unknown) => tell({ kind: 'failed', id, sentence: foreseen(error) ?? (error instanceof Error ? error.stack ?? error.message : messageOf(error)) }),
  );
});
// whoever gave the runs is gone; what is half-done is gone on with another time
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches all processes of a terminal: the one that gave the runs decides
process.on('SIGINT', () => undefined);
tell({ kind: 'ready' });
