import type { BudgetState } from '../../agents/model/task.ts';
import type { Individual, Salon } from '../../worlds/salon/salon.ts';
import { createProgress, type Progress } from './progress.ts';
import { duration } from './trial-progress.ts';
import { budgetWords } from './run-words.ts';
import { count } from './words.ts';

/** How far an experiment has come. */
export interface QdaifProgress {
  settled(text: Individual, salon: Salon): void;
  rejudged(judgements: number, of: number, salon: Salon): void;
  note(line: string): void;
  stop(): void;
}

/** What the pace is reckoned from: a recording that is gone on with is read fast, and what comes then is slow. */
const WINDOW_MS = 60_000;

/** A bar over the texts of all runs, with the pace and the time that is left. */
export function createQdaifProgress(total: number, budget: () => BudgetState): QdaifProgress {
  const bar: Progress = createProgress({ total, lineEveryMs: 5000, title: 'salon' });
  const marks: { at: number; done: number }[] = [{ at: performance.now(), done: 0 }];
  let done = 0;
  return {
    settled({ iteration }, { archive, method, seed, maxQdScore }) {
      if (iteration < 0) return;
      done++;
      const now = performance.now();
      const last = marks.at(-1)!;
      if (now - last.at > 500) {
        marks.push({ at: now, done });
        while (marks.length > 2 && now - marks[0]!.at > WINDOW_MS) marks.shift();
      }
      const from = marks[0]!;
      const pace = (done - from.done) / ((now - from.at) / 1000);
      const left = now - from.at > 2000 && pace > 0 ? ` · ${pace.toFixed(1)}/s · ${duration((total - done) / pace)} left` : '';
      const money = budgetWords(budget());
      bar.update(done, `${count(done)} of ${count(total)} texts · ${method.name}, seed ${seed}: QD-score ${archive.qdScore.toFixed(1)} of ${maxQdScore}, coverage ${Math.round(archive.coverage * 100)} %${left}${money === '' ? '' : ` · ${money}`}`);
    },
    rejudged: (judgements, of, { method, seed }) => bar.update(done, `${count(done)} of ${count(total)} texts · ${method.name}, seed ${seed}: elites judged anew, ${count(judgements)} of ${count(of)}`),
    note: (line) => bar.note(line),
    stop: () => bar.stop(),
  };
}
