import { createProgress } from './progress.ts';
import type { TrialModel } from './trial-model.ts';
import { shareOf, type ArmName, type TrialPlan } from './trial-plan.ts';
import { count } from './words.ts';

/** How far a trial has come. */
export interface TrialProgress {
  begin(arm: ArmName, seed: number, model: TrialModel | null): void;
  /** Births counted in the run. */
  update(births: number): void;
  end(): void;
  note(line: string): void;
  stop(): void;
}

/** What a blind birth weighs beside one that a model writes. */
const BLIND_WEIGHT = 0.005;

/** A bar over all runs in the order of `runs`, with the time that is left as far as the model's pace tells it. */
export function createTrialProgress(plan: TrialPlan, runs: readonly ArmName[]): TrialProgress {
  const weigh = (arm: ArmName): number => shareOf(arm, plan) + BLIND_WEIGHT;
  const total = runs.reduce((sum, arm) => sum + weigh(arm) * plan.births, 0);
  const bar = createProgress({ total: Math.max(1, Math.round(total * 100)), lineEveryMs: 5000, title: 'run' });
  let nth = -1;
  let done = 0;
  let current: { arm: ArmName; seed: number; model: TrialModel | null } | null = null;
  return {
    begin(arm, seed, model) {
      nth++;
      current = { arm, seed, model };
    },
    update(births) {
      if (current === null) return;
      const { arm, seed, model } = current;
      const left = runs.slice(nth).reduce((sum, each) => sum + shareOf(each, plan) * plan.births, 0) - shareOf(arm, plan) * births;
      bar.update(Math.round((done + weigh(arm) * births) * 100), `${nth + 1} of ${runs.length} (${arm}, seed ${seed}) · ${count(births)} of ${count(plan.births)} births${timeLeft(left, model)}`);
    },
    end() {
      if (current !== null) done += weigh(current.arm) * plan.births;
      current = null;
    },
    note: (line) => bar.note(line),
    stop: () => bar.stop(),
  };
}

function timeLeft(children: number, model: TrialModel | null): string {
  if (model === null || children <= 0) return '';
  const { pace } = model;
  return pace === null ? ' · time left not known yet' : ` · ${pace.callsPerSecond.toFixed(1)} calls/s · ${duration((children * pace.callsPerTask) / pace.callsPerSecond)} left`;
}

/** `about 12 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
