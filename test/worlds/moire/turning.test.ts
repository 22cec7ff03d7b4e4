import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../../core/kernel/packed.ts';
import { RandomStream, purpose, seedKey } from '../../../core/kernel/random.ts';
import { Rotor } from '../../../worlds/moire/rotor.ts';
import { partsOf, startMoire, variedGrazers, type MoireSimulation } from './small-moire.ts';

const printOf = (simulation: MoireSimulation): string => `${simulation.fingerprint} ${simulation.kernel.digest()}`;
const richnessOf = (simulation: MoireSimulation): string => partsOf(simulation).grounds.map(({ richness }) => richness.join()).join();

/** Somebody turns the twist and the turning while it lives. */
function meddle(simulation: MoireSimulation, random: RandomStream): void {
  if (random.chance(0.1)) simulation.submit({ kind: 'set', key: 'twist', value: random.below(30_000) / 1000 });
  if (random.chance(0.1)) simulation.submit({ kind: 'set', key: 'turning', value: (random.below(2001) - 1000) / 10_000 });
}

function run(seed: number, ticks: number, between?: (simulation: MoireSimulation, tick: number) => void): string[] {
  const simulation = startMoire({ seed, founders: variedGrazers(seed) });
  const random = new RandomStream(seedKey(seed, purpose.sampling), 1);
  return Array.from({ length: ticks }, (_, tick) => {
    meddle(simulation, random);
    simulation.step();
    between?.(simulation, tick);
    return printOf(simulation);
  });
}

function shuffle({ kernel: { pop } }: MoireSimulation, random: RandomStream): void {
  const order = Uint32Array.from({ length: pop.count }, (_, row) => row);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  pop.arrange(order, new Uint32Array(pop.capacity));
}

describe('a moiré that is turned', () => {
  it('[Y2] in one command, in a thousand, or by itself comes to the same ground', () => {
    const start = (turning = 0): MoireSimulation => startMoire({ seed: 1, parameters: { founders: 0, twist: 10, turning } });
    const [once, often, alone] = [start(), start(), start(0.001)];
    once.submit({ kind: 'set', key: 'twist', value: 11 });
    once.step();
    for (let step = 1; step <= 1000; step++) {
      often.submit({ kind: 'set', key: 'twist', value: 10 + step / 1000 });
      often.step();
      alone.step();
    }
    expect([once, often, alone].map((each) => partsOf(each).landscape.twist)).toEqual([11_000, 11_000, 11_000]);
    expect(richnessOf(often)).toBe(richnessOf(once));
    expect(richnessOf(alone)).toBe(richnessOf(once));
    expect(richnessOf(start())).not.toBe(richnessOf(once));
  });

  it('[Y2] turns exactly, forth and back, however small the steps, and goes on from a twist that is set', () => {
    const rotor = new Rotor(3.14);
    for (let tick = 0; tick < 10_000; tick++) rotor.turn(3.14, 0.0001);
    expect(rotor.thousandths).toBe(4140);
    for (let tick = 0; tick < 10_000; tick++) rotor.turn(3.14, -0.0001);
    expect(rotor.thousandths).toBe(3140);
    rotor.turn(20, 0.5);
    expect(rotor.thousandths).toBe(20_000);
    rotor.turn(20, 0.5);
    expect(rotor.thousandths).toBe(20_500);
    const back = new Rotor(0.5);
    back.turn(0.5, -1);
    expect(back.thousandths).toBe(179_500);
  });

  it.each([11, 12])('[L1][Y3] by the same hand gives the same fingerprints, and another order of rows changes none (seed %i)', (seed) => {
    const prints = run(seed, 60);
    expect(run(seed, 60)).toEqual(prints);
    const random = new RandomStream(seedKey(seed, purpose.sampling), 9);
    expect(run(seed, 60, (simulation) => { if (random.chance(0.4)) shuffle(simulation, random); })).toEqual(prints);
    expect(run(seed + 10, 60).at(-1)).not.toBe(prints.at(-1));
  });

  it('[R1][Y3] saved and loaded in the middle of a turn goes on to the same fingerprints, books and angle', () => {
    const begin = (): MoireSimulation => startMoire({ seed: 21, founders: variedGrazers(21), parameters: { twist: 13, turning: 0.0173, relaxation: 0.1, rotor: 28 } });
    const first = begin();
    for (let tick = 0; tick < 20; tick++) first.step();
    const angle = partsOf(first).headline!.value();
    const state = pack(first.save());
    const second = begin();
    second.load(unpack(state));
    expect(partsOf(second).headline!.value()).toBe(angle);
    for (let tick = 0; tick < 20; tick++) {
      first.step();
      second.step();
      expect(printOf(second)).toBe(printOf(first));
    }
    expect(partsOf(second).landscape.twist).toBe(13_000 + 40 * 17.3);
    expect([...partsOf(second).books]).toEqual([...partsOf(first).books]);
    expect(richnessOf(second)).toBe(richnessOf(first));
  });
});
