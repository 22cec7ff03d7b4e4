import { describe, expect, it } from 'vitest';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { Relived } from '../../core/archive/relived.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';

const meadow = (): Lab => createLab({ world: 'meadow', seed: 3, operator: 'classical', service: null, parameters: { size: 64, founders: 80, capacity: 500, gestation: 3, mutationRate: 0.2, scarcity: 0.3 } });

describe('elites judged by later lives', () => {
  it('[A31] count each by the mean of the lives that its genome has had since, and leave out whom nobody has lived again', async () => {
    const lab = meadow();
    const { kernel } = lab.simulation;
    const lives: { tick: number; id: number; genome: string; objective: number; measures: [number, number] }[] = [];
    // the archive has heard of each death already, so an elite's own life is told by its id
    lab.simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { deaths } = event;
      for (let i = 0; i < deaths.count; i++) {
        lives.push({ tick: event.tick, id: deaths.id[i]!, genome: kernel.genomes.text(deaths.genome[i]!), objective: deaths.objective[i]!, measures: [deaths.measure0[i]!, deaths.measure1[i]!] });
      }
    });
    for (let i = 0; i < 350; i++) await lab.tick();
    const { archive } = lab;
    const expected = new GridArchive<string>({ dims: [20, 20], ranges: lab.simulation.world.measures.map(({ lower, upper }) => [lower, upper] as const) });
    let relived = 0;
    for (const { solution: { genome, tick } } of archive) {
      const since = lives.filter((life) => life.tick > tick && life.genome === kernel.genomes.text(genome));
      if (since.length === 0) continue;
      relived++;
      const mean = (of: (life: (typeof lives)[number]) => number): number => since.reduce((sum, life) => sum + of(life), 0) / since.length;
      expected.add('', mean(({ objective }) => objective), [mean(({ measures }) => measures[0]), mean(({ measures }) => measures[1])]);
    }
    expect(relived).toBeGreaterThan(10);
    expect(relived).toBeLessThan(archive.elites);
    const corrected = archive.corrected!;
    expect(corrected.elites).toBe(relived);
    expect(corrected.coverage).toBe(expected.coverage);
    expect(corrected.qdScore).toBeCloseTo(expected.qdScore, 6);
    expect(corrected.qdScore).toBeLessThan(archive.qdScore);
  });

  it('[A31] begin again when a cell has another elite, and go on where they were saved', async () => {
    const archive = new GridArchive<number>({ dims: [4, 4], ranges: [[0, 1], [0, 1]] });
    const relived = new Relived(archive.cells);
    expect(relived.corrected(archive)).toBeNull();
    const cell = archive.cellOf([0.1, 0.1]);
    archive.add(9, 5, [0.1, 0.1]);
    relived.replace(cell, undefined, 9);
    relived.note(8, 100, 0.5, 0.5);
    expect(relived.corrected(archive)).toBeNull();
    relived.note(9, 1, 0.1, 0.1);
    relived.note(9, 4, 0.9, 0.1);
    expect(relived.corrected(archive)).toEqual({ qdScore: 2.5, coverage: 1 / 16, elites: 1 });
    relived.replace(cell, 9, 9);
    expect(relived.corrected(archive)).toBeNull();

    const lab = meadow();
    for (let i = 0; i < 90; i++) await lab.tick();
    const saved = structuredClone(lab.save());
    const again = meadow();
    again.load(saved);
    expect(again.archive.corrected).toEqual(lab.archive.corrected);
    for (const each of [lab, again]) for (let i = 0; i < 30; i++) await each.tick();
    expect(again.archive.corrected).toEqual(lab.archive.corrected);
    expect(again.archive.corrected).not.toBeNull();
    expect(again.save()).toEqual(lab.save());
  });
});
