import { standardDeviation } from '../measures/statistics.ts';
import type { Archive, Elite } from './archive.ts';

/** What one more evaluation of a solution said. */
export interface Evaluation { objective: number; measures: readonly number[] }

export interface NoiseOptions {
  /** Evaluations of each elite; 5 when left out. */
  repeats?: number;
}

/** How much of an archive is luck (Flageat & Cully 2020; Flageat, Chalumeau & Cully 2023, "Uncertain quality-diversity"). */
export interface NoiseReport<T> {
  reported: { qdScore: number; coverage: number };
  /** Of the archive that the elites fill, each by the mean of its re-evaluations. */
  corrected: { qdScore: number; coverage: number };
  /** 1 − corrected / reported: the share that was luck. NaN where nothing was reported. */
  illusion: { qdScore: number; coverage: number };
  /** How the re-evaluations of each elite spread, by rising cell: sample standard deviations. NaN of a single one. */
  reproducibility: { cells: Uint32Array; objective: Float64Array; measures: readonly Float64Array[] };
  /** Mean over the elites of the spread of the objective, and of each measure. */
  spread: { objective: number; measures: number[] };
  correctedArchive: Archive<T>;
}

/**
 * Evaluates the elites of an archive again and rebuilds an empty archive of its kind from each elite's mean: the mean of
 * its objectives and of its measures (of categories, the commonest), without what it was reported with, which was chosen
 * for being high.
 *
 * @param evaluate is given the elites by rising cell, once a repeat, and answers in their order
 * @throws RangeError if it answers for another number of elites, or with something that is not finite
 */
export async function reevaluate<T>(archive: Archive<T>, evaluate: (elites: readonly Elite<T>[], repeat: number) => readonly Evaluation[] | Promise<readonly Evaluation[]>,
  { repeats = 5 }: NoiseOptions = {}): Promise<NoiseReport<T>> {
  if (!Number.isInteger(repeats) || repeats < 1) throw new RangeError(`Elites are to be evaluated ${repeats} times; it must be a whole number, at least 1.`);
  if (archive.objectiveCount !== 1) throw new RangeError(`Noise is measured of one objective; the archive has ${archive.objectiveCount}.`);
  const elites = [...archive];
  const rounds: (readonly Evaluation[])[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const round = await evaluate(elites, repeat);
    if (round.length !== elites.length) throw new RangeError(`${elites.length} elites were evaluated again and ${round.length} answers came.`);
    rounds.push(round);
  }
  return noiseOf(archive, elites, elites.map((_, i) => rounds.map((round) => round[i]!)));
}

/** The report of evaluations that are at hand already: those of each of the elites. */
export function noiseOf<T>(archive: Archive<T>, elites: readonly Elite<T>[], evaluations: readonly (readonly Evaluation[])[]): NoiseReport<T> {
  const width = archive.measureCount;
  const objectives = evaluations.map((list) => list.reduce((sum, { objective }) => sum + objective, 0) / list.length);
  const measures = evaluations.map((list) => archive.typical(list.map((each) => each.measures)));
  const correctedArchive = archive.emptied();
  correctedArchive.addBatch(elites.length, objectives, measures.flat(), (i) => elites[i]!.solution);
  const spreads = (of: (evaluation: Evaluation) => number): Float64Array => Float64Array.from(evaluations, (list) => standardDeviation(list.map(of)));
  const reproducibility = {
    cells: Uint32Array.from(elites, ({ cell }) => cell),
    objective: spreads(({ objective }) => objective),
    measures: Array.from({ length: width }, (_, m) => spreads((evaluation) => evaluation.measures[m]!)),
  };
  const corrected = { qdScore: correctedArchive.qdScore, coverage: correctedArchive.coverage };
  const reported = { qdScore: archive.qdScore, coverage: archive.coverage };
  const illusion = { qdScore: 1 - corrected.qdScore / reported.qdScore, coverage: 1 - corrected.coverage / reported.coverage };
  const spread = { objective: meanOf(reproducibility.objective), measures: reproducibility.measures.map(meanOf) };
  return { reported, corrected, illusion, reproducibility, spread, correctedArchive };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
