/**
 * What a second core is worth to a sweep: 16 runs by two processes, and the same confined to one core, whole commands from
 * their start to their report. Without confining it, one process would have a thread of its recorder on the other core.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median } from './statistics.ts';

const PAIRS = 2;
const program = resolve(import.meta.dirname, '../../viewer/cli/lichen.mjs');
const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-sweep-'));
const file = join(folder, 'sixteen.json');
// as long as runs are: a few seconds each, so that what counts is the work and not the start of the processes
writeFileSync(file, JSON.stringify({
  name: 'sixteen', world: 'meadow', replicates: 4, base: { ticks: 3500, parameters: { size: 192, founders: 300 } },
  factors: [{ key: 'scarcity', values: [0.2, 0.4, 0.6, 0.8] }], outcomes: ['population'],
}));

/** Seconds that the whole command takes, and the table that it leaves. */
function sweep(cores: 1 | 2, name: string): { seconds: number; table: string } {
  const out = join(folder, name);
  const command = [process.execPath, program, 'sweep', file, '--out', out, '--cores', String(cores), '--json'];
  const [head, ...rest] = cores === 1 ? ['taskset', '-c', '0', ...command] : command;
  const begun = performance.now();
  const { status, error, stderr } = spawnSync(head!, rest, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The sweep ended with ${String(status)}: ${error?.message ?? stderr}`);
  return { seconds: (performance.now() - begun) / 1000, table: readFileSync(join(out, 'results.csv'), 'utf8') };
}

try {
  const pairs = Array.from({ length: PAIRS }, (_, i) => ({ two: sweep(2, `two-${i}`), one: sweep(1, `one-${i}`) }));
  if (pairs.some(({ one, two }) => one.table !== two.table)) throw new Error('One core and two have made different tables.');
  const ratios = pairs.map(({ one, two }) => one.seconds / two.seconds);
  console.log(`16 runs: ${median(pairs.map(({ one }) => one.seconds)).toFixed(1)} s on one core, ${median(pairs.map(({ two }) => two.seconds)).toFixed(1)} s on two: `
    + `${median(ratios).toFixed(2)} times as fast (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; at least 1.8 is wanted), the same table`);
  if (median(ratios) < 1.8) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
