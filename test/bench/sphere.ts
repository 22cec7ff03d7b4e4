import { spawnSync } from 'node:child_process';
import type { Emitter } from '../../core/archive/emitter.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { Scheduler } from '../../core/archive/scheduler.ts';
import { GaussianEmitter, IsoLineEmitter } from '../../core/archive/vector-emitter.ts';
import { median } from './statistics.ts';

const EDGE = 5.12;
const OPTIMUM = 0.4 * EDGE;
const SIDE = 100;
/** How many times as fast as pyribs each is to be. */
const LEAST_TIMES = 3;

export type Method = 'map-elites' | 'iso-line';

export interface SphereSettings {
  method: Method;
  dimensions: number;
  iterations: number;
  seed: number;
  /** Candidates an emitter makes at a time, and how many emitters there are. */
  batchSize?: number;
  emitters?: number;
}

/**
 * The sphere function and its linear projection (Fontaine et al. 2020, "Covariance matrix adaptation for the rapid
 * illumination of behavior space"): the best objective is 100 at 2.048 in every dimension, the worst within the domain 0;
 * the measures are the sums of the two halves of the vector, whose length is even, where a number x beyond ±5.12 counts 5.12 / x.
 */
export function evaluateSphere(solutions: readonly Float64Array[], objectives: Float64Array, measures: Float64Array): void {
  for (let i = 0; i < solutions.length; i++) {
    const x = solutions[i]!;
    const half = x.length >> 1;
    let squares0 = 0;
    let squares1 = 0;
    let sum0 = 0;
    let sum1 = 0;
    // both halves at once: neither sum waits for the other
    for (let d = 0; d < half; d++) {
      const first = x[d]!;
      const second = x[d + half]!;
      squares0 += (first - OPTIMUM) * (first - OPTIMUM);
      squares1 += (second - OPTIMUM) * (second - OPTIMUM);
      sum0 += first > EDGE || first < -EDGE ? EDGE / first : first;
      sum1 += second > EDGE || second < -EDGE ? EDGE / second : second;
    }
    const squares = squares0 + squares1;
    objectives[i] = 100 * (1 - squares / ((EDGE + OPTIMUM) * (EDGE + OPTIMUM) * x.length));
    measures[2 * i] = sum0;
    measures[2 * i + 1] = sum1;
  }
}

/** One run; processor seconds beside what it reached. */
export function runSphere({ method, dimensions, iterations, seed, batchSize = 36, emitters: count = 15 }: SphereSettings): { normQdScore: number; coverage: number; cpuSeconds: number } {
  const reach = (dimensions / 2) * EDGE;
  const archive = new GridArchive<Float64Array>({ dims: [SIDE, SIDE], ranges: [[-reach, reach], [-reach, reach]] });
  const common = { batchSize, x0: new Float64Array(dimensions), seed };
  const emitters = Array.from({ length: count }, (_, stream): Emitter<Float64Array> => (method === 'map-elites'
    ? new GaussianEmitter(archive, { ...common, stream, sigma: 0.5 })
    : new IsoLineEmitter(archive, { ...common, stream, isoSigma: 0.5, lineSigma: 0.2 })));
  const scheduler = new Scheduler({ archive, emitters });
  const objectives = new Float64Array(batchSize * count);
  const measures = new Float64Array(2 * objectives.length);
  const from = process.cpuUsage();
  for (let i = 0; i < iterations; i++) {
    evaluateSphere(scheduler.ask(), objectives, measures);
    scheduler.tell(objectives, measures);
  }
  const { user, system } = process.cpuUsage(from);
  return { normQdScore: archive.normQdScore, coverage: archive.coverage, cpuSeconds: (user + system) / 1e6 };
}

interface Task { method: Method; dimensions: number; iterations: number; seeds: number; reference: number; referenceCoverage: number }

/** Published values of pyribs' sphere example (normalised QD-score, coverage). */
const tasks: readonly Task[] = [
  { method: 'map-elites', dimensions: 20, iterations: 2000, seeds: 5, reference: 62.5, referenceCoverage: 0.799 },
  { method: 'iso-line', dimensions: 20, iterations: 2000, seeds: 5, reference: 62.0, referenceCoverage: 0.790 },
  { method: 'map-elites', dimensions: 100, iterations: 10_000, seeds: 3, reference: 41.6, referenceCoverage: 0.508 },
  { method: 'iso-line', dimensions: 100, iterations: 10_000, seeds: 3, reference: 48.9, referenceCoverage: 0.602 },
];

