import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import type { Simulation } from '../simulation.ts';
import type { GenotypePhylogeny } from './genotypes.ts';
import { ABOVE } from './taxon-table.ts';
import { organismsBelow } from './tree-shape.ts';

/** What was seen so far, the earliest first. */
export interface Sweeps extends Saveable { readonly fixations: readonly Fixation[]; readonly sweeps: readonly Sweep[] }

/** From now on everyone alive and unborn descends from this genotype, or has it. */
export interface Fixation { id: number; originTime: number; tick: number }

/** A genotype's clade rose from a small share of the population to a large one. */
export interface Sweep {
  id: number;
  originTime: number;
  /** Sample at which its share was last at most `low`, and the one at which it was first at least `high`. */
  from: number;
  to: number;
}

export interface SweepOptions {
  /** Ticks from one look at the shares of clades to the next. */
  every?: number;
  low?: number;
  high?: number;
}

/**
 * Fixations, seen in the tick in which they happen: the genotypes that the most recent common ancestor passes on its way down, the
 * elder first; several at once are one substitution with its hitchhikers. And sweeps, as far as the samples tell: clades (a
 * genotype and its descendants) whose share rose from at most `low` to at least `high`. A clade's sweep is told once.
 */
export function watchSweeps(simulation: Simulation, genotypes: GenotypePhylogeny, { every = 50, low = 0.1, high = 0.9 }: SweepOptions = {}): Sweeps {
  const { tree } = genotypes;
  const fixations: Fixation[] = [];
  const sweeps: Sweep[] = [];
  /** Clades that are or were small lately: when they were so last. Those who begin as founders are never small before. */
  let small = new Map<number, number>();
  /** Id of the common ancestor so far; undefined before the first tick, whose common ancestor nobody saw become one. */
  let fixed: number | null | undefined;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const common = tree.mostRecentCommonAncestor();
    const passed: Fixation[] = [];
    for (let at = common; fixed !== undefined && at !== ABOVE && tree.id[at] !== fixed; at = tree.parent[at]!) passed.push({ id: tree.id[at]!, originTime: tree.origin[at]!, tick: event.tick });
    fixations.push(...passed.reverse());
    fixed = common === ABOVE ? null : tree.id[common]!;
    if (event.tick % every !== 0) return;
    const slots = tree.slots();
    const below = organismsBelow(tree, slots);
    const still = new Map<number, number>();
    for (const slot of slots) {
      const id = tree.id[slot]!;
      const share = below[slot]! / tree.population;
      if (share <= low) {
        still.set(id, event.tick);
        continue;
      }
      // one that arose since the last look began with one bearer
      const since = small.get(id) ?? (tree.parent[slot] !== ABOVE && tree.origin[slot]! > event.tick - every ? tree.origin[slot]! : undefined);
      if (since === undefined) continue;
      if (share >= high) sweeps.push({ id, originTime: tree.origin[slot]!, from: since, to: event.tick });
      else still.set(id, since);
    }
    small = still;
  });
  return {
    fixations, sweeps,
    save: () => ({ fixations, sweeps, small: [...small].flat(), fixed: fixed === undefined ? 'nobody looked' : fixed } as unknown as Packable),
    load(saved) {
      const state = saved as { fixations: Fixation[]; sweeps: Sweep[]; small: number[]; fixed: number | null | 'nobody looked' };
      fixations.splice(0, Infinity, ...state.fixations);
      sweeps.splice(0, Infinity, ...state.sweeps);
      small = new Map(Array.from({ length: state.small.length / 2 }, (_, i) => [state.small[2 * i]!, state.small[2 * i + 1]!]));
      fixed = state.fixed === 'nobody looked' ? undefined : state.fixed;
    },
  };
}
