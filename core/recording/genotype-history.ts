import type { Queries } from './queries.ts';

/** A genotype of a recorded run that was frequent at some point, with those of its descendants that never were. */
export interface GenotypeHistory {
  /** The first who was born with it. */
  readonly id: number;
  readonly genome: bigint;
  /** Place in the list of the nearest frequent genotype that it comes from; -1 when there is none. */
  readonly parent: number;
  /** Living organisms at each point. */
  readonly counts: readonly number[];
  /** Its largest share of all who lived at a point, without descendants. */
  readonly peak: number;
}

export interface GenotypeOptions {
  /** Share of the population that a genotype must exceed at a point to be told apart. */
  readonly cutoff?: number;
  /** Told apart at most, the greatest peaks first. */
  readonly most?: number;
}

interface Lives {
  /** By genotype: the one it comes from, or `NONE`; always a lower number. */
  readonly parents: readonly number[];
  readonly firsts: readonly number[];
  readonly genomes: readonly bigint[];
  /** Lives sorted by genotype: those of genotype g are [starts[g], starts[g + 1]). */
  readonly starts: Uint32Array;
  /** Points at which each is alive: [from, to). */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

const NONE = 0xffffffff;

/**
 * Counts of genotypes at the given ticks (rising), from the births and deaths on record, parents before children: what a Muller plot
 * shows. A genotype is a genome with all who were born with it in one unbroken line of first parents, as in
 * `GenotypePhylogeny`. Memory is about 24 bytes for each birth.
 */
export async function genotypeHistory(queries: Queries, ticks: readonly number[], { cutoff = 0.01, most = 60 }: GenotypeOptions = {}): Promise<GenotypeHistory[]> {
  const lives = await livesOf(queries, ticks);
  const points = ticks.length;
  const { parents, firsts, genomes, starts, from, to } = lives;
  const counts = new Float64Array(points);
  const all = new Float64Array(points);
  for (let g = 0; g < parents.length; g++) {
    tally(lives, g, counts);
    for (let k = 0; k < points; k++) all[k]! += counts[k]!;
  }
  const least = all.reduce((sum, n) => (n > 0 && n < sum ? n : sum), Infinity);
  const peaks = parents.map((_, g) => {
    // so few can have had no such share of anything
    if (starts[g + 1]! - starts[g]! <= cutoff * least) return 0;
    tally(lives, g, counts);
    return counts.reduce((peak, n, k) => (n > peak * all[k]! ? n / all[k]! : peak), 0);
  });
  const frequent = [...peaks.keys()].filter((g) => peaks[g]! > cutoff).sort((a, b) => peaks[b]! - peaks[a]! || a - b).slice(0, most).sort((a, b) => a - b);
  const place = new Map(frequent.map((g, i) => [g, i]));
  const nearest = new Int32Array(parents.length);
  const above = (g: number): number => (parents[g] === NONE ? -1 : nearest[parents[g]!]!);
  for (let g = 0; g < parents.length; g++) nearest[g] = place.get(g) ?? above(g);
  const sums = frequent.map(() => new Int32Array(points + 1));
  for (let g = 0; g < parents.length; g++) {
    const sum = sums[nearest[g]!];
    if (sum === undefined) continue;
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      sum[from[i]!]!++;
      sum[to[i]!]!--;
    }
  }
  return frequent.map((g, i) => {
    let alive = 0;
    return { id: firsts[g]!, genome: genomes[g]!, parent: above(g), peak: peaks[g]!, counts: Array.from(sums[i]!.subarray(0, points), (change) => (alive += change)) };
  });
}

/** How many of a genotype are alive at each point. */
function tally({ starts, from, to }: Lives, g: number, counts: Float64Array): void {
  counts.fill(0);
  for (let i = starts[g]!; i < starts[g + 1]!; i++) for (let k = from[i]!; k < to[i]!; k++) counts[k]!++;
}

async function livesOf(queries: Queries, ticks: readonly number[]): Promise<Lives> {
  const [most] = await queries.rows('SELECT max(id) AS id, count(*)::INTEGER AS n FROM births');
  const ids = Number(most!['id'] ?? -1) + 1;
  const genotype = new Uint32Array(ids).fill(NONE);
  const born = new Uint32Array(ids);
  const died = new Uint32Array(ids).fill(ticks.length);
  const parents: number[] = [];
  const firsts: number[] = [];
  const genomes: bigint[] = [];
  const pointOf = pointsOf(ticks);
  let founded = new Map<bigint, number>();
  let now = -1;
  for await (const rows of queries.stream('SELECT tick, id, parent, genome FROM births')) {
    for (const { tick, id, parent, genome } of rows as { tick: number; id: number; parent: number | null; genome: bigint }[]) {
      if (tick !== now) {
        now = tick;
        founded = new Map();
      }
      let above = parent === null ? NONE : genotype[parent]!;
      if (parent === null) above = founded.get(genome) ?? NONE;
      let own = above;
      if (above === NONE || genomes[above] !== genome) {
        own = parents.length;
        parents.push(above);
        firsts.push(id);
        genomes.push(genome);
        if (parent === null) founded.set(genome, own);
      }
      genotype[id] = own;
      born[id] = pointOf(tick);
    }
  }
  for await (const rows of queries.stream('SELECT tick, id FROM deaths')) {
    for (const { tick, id } of rows as { tick: number; id: number }[]) if (id < ids) died[id] = pointOf(tick);
  }
  const starts = new Uint32Array(parents.length + 1);
  for (let id = 0; id < ids; id++) if (genotype[id] !== NONE) starts[genotype[id]! + 1]!++;
  for (let g = 0; g < parents.length; g++) starts[g + 1]! += starts[g]!;
  const next = starts.slice();
  const from = new Uint32Array(Number(most!['n']));
  const to = new Uint32Array(from.length);
  for (let id = 0; id < ids; id++) {
    if (genotype[id] === NONE) continue;
    const at = next[genotype[id]!]!++;
    from[at] = born[id]!;
    to[at] = died[id]!;
  }
  return { parents, firsts, genomes, starts, from, to };
}

/** The first point whose tick is not before a tick: who is born then is alive there, who dies then is not. */
function pointsOf(ticks: readonly number[]): (tick: number) => number {
  return (tick) => {
    let low = 0;
    let high = ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ticks[middle]! < tick) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
