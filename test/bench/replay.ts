/**
 * A replay against the run that it repeats: the whole commands `lichen run --out` and `lichen replay`, from their start to
 * their end, by turns; by the clock, and in processor time of all their threads. Wanted: a replay is no slower than its run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { worlds } from '../../worlds/index.ts';
import { median } from './statistics.ts';

const PAIRS = 5;
const TICKS = 2500;
const SEED = 1;
/** Clock ticks of the kernel in a second, as Linux counts the time of processes. */
const HERTZ = 100;
const program = resolve(import.meta.dirname, '../../viewer/cli/lichen.mjs');
const world = worlds[0]!.name;

interface Cost { readonly clock: number; readonly processor: number }
interface Replayed { readonly agrees: boolean; readonly ticks: number; readonly fingerprint: string }

/** Seconds on processors of all commands that have ended; NaN where the system does not say. */
function ofChildren(): number {
  try {
    // behind the name, which may have blanks, cutime and cstime are the 14th and 15th word
    const words = readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(words[13]) + Number(words[14])) / HERTZ;
  } catch {
    return NaN;
  }
}

/** Seconds that a whole command takes, and what it prints. */
function timed(...args: string[]): { cost: Cost; told: unknown } {
  const [processor, clock] = [ofChildren(), performance.now()];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, '--json'], { encoding: 'utf8' });
  const cost = { clock: (performance.now() - clock) / 1000, processor: ofChildren() - processor };
  if (status !== 0) throw new Error(`lichen ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return { cost, told: JSON.parse(stdout) };
}

const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-replay-'));
try {
  const pairs: { run: Cost; replay: Cost }[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const out = join(folder, String(pair));
    const run = timed('run', world, '--seed', String(SEED), '--ticks', String(TICKS), '--model', 'none', '--headless', '--out', out);
    const replay = timed('replay', out);
    const { fingerprint } = run.told as { fingerprint: string };
    const found = replay.told as Replayed;
    if (!found.agrees || found.ticks !== TICKS || found.fingerprint !== fingerprint) throw new Error('The replay was another run.');
    pairs.push({ run: run.cost, replay: replay.cost });
    rmSync(out, { recursive: true });
  }
  console.log(`${world}, seed ${SEED}, ${TICKS} ticks, recorded; ${PAIRS} pairs of whole commands`);
  console.log('seconds        run: median   least   replay: median   least   replay to run, median of pairs');
  const ratios = { clock: NaN, processor: NaN };
  for (const kind of ['clock', 'processor'] as const) {
    const [run, replay] = [pairs.map((pair) => pair.run[kind]), pairs.map((pair) => pair.replay[kind])];
    ratios[kind] = median(pairs.map((pair) => pair.replay[kind] / pair.run[kind]));
    console.log([
      kind.padEnd(9), median(run).toFixed(2).padStart(16), Math.min(...run).toFixed(2).padStart(7), median(replay).toFixed(2).padStart(16), Math.min(...replay).toFixed(2).padStart(7), ratios[kind].toFixed(3).padStart(18),
    ].join(' '));
  }
  console.log('wanted: at most 1 by the clock');
  if (ratios.clock > 1) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
