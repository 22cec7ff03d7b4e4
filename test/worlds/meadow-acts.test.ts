import { describe, expect, it } from 'vitest';
import { Cause } from '../../core/kernel/tick-events.ts';
import { ticksSince } from '../../worlds/grazing/parts.ts';
import { BEARING, ENDOWMENT } from '../../worlds/grazing/upkeep.ts';
import { BITE_OF_GRASS, FOOD_ENERGY, meadow } from '../../worlds/meadow/meadow.ts';
import { startMeadow, type MeadowSimulation } from './meadow-run.ts';

interface Placed { genome: string; x: number; y: number; energy?: number; tag?: number }

/** A meadow without founders but these; ids are their positions in the list. Nothing regrows, living is free. */
function place(list: readonly Placed[], parameters: Record<string, number> = {}, seed = 1): MeadowSimulation {
  const { simulation } = startMeadow({
    seed, parameters: {
      founders: 0, scarcity: 1, spread: 0, costOfLiving: 0, costOfMoving: 0, crowding: 0, mutationRate: 0, bareGround: 0, lifespan: 10_000, ...parameters,
    },
  });
  for (const { genome, x, y, energy = 30, tag = 0 } of list) simulation.kernel.found(genome, x, y, energy, tag);
  return simulation;
}

function of(simulation: MeadowSimulation, id: number) {
  const { columns } = simulation.kernel.pop;
  const row = simulation.kernel.rowOf(id);
  return {
    x: columns.x[row]!, y: columns.y[row]!, energy: columns.energy[row]!, children: columns.children[row]!,
    hurt: ticksSince(columns.hurt[row]!, simulation.kernel.tick), hunted: ticksSince(columns.hunted[row]!, simulation.kernel.tick), signal: columns.signal[row]!, fired: columns.fired[row]!,
  };
}

const always = (act: string): string => `otherwise -> ${act}`;
const grassOf = (simulation: MeadowSimulation): number => simulation.kernel.parts.field.amount.reduce((sum, amount) => sum + amount, 0);
const apart = (a: { x: number; y: number }, b: { x: number; y: number }): number => Math.hypot(a.x - b.x, a.y - b.y);

describe('eating', () => {
  it('[W1] takes one bite, where there is so much, and what the grazers gain is what the grass loses', () => {
    const simulation = place([{ genome: always('eat'), x: 5, y: 5 }, { genome: always('eat'), x: 20, y: 20 }]);
    simulation.kernel.parts.field.amount.fill(0.9);
    const before = grassOf(simulation);
    simulation.step();
    expect([of(simulation, 0).energy, of(simulation, 1).energy]).toEqual([30 + BITE_OF_GRASS * FOOD_ENERGY, 30 + BITE_OF_GRASS * FOOD_ENERGY]);
    expect(before - grassOf(simulation)).toBeCloseTo(2 * BITE_OF_GRASS, 4);
    expect(simulation.kernel.parts.ledger![0]).toBeCloseTo(2 * BITE_OF_GRASS * FOOD_ENERGY, 5);
  });

  it('[W1] is shared equally by all on the same ground', () => {
    const simulation = place([4.1, 4.9, 5.5, 5.9].map((x) => ({ genome: always('eat'), x, y: 5 })));
    const { field } = simulation.kernel.parts;
    field.amount.fill(2.4 * BITE_OF_GRASS);
    simulation.step();
    for (let id = 0; id < 4; id++) expect(of(simulation, id).energy).toBeCloseTo(30 + 0.6 * BITE_OF_GRASS * FOOD_ENERGY, 4);
    expect(field.amount[field.cellAt(5, 5)]).toBeCloseTo(0, 6);
  });

  it('[W1] over many ticks and many grazers turns grass into energy without gain or loss', () => {
    const list = Array.from({ length: 120 }, (_, i) => ({ genome: i % 3 === 0 ? always('climb grass') : 'when chance 60% -> eat\notherwise -> wander', x: (i * 7) % 48, y: (i * 11) % 48 }));
    const simulation = place(list);
    const before = grassOf(simulation);
    for (let tick = 0; tick < 40; tick++) simulation.step();
    const gained = simulation.kernel.parts.ledger![0]!;
    expect(gained).toBeGreaterThan(500);
    expect(Math.abs((before - grassOf(simulation)) * FOOD_ENERGY - gained)).toBeLessThan(1e-3 * gained);
  });
});

