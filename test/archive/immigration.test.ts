import { describe, expect, it } from 'vitest';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { admitElites } from '../../core/archive/immigration.ts';
import type { ArchivedLife } from '../../core/archive/life-archive.ts';
import { startPlain } from '../core/plain-world.ts';

/** Immigrants of a world with an archive of so many elites that nobody adds to: tick and cell of each. */
function play({ elites = 5, immigration, ticks, seed = 1 }: { elites?: number; immigration: number; ticks: number; seed?: number }) {
  const { simulation } = startPlain({ seed, founders: ['rest'], parameters: { immigration, capacity: 16 } });
  const archive = new GridArchive<ArchivedLife>({ dims: [10], ranges: [[0, 1]] });
  for (let i = 0; i < elites; i++) archive.add({ genome: simulation.kernel.genomes.intern(`leave#${i}`), organism: 100 + i, tick: 1 }, 1, [i / 10 + 0.05]);
  admitElites(simulation, archive);
  const came: [tick: number, cell: number][] = [];
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    for (const { tick, command } of event.commands) {
      if (command.kind !== 'immigrate') continue;
      expect(command).toEqual({ kind: 'immigrate', cell: command.cell, elite: 100 + command.cell, genome: `leave#${command.cell}` });
      came.push([tick, command.cell]);
    }
  });
  for (let tick = 1; tick <= ticks; tick++) simulation.step();
  return came;
}

describe('immigration', () => {
  it('[A26] lets in as many in a thousand ticks as is set, by chance', () => {
    expect(play({ immigration: 1000, ticks: 300 })).toHaveLength(299);
    const some = play({ immigration: 100, ticks: 4000 }).map(([tick]) => tick);
    // 400 expected, standard deviation 19
    expect(Math.abs(some.length - 400)).toBeLessThan(60);
    const gaps = some.slice(1).map((tick, i) => tick - some[i]!);
    expect(Math.min(...gaps)).toBe(1);
    expect(Math.max(...gaps)).toBeGreaterThan(30);
    expect(play({ immigration: 0, ticks: 300 })).toEqual([]);
  });

  it('[A26] draws each elite with the same chance', () => {
    const counts = new Map<number, number>();
    for (const [, cell] of play({ immigration: 1000, ticks: 2501 })) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4]);
    // 500 expected of each, standard deviation 20
    for (const count of counts.values()) expect(Math.abs(count - 500)).toBeLessThan(70);
  });

  it('[A26] is drawn from seed and tick alone', () => {
    const first = play({ immigration: 300, ticks: 200 });
    expect(play({ immigration: 300, ticks: 200 })).toEqual(first);
    expect(play({ immigration: 300, ticks: 200, seed: 2 })).not.toEqual(first);
    // another archive sends others, at the same ticks
    const others = play({ immigration: 300, ticks: 200, elites: 9 });
    expect(others.map(([tick]) => tick)).toEqual(first.map(([tick]) => tick));
    expect(others).not.toEqual(first);
  });

  it('[A26] has nobody to send from an empty archive', () => {
    expect(play({ immigration: 1000, ticks: 100, elites: 0 })).toEqual([]);
  });
});
