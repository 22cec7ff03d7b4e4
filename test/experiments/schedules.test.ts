import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../core/kernel/packed.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { checkSchedules } from '../../core/schedules/driver.ts';
import { schedules as schema, valueAt, type Schedule, type Schedules } from '../../core/schedules/schedule.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { seeded } from '../core/seeded.ts';

const values = (given: Schedule, ticks: readonly number[], base = 9): number[] => ticks.map((tick) => Number(valueAt(given, tick, base).toFixed(12)));

const given: Schedules = {
  scarcity: { kind: 'season', mean: 0.5, amplitude: 0.3, period: 40, phase: 0 },
  lifespan: { kind: 'ramp', from: 300, to: 120, start: 5, ticks: 45 },
  crowding: { kind: 'shock', at: 20, value: 0.4, ticks: 10 },
  costOfLiving: { kind: 'step', values: [{ at: 10, value: 0.405 }, { at: 30, value: 0.6 }] },
};

interface Played { prints: string[]; record: NumberedCommand[]; lab: Lab }

/** A small meadow under schedules, with the turns of a hand before some ticks. */
async function play({ ticks = 60, schedules = given, hand = {}, recorded, from }: {
  ticks?: number; schedules?: Schedules; hand?: Record<number, [string, number]>; recorded?: readonly NumberedCommand[]; from?: Uint8Array;
} = {}): Promise<Played> {
  const lab = createLab({ world: 'meadow', seed: 5, operator: 'classical', parameters: { size: 48, founders: 60, scarcity: 0.3 }, service: null, schedules, ...(recorded === undefined ? {} : { recorded }) });
  if (from !== undefined) lab.load(unpack(from));
  const record: NumberedCommand[] = [];
  const prints: string[] = [];
  lab.simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  while (lab.simulation.kernel.tick < ticks) {
    const turn = hand[lab.simulation.kernel.tick + 1];
    if (turn !== undefined) lab.simulation.submit({ kind: 'set', key: turn[0], value: turn[1] });
    await lab.tick();
    prints.push(lab.simulation.fingerprint);
  }
  return { prints, record, lab };
}

