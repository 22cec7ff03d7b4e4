import { z } from 'zod';
import type { RandomStream } from '../../core/kernel/random.ts';
import { modelOperators, type ModelOperator } from '../../core/kernel/tick-events.ts';

export interface Arm { readonly operator: ModelOperator; readonly model: string }

const FORMAT = 'lichen-bandit' as const;
const VERSION = 1 as const;

const count = z.int().min(0);
/** A bandit's memory as plain JSON. */
export const banditState = z.strictObject({
  format: z.literal(FORMAT), version: z.literal(VERSION),
  arms: z.array(z.strictObject({
    operator: z.enum(modelOperators), model: z.string(), chosen: count, rewarded: count, fallbacks: count, sum: z.number(), squares: z.number().min(0),
  })),
  /** Children whose reward is not known yet: [id, index of the arm, cost]. */
  open: z.array(z.tuple([count, count, z.number()])),
});
export type BanditState = z.infer<typeof banditState>;

/** What is known of an arm. `mean` is of the rewards less the costs; NaN before the first. */
export interface ArmFacts extends Arm { readonly chosen: number; readonly rewarded: number; readonly fallbacks: number; readonly mean: number }

export interface Bandit {
  readonly arms: readonly ArmFacts[];
  /** Draws an arm with one of these operators for a child, which is open until `reward` or `forget`. Throws when no arm has one. */
  choose(child: number, operators: readonly ModelOperator[], random: RandomStream): Arm;
  /** What it took to write the child; taken from its reward. */
  cost(child: number, cost: number): void;
  /** What the child's life came to. A child that is not open is nobody's, and counts for nothing. */
  reward(child: number, reward: number): void;
  /** The model failed: a reward of 0, less what it cost. */
  fail(child: number): void;
  /** The child was never asked for: no arm is to blame. */
  forget(child: number): void;
  readonly state: BanditState;
}

interface Memory { chosen: number; rewarded: number; fallbacks: number; sum: number; squares: number }

/** How many rewards the guess about an arm that nobody has tried counts for, and the guess about how rewards spread. */
const PRIOR_WEIGHT = 1;
const PRIOR_SPREAD_WEIGHT = 2;

/**
 * Thompson sampling (Thompson 1933; Chapelle & Li 2011) over pairs of operator and model with normal posteriors: of each
 * arm a plausible mean is drawn, and the arm with the highest is taken. What is not known of an arm is taken from all arms
 * together. Rewards come late, when lives end; a draw from what is plausible keeps trying meanwhile, where a bound would
 * choose the same arm a hundred times. Only exactly specified arithmetic, so that a replay chooses the same on any engine.
 *
 * @param state as `Bandit.state` gave it. Throws one sentence when it is none, or is of other arms.
 */
export function createBandit(operators: readonly ModelOperator[], models: readonly string[], state?: unknown): Bandit {
  const arms: Arm[] = models.flatMap((model) => operators.map((operator) => ({ operator, model })));
  const memory = arms.map((): Memory => ({ chosen: 0, rewarded: 0, fallbacks: 0, sum: 0, squares: 0 }));
  const open = new Map<number, { arm: number; cost: number }>();
  if (state !== undefined) restore(state);

  function restore(given: unknown): void {
    const read = banditState.safeParse(given);
    if (!read.success) {
      const { path, message } = read.error.issues[0]!;
      throw new Error(`The bandit's state is not one of version ${VERSION}${path.length === 0 ? '' : ` at ${path.join('.')}`}: ${message}.`);
    }
    const named = ({ operator, model }: Arm): string => `${operator} by ${model}`;
    const theirs = read.data.arms.map(named);
    if (theirs.join('\n') !== arms.map(named).join('\n')) {
      throw new Error(`The bandit's state is of ${theirs.join(', ').slice(0, 200)}, but the choice is among ${arms.map(named).join(', ').slice(0, 200)}.`);
    }
    read.data.arms.forEach(({ chosen, rewarded, fallbacks, sum, squares }, i) => Object.assign(memory[i]!, { chosen, rewarded, fallbacks, sum, squares }));
    for (const [child, arm, cost] of read.data.open) {
      if (arm >= arms.length) throw new Error(`The bandit's state gives child ${child} to arm ${arm}, but there are ${arms.length}.`);
      open.set(child, { arm, cost });
    }
  }

  function settle(child: number, reward: number, failed: boolean): void {
    const one = open.get(child);
    if (one === undefined) return;
    open.delete(child);
    const net = reward - one.cost;
    const m = memory[one.arm]!;
    m.rewarded++;
    if (failed) m.fallbacks++;
    m.sum += net;
    m.squares += net * net;
  }

  return {
    get arms() {
      return arms.map((arm, i): ArmFacts => {
        const { chosen, rewarded, fallbacks, sum } = memory[i]!;
        return { ...arm, chosen, rewarded, fallbacks, mean: rewarded === 0 ? NaN : sum / rewarded };
      });
    },
    choose(child, allowed, random) {
      const prior = pooled(memory);
      let best = -1;
      let highest = -Infinity;
      arms.forEach(({ operator }, i) => {
        if (!allowed.includes(operator)) return;
        const drawn = plausibleMean(memory[i]!, prior, random);
        if (best < 0 || drawn > highest) {
          best = i;
          highest = drawn;
        }
      });
      const arm = arms[best];
      if (arm === undefined) throw new Error(`No arm of the bandit is among ${allowed.join(', ')}.`);
      memory[best]!.chosen++;
      open.set(child, { arm: best, cost: 0 });
      return arm;
    },
    cost(child, cost) {
      const one = open.get(child);
      if (one !== undefined) one.cost = cost;
    },
    reward: (child, reward) => settle(child, reward, false),
    fail: (child) => settle(child, 0, true),
    forget(child) {
      const one = open.get(child);
      if (one !== undefined) memory[one.arm]!.chosen--;
      open.delete(child);
    },
    get state(): BanditState {
      return {
        format: FORMAT, version: VERSION, arms: arms.map((arm, i) => ({ ...arm, ...memory[i]! })),
        open: [...open].map(([child, { arm, cost }]): [number, number, number] => [child, arm, cost]),
      };
    },
  };
}

interface Prior { mean: number; variance: number }

/** Mean and variance of all rewards together; of none 0 and 1. */
function pooled(memory: readonly Memory[]): Prior {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (const one of memory) {
    n += one.rewarded;
    sum += one.sum;
    squares += one.squares;
  }
  const mean = n === 0 ? 0 : sum / n;
  const scatter = n === 0 ? 0 : Math.max(0, squares - n * mean * mean);
  return { mean, variance: (PRIOR_SPREAD_WEIGHT + scatter) / (PRIOR_SPREAD_WEIGHT + n) };
}

/** A draw from what the mean of an arm may be. */
function plausibleMean({ rewarded, sum, squares }: Memory, prior: Prior, random: RandomStream): number {
  const weight = PRIOR_WEIGHT + rewarded;
  const mean = (PRIOR_WEIGHT * prior.mean + sum) / weight;
  const own = rewarded === 0 ? 0 : Math.max(0, squares - sum * sum / rewarded);
  const variance = (PRIOR_SPREAD_WEIGHT * prior.variance + own) / (PRIOR_SPREAD_WEIGHT + rewarded);
  return mean + Math.sqrt(variance / weight) * bell(random);
}

/** About normal with mean 0 and variance 1: twelve uniform numbers less six. No logarithm, whose last bit engines differ in. */
function bell(random: RandomStream): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.next();
  return sum;
}
