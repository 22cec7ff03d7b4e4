import { ABOVE } from '../core/measures/taxon-table.ts';
import { NOBODY } from '../core/kernel/tick-events.ts';
import type { MullerFacts } from './facts.ts';
import type { Lab } from './lab.ts';

interface Clade { readonly id: number; parent: number | null; readonly hue: number; readonly bornAt: number; peak: number; readonly counts: Map<number, number> }

/** A branch that has grown to this share of the population begins a clade of its own. */
const CLADE_SHARE = 0.02;
/** Samples that are kept; beyond that every second goes, and they are taken half as often. */
const MOST_SAMPLES = 360;
/** Clades that are kept, and told of, at most. */
const MOST_KEPT = 400;
const MOST_TOLD = 24;
const SAMPLE_EVERY = 10;

/**
 * Who is frequent, and came from whom, over the whole run in bounded memory. A clade begins with the genome of an organism that
 * differs from its first parent's, once its living descendants, without those of clades within, are a fiftieth of the
 * population: the deepest such organism. Everyone belongs to the nearest clade above.
 */
export class Clades {
  private readonly lab: Lab;
  private readonly clades = new Map<number, Clade>();
  private ticks: number[] = [];
  private totals: number[] = [];
  private every = SAMPLE_EVERY;

  constructor(lab: Lab) {
    this.lab = lab;
    this.sample(lab.simulation.kernel.tick);
  }

  /** Counts, if it is time to; returns whether it did. */
  note(tick: number): boolean {
    if (tick % this.every !== 0) return false;
    this.sample(tick);
    return true;
  }

  /** The clades that were most frequent at their best; whoever is in another counts for the nearest of these above. */
  get facts(): MullerFacts {
    const { clades, ticks } = this;
    const told = new Set([...clades.values()].sort((a, b) => b.peak - a.peak || a.id - b.id).slice(0, MOST_TOLD).map(({ id }) => id));
    const nearest = (id: number | null): number | null => {
      let at = id;
      // what is no longer kept was never frequent
      while (at !== null && !told.has(at)) at = clades.get(at)?.parent ?? null;
      return at;
    };
    const column = new Map(ticks.map((tick, i) => [tick, i]));
    const counts = new Map([...told].map((id) => [id, ticks.map(() => 0)]));
    for (const { id, counts: own } of clades.values()) {
      const into = nearest(id);
      if (into === null) continue;
      for (const [tick, count] of own) counts.get(into)![column.get(tick)!]! += count;
    }
    const rows = [...told].map((id) => ({ id, parent: nearest(clades.get(id)!.parent), hue: clades.get(id)!.hue, bornAt: clades.get(id)!.bornAt, counts: counts.get(id)! }));
    // ids rise in the order of conception: parents stand before their children
    return { ticks: [...ticks], totals: [...this.totals], clades: rows.sort((a, b) => a.id - b.id) };
  }

  private sample(tick: number): void {
    const { simulation: { kernel }, phylogeny } = this.lab;
    const { tree } = phylogeny;
    if (tree.size === 0 || this.ticks.at(-1) === tick) return;
    const slots = [...tree.slots()];
    const below = new Uint32Array(tree.capacity);
    const least = Math.max(1, Math.ceil(CLADE_SHARE * kernel.pop.count));
    const begun: number[] = [];
    for (let i = slots.length - 1; i >= 0; i--) {
      const slot = slots[i]!;
      const own = below[slot]! + tree.organisms[slot]!;
      below[slot] = own;
      const id = tree.id[slot]!;
      if (!this.clades.has(id)) {
        if (own < least || !this.differs(slot)) {
          below[tree.parent[slot]!]! += own;
          continue;
        }
        begun.push(slot);
      }
    }
    this.begin(begun, slots);
    this.record(tick, slots, below);
    if (this.ticks.length > MOST_SAMPLES) this.thin();
  }

  /** Whether an organism's genome is another than its first parent's. */
  private differs(slot: number): boolean {
    const { phylogeny } = this.lab;
    const up = phylogeny.tree.parent[slot]!;
    return up === ABOVE || phylogeny.genomeOf(up) !== phylogeny.genomeOf(slot);
  }

  private begin(begun: readonly number[], slots: readonly number[]): void {
    if (begun.length === 0) return;
    const { simulation: { kernel }, phylogeny } = this.lab;
    const { tree } = phylogeny;
    const fresh = new Set(begun);
    // 1 + number of the new clade that a slot belongs to
    const within = new Uint32Array(tree.capacity);
    const hues = new Int16Array(begun.length).fill(-1);
    const order = new Map(begun.map((slot, i) => [slot, i + 1]));
    for (const slot of slots) within[slot] = fresh.has(slot) ? order.get(slot)! : within[tree.parent[slot]!]!;
    const { id, tag } = kernel.pop.columns;
    for (let row = 0; row < kernel.pop.count; row++) {
      const slot = phylogeny.slotOf(id[row]!);
      const clade = slot === NOBODY ? 0 : within[slot]!;
      if (clade > 0 && hues[clade - 1] === -1) hues[clade - 1] = tag[row]!;
    }
    begun.forEach((slot, i) => {
      const first = tree.id[slot]!;
      this.clades.set(first, { id: first, parent: null, hue: Math.max(0, hues[i]!), bornAt: tree.origin[slot]!, peak: 0, counts: new Map() });
    });
  }

  private record(tick: number, slots: readonly number[], below: Uint32Array): void {
    const { tree } = this.lab.phylogeny;
    const total = this.lab.simulation.kernel.pop.count;
    /** The nearest clade at or above each slot, as 1 + its id. */
    const nearest = new Float64Array(tree.capacity);
    for (const slot of slots) {
      const id = tree.id[slot]!;
      const above = nearest[tree.parent[slot]!]!;
      const clade = this.clades.get(id);
      nearest[slot] = clade === undefined ? above : id + 1;
      if (clade === undefined) continue;
      clade.parent = above === 0 ? null : above - 1;
      if (below[slot] === 0) continue;
      clade.counts.set(tick, below[slot]!);
      clade.peak = Math.max(clade.peak, below[slot]! / total);
    }
    this.ticks.push(tick);
    this.totals.push(total);
  }

  /** Halves what is kept. */
  private thin(): void {
    this.every *= 2;
    const stays = this.ticks.map((tick, i) => i === 0 || tick % this.every === 0);
    const gone = this.ticks.filter((_, i) => !stays[i]);
    this.totals = this.totals.filter((_, i) => stays[i]);
    this.ticks = this.ticks.filter((_, i) => stays[i]);
    const { phylogeny } = this.lab;
    const rare = [...this.clades.values()].sort((a, b) => b.peak - a.peak || a.id - b.id).slice(MOST_KEPT);
    for (const clade of this.clades.values()) for (const tick of gone) clade.counts.delete(tick);
    // those who live would only begin again
    for (const { id, parent } of rare) {
      if (phylogeny.has(id)) continue;
      this.clades.delete(id);
      for (const clade of this.clades.values()) if (clade.parent === id) clade.parent = parent;
    }
  }
}
