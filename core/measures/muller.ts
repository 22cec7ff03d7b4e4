import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Simulation } from '../simulation.ts';
import { GenotypePhylogeny } from './genotypes.ts';
import { ABOVE } from './taxon-table.ts';

/** Identity of the root that is put above several founders' genotypes. */
export const MULLER_ROOT = -1;

export interface MullerEdge { parent: number; identity: number }
export interface MullerCount { generation: number; identity: number; population: number }

/** As ggmuller reads it: columns `Parent, Identity` and `Generation, Identity, Population`; rows that are missing are 0. */
export interface MullerData { edges: MullerEdge[]; population: MullerCount[] }

/** Genotypes whose largest share never exceeded `cutoff` are left out, but for the ancestors of others. */
export function cutMuller({ edges, population }: MullerData, cutoff: number): MullerData {
  const totals = new Map<number, number>();
  for (const { generation, population: n } of population) totals.set(generation, (totals.get(generation) ?? 0) + n);
  const parentOf = new Map(edges.map(({ parent, identity }) => [identity, parent]));
  const kept = new Set<number>();
  for (const { generation, identity, population: n } of population) {
    if (n <= cutoff * totals.get(generation)!) continue;
    for (let at: number | undefined = identity; at !== undefined && !kept.has(at); at = parentOf.get(at)) kept.add(at);
  }
  return { edges: edges.filter(({ identity }) => kept.has(identity)), population: population.filter(({ identity }) => kept.has(identity)) };
}

interface Story { parent: number; children: number; extinct: boolean; peak: number; ticks: number[]; counts: number[] }

/**
 * Counts of genotypes every so many ticks. What is extinct and never had more than `cutoff` of the population at a sample, nor has a
 * descendant that is kept, is forgotten, so that memory follows what a plot would show. A genotype that came and went between two
 * samples leaves no count.
 */
export class MullerRecorder implements Saveable {
  readonly genotypes: GenotypePhylogeny;
  private readonly stories = new Map<number, Story>();
  private readonly cutoff: number;

  constructor(simulation: Simulation, { every = 10, cutoff = 0.01 }: { every?: number; cutoff?: number } = {}) {
    this.cutoff = cutoff;
    this.genotypes = new GenotypePhylogeny(simulation, (id) => {
      const story = this.stories.get(id);
      if (story === undefined) return;
      story.extinct = true;
      this.forget(id, story);
    });
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick' || (event.tick - 1) % every !== 0) return;
      const { tree } = this.genotypes;
      for (const slot of tree.slots()) {
        const n = tree.organisms[slot]!;
        if (n === 0) continue;
        const story = this.storyOf(slot);
        story.ticks.push(event.tick);
        story.counts.push(n);
        story.peak = Math.max(story.peak, n / tree.population);
      }
    });
  }

  /** Genotypes that are kept. */
  get size(): number {
    return this.stories.size;
  }

  /** What was recorded, under one root, by rising generation; cut as `cutMuller` does. */
  data(cutoff = this.cutoff): MullerData {
    const roots = [...this.stories].filter(([, { parent }]) => parent === MULLER_ROOT).length;
    const edges = [...this.stories].filter(([, { parent }]) => roots > 1 || parent !== MULLER_ROOT).map(([identity, { parent }]) => ({ parent, identity }));
    const population = [...this.stories].flatMap(([identity, { ticks, counts }]) => ticks.map((generation, i) => ({ generation, identity, population: counts[i]! })));
    return cutMuller({ edges, population: population.sort((a, b) => a.generation - b.generation || a.identity - b.identity) }, cutoff);
  }

  save(): Packable {
    const stories = [...this.stories.values()];
    return {
      genotypes: this.genotypes.save(), identities: Uint32Array.from(this.stories.keys()),
      parents: Float64Array.from(stories, ({ parent }) => parent), children: Uint32Array.from(stories, ({ children }) => children),
      extinct: Uint8Array.from(stories, ({ extinct }) => Number(extinct)), peaks: Float64Array.from(stories, ({ peak }) => peak),
      lengths: Uint32Array.from(stories, ({ ticks }) => ticks.length), ticks: Uint32Array.from(stories.flatMap(({ ticks }) => ticks)),
      counts: Uint32Array.from(stories.flatMap(({ counts }) => counts)),
    };
  }

  load(saved: unknown): void {
    const { genotypes, identities, parents, children, extinct, peaks, lengths, ticks, counts } = saved as { genotypes: unknown; peaks: Float64Array; parents: Float64Array }
      & Record<'identities' | 'children' | 'lengths' | 'ticks' | 'counts' | 'extinct', Uint32Array>;
    this.genotypes.load(genotypes);
    this.stories.clear();
    let at = 0;
    identities.forEach((identity, i) => {
      const end = at + lengths[i]!;
      this.stories.set(identity, { parent: parents[i]!, children: children[i]!, extinct: extinct[i] === 1, peak: peaks[i]!, ticks: [...ticks.subarray(at, end)], counts: [...counts.subarray(at, end)] });
      at = end;
    });
  }

  private storyOf(slot: number): Story {
    const { tree } = this.genotypes;
    const path: number[] = [];
    for (let at = slot; at !== ABOVE && !this.stories.has(tree.id[at]!); at = tree.parent[at]!) path.push(at);
    for (const at of path.reverse()) {
      const up = tree.parent[at]!;
      const parent = up === ABOVE ? MULLER_ROOT : tree.id[up]!;
      this.stories.set(tree.id[at]!, { parent, children: 0, extinct: false, peak: 0, ticks: [], counts: [] });
      const above = this.stories.get(parent);
      if (above) above.children++;
    }
    return this.stories.get(tree.id[slot]!)!;
  }

  private forget(id: number, story: Story): void {
    let at = id;
    let its: Story | undefined = story;
    while (its !== undefined && its.extinct && its.children === 0 && its.peak <= this.cutoff) {
      this.stories.delete(at);
      at = its.parent;
      its = this.stories.get(at);
      if (its !== undefined) its.children--;
    }
  }
}