/** MAP-Elites and iso-line on the sphere beside pyribs, where `LICHEN_PYTHON` or `python3` has it; exit code 1 where a score is off by more than a point, or pyribs is less than three times as slow. */
export function benchSphere(): void {
  const python = process.env.LICHEN_PYTHON ?? 'python3';
  const has = spawnSync(python, ['-c', 'import ribs; print(ribs.__version__)'], { encoding: 'utf8' });
  const version = has.status === 0 ? has.stdout.trim() : null;
  console.log('sphere, linear projection, 100×100 cells, 15 emitters of 36 candidates, x0 = 0, sigma 0.5 (iso-line 0.5 / 0.2)');
  console.log(version === null
    ? `pyribs is not run beside it: ${python} has no module ribs (pip install ribs, or name a Python that has it in LICHEN_PYTHON).`
    : `pyribs ${version} is run beside it with the same settings, one thread, the seeds in turn.`);
  console.log('method       dimensions  iterations  seeds   QD-score (spread)   coverage   reference          s of processor   pyribs: QD-score   s      times as fast');
  for (const { method, dimensions, iterations, seeds, reference, referenceCoverage } of tasks) {
    const ours: ReturnType<typeof runSphere>[] = [];
    const theirs: ReturnType<typeof runSphere>[] = [];
    runSphere({ method, dimensions, iterations: 100, seed: 0 });
    for (let seed = 1; seed <= seeds; seed++) {
      ours.push(runSphere({ method, dimensions, iterations, seed }));
      if (version !== null) theirs.push(runPyribs(python, { method, dimensions, iterations, seed }));
    }
    const scores = ours.map(({ normQdScore }) => normQdScore);
    const score = median(scores);
    const seconds = median(ours.map(({ cpuSeconds }) => cpuSeconds));
    const off = Math.abs(score - reference) > 1;
    if (off) process.exitCode = 1;
    const theirSeconds = theirs.length === 0 ? NaN : median(theirs.map(({ cpuSeconds }) => cpuSeconds));
    const isSlow = theirs.length > 0 && theirSeconds / seconds < LEAST_TIMES;
    if (isSlow) process.exitCode = 1;
    const beside = theirs.length === 0 ? ['–', '–', '–'] : [
      median(theirs.map(({ normQdScore }) => normQdScore)).toFixed(2), theirSeconds.toFixed(1), `${(theirSeconds / seconds).toFixed(1)}${isSlow ? ' MISSED' : ''}`,
    ];
    console.log([
      method.padEnd(12), String(dimensions).padStart(10), String(iterations).padStart(11), String(seeds).padStart(6),
      `${score.toFixed(2)} (${Math.min(...scores).toFixed(2)}–${Math.max(...scores).toFixed(2)})`.padStart(20),
      median(ours.map(({ coverage }) => coverage)).toFixed(3).padStart(9),
      `${reference.toFixed(1)} (.${String(Math.round(referenceCoverage * 1000))})${off ? ' OFF' : ''}`.padStart(13),
      seconds.toFixed(2).padStart(20), beside[0]!.padStart(18), beside[1]!.padStart(7), beside[2]!.padStart(12),
    ].join(' '));
  }
}

/** The same run by pyribs, on one thread. */
function runPyribs(python: string, { method, dimensions, iterations, seed }: SphereSettings): ReturnType<typeof runSphere> {
  const run = spawnSync(python, ['-c', pyribs, method, String(dimensions), String(iterations), String(seed)], {
    encoding: 'utf8', env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' },
  });
  if (run.status !== 0) throw new Error(`pyribs ended with ${String(run.status)}: ${run.stderr.trim().split('\n').at(-1) ?? ''}`);
  const [normQdScore, coverage, cpuSeconds] = run.stdout.trim().split(' ').map(Number);
  return { normQdScore: normQdScore!, coverage: coverage!, cpuSeconds: cpuSeconds! };
}

const pyribs = `
import sys, time
import numpy as np
from ribs.archives import GridArchive
from ribs.emitters import GaussianEmitter, IsoLineEmitter
from ribs.schedulers import Scheduler
method, dim, iterations, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
edge, shift = 5.12, 5.12 * 0.4
reach = dim / 2 * edge
archive = GridArchive(solution_dim=dim, dims=(100, 100), ranges=[(-reach, reach)] * 2, seed=seed)
def emitter(s):
    common = dict(x0=np.zeros(dim), batch_size=36, seed=s)
    if method == "map-elites":
        return GaussianEmitter(archive, sigma=0.5, **common)
    return IsoLineEmitter(archive, iso_sigma=0.5, line_sigma=0.2, **common)
scheduler = Scheduler(archive, [emitter(1000 * seed + i) for i in range(15)])
start = time.process_time()
for _ in range(iterations):
    x = scheduler.ask()
    objective = 100 * (1 - np.square(x - shift).sum(axis=1) / ((edge + shift) ** 2 * dim))
    folded = x.copy()
    beyond = np.abs(folded) > edge
    folded[beyond] = edge / folded[beyond]
    measures = np.stack((folded[:, :dim // 2].sum(axis=1), folded[:, dim // 2:].sum(axis=1)), axis=1)
    scheduler.tell(objective, measures)
cpu = time.process_time() - start
print(archive.stats.norm_qd_score, archive.stats.coverage, cpu)
`;
