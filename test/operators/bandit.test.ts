import { describe, expect, it } from 'vitest';
import { createBandit, type Bandit } from '../../agents/operators/bandit.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import type { ModelOperator } from '../../core/kernel/tick-events.ts';

const all: readonly ModelOperator[] = ['llm-mutate', 'llm-crossover', 'llm-invent'];
const two = ['small', 'large'];

interface Problem {
  /** Mean offspring by arm (as `bandit.arms` has them); a life has no or several children, with the same mean. */
  means: readonly number[];
  costs?: readonly number[];
  /** Children between a conception and the news of its end. */
  delay?: number;
}

/** Lets a bandit choose for `children` children; returns how often each arm was chosen in the second half. */
function play(bandit: Bandit, seed: number, children: number, { means, costs, delay = 60 }: Problem): number[] {
  const world = new RandomStream([seed, 99], 0);
  const waiting: { child: number; arm: number }[] = [];
  const chosen = means.map(() => 0);
  for (let child = 0; child < children; child++) {
    const { operator, model } = bandit.choose(child, all, new RandomStream([seed, 1], child));
    const arm = bandit.arms.findIndex((one) => one.operator === operator && one.model === model);
    if (costs) bandit.cost(child, costs[arm]!);
    if (child >= children / 2) chosen[arm]!++;
    waiting.push({ child, arm });
    if (waiting.length <= delay) continue;
    const done = waiting.shift()!;
    bandit.reward(done.child, world.chance(0.3) ? means[done.arm]! / 0.3 : 0);
  }
  return chosen;
}

describe('a bandit over operators and models', () => {
  it.each([1, 2, 3, 4, 5, 6])('[O5] finds the better arm though rewards come late and most lives leave nobody (seed %i)', (seed) => {
    const chosen = play(createBandit(all, two), seed, 3000, { means: [0.8, 0.8, 0.2, 0.8, 2, 0.8] });
    expect(chosen[4]).toBeGreaterThan(0.8 * 1500);
  });

  it('a cost makes the dearer arm lose where it is worth no more', () => {
    const problem = { means: [1, 1, 1, 1.2, 1.2, 1.2], costs: [0.1, 0.1, 0.1, 2, 2, 2] };
    for (const seed of [1, 2, 3, 4]) {
      const chosen = play(createBandit(all, two), seed, 2000, problem);
      expect(chosen[0]! + chosen[1]! + chosen[2]!).toBeGreaterThan(900);
      const free = play(createBandit(all, two), seed, 2000, { means: [1, 1, 1, 2.5, 2.5, 2.5] });
      expect(free[3]! + free[4]! + free[5]!).toBeGreaterThan(900);
    }
  });

  it('a model that fails is left', () => {
    const bandit = createBandit(['llm-mutate'], two);
    for (let child = 0; child < 400; child++) {
      const { model } = bandit.choose(child, all, new RandomStream([5, 5], child));
      if (model === 'large') bandit.fail(child);
      else bandit.reward(child, child % 3);
    }
    const [small, large] = bandit.arms;
    expect(large!.fallbacks).toBe(large!.rewarded);
    expect(large!.chosen).toBeLessThan(40);
    expect(small!.mean).toBeCloseTo(1, 1);
  });

  it('[O5] a child that was never asked for is no arm\'s, and rewards of strangers count for nothing', () => {
    const bandit = createBandit(['llm-mutate'], ['small']);
    bandit.choose(1, all, new RandomStream([1, 1], 0));
    bandit.forget(1);
    bandit.reward(1, 5);
    bandit.reward(77, 5);
    bandit.cost(77, 5);
    expect(bandit.arms).toEqual([{ operator: 'llm-mutate', model: 'small', chosen: 0, rewarded: 0, fallbacks: 0, mean: NaN }]);
  });

  it('[O5] chooses only among what is possible', () => {
    const bandit = createBandit(all, two);
    for (let child = 0; child < 50; child++) expect(bandit.choose(child, ['llm-invent'], new RandomStream([2, 2], child)).operator).toBe('llm-invent');
    expect(() => createBandit(['llm-mutate'], two).choose(0, ['llm-invent'], new RandomStream([2, 2], 0))).toThrow('No arm of the bandit is among llm-invent.');
  });

  it('[O5] goes on after its state went through JSON as if nothing had been', () => {
    const problem = { means: [0.3, 0.6, 0.9, 0.3, 0.6, 0.9] };
    const whole = createBandit(all, two);
    play(whole, 3, 500, problem);
    const again = createBandit(all, two, JSON.parse(JSON.stringify(whole.state)));
    expect(again.state).toEqual(whole.state);
    expect(whole.state.open.length).toBe(60);
    expect(play(again, 8, 300, problem)).toEqual(play(whole, 8, 300, problem));
    expect(again.state).toEqual(whole.state);
  });

  it.each([
    ['another version', { version: 2 }, /^The bandit's state is not one of version 1 at version: /],
    ['no state', { format: 'x' }, /^The bandit's state is not one of version 1 at format: /],
    ['one of other arms', { arms: [] }, /^The bandit's state is of , but the choice is among llm-mutate by small, /],
    ['one with an arm too many', { open: [[1, 9, 0]] }, /^The bandit's state gives child 1 to arm 9, but there are 6\.$/],
    ['one that does not count', { open: [[-1, 0, 0]] }, /^The bandit's state is not one of version 1 at open\.0\.0: /],
  ])('[O5] refuses %s', (_what, change, sentence) => {
    const { state } = createBandit(all, two);
    expect(() => createBandit(all, two, { ...state, ...change })).toThrow(sentence);
  });
});
