import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInstincts } from '../../agents/instincts/store.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { watchActivity } from '../../core/measures/activity-watch.ts';
import { Abundances, Census, diversityOf } from '../../core/measures/abundance.ts';
import { GenotypePhylogeny } from '../../core/measures/genotypes.ts';
import { columnMoments, countDiversity, livingPhenotypes, phenotypeCells } from '../../core/measures/living.ts';
import { watchModes } from '../../core/measures/modes.ts';
import { MULLER_ROOT, MullerRecorder, cutMuller, mullerBands, mullerCsv } from '../../core/measures/muller.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { SelectionDifferentials, columnTrait, genomeTrait, priceTerms } from '../../core/measures/selection.ts';
import { watchSweeps } from '../../core/measures/sweeps.ts';
import { organismsBelow, treeShape } from '../../core/measures/tree-shape.ts';
import { findWorld } from '../../worlds/index.ts';
import { busyFounders, busyParameters, keepBusy, startPlain } from '../core/plain-world.ts';
import { seeded } from '../core/seeded.ts';
import { startDrift, worthOf } from './drift-world.ts';

describe('diversity', () => {
  it('[Q5] of counts has the values that definitions give', () => {
    // shares 1/2, 1/4, 1/4
    expect(diversityOf([2, 1, 1])).toEqual({
      total: 4, richness: 3, shannon: expect.closeTo(1.5 * Math.LN2, 14) as number, effective: expect.closeTo(2 * Math.SQRT2, 13) as number, simpson: 0.625,
      evenness: expect.closeTo((1.5 * Math.LN2) / Math.log(3), 14) as number,
    });
    expect(diversityOf([5, 5, 5, 5])).toMatchObject({ effective: expect.closeTo(4, 12) as number, simpson: 0.75, evenness: expect.closeTo(1, 14) as number });
    expect(diversityOf([7])).toEqual({ total: 7, richness: 1, shannon: 0, effective: 1, simpson: 0, evenness: NaN });
    expect(diversityOf([])).toEqual({ total: 0, richness: 0, shannon: 0, effective: 0, simpson: 0, evenness: NaN });
    expect(() => new Census<string>().remove('a')).toThrow('There is no a to be taken out of the census.');
  });

  it('[Q5] kept one by one is to the last bit that of a fresh count', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(12), fc.boolean()), { maxLength: 400 }), (steps) => {
      const census = new Census<number>();
      for (const [kind, more] of steps) if (more || census.count(kind) === 0) census.add(kind); else census.remove(kind);
      const counts = [...census.entries()].map(([, n]) => n);
      expect(census.diversity).toEqual(diversityOf(counts));
      expect(census.diversity).toEqual(diversityOf(counts.toReversed()));
      const total = counts.reduce((sum, n) => sum + n, 0);
      expect(census.diversity.shannon).toBeCloseTo(counts.reduce((sum, n) => sum - (n / total) * Math.log(n / total), 0), 10);
    }), seeded(200));
    const large = new Abundances();
    large.move(0, 1_000_000);
    large.move(0, 1_000_000);
    expect(large.diversity.effective).toBeCloseTo(2, 12);
  });

  it('[Q5] of genomes and phenotypes follows the events, and equals what the state says', () => {
    const { simulation, genomes } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const counted = countDiversity(simulation);
    const cells = phenotypeCells(simulation.world);
    const ended: number[] = [];
    simulation.events$.subscribe((event) => {
      if (event.kind === 'tick') for (let i = 0; i < event.deaths.count; i++) ended.push(cells.cellOf([event.deaths.measure0[i]!, event.deaths.measure1[i]!]));
    });
    const fresh = (kinds: readonly (string | number)[]): number[] => [...new Set(kinds)].map((kind) => kinds.filter((each) => each === kind).length);
    keepBusy(simulation, (tick) => {
      const { pop } = simulation.kernel;
      expect(counted.population).toBe(pop.count);
      expect(counted.genomes).toEqual(diversityOf(fresh(Array.from(pop.columns.genome.subarray(0, pop.count), (handle) => genomes.text(handle)))));
      expect(counted.phenotypes).toEqual(diversityOf(fresh(ended)));
      // a genome is held once more for all who were born with it
      const { eggs, deaths } = simulation.kernel;
      let partners = 0;
      for (let i = 0; i < eggs.count; i++) if (eggs.partner[(eggs.head + i) % eggs.capacity] !== NOBODY) partners++;
      expect(genomes.held).toBe(pop.count + eggs.count + partners + deaths.count + counted.genomes.richness);
      if (tick % 10 === 0) {
        counted.startPeriod();
        ended.length = 0;
      }
    });
    const { pop, tick } = simulation.kernel;
    // evenly cut in 20: five ticks of age a cell; an act every five cells
    const living = Array.from({ length: pop.count }, (_, row) => Math.floor((tick - pop.columns.bornAt[row]!) / 5) * 20 + pop.columns.act[row]! * 5);
    expect(livingPhenotypes(simulation.kernel)).toEqual(diversityOf(fresh(living)));
  });

  it('[Q5] and the moments of columns are the same in whatever order the rows lie', () => {
    const { simulation } = startPlain({ founders: busyFounders, parameters: { ...busyParameters, income: 0.3 } });
    for (let t = 0; t < 12; t++) simulation.step();
    const { kernel } = simulation;
    const { pop } = kernel;
    const before = [columnMoments(kernel), livingPhenotypes(kernel)];
    const energies = Array.from(pop.columns.energy.subarray(0, pop.count));
    const mean = energies.reduce((sum, e) => sum + e, 0) / pop.count;
    expect(columnMoments(kernel)['energy']).toEqual({
      mean: expect.closeTo(mean, 10), deviation: expect.closeTo(Math.sqrt(energies.reduce((sum, e) => sum + (e - mean) ** 2, 0) / pop.count), 10),
      least: Math.min(...energies), greatest: Math.max(...energies),
    });
    expect(Object.keys(columnMoments(kernel))).toEqual(expect.arrayContaining(['x', 'steps', 'children', 'tag']));
    const order = Uint32Array.from({ length: pop.count }, (_, row) => (row * 7 + 3) % pop.count);
    expect(new Set(order).size).toBe(pop.count);
    pop.arrange(order, new Uint32Array(pop.capacity));
    expect([columnMoments(kernel), livingPhenotypes(kernel)]).toEqual(before);
    expect(columnMoments(startPlain({ founders: [] }).simulation.kernel)['energy']).toEqual({ mean: NaN, deviation: NaN, least: NaN, greatest: NaN });
  });
});

