import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Appraiser, appraiseLives } from '../../core/archive/appraisal.ts';
import type { Command } from '../../core/events/command.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import type { MeasureFacts } from '../../core/kernel/world.ts';
import { startPlain } from '../core/plain-world.ts';
import { seeded } from '../core/seeded.ts';

const facts: [MeasureFacts, MeasureFacts] = [
  { name: 'age', sentence: 'Ticks lived.', lower: 0, upper: 100 }, { name: 'heat', sentence: 'Degrees.', lower: -10, upper: 30 },
];

type Life = readonly [objective: number, measure0: number, measure1: number];

function appraise(appraiser: Appraiser, lives: readonly Life[]): { novelty: number[]; competition: number[] } {
  const { novelty, competition } = appraiser.appraise(lives.length, lives.map(([f]) => f), lives.flatMap(([, ...m]) => m));
  return { novelty: [...novelty], competition: [...competition] };
}

/** The same by its definition: everything is looked through, nothing is kept in a tree or a ring. */
class SlowAppraiser {
  readonly remembered: { f: number; x: number; y: number }[] = [];
  private readonly novelties: number[] = [];

  appraise(lives: readonly Life[]): { novelty: number[]; competition: number[] } {
    const before = [...this.remembered];
    const lately = this.novelties.slice(-200);
    const appraised = lives.map(([f, m0, m1]) => {
      const [x, y] = [m0 / 100, (m1 + 10) / 40];
      const near = before.map((each, index) => ({ ...each, index, d: (x - each.x) ** 2 + (y - each.y) ** 2 })).sort((a, b) => a.d - b.d || a.index - b.index).slice(0, 15);
      const distance = near.reduce((sum, { d }) => sum + Math.sqrt(d), 0) / near.length;
      const rank = (lately.filter((each) => each < distance).length - lately.filter((each) => each > distance).length) / lately.length;
      return {
        f, x, y, near, distance,
        novelty: near.length === 0 || lately.length < 50 ? 0 : rank,
        competition: near.length === 0 ? 0 : 2 * near.filter((each) => each.f < f).length / near.length - 1,
      };
    });
    if (before.length > 0) this.novelties.push(...appraised.map(({ distance }) => distance));
    // a place is taken by the best of a batch that are nearest to it, the first of equals
    const heirs = new Map<number, (typeof appraised)[number]>();
    for (const each of appraised) {
      if (before.length === 0 || each.distance >= 0.03) { this.remembered.push(each); continue; }
      const nearest = each.near[0]!;
      if (each.f > nearest.f && each.f > (heirs.get(nearest.index)?.f ?? -Infinity)) heirs.set(nearest.index, each);
    }
    for (const [index, heir] of heirs) this.remembered[index] = heir;
    return { novelty: appraised.map(({ novelty }) => novelty), competition: appraised.map(({ competition }) => competition) };
  }
}

const life = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: -10, max: 30 }));
const batches = fc.array(fc.array(life, { minLength: 1, maxLength: 40 }), { minLength: 3, maxLength: 14 });