/** One of a genotype's two bands: where it lies between 0 and 1 at each generation. */
export interface MullerBand { identity: number; side: 'lower' | 'upper'; generations: number[]; from: number[]; to: number[] }

/**
 * Shapes of a Muller plot: at each generation the population from 0 to 1, each genotype in two bands around those of its descendants, who
 * lie in the order of their identities. A genotype begins with no width half-way between its last zero and its first count; one that is
 * there at the first generation begins there.
 */
export function mullerBands({ edges, population }: MullerData): MullerBand[] {
  const generations = [...new Set(population.map(({ generation }) => generation))].sort((a, b) => a - b);
  const childrenOf = new Map<number, number[]>();
  const inner = new Set(edges.map(({ identity }) => identity));
  const identities = new Set([...edges.flatMap(({ parent, identity }) => [parent, identity]), ...population.map(({ identity }) => identity)]);
  for (const { parent, identity } of edges) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), identity]);
  const column = new Map(generations.map((generation, i) => [generation, i]));
  const counts = new Map([...identities].map((identity) => [identity, new Float64Array(generations.length)]));
  for (const { generation, identity, population: n } of population) counts.get(identity)![column.get(generation)!]! += n;
  const totals = generations.map((_, g) => [...counts.values()].reduce((sum, series) => sum + series[g]!, 0));
  // times at which anything is drawn: the generations, and half-way points where genotypes begin
  const births = new Map([...counts].map(([identity, series]) => [identity, series.findIndex((n) => n > 0)]));
  const times = [...new Set([...generations, ...[...births.values()].filter((g) => g > 0).map((g) => (generations[g - 1]! + generations[g]!) / 2)])].sort((a, b) => a - b);
  /** Half-way, newcomers have nothing yet, and the rest share the whole in the mean of their shares before and after. */
  const sharesAt = (time: number): Map<number, number> => {
    const g = column.get(time);
    const share = (series: Float64Array, at: number): number => (totals[at] === 0 ? 0 : series[at]! / totals[at]!);
    if (g !== undefined) return new Map([...counts].map(([identity, series]) => [identity, share(series, g)]));
    const after = generations.findIndex((each) => each > time);
    const halves = [...counts].map(([identity, series]): [number, number] => [identity, births.get(identity) === after ? 0 : share(series, after - 1) + share(series, after)]);
    const whole = halves.reduce((sum, [, half]) => sum + half, 0);
    return new Map(halves.map(([identity, half]) => [identity, whole === 0 ? 0 : half / whole]));
  };
  const bands = new Map<number, [MullerBand, MullerBand]>();
  for (const identity of identities) {
    const band = (side: MullerBand['side']): MullerBand => ({ identity, side, generations: [], from: [], to: [] });
    bands.set(identity, [band('lower'), band('upper')]);
  }
  const roots = [...identities].filter((identity) => !inner.has(identity)).sort((a, b) => a - b);
  for (const time of times) {
    const shares = sharesAt(time);
    let at = 0;
    const put = (band: MullerBand, width: number): void => {
      band.generations.push(time);
      band.from.push(at);
      at += width;
      band.to.push(at);
    };
    // a stack and not recursion: lines of descent may be long
    const stack: { identity: number; next: number; share: number; children: number[] }[] = [];
    const enter = (identity: number): void => {
      const share = shares.get(identity)!;
      put(bands.get(identity)![0], share / 2);
      stack.push({ identity, next: 0, share, children: (childrenOf.get(identity) ?? []).sort((a, b) => a - b) });
    };
    for (const root of roots) {
      enter(root);
      while (stack.length > 0) {
        const top = stack.at(-1)!;
        if (top.next < top.children.length) enter(top.children[top.next++]!);
        else {
          put(bands.get(top.identity)![1], top.share / 2);
          stack.pop();
        }
      }
    }
  }
  return [...bands.values()].flat();
}

/** The two tables as CSV, for ggmuller's `get_Muller_df(edges, population)`. */
export function mullerCsv({ edges, population }: MullerData): { edges: string; population: string } {
  return {
    edges: `Parent,Identity\n${edges.map(({ parent, identity }) => `${parent},${identity}\n`).join('')}`,
    population: `Generation,Identity,Population\n${population.map(({ generation, identity, population: n }) => `${generation},${identity},${n}\n`).join('')}`,
  };
}
