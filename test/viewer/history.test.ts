import { describe, expect, it } from 'vitest';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { History, type HistoryOptions } from '../../viewer/history.ts';
import { Places } from '../../viewer/places.ts';
import { findWorld } from '../../worlds/index.ts';

/** A meadow whose population can be made any size between ticks, and its history. */
function watched(options: HistoryOptions): { simulation: Simulation; history: History; go(ticks: number, population?: number): void } {
  const world = findWorld('meadow');
  const simulation = new Simulation({
    world, parameters: resolveParameters(world.parameters, { size: 64, founders: 100, capacity: 2000 }), seed: 2, genomes: createInstincts(world.vocabulary), observed: false,
  });
  const { kernel } = simulation;
  const history = new History(kernel, new Places(), new Places(), options);
  return {
    simulation, history,
    go(ticks, population = 100) {
      for (let i = 0; i < ticks; i++) {
        kernel.tick++;
        kernel.pop.count = population;
        kernel.pop.columns.x[0] = kernel.tick % 64;
        history.note();
      }
    },
  };
}

const tickOf = (history: History, tick: number): number | undefined => history.at(tick)?.tick;

describe('what is held of the past', () => {
  it('[V11] is every tick while there is room, each with the frame that it had', () => {
    const { history, go } = watched({ mostBytes: 1 << 20, wantedTicks: 50 });
    expect(history.held).toBeNull();
    expect(history.at(3)).toBeNull();
    go(200);
    expect(history.held).toEqual({ from: 1, to: 200, step: 1 });
    for (const tick of [1, 77, 200]) {
      const { frame, tick: found, fields } = history.at(tick)!;
      expect(found).toBe(tick);
      const parsed = parseFrame(new Uint8Array(frame).buffer);
      expect(parsed).toMatchObject({ tick, count: 100 });
      expect(new Uint16Array(parsed.organisms.buffer)[0]).toBe((tick % 64) * 1024);
      expect(fields).toHaveLength(1);
    }
    expect(tickOf(history, 5000)).toBe(200);
  });

  it('[V11] lets the oldest go when more than enough is held', () => {
    const { history, go } = watched({ mostBytes: 200_000, wantedTicks: 50 });
    go(2000);
    const { from, to, step } = history.held!;
    expect([to, step]).toEqual([2000, 1]);
    expect(to - from).toBeGreaterThanOrEqual(50);
    expect(from).toBeGreaterThan(1500);
    expect(history.bytes).toBeLessThanOrEqual(200_000);
    expect(tickOf(history, from)).toBe(from);
    expect(history.at(from - 1)).toBeNull();
  });

  it('[V11] keeps every second, fourth, … tick where many live, and says so, and every tick again when few do', () => {
    const { history, go } = watched({ mostBytes: 200_000, wantedTicks: 100 });
    go(400, 2000);
    const { from, to, step } = history.held!;
    expect(step).toBe(16);
    expect(to - from).toBeGreaterThanOrEqual(100 - step);
    expect(history.bytes).toBeLessThanOrEqual(200_000);
    expect(tickOf(history, to - 3)).toBe(to - 16);
    go(1000, 100);
    expect(history.held).toMatchObject({ to: 1400, step: 1 });
    expect(history.held!.to - history.held!.from).toBeGreaterThanOrEqual(100);
  });

  it('[V11] fits in its bytes whatever the population does', () => {
    const { history, go } = watched({ mostBytes: 150_000, wantedTicks: 200 });
    for (let i = 0; i < 300; i++) {
      go(20, [0, 1, 2000, 30, 900][i % 5]!);
      expect(history.bytes).toBeLessThanOrEqual(150_000);
      const { from, to, step } = history.held!;
      if (i > 15) expect(to - from + 2 * step).toBeGreaterThanOrEqual(200);
      for (const tick of [from, (from + to) >> 1, to]) expect(tick - tickOf(history, tick)!).toBeLessThan(step);
    }
  });
});
