import { describe, expect, test } from 'vitest';
import { pack, unpack } from '../../core/kernel/packed.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { treeShape } from '../../core/measures/tree-shape.ts';
import type { Simulation } from '../../core/simulation.ts';
import { startMeadow } from './small-meadow.ts';

/** An observer under trial, and what it can tell. */
interface Watched { kept: Saveable; tell(): unknown }

/** What one that was never stopped told at every tick after `at`, and what one told that was saved then and loaded. */
function stopAndGoOn(attach: (simulation: Simulation) => Watched, seed: number, at: number, more: number): [unknown[], unknown[]] {
  const first = startMeadow(seed);
  const watched = attach(first);
  for (let t = 0; t < at; t++) first.step();
  const bytes = pack({ simulation: first.save(), kept: watched.kept.save() });
  const state = unpack(bytes) as { simulation: unknown; kept: unknown };
  const again = startMeadow(seed);
  const loaded = attach(again);
  again.load(state.simulation);
  loaded.kept.load(state.kept);
  const rest = (simulation: Simulation, { tell }: Watched): unknown[] => Array.from({ length: more }, () => {
    simulation.step();
    // what is told may be a view of what changes
    return structuredClone(tell());
  });
  return [rest(first, watched), rest(again, loaded)];
}

const observers: Record<string, (simulation: Simulation) => Watched> = {
  totals: (simulation) => {
    const totals = countTotals(simulation);
    return { kept: totals, tell: () => ({ ...totals, lineages: totals.lineages, alive: null }) };
  },
  phylogeny: (simulation) => {
    const phylogeny = new Phylogeny(simulation);
    const { tree } = phylogeny;
    return { kept: phylogeny, tell: () => ({ shape: treeShape(tree, simulation.kernel.tick), taxa: [...phylogeny.taxa()], slots: tree.slots(), unborn: tree.unborn.reduce((a, b) => a + b, 0) }) };
  },
};

describe('what is saved and loaded tells from there on what it would have told', () => {
  test.each(Object.keys(observers).flatMap((name) => [[name, 1, 3], [name, 40, 17]] as const))('[Q13] %s, stopped after %i ticks', (name, at, seed) => {
    const [never, again] = stopAndGoOn(observers[name]!, seed, at, 60);
    expect(again).toEqual(never);
    // something has happened that could have been forgotten
    expect(never.at(-1)).not.toEqual(never[0]);
  });
});
