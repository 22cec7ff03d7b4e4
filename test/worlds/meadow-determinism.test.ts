import { describe, expect, it } from 'vitest';
import { archiveLives } from '../../core/archive/life-archive.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { measurePoint } from '../../core/measures/series.ts';
import { countTotals } from '../../core/measures/totals.ts';
import type { Simulation } from '../../core/simulation.ts';
import { answerDue, outsiders, restless, startMeadow, thoughtful, variedFounders, type MeadowSimulation } from './meadow-run.ts';

const TICKS = 120;

interface Meddling { between?: (simulation: MeadowSimulation, tick: number) => void; commands?: (tick: number) => readonly NumberedCommand['command'][] }

function meddling(seed: number): (tick: number) => NumberedCommand['command'][] {
  const [hand, archive] = [restless(seed), outsiders(seed)];
  return (tick) => [...hand(tick), ...archive(tick)];
}

/** Runs a meadow and gives its fingerprint after every tick, so that a divergence shows where it began. */
function run(seed: number, { between, commands = meddling(seed) }: Meddling = {}): { prints: string[]; record: NumberedCommand[] } {
  const { simulation } = startMeadow({ seed, founders: variedFounders(seed), parameters: { modelShare: 0.4, ...thoughtful } });
  const prints: string[] = [];
  const record: NumberedCommand[] = [];
  simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  for (let tick = 1; tick <= TICKS; tick++) {
    for (const command of commands(tick)) simulation.submit(command);
    answerDue(simulation);
    simulation.step();
    // places and energies too, in every tick and not only in those whose event carries the digest
    prints.push(`${simulation.fingerprint} ${simulation.kernel.digest()}`);
    between?.(simulation, tick);
  }
  return { prints, record };
}

/** Puts the rows in an order drawn at random. */
function shuffle({ kernel: { pop } }: MeadowSimulation, random: RandomStream): void {
  const order = Uint32Array.from({ length: pop.count }, (_, row) => row);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  pop.arrange(order, new Uint32Array(pop.capacity));
}

describe('a meadow', () => {
  it.each([11, 12, 13])('[L1][K14] gives the same fingerprint for the same seed, tick by tick (seed %i)', (seed) => {
    expect(run(seed).prints).toEqual(run(seed).prints);
  });

  it('[K14] gives another fingerprint for another seed, another founder, another value of a parameter', () => {
    const prints = [
      startMeadow({ seed: 1 }), startMeadow({ seed: 2 }), startMeadow({ seed: 1, founders: ['otherwise -> eat'] }),
      startMeadow({ seed: 1, parameters: { scarcity: 0.21 } }), startMeadow({ seed: 0x1_0000_0001 }),
    ].map(({ simulation }) => {
      for (let tick = 0; tick < 8; tick++) simulation.step();
      return simulation.fingerprint;
    });
    expect(new Set(prints).size).toBe(5);
  });

  it.each([21, 22, 23, 24])('[K3] a shuffle of the rows between ticks changes nothing that is emitted (seed %i)', (seed) => {
    const random = new RandomStream(seedKey(seed, purpose.sampling), 9);
    let shuffles = 0;
    const shuffled = run(seed, { between: (simulation) => { if (random.chance(0.4)) { shuffle(simulation, random); shuffles++; } } });
    expect(shuffles).toBeGreaterThan(30);
    expect(shuffled.prints).toEqual(run(seed).prints);
  });

  it('[K6] nothing behind the live rows, and nothing that scratch memory holds, is read', () => {
    const seed = 25;
    const poisoned = run(seed, {
      between({ kernel: { pop, scratch, parts, dying, gestation: { conceivers } } }) {
        for (const [name, column] of Object.entries(pop.columns)) column.fill(name === 'genome' ? 0xfffffff0 : 199, pop.count);
        pop.memory.fill(Number.NaN, pop.count * pop.registersPerRow);
        scratch.words.fill(0xabababab);
        parts.cells.order.fill(0xfffffff0);
        parts.cells.start.fill(7);
        conceivers.fill(0xfffffff0);
        dying.fill(0, pop.count);
      },
    });
    expect(poisoned.prints).toEqual(run(seed).prints);
  });

  it('[E7] whatever an observer reads, retains or counts changes nothing that is emitted', () => {
    const seed = 31;
    const looked = run(seed, {
      between(simulation, tick) {
        const { kernel } = simulation;
        if (tick === 1) {
          countTotals(simulation as unknown as Simulation);
          new Phylogeny(simulation as unknown as Simulation);
        }
        measurePoint(kernel as unknown as Simulation['kernel']);
        kernel.digest();
        simulation.due();
        for (let row = 0; row < kernel.pop.count; row += 7) {
          kernel.genomes.retain(kernel.pop.columns.genome[row]!);
          kernel.genomes.text(kernel.pop.columns.genome[row]!);
          kernel.rowOf(kernel.pop.columns.id[row]!);
          // a page may show what the organism reads; senses are bound to the tick, so reading them again is harmless
          for (const read of kernel.parts.readers) read(Uint32Array.of(row), 1, new Float64Array(1));
        }
        kernel.genomes.release(kernel.genomes.intern(`when energy > ${tick} -> rest\notherwise -> eat`));
      },
    });
    expect(looked.prints).toEqual(run(seed).prints);
  });

  it.each([41, 42])('[L1][E5] the recorded commands, given again at their ticks, reproduce the fingerprint (seed %i)', (seed) => {
    const { prints, record } = run(seed);
    expect(record.length).toBeGreaterThan(8);
    expect(record.map(({ seq }) => seq)).toEqual(record.map((_, i) => i));
    const again = run(seed, { commands: (tick) => record.filter((each) => each.tick === tick).map(({ command }) => command) });
    expect(again.prints).toEqual(prints);
    const turned = record.find(({ command }) => command.kind === 'set');
    const without = run(seed, { commands: (tick) => record.filter((each) => each.tick === tick && each !== turned).map(({ command }) => command) });
    expect(without.prints.at(-1)).not.toBe(prints.at(-1));
  });

  it('[L1][A9] archive events are part of the fingerprint and as repeatable as the rest', () => {
    const play = (archived: boolean): string => {
      const { simulation } = startMeadow({ seed: 51, founders: variedFounders(51) });
      if (archived) archiveLives(simulation as unknown as Simulation);
      for (let tick = 0; tick < 60; tick++) simulation.step();
      return simulation.fingerprint;
    };
    expect(play(true)).toBe(play(true));
    expect(play(true)).not.toBe(play(false));
  });
});
