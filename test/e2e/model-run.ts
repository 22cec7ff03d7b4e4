import { expect } from 'vitest';
import { parseProgram, printProgram } from '../../agents/instincts/index.ts';
import { Operator, Outcome } from '../../core/kernel/tick-events.ts';
import type { Command } from '../../core/events/command.ts';
import type { Lab } from '../../viewer/lab.ts';

export type Delivered = Extract<Command, { kind: 'deliver' }>;

/** What a model delivered, by child, and what was born of it. */
export interface Nursery {
  delivered: Map<number, Delivered>;
  born: Map<number, { genome: string; operator: number; outcome: number }>;
}

/** Keeps every delivery and every birth of a lab, and holds each genome that is born to the language: read back, it is itself. */
export function watchNursery({ simulation }: Lab): Nursery {
  const { genomes } = simulation.kernel;
  const { vocabulary } = simulation.world;
  const nursery: Nursery = { delivered: new Map(), born: new Map() };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    for (const { command } of event.commands) if (command.kind === 'deliver') nursery.delivered.set(command.child, command);
    const { births } = event;
    for (let i = 0; i < births.count; i++) {
      const genome = genomes.text(births.genome[i]!);
      expect(printProgram(parseProgram(genome, vocabulary), vocabulary)).toBe(genome);
      nursery.born.set(births.id[i]!, { genome, operator: births.operator[i]!, outcome: births.outcome[i]! });
    }
  });
  return nursery;
}

const outcomes = { ok: Outcome.ok, repaired: Outcome.repaired, fallback: Outcome.fallback, budget: Outcome.budget } as const;

/** Holds the books of a run with a model against each other: commands, births, totals. */
export function checkBooks(lab: Lab, { delivered, born }: Nursery): Record<Delivered['outcome'], number> {
  const counted = { ok: 0, repaired: 0, fallback: 0, budget: 0 };
  for (const [child, { outcome, genome, reason }] of delivered) {
    counted[outcome]++;
    const birth = born.get(child)!;
    expect(birth.outcome).toBe(outcomes[outcome]);
    if (outcome === 'fallback') {
      expect(birth.operator).not.toBe(Operator.llm);
      expect(genome).toBeNull();
      expect(reason).not.toBe('');
    } else {
      expect(birth.operator).toBe(Operator.llm);
      expect(birth.genome).toBe(genome);
    }
  }
  expect(lab.totals.birthsByOperator.llm).toBe(counted.ok + counted.repaired);
  expect(lab.totals.repaired).toBe(counted.repaired);
  expect(lab.totals.fallbacks).toBe(counted.fallback);
  return counted;
}

/** Runs until `enough`, at most to tick `most`. */
export async function runUntil(lab: Lab, enough: () => boolean, most: number): Promise<void> {
  const { kernel } = lab.simulation;
  while (!enough() && kernel.tick < most) await lab.tick();
}
