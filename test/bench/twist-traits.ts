import { parseProgram } from '../../agents/instincts/parse.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import type { DecisionRows } from '../../core/kernel/genomes.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { findWorld } from '../../worlds/index.ts';

/**
 * What is heritable in a kind: how its programs read, what they choose in one and the same situation, and how they live in a garden
 * of their own that is the same for every kind.
 */
export interface Traits {
  /** Share of programs that, hungry on bare ground, still climb where the best ground around holds 15 %; the others leave. */
  staying: number;
  /** Share of programs that conceive with an energy of 40, out of the way of food. */
  conceiving: number;
  /** Share of programs that have a rule to eat one resource and none to eat the other. */
  ofOneDiet: number;
  /** Share of rules that move. */
  rulesThatMove: number;
  /** Steps moved for each tick of life. */
  mobility: number;
  /** Share of going that goes towards food; the rest wanders, follows, flees or chases. */
  climbing: number;
  /** How far a life's diet lies from half and half: 0 is that, 1 all of one resource. */
  fidelity: number;
}

export const traitNames: readonly (keyof Traits)[] = ['staying', 'conceiving', 'ofOneDiet', 'rulesThatMove', 'mobility', 'climbing', 'fidelity'];

const world = findWorld('moire');
const acts = world.vocabulary.acts.map(({ name }) => name);
const going = new Set(['wander', 'climb', 'follow', 'flee', 'attack'].map((name) => acts.indexOf(name)));
const EAT = acts.indexOf('eat');
const CLIMB = acts.indexOf('climb');
const REPRODUCE = acts.indexOf('reproduce');
/** Half a lifespan: long enough to see how they live, too short for selection among them. */
const ASSAY_TICKS = 150;

/** An adult with nobody in sight, its gut used to neither resource. */
const alone: Record<string, number> = { energy: 20, age: 100, gut: 50, 'kin.near': 99, 'other.near': 99, 'hunter.near': 99, hurt: 99 };

/** Share of the programs that choose this act in a situation: readings by sense, 0 where neither it nor `alone` says otherwise. */
function choosing(chosen: number, genomes: readonly string[], situation: Record<string, number>): number {
  const store = createInstincts(world.vocabulary);
  const count = genomes.length;
  const rows: DecisionRows = {
    count, id: Uint32Array.from(genomes, (_, i) => i), genome: Uint32Array.from(genomes, (text) => store.intern(text)),
    memory: new Float32Array(count * store.registersPerRow), act: new Uint8Array(count), target: new Uint8Array(count),
    nextSignal: new Uint8Array(count), fired: new Uint8Array(count), survey: null, scratch: new Uint32Array(count), key0: 1, key1: 2,
    readers: world.vocabulary.senses.map(({ name }) => (_, asked, readings) => { readings.fill(situation[name] ?? alone[name] ?? 0, 0, asked); }),
  };
  store.decide(rows);
  return rows.act.reduce((sum, act) => sum + (act === chosen ? 1 : 0), 0) / count;
}

/** Measures a kind in a garden of its own without variation, with these parameters. `genomes` must not be empty. */
export function traitsOf(genomes: readonly string[], parameters: Record<string, number>, seed: number): Traits {
  let ofOneDiet = 0;
  let rules = 0;
  let moving = 0;
  for (const text of genomes) {
    const program = parseProgram(text, world.vocabulary);
    const deeds = [...program.rules.map(({ deed }) => deed), program.otherwise];
    if (new Set(deeds.filter(({ act }) => act === EAT).map(({ target }) => target)).size === 1) ofOneDiet++;
    rules += deeds.length;
    moving += deeds.filter(({ act }) => going.has(act)).length;
  }
  const simulation = new Simulation({
    world, seed, genomes: createInstincts(world.vocabulary), founders: genomes, observed: false,
    parameters: resolveParameters(world.parameters, { ...parameters, mutationRate: 0, crossoverRate: 0, founders: genomes.length }),
  });
  const { pop, parts } = simulation.kernel;
  let went = 0;
  let climbed = 0;
  for (let tick = 0; tick < ASSAY_TICKS; tick++) {
    simulation.step();
    for (let row = 0; row < pop.count; row++) {
      const act = pop.columns.act[row]!;
      if (going.has(act)) went++;
      if (act === CLIMB) climbed++;
    }
  }
  const life = new Float32Array(1 + world.measures.length);
  let mobility = 0;
  let fidelity = 0;
  for (let row = 0; row < pop.count; row++) {
    parts.lifeOf(row, life);
    mobility += life[1]!;
    fidelity += Math.abs(2 * life[2]! - 1);
  }
  return {
    staying: choosing(CLIMB, genomes, { 'amber.near': 15, 'jade.near': 15 }), conceiving: choosing(REPRODUCE, genomes, { energy: 40 }),
    ofOneDiet: ofOneDiet / genomes.length, rulesThatMove: moving / rules,
    mobility: mobility / pop.count, climbing: climbed / went, fidelity: fidelity / pop.count,
  };
}
