import { describe, expect, it } from 'vitest';
import { ABOVE } from '../../core/measures/taxon-table.ts';
import { Clades } from '../../viewer/clades.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';

function meadow(seed: number, more: Record<string, number> = {}): Lab {
  return createLab({ world: 'meadow', seed, operator: 'classical', service: null, parameters: { size: 64, founders: 60, capacity: 400, gestation: 3, scarcity: 0.1, mutationRate: 0.4, ...more } });
}

async function follow(lab: Lab, clades: Clades, ticks: number): Promise<void> {
  for (let i = 0; i < ticks; i++) {
    await lab.tick();
    clades.note(lab.simulation.kernel.tick);
  }
}

describe('the clades of a run', () => {
  it('[V14] count everyone once, parents before children, and are whose descendants they say', async () => {
    const lab = meadow(3);
    const clades = new Clades(lab);
    await follow(lab, clades, 900);
    const { ticks, totals, clades: rows } = clades.facts;
    expect(ticks).toEqual(Array.from({ length: 90 }, (_, i) => 10 * (i + 1)));
    expect(totals.at(-1)).toBe(lab.simulation.kernel.pop.count);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThanOrEqual(24);
    ticks.forEach((_, i) => expect(rows.reduce((sum, { counts }) => sum + counts[i]!, 0)).toBeLessThanOrEqual(totals[i]!));
    const place = new Map(rows.map(({ id }, i) => [id, i]));
    rows.forEach(({ parent, bornAt, counts, hue }, i) => {
      expect(counts).toHaveLength(ticks.length);
      expect(hue).toBeLessThan(256);
      if (parent !== null) expect(place.get(parent)).toBeLessThan(i);
      const first = counts.findIndex((count) => count > 0);
      if (first >= 0) expect(ticks[first]).toBeGreaterThanOrEqual(bornAt);
    });
    // at the last sample: the nearest told clade above each living organism, by its own line of parents
    const { phylogeny, simulation: { kernel } } = lab;
    const { tree } = phylogeny;
    const counted = new Map<number, number>();
    for (let row = 0; row < kernel.pop.count; row++) {
      let slot = phylogeny.slotOf(kernel.pop.columns.id[row]!);
      while (slot !== ABOVE && !place.has(tree.id[slot]!)) slot = tree.parent[slot]!;
      if (slot !== ABOVE) counted.set(tree.id[slot]!, (counted.get(tree.id[slot]!) ?? 0) + 1);
    }
    for (const { id, counts } of rows) expect(counts.at(-1), `clade ${id}`).toBe(counted.get(id) ?? 0);
  });

  it('[V14] cover the whole run in bounded memory, seen more coarsely the longer it is', async () => {
    const lab = meadow(5, { founders: 20, capacity: 60, size: 32 });
    const clades = new Clades(lab);
    await follow(lab, clades, 12_000);
    const { ticks, clades: rows } = clades.facts;
    expect(ticks[0]).toBe(10);
    expect(ticks.at(-1)).toBeGreaterThan(11_900);
    expect(ticks.length).toBeLessThanOrEqual(360);
    expect(rows.length).toBeLessThanOrEqual(24);
    expect(JSON.stringify(clades.facts).length).toBeLessThan(40_000);
  });

  it('[V14] are known of a run that was not watched from its beginning', async () => {
    const lab = meadow(3);
    for (let i = 0; i < 300; i++) await lab.tick();
    const clades = new Clades(lab);
    const { ticks, totals, clades: rows } = clades.facts;
    expect(ticks).toEqual([300]);
    expect(rows.reduce((sum, { counts }) => sum + counts[0]!, 0)).toBeGreaterThan(totals[0]! / 2);
  });
});
