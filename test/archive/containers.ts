import fc from 'fast-check';
import {
  CategoricalArchive, CvtArchive, DepthArchive, DominatedArchive, GridArchive, GridCells, NoveltyArchive, ParetoArchive, SlidingArchive, type Archive,
} from '../../core/archive/index.ts';

/** How the conformance suite makes a container and what it may expect of it. */
export interface Container {
  name: string;
  create(): Archive<string>;
  /** Points in measure space, also outside the ranges and on borders. Two measures. */
  point: fc.Arbitrary<number[]>;
  /** Two points that lie in different cells, or are far apart. */
  apart: readonly [number[], number[]];
  /** What is handed to the archive for an objective, and what it then shows as the objective of a cell. */
  objectives?(f: number): readonly number[];
  shown?(f: number): number;
  /** Whether no cell ever gets worse or empty. */
  elitist: boolean;
  /** Whether only what enters is asked for its solution. */
  sparing: boolean;
  offset?: number;
}

const eighths = fc.tuple(fc.integer({ min: -3, max: 11 }), fc.integer({ min: -3, max: 11 })).map((pair) => pair.map((n) => n / 8));
const ranges = [[0, 1], [0, 1]] as const;
const dims = [4, 3];
const plain: Omit<Container, 'name' | 'create'> = { point: eighths, apart: [[0.1, 0.1], [0.9, 0.9]], elitist: true, sparing: true };
const reference = [-10, -10] as const;

export const containers: readonly Container[] = [
  { ...plain, name: 'grid', create: () => new GridArchive({ dims, ranges, qdScoreOffset: -5 }), offset: -5 },
  { ...plain, name: 'grid with custom ticks', create: () => new GridArchive({ dims, ranges, ticks: [[0.02, 0.5, 0.98], null] }) },
  { ...plain, name: 'grid with soft thresholds', create: () => new GridArchive({ dims, ranges, learningRate: 0.25, thresholdMin: -6 }), elitist: false },
  { ...plain, name: 'grid whose ties go to the newest', create: () => new GridArchive({ dims, ranges, ties: 'newest' }) },
  { ...plain, name: 'cvt', create: () => new CvtArchive({ ranges, centroids: 9, samples: 500, seed: 3 }) },
  {
    ...plain, name: 'categorical', create: () => new CategoricalArchive({ categories: [['haiku', 'sonnet', 'ballad'], ['happy', 'dark', 'romantic', 'mysterious']] }),
    point: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 3 })), apart: [[0, 0], [2, 3]],
  },
  { ...plain, name: 'depth', create: () => new DepthArchive(new GridCells({ dims, ranges }), { depth: 3, qdScoreOffset: 1 }), offset: 1 },
  {
    ...plain, name: 'pareto', create: () => new ParetoArchive(new GridCells({ dims, ranges }), { reference, frontSize: 3 }),
    objectives: (f) => [f, f], shown: (f) => (f + 10) * (f + 10),
  },
  { ...plain, name: 'novelty', create: () => new NoveltyArchive({ measureCount: 2, k: 3, threshold: 0.2 }) },
  { ...plain, name: 'novelty with local competition', create: () => new NoveltyArchive({ measureCount: 2, k: 3, threshold: 0.2, localCompetition: true }) },
  { ...plain, name: 'dominated novelty', create: () => new DominatedArchive({ measureCount: 2, capacity: 6, k: 2 }), elitist: false },
  { ...plain, name: 'sliding boundaries', create: () => new SlidingArchive({ dims, ranges, remapFrequency: 7, bufferCapacity: 10 }), elitist: false, sparing: false },
];
