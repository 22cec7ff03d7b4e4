import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pack, unpack } from '../../core/kernel/packed.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import { Abundances, Census } from '../../core/measures/abundance.ts';
import { watchActivity } from '../../core/measures/activity-watch.ts';
import { GenotypePhylogeny } from '../../core/measures/genotypes.ts';
import { IdMap } from '../../core/measures/id-map.ts';
import { countDiversity } from '../../core/measures/living.ts';
import { watchModes } from '../../core/measures/modes.ts';
import { MullerRecorder } from '../../core/measures/muller.ts';
import { OperatorLedger } from '../../core/measures/operator-ledger.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { SeenTexts } from '../../core/measures/seen-texts.ts';
import { SelectionDifferentials, columnTrait, genomeTrait } from '../../core/measures/selection.ts';
import { keepSituations } from '../../core/measures/skeleton.ts';
import { watchSweeps } from '../../core/measures/sweeps.ts';
import { countTotals } from '../../core/measures/totals.ts';
import { treeShape } from '../../core/measures/tree-shape.ts';
import type { Simulation } from '../../core/simulation.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { seeded } from '../core/seeded.ts';
import { startMeadow } from './small-meadow.ts';
import { watchAll } from './watch-all.ts';

/** An observer under trial, and what it can tell. */
interface Watched { kept: Saveable; tell(): unknown }

/** A tick; whoever thinks comes to nothing. */
function step(simulation: Simulation): void {
  for (const organism of simulation.unanswered('thoughts')) {
    simulation.submit({ kind: 'think', organism, outcome: 'fallback', tokens: 0, intent: null, message: null, genome: null, reason: 'it was silent' });
  }
  simulation.step();
}

/** What one that was never stopped told at every tick after `at`, and what one told that was saved then and loaded. */
function stopAndGoOn(attach: (simulation: Simulation) => Watched, seed: number, at: number, more: number): [unknown[], unknown[]] {
  const first = startMeadow(seed, { deliberation: 0.02 });
  const watched = attach(first);
  for (let t = 0; t < at; t++) step(first);
  watched.tell();
  const bytes = pack({ simulation: first.save(), kept: watched.kept.save() });
  const state = unpack(bytes) as { simulation: unknown; kept: unknown };
  const again = startMeadow(seed, { deliberation: 0.02 });
  const loaded = attach(again);
  again.load(state.simulation);
  loaded.kept.load(state.kept);
  const rest = (simulation: Simulation, { tell }: Watched): unknown[] => Array.from({ length: more }, () => {
    step(simulation);
    // what is told may be a view of what changes
    return structuredClone(tell());
  });
  return [rest(first, watched), rest(again, loaded)];
}

/** What is saved side by side. */
const together = (parts: Record<string, Saveable>): Saveable => ({
  save: () => Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()])),
  load: (saved) => { for (const [name, part] of Object.entries(parts)) part.load((saved as Record<string, unknown>)[name]); },
});