describe('moving', () => {
  it('[W2] a step is one step long, whichever way, seams included', () => {
    const list = Array.from({ length: 60 }, (_, i) => ({ genome: always('wander'), x: (i % 8) * 6.8, y: 47.9 - (i % 5) * 9 }));
    const simulation = place(list);
    for (let tick = 0; tick < 30; tick++) {
      const before = list.map((_, id) => of(simulation, id));
      simulation.step();
      before.forEach(({ x, y }, id) => {
        const now = of(simulation, id);
        const dx = Math.min(Math.abs(now.x - x), 48 - Math.abs(now.x - x));
        const dy = Math.min(Math.abs(now.y - y), 48 - Math.abs(now.y - y));
        expect(Math.hypot(dx, dy)).toBeCloseTo(1, 4);
      });
    }
  });

  it('[W2] one follows and one flees the nearest across the seam, and climbs towards the best ground', () => {
    const simulation = place([
      { genome: always('follow kin'), x: 47.5, y: 10 }, { genome: always('rest'), x: 1, y: 10 },
      { genome: always('flee kin'), x: 47.5, y: 30 }, { genome: always('rest'), x: 1, y: 30 },
      { genome: always('climb grass'), x: 22, y: 22 },
    ]);
    const { field } = simulation.kernel.parts;
    field.amount.fill(0.2);
    field.amount[field.cellAt(22 + field.grain, 22)] = 0.9;
    simulation.step();
    expect(of(simulation, 0).x).toBeCloseTo(0.5, 2);
    expect(of(simulation, 2).x).toBeCloseTo(46.5, 2);
    expect([of(simulation, 4).x, of(simulation, 4).y]).toEqual([23, 22]);
  });

  it('[W2] a follower stops at the one it follows', () => {
    const simulation = place([{ genome: always('follow kin'), x: 10, y: 10 }, { genome: always('rest'), x: 10.5, y: 10 }]);
    simulation.step();
    expect(apart(of(simulation, 0), of(simulation, 1))).toBeLessThan(0.01);
  });

  it('[W2] fleeing from someone on the very same spot has no favourite direction', () => {
    const ways = new Set<string>();
    for (let i = 1; i < 24; i++) {
      const [x, y] = [Math.fround(20 + i / 7), Math.fround(20 + i / 9)];
      const simulation = place([{ genome: always('flee kin'), x, y }, { genome: always('rest'), x, y }], {}, i);
      simulation.step();
      const to = of(simulation, 0);
      ways.add(`${to.x < x ? 'west' : 'east'} ${to.y < y ? 'north' : 'south'}`);
    }
    expect(ways.size).toBe(4);
  });

  it('[W2] costs what moving costs, and living costs besides, and a crowd costs each', () => {
    const simulation = place([
      { genome: always('wander'), x: 10, y: 10 }, { genome: always('rest'), x: 30, y: 30 }, { genome: always('rest'), x: 40, y: 40 }, { genome: always('rest'), x: 40, y: 40 },
    ], { costOfLiving: 0.5, costOfMoving: 0.25, crowding: 0.125 });
    simulation.step();
    expect([0, 1, 2, 3].map((id) => of(simulation, id).energy)).toEqual([29.25, 29.5, 29.375, 29.375]);
    expect(simulation.kernel.parts.ledger![1]).toBeCloseTo(2.5, 6);
  });
});

