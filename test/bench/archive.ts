import { CvtArchive } from '../../core/archive/cvt-archive.ts';
import { jsonCodec, vectorCodec, type PayloadCodec } from '../../core/archive/codec.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { loadArchive } from '../../core/archive/load.ts';
import { NoveltyArchive } from '../../core/archive/novelty-archive.ts';
import type { Archive } from '../../core/archive/archive.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { benchSphere } from './sphere.ts';
import { median } from './statistics.ts';

const BATCH = 10_000;
const ROUNDS = 15;

/** Candidates in the unit square, drawn evenly; objectives too, so that fewer and fewer enter. */
interface Candidates { objectives: Float64Array; measures: Float64Array }

function draw(count: number, stream: number): Candidates {
  const random = new RandomStream(seedKey(1, purpose.sampling), stream);
  return {
    objectives: Float64Array.from({ length: count }, () => random.next()),
    measures: Float64Array.from({ length: 2 * count }, () => random.next()),
  };
}

/** Processor milliseconds of each of several rounds, after as many to warm up. */
function time(work: (round: number) => void, prepare?: () => void): number[] {
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    prepare?.();
    const from = process.cpuUsage();
    work(round);
    const { user, system } = process.cpuUsage(from);
    if (round >= ROUNDS) times.push((user + system) / 1000);
  }
  return times;
}

let missed = 0;

/** Prints a line: what came of `count` operations in these times, against the target. */
function line(name: string, count: number, times: readonly number[], target: number): void {
  const rate = (ms: number): number => count / ms / 1000;
  const least = rate(Math.max(...times));
  const ok = rate(median(times)) >= target;
  if (!ok) missed++;
  console.log(`${name.padEnd(58)} ${rate(median(times)).toFixed(2).padStart(8)} ${rate(Math.min(...times)).toFixed(2).padStart(8)} ${least.toFixed(2).padStart(8)}   ≥ ${target}${ok ? '' : '  MISSED'}`);
}

function lineMs(name: string, times: readonly number[], target: number): void {
  const ok = median(times) <= target;
  if (!ok) missed++;
  console.log(`${name.padEnd(58)} ${median(times).toFixed(1).padStart(8)} ${Math.min(...times).toFixed(1).padStart(8)} ${Math.max(...times).toFixed(1).padStart(8)}   ≤ ${target}${ok ? '' : '  MISSED'}`);
}

const batches = (count: number): Candidates[] => Array.from({ length: count }, (_, i) => draw(BATCH, i));

function addInBatches(archive: Archive<number>, lists: readonly Candidates[], round: number, times: number): void {
  for (let i = 0; i < times; i++) {
    const { objectives, measures } = lists[(round * times + i) % lists.length]!;
    archive.addBatch(BATCH, objectives, measures, (candidate) => candidate);
  }
}

function saveAndLoad<T>(name: string, codec: PayloadCodec<T>, solution: (i: number) => T): void {
  const side = 320;
  const archive = new GridArchive<T>({ dims: [side, side], ranges: [[0, side], [0, side]] });
  const count = 100_000;
  const { objectives } = draw(count, 90);
  const measures = Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side) + 0.5);
  archive.addBatch(count, objectives, measures, solution);
  let bytes = archive.save(codec);
  lineMs(`save 100,000 elites, ${name}, ${(bytes.length / 1e6).toFixed(1)} MB: ms`, time(() => { bytes = archive.save(codec); }), 200);
  lineMs(`load 100,000 elites, ${name}: ms`, time(() => { loadArchive(bytes, codec); }), 200);
}

/** Adds a second to each container, saving and loading, and the sphere. Exit code 1 where a target is missed. */
export function benchArchive(): void {
  console.log(`two measures, candidates drawn evenly; processor time in one thread, ${ROUNDS} rounds after as many to warm up`);
  console.log(`${'millions of candidates a second'.padEnd(58)}   median     best    least   target`);
  const lists = batches(30);
  const dims = [64, 64];
  const ranges = [[0, 1], [0, 1]] as const;

  let grid = new GridArchive<number>({ dims, ranges });
  line('grid 64×64, batches of 10,000, archive filling up', 20 * BATCH, time((round) => { addInBatches(grid, lists, round, 20); }), 20);
  line('grid 64×64, batches of 10,000, each into an empty archive', BATCH, time((round) => { addInBatches(grid, lists, round, 1); }, () => { grid = new GridArchive({ dims, ranges }); }), 3.7);
  grid = new GridArchive({ dims, ranges });
  const points = lists.map(({ measures }) => Array.from({ length: BATCH }, (_, i) => [measures[2 * i]!, measures[2 * i + 1]!]));
  line('grid 64×64, one at a time', 10 * BATCH, time((round) => {
    for (let n = 0; n < 10; n++) {
      const at = (round * 10 + n) % lists.length;
      for (let i = 0; i < BATCH; i++) grid.add(i, lists[at]!.objectives[i]!, points[at]![i]!);
    }
  }), 2);

  for (const [centroids, target] of [[1000, 5], [10_000, 3]] as const) {
    const cvt = new CvtArchive<number>({ ranges, centroids, seed: 1, rounds: 20 });
    line(`CVT with ${centroids} centroids, batches of 10,000`, 5 * BATCH, time((round) => { addInBatches(cvt, lists, round, 5); }), target);
  }

  for (const localCompetition of [false, true]) {
    const novelty = new NoveltyArchive<number>({ measureCount: 2, k: 15, threshold: 0, localCompetition });
    addInBatches(novelty, lists, 29, 1);
    // from here on a few of each batch are novel enough
    novelty.threshold = 0.0235;
    line(`novelty, k = 15, 10,000 kept${localCompetition ? ', local competition' : ''}, batches of 10,000`, BATCH, time((round) => { addInBatches(novelty, lists, round % 28, 1); }), 0.5);
    console.log(`  (${novelty.numElites} kept at the end)`);
  }

  saveAndLoad('texts as JSON', jsonCodec<string>(), (i) => `when grass.here > 0.${i} -> eat`);
  saveAndLoad('vectors of 20 numbers', vectorCodec(20), (i) => new Float64Array(20).fill(i));
  console.log('');
  benchSphere();
  if (missed > 0) process.exitCode = 1;
}

if (process.argv[1] === new URL(import.meta.url).pathname) benchArchive();