describe('selection', () => {
  it('[Q6] Price\'s terms of a small case, by hand', () => {
    // parents 1, 2, 3 leave 0, 1 and 3 descendants; of the last one differs from its parent, and one comes from nowhere
    const terms = priceTerms([1, 2, 3], [2, 3, 3, 6, 10], [1, 2, 2, 2, -1]);
    // w̄ = 4/3; Cov = (0·1 + 1·2 + 3·3)/3 − 4/3 · 2 = 1; transmission (0 + 0 + 0 + 3)/4; the mean of the four is 3.5, of the five 4.8
    expect(terms).toEqual({
      ancestors: 3, descendants: 5, before: 2, after: expect.closeTo(4.8, 12), change: expect.closeTo(2.8, 12), selection: expect.closeTo(0.75, 12), transmission: 0.75,
      unknown: expect.closeTo(1.3, 12), covariance: expect.closeTo(1, 12), meanFitness: expect.closeTo(4 / 3, 12), intensity: expect.closeTo(0.75 / Math.sqrt(2 / 3), 12),
    });
    expect(priceTerms([], [], []).change).toBeNaN();
    expect(priceTerms([1, 2], [5], [-1])).toMatchObject({ change: expect.closeTo(3.5, 12) as number, selection: NaN });
  });

  it('[Q6] the terms sum to the change, whatever happens', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 }), fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -1, max: 11 })), { minLength: 1, maxLength: 30 }), (ancestors, descendants) => {
      const from = descendants.map(([, i]) => (i < ancestors.length ? i : -1));
      fc.pre(from.some((i) => i >= 0));
      const { change, selection, transmission, unknown } = priceTerms(ancestors, descendants.map(([z]) => z), from);
      expect(selection + transmission + unknown).toBeCloseTo(change, 8);
    }), seeded(200));
  });

  it('[Q6] of a run: the worthy are selected where worth pays, and not where it does not', () => {
    const selectionIn = (selection: number) => {
      const { simulation } = startDrift({ selection, organisms: 400, mutationRate: 0.3 });
      for (let t = 0; t < 30; t++) simulation.step();
      const traits = { worth: genomeTrait(worthOf), children: columnTrait(simulation.kernel, 'children') };
      const differentials = new SelectionDifferentials(simulation, traits);
      return Array.from({ length: 6 }, () => {
        for (let t = 0; t < 10; t++) simulation.step();
        const { worth, children } = differentials.take();
        for (const { change, selection: s, transmission, unknown } of [worth!, children!]) expect(s + transmission + unknown).toBeCloseTo(change, 9);
        expect(worth!.ancestors).toBeGreaterThan(200);
        // children inherit no children
        expect(children!.transmission).toBeLessThan(0.5);
        return worth!.selection;
      });
    };
    const selected = selectionIn(3);
    const neutral = selectionIn(0);
    expect(Math.min(...selected)).toBeGreaterThan(0.01);
    expect(Math.abs(neutral.reduce((sum, s) => sum + s, 0) / 6)).toBeLessThan(0.02);
    expect(() => columnTrait(startPlain().simulation.kernel, 'charm')).toThrow(/^There is no column "charm"; there are id, genome/);
  });
});