const observers: Record<string, (simulation: Simulation) => Watched> = {
  totals: (simulation) => {
    const totals = countTotals(simulation);
    return { kept: totals, tell: () => ({ ...totals, lineages: totals.lineages }) };
  },
  phylogeny: (simulation) => {
    const phylogeny = new Phylogeny(simulation);
    const { tree } = phylogeny;
    return { kept: phylogeny, tell: () => ({ shape: treeShape(tree, simulation.kernel.tick), taxa: [...phylogeny.taxa()], slots: tree.slots(), unborn: tree.unborn.reduce((a, b) => a + b, 0) }) };
  },
  genotypes: (simulation) => {
    const genotypes = new GenotypePhylogeny(simulation);
    const { tree } = genotypes;
    return { kept: genotypes, tell: () => ({ shape: treeShape(tree, simulation.kernel.tick), genomes: [...tree.slots()].map((slot) => genotypes.text(slot)), expected: genotypes.expected }) };
  },
  diversity: (simulation) => {
    const counted = countDiversity(simulation);
    return { kept: counted, tell: () => {
      if (simulation.kernel.tick % 7 === 0) counted.startPeriod();
      return { population: counted.population, genomes: counted.genomes, phenotypes: counted.phenotypes };
    } };
  },
  ledger: (simulation) => {
    const lives: unknown[] = [];
    const ledger = new OperatorLedger(simulation, { bodyOf: (genome) => genome.slice(0, 40), onLife: (life) => { lives.push(life); } });
    return { kept: ledger, tell: () => {
      if (simulation.kernel.tick % 25 === 0) ledger.begin(200);
      return { report: ledger.report(), counted: ledger.counted, alive: ledger.countedAlive, lives: lives.splice(0) };
    } };
  },
  muller: (simulation) => {
    const muller = new MullerRecorder(simulation, { every: 3 });
    return { kept: muller, tell: () => ({ size: muller.size, data: muller.data() }) };
  },
  selection: (simulation) => {
    const differentials = new SelectionDifferentials(simulation, { energy: columnTrait(simulation.kernel, 'energy'), length: genomeTrait((text) => text.length) });
    return { kept: differentials, tell: () => (simulation.kernel.tick % 5 === 0 ? differentials.take() : null) };
  },
  situations: (simulation) => {
    const situations = keepSituations(simulation, 20);
    return { kept: situations, tell: () => ({ count: situations.count, readings: situations.readings }) };
  },
  sweeps: (simulation) => {
    const genotypes = new GenotypePhylogeny(simulation);
    const seen = watchSweeps(simulation, genotypes, { every: 4, low: 0.2, high: 0.5 });
    return { kept: together({ genotypes, seen }), tell: () => ({ fixations: seen.fixations, sweeps: seen.sweeps, shape: treeShape(genotypes.tree, 0) }) };
  },
  modes: (simulation) => {
    const genotypes = new GenotypePhylogeny(simulation);
    const modes = watchModes(simulation, genotypes, { interval: 12, resolution: 4 });
    return { kept: together({ genotypes, modes }), tell: () => modes.reports };
  },
  measures: (simulation) => {
    const { events, measures, parts } = watchAll(simulation);
    return { kept: together(parts), tell: () => ({ events: events.splice(0), words: measures.words() }) };
  },
  activity: (simulation) => {
    const genotypes = new GenotypePhylogeny(simulation);
    const watch = watchActivity(simulation, genotypes, { every: 5, shadows: 3 });
    return { kept: together({ genotypes, watch }), tell: () => ({ real: watch.real, shadows: watch.shadows, verdict: watch.verdict(0.25) }) };
  },
};

describe('what is saved and loaded tells from there on what it would have told', () => {
  test.each(Object.keys(observers).flatMap((name) => [[name, 1, 3], [name, 40, 17]] as const))('[Q13] %s, stopped after %i ticks', (name, at, seed) => {
    const [never, again] = stopAndGoOn(observers[name]!, seed, at, 60);
    expect(again).toEqual(never);
    // something has happened that could have been forgotten
    expect(new Set(never.map((each) => JSON.stringify(each))).size).toBeGreaterThan(3);
  });

  test('[Q13] maps of ids, censuses, abundances and seen texts, after any steps', () => {
    const again = <T extends Saveable>(one: T, fresh: T): T => {
      fresh.load(unpack(pack(one.save())));
      return fresh;
    };
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(40), fc.boolean()), { maxLength: 300 }), fc.nat(300), (steps, cut) => {
      let [map, census, seen] = [new IdMap(), new Census<string>(), new SeenTexts(16)];
      const plain = { map: new IdMap(), census: new Census<string>(), seen: new SeenTexts(16) };
      steps.forEach(([id, more], i) => {
        if (i === cut) [map, census, seen] = [again(map, new IdMap()), again(census, new Census()), again(seen, new SeenTexts(16))];
        for (const each of [map, plain.map]) if (more) each.add(id, 2); else each.delete(id);
        for (const each of [census, plain.census]) if (more || each.count(`${id}`) === 0) each.add(`${id}`); else each.remove(`${id}`);
        expect(seen.add(`${id}`)).toBe(plain.seen.add(`${id}`));
        expect([map.size, map.get(id), census.diversity, seen.forgets]).toEqual([plain.map.size, plain.map.get(id), plain.census.diversity, plain.seen.forgets]);
      });
      for (let id = 0; id <= 40; id++) expect(map.get(id)).toBe(plain.map.get(id));
      expect([...census.entries()]).toEqual([...plain.census.entries()]);
    }), seeded(150));
    const abundances = new Abundances();
    abundances.move(0, 1000);
    abundances.move(0, 7);
    expect(again(abundances, new Abundances())).toEqual(abundances);
    expect(new IdMap().get(3)).toBe(NOBODY);
  });
});