describe('biting and giving', () => {
  it('[W3] a bite takes the damage from the victim and gives its yield to the attacker, who is seen as a hunter from the next tick on', () => {
    const simulation = place([
      { genome: always('attack other'), x: 10, y: 10 }, { genome: always('rest'), x: 11, y: 10, tag: 100 },
      { genome: 'when hunter.near < 3 steps -> rest\notherwise -> eat', x: 10, y: 11.5, tag: 50 },
    ], { attackDamage: 8, attackYield: 0.5 });
    simulation.kernel.parts.field.amount.fill(0);
    simulation.step();
    expect([of(simulation, 0).energy, of(simulation, 1).energy, of(simulation, 1).hurt, of(simulation, 0).hunted]).toEqual([34, 22, 0, 0]);
    // a hunter shows from the next tick on
    expect(of(simulation, 2).fired).toBe(1);
    simulation.step();
    expect(of(simulation, 2).fired).toBe(0);
  });

  it('[W7] a hunter is seen for 20 ticks after its bite, and a bite is felt from the next tick on', () => {
    const decides = (hunted: number, hurt: number): number[] => {
      const simulation = place([
        { genome: always('rest'), x: 10, y: 10 }, { genome: 'when hunter.near < 3 steps -> rest\notherwise -> eat', x: 11, y: 10 },
        { genome: 'when hurt < 5 ticks -> rest\notherwise -> eat', x: 40, y: 40 },
      ]);
      const { kernel } = simulation;
      kernel.tick = 1000;
      for (let id = 0; id < 3; id++) kernel.pop.columns.bornAt[kernel.rowOf(id)] = 990;
      kernel.pop.columns.hunted[kernel.rowOf(0)] = 1001 - hunted;
      kernel.pop.columns.hurt[kernel.rowOf(2)] = 1001 - hurt;
      simulation.step();
      return [of(simulation, 1).fired, of(simulation, 2).fired];
    };
    expect(decides(1, 1)).toEqual([0, 0]);
    expect(decides(20, 5)).toEqual([0, 0]);
    expect(decides(21, 6)).toEqual([1, 1]);
  });

  it('[W3] several biters share no more than the victim has; it is killed, not starved', () => {
    const causes: number[] = [];
    const list = [9.5, 10, 10.5].map((x) => ({ genome: always('attack other'), x, y: 10, energy: 30 }));
    const simulation = place([...list, { genome: always('rest'), x: 10, y: 11, tag: 100, energy: 9 }], { attackDamage: 5, attackYield: 1 });
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') causes.push(...event.deaths.cause.subarray(0, event.deaths.count)); });
    simulation.step();
    for (let id = 0; id < 3; id++) expect(of(simulation, id).energy).toBeCloseTo(33, 5);
    expect([causes, simulation.kernel.pop.count]).toEqual([[Cause.killed], 3]);
  });

  it('[W3] out of reach an attacker gives chase and a giver waits; a gift moves energy and makes none', () => {
    const simulation = place([
      { genome: always('attack other'), x: 10, y: 10 }, { genome: always('rest'), x: 12.5, y: 10, tag: 100 },
      { genome: always('share kin'), x: 30, y: 30 }, { genome: always('rest'), x: 31, y: 30 },
      { genome: always('share kin'), x: 40, y: 10, energy: 4 }, { genome: always('rest'), x: 40.5, y: 10 },
    ]);
    simulation.step();
    expect([of(simulation, 0).x, of(simulation, 0).energy, of(simulation, 1).energy]).toEqual([11, 30, 30]);
    expect([2, 3, 4, 5].map((id) => of(simulation, id).energy)).toEqual([26, 34, 4, 30]);
    simulation.step();
    expect(of(simulation, 1).energy).toBeLessThan(30);
  });
});

describe('signals', () => {
  it('[W4] sent in one tick are heard in the next, by those in sight', () => {
    const listener = 'when hear.red > 0 -> rest\notherwise -> eat';
    const simulation = place([
      { genome: 'otherwise -> rest, signal red', x: 10, y: 10 }, { genome: listener, x: 12, y: 10 }, { genome: listener, x: 20, y: 10 },
    ]);
    simulation.step();
    expect([of(simulation, 1).fired, of(simulation, 2).fired]).toEqual([1, 1]);
    simulation.step();
    expect([of(simulation, 1).fired, of(simulation, 2).fired, of(simulation, 0).signal]).toEqual([0, 1, 1]);
  });
});

describe('breeding', () => {
  it('[W5] costs the parent a child\'s endowment and the bearing; who cannot pay does not conceive', () => {
    const simulation = place([
      { genome: always('reproduce'), x: 10, y: 10, energy: 40 }, { genome: always('reproduce'), x: 30, y: 10, energy: ENDOWMENT + BEARING },
      { genome: always('mate kin'), x: 10, y: 30, energy: 40 }, { genome: always('rest'), x: 11, y: 30 }, { genome: always('mate other'), x: 40, y: 40, energy: 40 },
    ], { gestation: 2 });
    const left = 40 - ENDOWMENT - BEARING;
    simulation.step();
    expect([0, 1, 2, 3, 4].map((id) => [of(simulation, id).energy, of(simulation, id).children])).toEqual([[left, 1], [ENDOWMENT + BEARING, 0], [left, 1], [30, 0], [40, 0]]);
    const { conceptions, eggs } = simulation.kernel;
    expect([...conceptions.parent.subarray(0, 2), ...conceptions.partner.subarray(0, 2)]).toEqual([0, 2, 0xffffffff, 3]);
    expect([conceptions.count, eggs.energy[0]]).toEqual([2, ENDOWMENT]);
  });

  it('[W5] a child that differs drifts in its mark by four at most, a copy not at all', () => {
    for (const mutationRate of [0, 1]) {
      const simulation = place([{ genome: 'when energy > 20 -> reproduce\notherwise -> eat', x: 10, y: 10, energy: 90, tag: 254 }], { gestation: 1, mutationRate, lifespan: 30 });
      const drifts: number[] = [];
      simulation.events$.subscribe((event) => {
        if (event.kind !== 'tick') return;
        for (let i = 0; i < event.births.count; i++) {
          if (event.births.parent[i] !== 0) continue;
          const drift = (event.births.tag[i]! - 254 + 384) % 256 - 128;
          drifts.push(drift);
          if (event.births.same[i] === 1) expect(drift).toBe(0);
        }
      });
      for (let tick = 0; tick < 8; tick++) simulation.step();
      expect(drifts.length).toBeGreaterThan(2);
      expect(Math.max(...drifts.map(Math.abs))).toBeLessThanOrEqual(4);
      expect(drifts.some((drift) => drift !== 0)).toBe(mutationRate === 1);
    }
  });
});

