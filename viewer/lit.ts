import type { TickEvent } from '../core/events/event.ts';
import { NOBODY } from '../core/kernel/tick-events.ts';
import { ABOVE } from '../core/measures/taxon-table.ts';
import type { Lab } from './lab.ts';

/** Who is to be lit: a clade by its first bearer, or a lineage by its founder. */
export type Clade = { genotype: number } | { lineage: number };

/** Which of the living belong to a clade, kept up birth by birth. */
export interface Lit {
  readonly clade: Clade;
  has(row: number): boolean;
  note(event: TickEvent): void;
}

/** The dead are forgotten this often. */
const SWEEP_EVERY = 256;

export function lightClade({ simulation: { kernel }, phylogeny }: Lab, clade: Clade): Lit {
  const { columns } = kernel.pop;
  if ('lineage' in clade) {
    return { clade, has: (row) => columns.lineage[row] === clade.lineage, note: () => undefined };
  }
  const members = new Set<number>();
  const { tree } = phylogeny;
  // parents stand before their children
  const within = new Uint8Array(tree.capacity);
  for (const slot of tree.slots()) {
    const up = tree.parent[slot]!;
    if (tree.id[slot] !== clade.genotype && (up === ABOVE || within[up] === 0)) continue;
    within[slot] = 1;
    members.add(tree.id[slot]!);
  }
  return {
    clade, has: (row) => members.has(columns.id[row]!),
    note({ tick, births }) {
      for (let i = 0; i < births.count; i++) if (births.parent[i] !== NOBODY && members.has(births.parent[i]!)) members.add(births.id[i]!);
      if (tick % SWEEP_EVERY === 0) for (const id of members) if (!phylogeny.has(id)) members.delete(id);
    },
  };
}