describe('schedules', () => {
  it('[X3] have at each tick the value that their definition says', () => {
    expect(values({ kind: 'constant', value: 2 }, [1, 100])).toEqual([2, 2]);
    expect(values({ kind: 'ramp', from: 1, to: 3, start: 10, ticks: 4 }, [1, 10, 11, 12, 14, 99])).toEqual([1, 1, 1.5, 2, 3, 3]);
    expect(values({ kind: 'step', values: [{ at: 5, value: 1 }, { at: 7, value: 2 }] }, [4, 5, 6, 7, 8])).toEqual([9, 1, 1, 2, 2]);
    expect(values({ kind: 'season', mean: 5, amplitude: 2, period: 8, phase: 0 }, [0, 1, 2, 4, 6, 8, 8e8 + 2])).toEqual([5, 6.414213562373, 7, 5, 3, 5, 7]);
    expect(values({ kind: 'season', mean: 5, amplitude: 2, period: 8, phase: 0.25 }, [0, 2, 4])).toEqual([7, 5, 3]);
    expect(values({ kind: 'shock', at: 5, value: 1, ticks: 2 }, [4, 5, 6, 7])).toEqual([9, 1, 1, 9]);
    expect(values({ kind: 'manual' }, [1, 50])).toEqual([9, 9]);
  });

  it('[X3] never leave the range that was found to be within the parameter\'s, and are never further off than its step', async () => {
    const lab = createLab({ world: 'meadow', seed: 5, operator: 'classical', parameters: { size: 16, founders: 0 }, service: null, schedules: given });
    const { kernel } = lab.simulation;
    const base = { scarcity: 0.4, lifespan: 300, crowding: 0.02, costOfLiving: 0.4 };
    const steps = { scarcity: 0.01, lifespan: 1, crowding: 0.005, costOfLiving: 0.01 };
    for (let tick = 1; tick <= 120; tick++) {
      await lab.tick();
      for (const key of ['scarcity', 'lifespan', 'crowding', 'costOfLiving'] as const) {
        expect(Math.abs(kernel.parameter(key) - valueAt(given[key]!, tick, base[key]))).toBeLessThan(steps[key]);
      }
    }
    // corners count, however small the change: 0.4 to 0.405 is less than a step
    expect(kernel.parameter('crowding')).toBe(0.02);
    const { record } = await play({ ticks: 12 });
    expect(record.find(({ command }) => command.kind === 'set' && command.key === 'costOfLiving')).toMatchObject({ tick: 10, command: { value: 0.405, by: 'schedule' } });
  });

  it('[X4] are computed again by a replay, which is given what people turned and nothing else, and by a run that is gone on with', async () => {
    const hand = { 15: ['lifespan', 77], 33: ['mutationRate', 0.9] } satisfies Record<number, [string, number]>;
    const whole = await play({ hand });
    expect(whole.record.filter(({ command }) => 'by' in command).length).toBeGreaterThan(20);
    const again = await play({ recorded: whole.record });
    expect(again.prints).toEqual(whole.prints);
    expect(again.record).toEqual(whole.record);
    for (const at of [14, 15, 31]) {
      const half = await play({ ticks: at, hand });
      const rest = await play({ hand, recorded: [], from: pack(half.lab.save()) });
      expect([...half.prints, ...rest.prints]).toEqual(whole.prints);
    }
  });

  it('[X4] end for a parameter that a hand turns, in the same tick and for good, and go on for the others', async () => {
    const { record, lab } = await play({ hand: { 15: ['lifespan', 77] } });
    const ofLifespan = record.filter(({ command }) => command.kind === 'set' && command.key === 'lifespan');
    expect(ofLifespan.at(-1)).toMatchObject({ tick: 15, command: { value: 77 } });
    expect(ofLifespan.at(-2)).toMatchObject({ tick: 15, command: { by: 'schedule' } });
    expect(lab.simulation.kernel.parameter('lifespan')).toBe(77);
    expect(lab.schedules.driving).toEqual(['costOfLiving', 'crowding', 'scarcity']);
    expect(record.some(({ tick, command }) => tick > 40 && command.kind === 'set' && command.key === 'scarcity')).toBe(true);
  });

  it('[X4] are the same run in whatever order a spec lists them, and none at all without any', async () => {
    const turned = Object.fromEntries(Object.entries(given).reverse());
    expect((await play({ schedules: turned })).prints).toEqual((await play()).prints);
    expect((await play({ schedules: {} })).prints).toEqual((await play({ schedules: { scarcity: { kind: 'manual' } } })).prints);
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ scarcty: { kind: 'constant', value: 1 } }, /^schedules\.scarcty: there is no parameter "scarcty"; the parameters are size,/],
    [{ size: { kind: 'constant', value: 64 } }, /^schedules\.size: size can only be chosen before the run/],
    [{ scarcity: { kind: 'ramp', from: 0, to: 1.5, ticks: 10 } }, /^schedules\.scarcity\.to: scarcity is 1\.5, but must be a number from 0 to 1\.$/],
    [{ scarcity: { kind: 'season', mean: 0.9, amplitude: 0.2, period: 10 } }, /^schedules\.scarcity\.amplitude: with this scarcity reaches 1\.1/],
    [{ lifespan: { kind: 'step', values: [{ at: 1, value: 50 }, { at: 2, value: 50.5 }] } }, /^schedules\.lifespan\.values\.1\.value: lifespan is 50\.5, but must be a whole number/],
  ])('[X3] are refused with the field at fault: %j', (bad, sentence) => {
    expect(() => checkSchedules(meadow.parameters, schema.parse(bad))).toThrow(sentence);
  });

  it('[X3] are refused in a form that makes no sense', () => {
    for (const bad of [{ kind: 'rmap' }, { kind: 'ramp', from: 0, to: 1, ticks: 0 }, { kind: 'step', values: [] }, { kind: 'step', values: [{ at: 5, value: 1 }, { at: 5, value: 2 }] },
      { kind: 'season', mean: 1, amplitude: -1, period: 9 }, { kind: 'shock', at: 1, value: NaN, ticks: 1 }, { kind: 'manual', value: 1 }]) {
      expect(schema.safeParse({ scarcity: bad }).success).toBe(false);
    }
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 2, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (tick, period, phase) => {
      const value = valueAt({ kind: 'season', mean: 3, amplitude: 2, period, phase }, tick, 0);
      expect(value).toBeGreaterThanOrEqual(1);
      expect(value).toBeLessThanOrEqual(5);
    }), seeded(100));
  });
});