describe('dying', () => {
  it('[W6] of age comes between three quarters and five quarters of the lifespan, of hunger when energy is gone', () => {
    const ages: number[] = [];
    const causes = new Set<number>();
    const simulation = place(Array.from({ length: 150 }, (_, i) => ({ genome: always('rest'), x: i % 48, y: (i * 5) % 48 })), { lifespan: 40 });
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      for (let i = 0; i < event.deaths.count; i++) {
        ages.push(event.tick - event.deaths.bornAt[i]!);
        causes.add(event.deaths.cause[i]!);
      }
    });
    for (let tick = 0; tick < 60; tick++) simulation.step();
    expect(ages.length).toBe(150);
    expect([Math.min(...ages) > 30, Math.max(...ages) <= 51]).toEqual([true, true]);
    expect(ages.reduce((sum, age) => sum + age, 0) / 150).toBeCloseTo(40.5, -0.5);
    expect([...causes]).toEqual([Cause.age]);
    const hungry = place([{ genome: always('rest'), x: 1, y: 1, energy: 3 }], { costOfLiving: 1 });
    for (let tick = 0; tick < 2; tick++) hungry.step();
    expect(hungry.kernel.pop.count).toBe(1);
    hungry.step();
    expect([hungry.kernel.pop.count, hungry.kernel.deaths.cause[0]]).toEqual([0, Cause.starved]);
  });

  it('[W6] the life that ended is measured: children, steps a tick, and the share of prey', () => {
    expect([meadow.objective, ...meadow.measures.map(({ name }) => name)]).toEqual(['offspring conceived', 'mobility', 'diet']);
    const simulation = place([
      { genome: 'when age < 5 ticks -> wander\notherwise -> eat', x: 10, y: 10 }, { genome: always('attack other'), x: 30, y: 30, tag: 9 }, { genome: always('rest'), x: 31, y: 30, tag: 99 },
    ], { lifespan: 20, attackDamage: 1 });
    const lives = new Map<number, number[]>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { deaths, tick } = event;
      for (let i = 0; i < deaths.count; i++) lives.set(deaths.id[i]!, [deaths.objective[i]!, deaths.measure0[i]! * (tick - deaths.bornAt[i]!), deaths.measure1[i]!]);
    });
    for (let tick = 0; tick < 30; tick++) simulation.step();
    expect(lives.get(0)!.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0, 4, 0]);
    expect(lives.get(1)!.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0, expect.any(Number), 1]);
    expect(lives.get(2)).toEqual([0, 0, 0]);
  });
});

describe('senses', () => {
  it('[W7] read what their sentences say, within their declared ranges or 99 for nobody', () => {
    const simulation = place([
      { genome: always('rest'), x: 10, y: 10, energy: 55 }, { genome: always('rest'), x: 10, y: 12, tag: 5 }, { genome: always('rest'), x: 11, y: 10, tag: 128 },
    ]);
    const { kernel } = simulation;
    kernel.parts.field.amount.fill(0.25);
    const { grain } = kernel.parts.field;
    kernel.parts.field.amount[kernel.parts.field.cellAt(10 - grain, 10 - grain)] = 0.75;
    simulation.step();
    const readings = new Float64Array(1);
    const read = (name: string, id: number): number => {
      kernel.parts.readers[meadow.vocabulary.senses.findIndex((sense) => sense.name === name)]!(Uint32Array.of(kernel.rowOf(id)), 1, readings);
      return readings[0]!;
    };
    expect(['energy', 'age', 'grass.here', 'grass.near', 'kin.near', 'other.near', 'hunter.near', 'crowd', 'hear.red', 'hurt'].map((name) => read(name, 0)))
      .toEqual([55, 1, 25, 75, 2, 1, 99, 2, 0, 99]);
    for (const { sentence, lower, upper } of meadow.vocabulary.senses) {
      expect(sentence).toMatch(/\.$/);
      expect(lower).toBeLessThan(upper);
    }
  });
});
