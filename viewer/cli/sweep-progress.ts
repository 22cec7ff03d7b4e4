import type { PlannedRun } from './experiment-plan.ts';
import { createProgress, type Progress } from './progress.ts';
import { count, counted } from './words.ts';

const LINE_EVERY_MS = 5000;
/** Ticks must have come for so long before anything is said of the time that is left: that processes start says nothing of the pace. */
const LEAST_SECONDS = 5;

/** How far a sweep is: ticks of all runs, and the time left by the pace since the first of them came. */
export class SweepProgress {
  private readonly bar: Progress;
  private readonly at: number[];
  private readonly ends: readonly number[];
  /** Ticks there were when the first news came, and when that was. */
  private first: { readonly ticks: number; readonly at: number } | null = null;
  private done: number;

  /** `isDone` says which runs stood there whole. */
  constructor(runs: readonly PlannedRun[], isDone: readonly boolean[]) {
    this.ends = runs.map(({ spec }) => spec.ticks!);
    this.at = this.ends.map((end, i) => (isDone[i] === true ? end : 0));
    this.done = isDone.filter(Boolean).length;
    this.bar = createProgress({ total: this.ends.reduce((sum, end) => sum + end, 0), lineEveryMs: LINE_EVERY_MS, title: 'sweep' });
  }

  tick(run: number, tick: number): void {
    this.at[run] = tick;
    this.show();
  }

  /** Done or failed, its ticks are no longer to come. */
  over(run: number): void {
    this.at[run] = this.ends[run]!;
    this.done++;
    this.show();
  }

  note(line: string): void {
    this.bar.note(line);
  }

  stop(): void {
    this.bar.stop();
  }

  private get ticks(): number {
    return this.at.reduce((sum, tick) => sum + tick, 0);
  }

  private show(): void {
    const { ticks } = this;
    this.first ??= { ticks, at: performance.now() };
    const seconds = (performance.now() - this.first.at) / 1000;
    const made = ticks - this.first.ticks;
    const left = this.ends.reduce((sum, end) => sum + end, 0) - ticks;
    const time = seconds < LEAST_SECONDS || made === 0 || left === 0 ? '' : ` · about ${duration((left / made) * seconds)} left`;
    this.bar.update(ticks, `${count(this.done)} of ${counted(this.ends.length, 'run')} done${time}`);
  }
}

/** `40 s`, `12 min`, `3.5 h`: as exactly as such an estimate is. */
export function duration(seconds: number): string {
  if (seconds < 55) return `${Math.max(5, Math.ceil(seconds / 5) * 5)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
