import { z } from 'zod';
import { defaultGroups, groupNames } from './group-names.ts';

const ticks = z.int().min(1).max(1_000_000_000);

/** A word stands for a list of one; `all` and `none` for all and none. */
const wanted = z.preprocess(
  (given) => (given === 'all' ? [...groupNames] : given === 'none' ? [] : typeof given === 'string' ? [given] : given),
  z.array(z.enum(groupNames, { error: ({ input }) => `there is no group of measures "${String(input)}"; the groups are ${groupNames.join(', ')}, or all, or none` })).max(100),
);

/** What is measured of a run, and how often. Changes nothing of the run. */
export const measureOptions = z.strictObject({
  wanted: wanted.default([...defaultGroups]),
  /** Ticks from sample to sample. */
  every: ticks.default(10),
  /** Of what costs more: clusters, selection, tree, sweeps' shares of clades, made, embedding. */
  slowEvery: ticks.default(100),
  /** How far a genome may be from its cluster's centre: words that differ, over the words of the longer. */
  clusterDistance: z.number().min(0).max(1).default(0.1),
  /** MODES: ticks from snapshot to snapshot, and snapshots that make up the persistence filter. */
  modesEvery: ticks.default(100),
  modesSnapshots: z.int().min(1).max(10_000).default(10),
  /** Activity: ticks from sample to sample, and neutral shadows beside the real population; 39 tell at the level 0.025. */
  activityEvery: ticks.default(100),
  shadows: z.int().min(1).max(1000).default(39),
  /** Traits of Price's equation: columns of the population, or `size`, `depth` and `length` of the genome. */
  traits: z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(z.string().min(1).max(64)).max(32)).default(['size', 'depth', 'energy']),
  /** Situations, drawn from the senses' ranges, in which MODES looks at what a genome does. */
  situations: z.int().min(1).max(10_000).default(100),
});
export type MeasureOptions = z.infer<typeof measureOptions>;
