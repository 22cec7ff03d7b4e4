/*
 * The archive as a library: containers of quality-diversity behind one interface, emitters and a scheduler that fill them, a measure of
 * how much of one is luck, and a form in which each is saved. It needs nothing of worlds, agents or viewers.
 */
export { AddStatus, type Added, type Archive, type ArchiveDiff, type ArchiveStats, type Change, type Elite, type Report } from './archive.ts';
export { BaseArchive } from './base-archive.ts';
export { CategoricalArchive, type CategoricalArchiveOptions } from './categorical-archive.ts';
export { CategoryCells } from './category-cells.ts';
export { CellArchive, type CellOptions } from './cell-archive.ts';
export { jsonCodec, vectorCodec, type PayloadCodec } from './codec.ts';
export { CvtArchive, type CvtArchiveOptions } from './cvt-archive.ts';
export { CvtCells, type CvtOptions } from './cvt-cells.ts';
export { DepthArchive, type DepthOptions } from './depth-archive.ts';
export { DominatedArchive, type DominatedOptions } from './dominated-archive.ts';
export type { Asked, Emitter } from './emitter.ts';
export { GridArchive, type GridArchiveOptions } from './grid-archive.ts';
export { GridCells, type GridOptions } from './grid-cells.ts';
export { loadArchive, restoreArchive } from './load.ts';
export { noiseOf, reevaluate, type Evaluation, type NoiseOptions, type NoiseReport } from './noise.ts';
export { NoveltyArchive, type NoveltyOptions } from './novelty-archive.ts';
export { ParetoArchive, type FrontMember, type ParetoOptions } from './pareto-archive.ts';
export { Scheduler, type EmitterRecord, type EmitterState, type SchedulerOptions, type Tally } from './scheduler.ts';
export { SlidingArchive, type SlidingOptions } from './sliding-archive.ts';
export type { Tessellation } from './tessellation.ts';
export { GaussianEmitter, IsoLineEmitter, type GaussianOptions, type IsoLineOptions, type VectorOptions } from './vector-emitter.ts';
export { RandomStream } from '../kernel/random.ts';