describe('genotypes', () => {
  it('[Q4] are taxa of those born with one genome in one line; their numbers are those of the state', () => {
    const { simulation, genomes } = startPlain({ founders: busyFounders, parameters: busyParameters });
    const genotypes = new GenotypePhylogeny(simulation);
    const parentOf = new Map<number, number>();
    const textOf = new Map<number, string>();
    const forebear = new Map<number, number>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.births.count; i++) {
        const [id, parent] = [event.births.id[i]!, event.births.parent[i]!];
        parentOf.set(id, parent);
        textOf.set(id, genomes.text(event.births.genome[i]!));
        const alike = parent === NOBODY ? [...textOf].find(([first, text]) => first < id && text === textOf.get(id))?.[0] : textOf.get(parent) === textOf.get(id) ? parent : undefined;
        forebear.set(id, alike === undefined ? id : forebear.get(alike)!);
        expect(genotypes.born[i]).toBe(forebear.get(id));
      }
    });
    keepBusy(simulation, () => {
      const { pop } = simulation.kernel;
      const counts = new Map<number, number>();
      for (const id of pop.columns.id.subarray(0, pop.count)) counts.set(forebear.get(id)!, (counts.get(forebear.get(id)!) ?? 0) + 1);
      const { tree } = genotypes;
      expect(new Map([...tree.slots()].filter((slot) => tree.organisms[slot]! > 0).map((slot) => [tree.id[slot], tree.organisms[slot]]))).toEqual(counts);
      expect(genotypes.expected).toBe(simulation.kernel.eggs.count);
      for (const slot of tree.slots()) expect(genotypes.text(slot)).toBe(textOf.get(tree.id[slot]!));
      expect(tree.diversity).toEqual(diversityOf(counts.values()));
    });
    expect(genotypes.tree.outside).toBeGreaterThan(20);
  });

  it('[Q4] sweep and are fixed where selection is strong, each fixed once and elders first', () => {
    const { simulation } = startDrift({ selection: 8, organisms: 150, mutationRate: 0.05, seed: 3 });
    const genotypes = new GenotypePhylogeny(simulation);
    const { fixations, sweeps } = watchSweeps(simulation, genotypes, { every: 5 });
    const lines = new Map<number, number>();
    const shares = new Map<number, Map<number, number>>();
    simulation.events$.subscribe(({ kind, tick }) => {
      if (kind !== 'tick' || tick % 5 !== 0) return;
      const below = organismsBelow(genotypes.tree);
      shares.set(tick, new Map([...genotypes.tree.slots()].map((slot) => [genotypes.tree.id[slot]!, below[slot]! / genotypes.tree.population])));
    });
    simulation.events$.subscribe((event) => {
      if (event.kind === 'tick') for (let i = 0; i < event.births.count; i++) lines.set(event.births.id[i]!, event.births.parent[i]!);
    });
    for (let t = 0; t < 400; t++) simulation.step();
    expect(fixations.length).toBeGreaterThan(1);
    expect(sweeps.length).toBeGreaterThan(0);
    expect(new Set(fixations.map(({ id }) => id)).size).toBe(fixations.length);
    expect(fixations.map(({ originTime }) => originTime)).toEqual(fixations.map(({ originTime }) => originTime).sort((a, b) => a - b));
    for (const { id, from, to, originTime } of sweeps) {
      expect([to > from, from >= originTime, shares.get(to)!.get(id)! >= 0.9, from === originTime || shares.get(from)!.get(id)! <= 0.1]).toEqual([true, true, true, true]);
      for (let t = from - (from % 5) + 5; t < to; t += 5) expect([t, shares.get(t)!.get(id)! > 0.1, shares.get(t)!.get(id)! < 0.9]).toEqual([t, true, true]);
    }
    // everyone alive has the last one fixed among its forebears, and all that was fixed lies on one line
    const { pop } = simulation.kernel;
    const last = fixations.at(-1)!;
    for (const id of pop.columns.id.subarray(0, pop.count)) {
      const line = new Set<number>();
      for (let at: number | undefined = id; at !== undefined; at = lines.get(at)) line.add(at);
      for (const { id: fixed } of fixations) expect(line.has(fixed)).toBe(true);
    }
    expect(treeShape(genotypes.tree, 400).commonAncestor).toBe(last.id);
  });

  it('[Q4] make the two tables of a Muller plot, cut as ggmuller cuts them, and bands that fill the whole', () => {
    const data = {
      edges: [{ parent: 0, identity: 1 }, { parent: 1, identity: 2 }, { parent: 0, identity: 3 }, { parent: 2, identity: 4 }],
      population: [
        { generation: 0, identity: 0, population: 100 }, { generation: 10, identity: 0, population: 70 }, { generation: 10, identity: 1, population: 28 },
        { generation: 10, identity: 3, population: 2 }, { generation: 20, identity: 0, population: 40 }, { generation: 20, identity: 2, population: 1 }, { generation: 20, identity: 4, population: 59 },
      ],
    };
    // 3 never exceeds a tenth; 2 does not either, but 4 descends from it
    expect(cutMuller(data, 0.1).edges.map(({ identity }) => identity)).toEqual([1, 2, 4]);
    expect(mullerCsv(cutMuller(data, 0.3))).toEqual({
      edges: 'Parent,Identity\n0,1\n1,2\n2,4\n', population: 'Generation,Identity,Population\n0,0,100\n10,0,70\n10,1,28\n20,0,40\n20,2,1\n20,4,59\n',
    });
    const bands = mullerBands(data);
    const at = (identity: number, side: string, generation: number) => {
      const band = bands.find((each) => each.identity === identity && each.side === side)!;
      const i = band.generations.indexOf(generation);
      return [band.from[i], band.to[i]].map((x) => expect.closeTo(x!, 12) as number);
    };
    expect([at(0, 'lower', 10), at(1, 'lower', 10), at(1, 'upper', 10), at(3, 'upper', 10), at(0, 'upper', 10)]).toEqual([[0, 0.35], [0.35, 0.49], [0.49, 0.63], [0.64, 0.65], [0.65, 1]]);
    // half-way between its last zero and its first count a genotype begins, with no width
    expect(bands[0]!.generations).toEqual([0, 5, 10, 15, 20]);
    expect(at(1, 'lower', 5)).toEqual([0.5, 0.5]);
    for (let i = 0; i < 5; i++) expect(bands.reduce((sum, { from, to }) => sum + to[i]! - from[i]!, 0)).toBeCloseTo(1, 12);
  });

  it('[Q4] are recorded for a Muller plot as the state has them, and forgotten where no plot would show them', () => {
    const { simulation } = startDrift({ selection: 6, organisms: 150, mutationRate: 0.2, seed: 2, founders: ['breed#1', 'breed#2'] });
    const recorder = new MullerRecorder(simulation, { every: 10, cutoff: 0.05 });
    const everyone = new Map<number, number>();
    let born = 0;
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      born += event.births.count;
      if ((event.tick - 1) % 10 === 0) everyone.set(event.tick, event.population);
    });
    for (let t = 0; t < 200; t++) simulation.step();
    const data = recorder.data(0);
    expect(recorder.size).toBeLessThan(born / 5);
    // what is left is in the tree, was frequent, or is an ancestor of such
    const shown = new Set(recorder.data(0.05).edges.map(({ identity }) => identity));
    const inTree = new Set([...recorder.genotypes.tree.slots()].map((slot) => recorder.genotypes.tree.id[slot]!));
    const heirs = new Set(data.edges.map(({ parent }) => parent));
    for (const { identity } of data.edges) expect([identity, inTree.has(identity) || shown.has(identity) || heirs.has(identity)]).toEqual([identity, true]);
    const parents = new Map(data.edges.map(({ parent, identity }) => [identity, parent]));
    // one root; everything else hangs from it
    for (const { identity } of data.population) {
      let at = identity;
      while (parents.has(at)) at = parents.get(at)!;
      expect(at).toBe(MULLER_ROOT);
    }
    const { tree } = recorder.genotypes;
    simulation.step();
    const now = recorder.data(0).population.filter(({ generation }) => generation === 201);
    expect(now.reduce((sum, { population }) => sum + population, 0)).toBe(tree.population);
    for (const { generation, population } of recorder.data(0.05).population) expect(population).toBeLessThanOrEqual(everyone.get(generation)!);
  });
});

