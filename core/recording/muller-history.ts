import { MULLER_ROOT, type MullerData } from '../measures/muller.ts';
import { genotypeHistory, type GenotypeOptions } from './genotype-history.ts';
import type { Queries } from './queries.ts';

/**
 * What a Muller plot of a recorded run is made of, at the given ticks (rising). Those that belong to no genotype that is told
 * apart count with the root, so that all shares are of everyone alive; the rest of them with the nearest ancestor that is.
 */
export async function mullerHistory(queries: Queries, ticks: readonly number[], options: GenotypeOptions = {}): Promise<MullerData> {
  const genotypes = await genotypeHistory(queries, ticks, options);
  const everyone = new Map((await queries.rows(`SELECT tick, population FROM ticks WHERE tick IN (${ticks.join(', ')})`)).map(({ tick, population }) => [Number(tick), Number(population)]));
  const edges = genotypes.map(({ id, parent }) => ({ parent: parent < 0 ? MULLER_ROOT : genotypes[parent]!.id, identity: id }));
  const population = ticks.flatMap((generation, k) => {
    const told = genotypes.flatMap(({ id, counts }) => (counts[k]! > 0 ? [{ generation, identity: id, population: counts[k]! }] : []));
    const rest = (everyone.get(generation) ?? 0) - told.reduce((sum, one) => sum + one.population, 0);
    return [...(rest > 0 ? [{ generation, identity: MULLER_ROOT, population: rest }] : []), ...told];
  });
  return { edges, population };
}
