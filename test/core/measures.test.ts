import { describe, expect, it } from 'vitest';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { measurePoint } from '../../core/measures/series.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { busyFounders, busyParameters, keepBusy, startPlain } from './plain-world.ts';


describe('observers', () => {
  it('[E6] totals from events agree with the state: births − deaths are alive, and lineages are counted', () => {
    const { simulation } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const totals = countTotals(simulation);
    let steps = 0;
    keepBusy(simulation, () => {
      const { pop } = simulation.kernel;
      steps += pop.count;
      expect(totals.births - totals.deaths).toBe(pop.count);
      expect(totals.lineages).toBe(new Set(pop.columns.lineage.subarray(0, pop.count)).size);
      expect(totals.organismSteps).toBe(steps);
      expect(Object.values(totals.birthsByOperator).reduce((sum, n) => sum + n, 0)).toBe(totals.births);
    });
    expect(totals.deaths).toBeGreaterThan(50);
    expect(Math.min(totals.birthsByOperator.copy, totals.birthsByOperator.classical)).toBeGreaterThan(5);
  });

  it('[E6] the phylogeny holds the living and their first-parent ancestors, and forgets all other dead', () => {
    const { simulation } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const phylogeny = new Phylogeny(simulation);
    const parentOf = new Map<number, number>();
    const gone = new Set<number>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.births.count; i++) parentOf.set(event.births.id[i]!, event.births.parent[i]!);
      for (let i = 0; i < event.conceptions.count; i++) parentOf.set(event.conceptions.child[i]!, event.conceptions.parent[i]!);
      for (let i = 0; i < event.deaths.count; i++) gone.add(event.deaths.id[i]!);
    });
    keepBusy(simulation, () => {
      const { pop, eggs } = simulation.kernel;
      const unborn = Array.from({ length: eggs.count }, (_, i) => eggs.child[(eggs.head + i) % eggs.capacity]!);
      const wanted = new Set<number>();
      for (const id of [...pop.columns.id.subarray(0, pop.count), ...unborn]) {
        for (let at = id; at !== NOBODY && !wanted.has(at); at = parentOf.get(at)!) wanted.add(at);
      }
      for (const id of unborn) wanted.delete(id);
      expect(phylogeny.size).toBe(wanted.size);
      for (const id of wanted) {
        expect(phylogeny.taxon(id)?.destructionTime === null).toBe(!gone.has(id));
        const line = phylogeny.ancestors(id, 100).map((taxon) => taxon.id);
        expect(line[0] ?? NOBODY).toBe(parentOf.get(id));
      }
    });
  });

  it('[K13] genomes are held once for every organism, egg parent and freshly dead, and by whoever retains them; nothing leaks', () => {
    const { simulation, genomes } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const held = (): number => {
      const { pop, eggs, deaths } = simulation.kernel;
      let partners = 0;
      for (let i = 0; i < eggs.count; i++) if (eggs.partner[(eggs.head + i) % eggs.capacity] !== NOBODY) partners++;
      return pop.count + eggs.count + partners + deaths.count;
    };
    expect(genomes.held).toBe(held());
    keepBusy(simulation, () => expect(genomes.held).toBe(held()));

    const watched = startPlain({ founders: busyFounders, parameters: busyParameters });
    const phylogeny = new Phylogeny(watched.simulation);
    const archive = archiveLives(watched.simulation);
    keepBusy(watched.simulation, () => undefined);
    const { pop, eggs, deaths } = watched.simulation.kernel;
    let partners = 0;
    for (let i = 0; i < eggs.count; i++) if (eggs.partner[(eggs.head + i) % eggs.capacity] !== NOBODY) partners++;
    expect(watched.genomes.held).toBe(pop.count + eggs.count + partners + deaths.count + phylogeny.size + archive.elites);
  });

  it('[E6] a point of the series measures the state: Hill number of genomes, mean energy, mean resource', () => {
    const { simulation } = startPlain({ founders: ['rest', 'rest', 'rest#1', 'rest#1', 'rest#2', 'rest#3'] });
    simulation.kernel.parts.field.amount.fill(0.25);
    const { pop } = simulation.kernel;
    const point = measurePoint(simulation.kernel);
    // shares 1/3, 1/3, 1/6, 1/6: exp(2/3 · ln 3 + 1/3 · ln 6)
    expect(point.diversity).toBeCloseTo(3 ** (2 / 3) * 6 ** (1 / 3), 12);
    expect([point.tick, point.population, point.resource]).toEqual([0, 6, 0.25]);
    expect(point.energy).toBeCloseTo(pop.columns.energy.subarray(0, 6).reduce((sum, e) => sum + e, 0) / 6, 10);
    expect(measurePoint(startPlain({ founders: [] }).simulation.kernel)).toMatchObject({ population: 0, diversity: 0, energy: 0 });
  });

  it('[A9] lives feed the archive as they end, one batch a tick, and what changed is an event', () => {
    const { simulation } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const archive = archiveLives(simulation);
    const best = new Map<number, number>();
    let told = 0;
    simulation.events$.subscribe((event) => {
      if (event.kind === 'archive') {
        told++;
        expect(event).toMatchObject({ tick: simulation.kernel.tick, coverage: archive.coverage, qdScore: archive.qdScore, elites: archive.elites });
        expect(event.cells.length).toBeGreaterThan(0);
        event.cells.forEach((cell, i) => {
          expect(event.objectives[i]).toBe(best.get(cell));
          expect(archive.elite(cell)?.solution.tick).toBe(event.tick);
        });
        return;
      }
      if (event.kind !== 'tick') return;
      const { deaths } = event;
      for (let i = 0; i < deaths.count; i++) {
        const cell = archive.cellOf([deaths.measure0[i]!, deaths.measure1[i]!]);
        best.set(cell, Math.max(best.get(cell) ?? -Infinity, deaths.objective[i]!));
      }
    });
    keepBusy(simulation, () => undefined);
    expect(told).toBeGreaterThan(2);
    expect([archive.elites, archive.qdScore]).toEqual([best.size, [...best.values()].reduce((sum, f) => sum + f, 0)]);
  });

  it('[A10] a judge\'s word can be the objective and a measure; then only judged lives enter', () => {
    const { simulation } = startPlain({ founders: busyFounders, parameters: { ...busyParameters, judging: 1, judgingTime: 1 } });
    const archive = archiveLives(simulation, { objective: 'judged', measures: ['judged', 'ways'] });
    const worthOf = (organism: number): number | null => (organism % 3 === 0 ? null : (organism % 10) / 10);
    const said = new Map<number, number>();
    const best = new Map<number, number>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (const { command } of event.commands) if (command.kind === 'judge' && command.worth !== null) said.set(command.organism, command.worth);
      for (let i = 0; i < event.deaths.count; i++) {
        const worth = said.get(event.deaths.id[i]!);
        if (worth === undefined) continue;
        const cell = archive.cellOf([worth, event.deaths.measure1[i]!]);
        best.set(cell, Math.max(best.get(cell) ?? -Infinity, Math.fround(worth)));
      }
    });
    keepBusy(simulation, () => {
      for (const organism of simulation.unanswered('judgements')) {
        const worth = worthOf(organism);
        simulation.submit({ kind: 'judge', organism, outcome: worth === null ? 'fallback' : 'ok', worth, reason: '' });
      }
    });
    expect(best.size).toBeGreaterThan(5);
    expect([archive.elites, archive.qdScore]).toEqual([best.size, expect.closeTo([...best.values()].reduce((sum, f) => sum + f, 0), 9)]);
    expect(() => archiveLives(simulation, { objective: 'life', measures: ['ways', 'charm'] })).toThrow('The archive is to measure "charm", but plain has age, ways, judged.');
  });
});