describe('all measures together', () => {
  /** Meadow with every observer on, and what they say. */
  function measured(watch: boolean) {
    const world = findWorld('meadow');
    const simulation = new Simulation({ world, seed: 5, genomes: createInstincts(world.vocabulary), parameters: resolveParameters(world.parameters, { size: 48 }) });
    if (!watch) {
      for (let t = 0; t < 120; t++) simulation.step();
      return { fingerprint: simulation.fingerprint, said: null };
    }
    const organisms = new Phylogeny(simulation);
    const genotypes = new GenotypePhylogeny(simulation);
    const sweeps = watchSweeps(simulation, genotypes, { every: 10 });
    const muller = new MullerRecorder(simulation);
    const diversity = countDiversity(simulation);
    const modes = watchModes(simulation, genotypes, { interval: 40, resolution: 20 });
    const activity = watchActivity(simulation, genotypes, { every: 20, shadows: 39 });
    const traits = new SelectionDifferentials(simulation, { age: columnTrait(simulation.kernel, 'bornAt') });
    for (let t = 0; t < 120; t++) simulation.step();
    return {
      fingerprint: simulation.fingerprint,
      said: JSON.stringify([treeShape(organisms.tree, 120), treeShape(genotypes.tree, 120), sweeps, muller.data(), diversity.genomes, diversity.phenotypes, modes.reports, activity.verdict(),
        traits.take(), columnMoments(simulation.kernel), livingPhenotypes(simulation.kernel)]),
    };
  }

  it('[Q7] say the same of the same run again, and [E7] change nothing of it', () => {
    const once = measured(true);
    expect(measured(true)).toEqual(once);
    expect(measured(false).fingerprint).toBe(once.fingerprint);
    expect(once.said!.length).toBeGreaterThan(2000);
  });
});
