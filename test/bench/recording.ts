import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { createRecorder, type Recorder } from '../../core/recording/recorder.ts';
import { inspectRecord } from '../../core/recording/segments.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { findWorld } from '../../worlds/index.ts';
import { DENSITY, evolvedGenomes } from './kernel.ts';
import { median } from './statistics.ts';

const ORGANISMS = 100_000;
const TICKS = 20;
const ROUNDS = 9;
/** Rows from which on a segment is written, as in a run. */
const MOST_ROWS = 500_000;

/** A meadow with its archive, counts and thirty measures every tenth tick. */
function start(founders: readonly string[]): Simulation {
  const world = findWorld('meadow');
  const simulation = new Simulation({
    world, seed: 11, genomes: createInstincts(world.vocabulary), founders,
    parameters: resolveParameters(world.parameters, {
      size: Math.round(Math.sqrt(ORGANISMS / DENSITY)), founders: ORGANISMS, capacity: Math.ceil(ORGANISMS * 1.6), mutationRate: 0.05,
    }),
  });
  countTotals(simulation);
  archiveLives(simulation);
  const names = Array.from({ length: 30 }, (_, i) => `group.measure${i}`);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || event.tick % 10 !== 0) return;
    simulation.emit({ kind: 'measures', tick: event.tick, values: Object.fromEntries(names.map((name, i) => [name, event.population / (i + 1)])) });
  });
  return simulation;
}

/** Nanoseconds that this thread has been on a processor. */
function onProcessor(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return performance.now() * 1e6;
  }
}

interface Cost { thread: number; wall: number }

/** Milliseconds that so many ticks took, as a run makes them: it waits for the recorder where that asks for it. */
async function ticks(simulation: Simulation, recorder: Recorder | null): Promise<Cost> {
  const [thread, wall] = [onProcessor(), performance.now()];
  for (let t = 0; t < TICKS; t++) {
    simulation.step();
    if (recorder !== null && recorder.rows > MOST_ROWS) void recorder.seal();
    await recorder?.ready();
  }
  // what was read comes back, as it does while a run goes on
  await breathe();
  return { thread: (onProcessor() - thread) / 1e6, wall: performance.now() - wall };
}

/** What recording costs the thread of the run, in processor time and by the clock, with and without positions. */
async function benchRecording(): Promise<void> {
  console.log(`a meadow of about ${ORGANISMS} organisms with its archive, counts and measures, ${TICKS} ticks in turn without and with a recorder, ${ROUNDS} rounds;`);
  console.log('the cost to the thread of the run is from the medians of pairs; wanted: at most 10 %, with positions every 10 ticks at most 30 %');
  const founders = evolvedGenomes(1000, 1200, 5);
  console.log('positions     alive   bare ms   recorded ms   cost, thread   cost, clock   rows a tick   bytes a row   seal at the end ms');
  for (const positionsEvery of [0, 10]) {
    const folder = mkdtempSync(join(tmpdir(), 'lichen-bench-'));
    const bare = start(founders);
    const recorded = start(founders);
    const recorder = await createRecorder({ simulation: recorded, folder, positionsEvery });
    for (const each of [bare, recorded]) for (let t = 0; t < 30; t++) each.step();
    await recorder.seal();
    const without: Cost[] = [];
    const withIt: Cost[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      without.push(await ticks(bare, null));
      withIt.push(await ticks(recorded, recorder));
    }
    const from = performance.now();
    await recorder.seal();
    const sealing = performance.now() - from;
    await recorder.close();
    if (recorder.problem !== null) throw recorder.problem;
    if (recorded.fingerprint !== bare.fingerprint) throw new Error('The recorded run is another than the bare one.');
    const cost = (kind: keyof Cost): string => `${(100 * median(without.map((each, i) => withIt[i]![kind] / each[kind] - 1))).toFixed(1)} %`;
    const { segments } = await inspectRecord(folder);
    const rows = segments.reduce((sum, one) => sum + one.rows, 0);
    const bytes = segments.reduce((sum, one) => sum + one.bytes, 0);
    console.log([
      (positionsEvery === 0 ? 'none' : `every ${positionsEvery}`).padStart(9), String(recorded.kernel.pop.count).padStart(9), median(without.map(({ wall }) => wall)).toFixed(0).padStart(9),
      median(withIt.map(({ wall }) => wall)).toFixed(0).padStart(13), cost('thread').padStart(14), cost('wall').padStart(13),
      (rows / recorded.kernel.tick).toFixed(0).padStart(13), (bytes / rows).toFixed(1).padStart(13), sealing.toFixed(0).padStart(20),
    ].join(' '));
    rmSync(folder, { recursive: true });
  }
}

await benchRecording();