describe('appraising lives', () => {
  it('[A27] holds each against all lives of earlier ticks, as a search through them would find', () => {
    fc.assert(fc.property(batches, (list) => {
      const appraiser = new Appraiser(facts);
      const slow = new SlowAppraiser();
      for (const lives of list) {
        expect(appraise(appraiser, lives)).toEqual(slow.appraise(lives));
        expect(appraiser.remembered).toBe(slow.remembered.length);
      }
    }), seeded(60));
  });

  it('[A27] comes out between −1 and 1: what is like the rest loses, what is far from it gains, and who does better than those around wins', () => {
    const appraiser = new Appraiser(facts);
    // the first have nobody to be held against
    expect(appraise(appraiser, [[1, 50, 10], [1, 51, 10]])).toEqual({ novelty: [0, 0], competition: [0, 0] });
    for (let i = 0; i < 30; i++) appraise(appraiser, [[1, 48 + (i % 5), 10], [1, 50, 8 + (i % 5)]]);
    expect(appraise(appraiser, [[2, 100, 30], [0, 50, 10]])).toEqual({ novelty: [1, expect.closeTo(-1, 0)], competition: [1, -1] });
    expect(appraise(appraiser, [[2, 50, 10]]).competition[0]).toBeGreaterThan(0.5);
  });

  it('[A27] gives as much novelty as it takes, by and by', () => {
    const random = new RandomStream([3, 4], 0);
    const appraiser = new Appraiser(facts);
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < 1500; i++) {
      // most in a corner, some anywhere
      const [novelty] = appraise(appraiser, [random.chance(0.8) ? [0, 20 * random.next(), 5 * random.next()] : [0, 100 * random.next(), 30 * random.next()]]).novelty;
      if (i < 500) continue;
      sum += novelty!;
      squares += novelty! * novelty!;
    }
    // ranks are even between −1 and 1: mean 0, mean square 1/3
    expect(Math.abs(sum / 1000)).toBeLessThan(0.1);
    expect(Math.abs(squares / 1000 - 1 / 3)).toBeLessThan(0.05);
  });

  it('[R1][A27] goes on after being saved as if it had not been', () => {
    fc.assert(fc.property(batches, batches, (before, after) => {
      const appraiser = new Appraiser(facts);
      for (const lives of before) appraise(appraiser, lives);
      const loaded = new Appraiser(facts);
      loaded.load(unpack(pack(appraiser.save())));
      for (const lives of after) expect(appraise(loaded, lives)).toEqual(appraise(appraiser, lives));
    }), seeded(30));
  });
});

describe('a world where lives are appraised', () => {
  function play(parameters: Record<string, number>, ticks = 30) {
    const founders = ['breed', 'rest', 'breed', 'pair', 'rest'];
    const { simulation } = startPlain({ founders, parameters: { appraisalAge: 7, mutationRate: 0, income: 0.5, gestation: 2, ...parameters } });
    const appraiser = appraiseLives(simulation);
    const rewards: { tick: number; command: Extract<Command, { kind: 'reward' }> }[] = [];
    const bornAt = new Map<number, number>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.births.count; i++) bornAt.set(event.births.id[i]!, event.births.parent[i] === 0xffffffff ? 0 : event.tick);
      for (const { tick, command } of event.commands) if (command.kind === 'reward') rewards.push({ tick, command });
    });
    for (let tick = 1; tick <= ticks; tick++) simulation.step();
    return { simulation, appraiser, rewards, bornAt };
  }

  it('[A27] each is appraised once, when it has come to the age, and rewarded in the tick after, by rising id', () => {
    const { rewards, bornAt, appraiser } = play({ localCompetition: 4 }, 40);
    expect(rewards.length).toBeGreaterThan(8);
    const seen = new Set<number>();
    for (const { tick, command: { organisms } } of rewards) {
      for (const id of organisms) {
        expect(bornAt.get(id)! + 7 + 1).toBe(tick);
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
    }
    expect(appraiser.remembered).toBeGreaterThan(0);
  });

  it('[A27] no reward is above what the pressures say, and those of both add up', () => {
    const { rewards, simulation } = play({ localCompetition: 4, novelty: 10 }, 40);
    const energies = rewards.flatMap(({ command }) => command.energies);
    expect(energies.every((energy) => Math.abs(energy) <= 14)).toBe(true);
    expect(energies.some((energy) => Math.abs(energy) > 4)).toBe(true);
    expect(simulation.kernel.influx.rewarded).not.toBe(0);
  });

  it('[A27] without a pressure nothing is appraised, remembered or commanded', () => {
    const { rewards, appraiser, simulation } = play({});
    expect([rewards.length, appraiser.remembered, simulation.kernel.influx.rewarded]).toEqual([0, 0, 0]);
  });
});
