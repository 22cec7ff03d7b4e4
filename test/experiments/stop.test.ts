import { describe, expect, it } from 'vitest';
import { StopWatch, stopConditions, type StopConditions } from '../../core/experiments/stop.ts';
import { pack, unpack } from '../../core/kernel/packed.ts';
import { createLab, summarise, type Lab } from '../../viewer/lab.ts';

function start(stop: StopConditions, parameters: Record<string, number> = {}): Lab {
  return createLab({ world: 'meadow', seed: 3, operator: 'classical', parameters: { size: 48, founders: 40, ...parameters }, service: null, stop });
}

async function untilEnded(lab: Lab, most = 400): Promise<Lab> {
  while (lab.stopWatch.ended === null && lab.simulation.kernel.tick < most) await lab.tick();
  return lab;
}

/** Events of a measure, straight to the watch. */
function watch(conditions: StopConditions, samples: readonly (readonly [tick: number, value: number])[]): StopWatch {
  const { simulation } = start({});
  const watching = new StopWatch(simulation, conditions);
  for (const [tick, value] of samples) simulation.emit({ kind: 'measures', tick, values: { 'diversity.shannon': value } });
  return watching;
}

describe('stop conditions', () => {
  it('[X5] end a run at the first tick in which they hold, and the summary says which', async () => {
    const ticks = summarise(await untilEnded(start({ ticks: 12 })), 1);
    expect(ticks.ended).toEqual({ by: 'ticks', tick: 12, words: '12 ticks were over' });
    const births = await untilEnded(start({ births: 30, ticks: 300 }));
    expect(births.stopWatch.ended).toMatchObject({ by: 'births' });
    expect(births.totals.births - births.totals.birthsByOperator.founder).toBeGreaterThanOrEqual(30);
    const { simulation: { kernel }, stopWatch } = await untilEnded(start({ population: { above: 60 } }));
    expect(stopWatch.ended).toMatchObject({ by: 'population', tick: kernel.tick, words: `${kernel.pop.count} lived, more than 60` });
    expect(kernel.pop.count).toBeGreaterThan(60);
    expect((await untilEnded(start({ population: { below: 35 } }, { scarcity: 1 }))).stopWatch.ended).toMatchObject({ by: 'population' });
    const dead = await untilEnded(start({ extinct: true }, { scarcity: 1, bareGround: 0.9, costOfLiving: 2 }));
    expect(dead.stopWatch.ended).toMatchObject({ by: 'extinct', words: 'nobody lived any more' });
    expect(dead.simulation.kernel.pop.count + dead.simulation.kernel.eggs.count).toBe(0);
    expect((await untilEnded(start({}), 30)).stopWatch.ended).toBeNull();
  });

  it('[X5] may be that a measure has been above or below a value for so many ticks', () => {
    const name = 'diversity.shannon';
    expect(watch({ measure: { name, above: 2, for: 0 } }, [[10, 2], [20, 2.1]]).ended).toMatchObject({ by: 'measure', tick: 20 });
    const samples = [[10, 1], [20, 3], [30, 1], [40, 1.5], [50, 1.9], [60, 0]] as const;
    expect(watch({ measure: { name, below: 2, for: 20 } }, samples).ended).toEqual({ by: 'measure', tick: 50, words: 'diversity.shannon was 1.9, and had been for 20 ticks below 2' });
    // what is not a number is not there
    expect(watch({ measure: { name, below: 2, for: 0 } }, [[10, NaN], [20, NaN]]).ended).toBeNull();
    expect(watch({ measure: { name: 'other', below: 2, for: 0 } }, samples).ended).toBeNull();
  });

  it('[X5] go on from a saved run as if it had never been stopped', async () => {
    const conditions: StopConditions = { births: 50, population: { above: 4000 } };
    const whole = await untilEnded(start(conditions));
    const half = start(conditions);
    while (half.simulation.kernel.tick < 40) await half.tick();
    const rest = start(conditions);
    rest.load(unpack(pack(half.save())));
    expect((await untilEnded(rest)).stopWatch.ended).toEqual(whole.stopWatch.ended);
    expect(whole.stopWatch.ended!.tick).toBeGreaterThan(40);
  });

  it('[X5] that make no sense are refused', () => {
    for (const bad of [{ ticks: 0 }, { extinct: false }, { population: {} }, { births: 1.5 }, { measure: { name: 'a' } }, { measure: { name: 'a', above: 1, below: 2 } }, { hours: 3 }]) {
      expect(stopConditions.safeParse(bad).success).toBe(false);
    }
  });
});
