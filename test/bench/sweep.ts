/** What a second core is worth to a sweep: 16 runs by two processes and by one, the start of the processes counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { experiment } from '../../core/experiments/experiment.ts';
import { planExperiment } from '../../viewer/cli/experiment-plan.ts';
import { wholeRun } from '../../viewer/cli/sweep-run.ts';
import { performAll } from '../../viewer/cli/sweep-pool.ts';
import { median } from './statistics.ts';

const TIMES = 3;

const { runs } = planExperiment(experiment.parse({
  name: 'bench', world: 'meadow', replicates: 4, base: { ticks: 800, parameters: { size: 160, founders: 300 } },
  factors: [{ key: 'scarcity', values: [0.2, 0.4, 0.6, 0.8] }],
}), 'bench');

/** Seconds that all runs take, in a folder of their own. */
async function seconds(workers: number, performed = runs): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-sweep-'));
  try {
    const problems: string[] = [];
    const begun = performance.now();
    await performAll(performed.map(({ spec, name }, id) => ({ id, spec, folder: join(folder, name) })), workers, {
      tick: () => undefined, done: () => undefined, failed: (_, sentence) => { problems.push(sentence); },
    }, new AbortController().signal);
    const took = (performance.now() - begun) / 1000;
    if (problems.length > 0 || performed.some(({ name }) => wholeRun(join(folder, name)) === null)) throw new Error(`Not all runs came to their end. ${problems[0] ?? ''}`);
    return took;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await seconds(2, runs.slice(0, 2));
const pairs: { one: number; two: number }[] = [];
for (let i = 0; i < TIMES; i++) {
  const two = await seconds(2);
  pairs.push({ two, one: await seconds(1) });
}
const ratio = median(pairs.map(({ one, two }) => one / two));
console.log(`${runs.length} runs: ${median(pairs.map(({ one }) => one)).toFixed(1)} s by one process, ${median(pairs.map(({ two }) => two)).toFixed(1)} s by two: ${ratio.toFixed(2)} times as fast `
  + `(${pairs.map(({ one, two }) => (one / two).toFixed(2)).join(', ')}; at least 1.8 is wanted)`);
if (ratio < 1.8) process.exitCode = 1;
