import { z } from 'zod';
import type { Archive } from './archive.ts';
import type { BaseArchive } from './base-archive.ts';
import { CategoricalArchive } from './categorical-archive.ts';
import { CategoryCells } from './category-cells.ts';
import type { PayloadCodec } from './codec.ts';
import { CvtArchive } from './cvt-archive.ts';
import { CvtCells } from './cvt-cells.ts';
import { DepthArchive } from './depth-archive.ts';
import { DominatedArchive } from './dominated-archive.ts';
import { GridArchive } from './grid-archive.ts';
import { GridCells } from './grid-cells.ts';
import { NoveltyArchive } from './novelty-archive.ts';
import { unpack } from '../kernel/packed.ts';
import { ParetoArchive } from './pareto-archive.ts';
import { FORMAT, VERSION, savedArchive, type SavedArchive } from './saved.ts';
import { SlidingArchive } from './sliding-archive.ts';
import type { Tessellation } from './tessellation.ts';

// numbers may be infinite here, which z.number() refuses
const number = z.custom<number>((value) => typeof value === 'number');
const ranges = z.array(z.tuple([number, number]));
const gridCells = z.object({ kind: z.literal('grid'), dims: z.array(number), ranges, ticks: z.array(z.array(number).nullable()) });
const cvtCells = z.object({ kind: z.literal('cvt'), ranges, centroids: z.instanceof(Float64Array) });
const categoryCells = z.object({ kind: z.literal('categorical'), categories: z.array(z.array(z.string())) });
const tessellation = z.discriminatedUnion('kind', [gridCells, cvtCells, categoryCells]);
const cellChoices = z.object({ learningRate: number, thresholdMin: number, qdScoreOffset: number, ties: z.enum(['incumbent', 'newest']) });

/** How an archive of each kind is made, empty, from its choices as they were saved. */
const makers: Record<string, <T>(choices: unknown) => BaseArchive<T>> = {
  grid: (choices) => new GridArchive({ ...z.object({ cells: gridCells }).parse(choices).cells, ...cellChoices.parse(choices) }),
  cvt: (choices) => new CvtArchive({ ...z.object({ cells: cvtCells }).parse(choices).cells, ...cellChoices.parse(choices) }),
  categorical: (choices) => new CategoricalArchive({ ...z.object({ cells: categoryCells }).parse(choices).cells, ...cellChoices.parse(choices) }),
  sliding: (choices) => new SlidingArchive(z.object({ dims: z.array(number), ranges, remapFrequency: number, bufferCapacity: number, qdScoreOffset: number }).parse(choices)),
  depth: (choices) => new DepthArchive(cellsOf(choices), z.object({ depth: number, qdScoreOffset: number }).parse(choices)),
  pareto: (choices) => new ParetoArchive(cellsOf(choices), z.object({ reference: z.tuple([number, number]), frontSize: number }).parse(choices)),
  novelty: (choices) => new NoveltyArchive(z.object({ measureCount: number, k: number, threshold: number, localCompetition: z.boolean(), qdScoreOffset: number }).parse(choices)),
  dominated: (choices) => new DominatedArchive(z.object({ measureCount: number, capacity: number, k: number, qdScoreOffset: number }).parse(choices)),
};

function cellsOf(choices: unknown): Tessellation {
  const { cells } = z.object({ cells: tessellation }).parse(choices);
  if (cells.kind === 'grid') return new GridCells(cells);
  return cells.kind === 'cvt' ? new CvtCells(cells) : new CategoryCells(cells.categories);
}

/**
 * The archive that was saved, going on to the bit where it stood.
 *
 * @param codec the one it was saved with
 * @throws Error with one sentence for bytes that are no saved archive, of another version, damaged, or of another codec
 */
export function loadArchive<T>(bytes: Uint8Array, codec: PayloadCodec<T>): Archive<T> {
  const saved = readSaved(bytes, codec);
  const make = makers[saved.kind];
  if (!make) throw new Error(`The archive is of the kind "${saved.kind}"; this program knows ${Object.keys(makers).join(', ')}.`);
  const archive = make<T>(saved.choices);
  archive.restore(saved, solutionsOf(saved, codec));
  return archive;
}

/** Gives an archive that was made with the same choices what was saved of it. Throws as `loadArchive` does. */
export function restoreArchive<T>(archive: BaseArchive<T>, bytes: Uint8Array, codec: PayloadCodec<T>): void {
  const saved = readSaved(bytes, codec);
  if (saved.kind !== archive.kind || saved.slots.slots.some((cell) => cell >= archive.cells)) throw new Error(`The saved archive is of the kind "${saved.kind}" and does not fit this one, of the kind "${archive.kind}".`);
  archive.restore(saved, solutionsOf(saved, codec));
}

function readSaved<T>(bytes: Uint8Array, codec: PayloadCodec<T>): SavedArchive {
  // a Buffer is a Uint8Array whose `slice` makes no copy, and what stands in one may begin anywhere
  const read = savedArchive.safeParse(unpack(new Uint8Array(bytes)));
  if (!read.success) {
    throw new Error(`What was read is not an archive in "${FORMAT}" version ${VERSION}: ${read.error.issues[0]!.path.join('.')}: ${read.error.issues[0]!.message}.`);
  }
  const saved = read.data;
  if (saved.codec !== codec.name) throw new Error(`The archive was saved with the codec "${saved.codec}" and is read with "${codec.name}".`);
  return saved;
}

function solutionsOf<T>(saved: SavedArchive, codec: PayloadCodec<T>): T[] {
  const solutions = codec.decode(saved.payload, saved.payloads);
  if (solutions.length !== saved.payloads) throw new Error(`The archive was saved with ${saved.payloads} solutions; the codec made ${solutions.length} of them.`);
  return solutions;
}
