import { createInstincts, printProgram, randomProgram, type Instincts } from '../../agents/instincts/index.ts';
import type { Command } from '../../core/events/command.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import type { grazingColumns } from '../../worlds/grazing/parts.ts';

export type MeadowSimulation = Simulation<typeof grazingColumns>;

/** Genomes that among them sense, do, signal and remember all that a meadow offers, and some that fend for themselves. */
export function variedFounders(seed: number, count = 40): string[] {
  const random = new RandomStream(seedKey(seed, purpose.founder), 77);
  const any = Array.from({ length: count }, () => printProgram(randomProgram(meadow.vocabulary, random, 4), meadow.vocabulary));
  const hardy = [
    'when energy > 40 -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass',
    'when energy > 40 -> mate other\nwhen other.near < 2 steps -> attack other\nwhen grass.here > 20% -> eat\notherwise -> follow other',
    'when hunter.near < 3 steps -> flee hunter, signal red\nwhen kin.near < 1 steps and energy > 30 -> share kin\notherwise -> eat',
  ];
  return any.flatMap((genome, i) => [genome, hardy[i % 3]!]);
}

export interface MeadowOptions { seed: number; founders?: readonly string[]; parameters?: Record<string, number> }

export function startMeadow({ seed, founders, parameters = {} }: MeadowOptions): { simulation: MeadowSimulation; genomes: Instincts } {
  const genomes = createInstincts(meadow.vocabulary);
  const given = { size: 48, founders: 160, capacity: 600, gestation: 8, lifespan: 60, scarcity: 0.2, ...parameters };
  const simulation = new Simulation({
    world: meadow, parameters: resolveParameters(meadow.parameters, given), seed, genomes, ...(founders ? { founders } : {}),
  });
  return { simulation, genomes };
}

/** Models that answer at once, by rule and not by model: for children, thoughts and judgements that are due in the next tick. */
export function answerDue(simulation: MeadowSimulation): void {
  for (const child of simulation.due()) {
    simulation.submit(child % 3 === 0 ? { kind: 'deliver', child, outcome: 'fallback', genome: null, reason: 'no words' }
      : { kind: 'deliver', child, outcome: 'ok', genome: `when energy > ${20 + (child % 30)} -> reproduce\notherwise -> eat`, reason: '' });
  }
  for (const organism of simulation.unanswered('thoughts')) {
    const kind = organism % 4;
    simulation.submit(kind === 0 ? { kind: 'think', organism, outcome: 'fallback', tokens: 90, intent: null, message: null, genome: null, reason: 'no words' } : {
      kind: 'think', organism, outcome: 'ok', tokens: 100 + (organism % 400), reason: '',
      intent: kind === 1 ? { act: organism % 3, target: 0, ticks: 1 + (organism % 9) } : null,
      message: kind !== 1 ? `from ${organism}` : null,
      genome: kind === 2 ? `when energy > ${30 + (organism % 20)} -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass` : null,
    });
  }
  for (const organism of simulation.unanswered('judgements')) {
    simulation.submit(organism % 5 === 0 ? { kind: 'judge', organism, outcome: 'fallback', worth: null, reason: 'no words' }
      : { kind: 'judge', organism, outcome: 'ok', worth: (organism % 11) / 10, reason: '' });
  }
}

/** Parameters under which organisms think and are judged. */
export const thoughtful = { deliberation: 0.02, reactionTime: 5, costOfThought: 1, judging: 0.4, judgingTime: 3, acclaim: 6 };

/** Commands that an archive might give: immigrants, now and then more than a few, and rewards for the living, the dead and the unborn. */
export function outsiders(seed: number): (tick: number) => Command[] {
  const random = new RandomStream(seedKey(seed, purpose.sampling), 6);
  const genomes = variedFounders(seed, 8);
  return (tick) => {
    const immigrants = random.chance(0.2) ? random.below(6) : 0;
    const came = Array.from({ length: immigrants }, (): Command => ({ kind: 'immigrate', cell: random.below(400), elite: random.below(200), genome: random.pick(genomes) }));
    if (random.chance(0.5)) return came;
    const organisms = [...new Set(Array.from({ length: random.below(40) }, () => random.below(160 + 8 * tick)))].sort((a, b) => a - b);
    return [...came, { kind: 'reward', organisms, energies: organisms.map(() => Math.round(40 * random.next() - 20)) }];
  };
}

/** A stream of interventions that a restless person might make. */
export function restless(seed: number): (tick: number) => Command[] {
  const random = new RandomStream(seedKey(seed, purpose.sampling), 5);
  const turns: [string, number, number][] = [
    ['scarcity', 0, 1], ['spread', 0, 0.5], ['costOfLiving', 0, 1.5], ['costOfMoving', 0, 1], ['crowding', 0, 0.2],
    ['attackDamage', 0, 20], ['attackYield', 0, 1], ['lifespan', 20, 200], ['mutationRate', 0, 1], ['inheritRewrites', 0, 1], ['costOfThought', 0, 10],
  ];
  return () => {
    if (!random.chance(0.15)) return [];
    const [key, low, high] = random.pick(turns);
    const value = low + (high - low) * random.next();
    return [{ kind: 'set', key, value: key === 'lifespan' || key === 'inheritRewrites' ? Math.round(value) : value }];
  };
}
