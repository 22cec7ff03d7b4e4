import type { Judgement } from '../judges/judge.ts';
import type { Cost, ModelService } from '../model/task.ts';
import type { SettledText, TextFacts, TextWorld, WantedText } from './contract.ts';
import { noCost, sumOf } from '../model/cost.ts';
import { createJury, type JuryOptions } from './jury.ts';
import { writingTask } from './writing.ts';

export interface HostOptions<S extends SettledText> {
  readonly world: TextWorld<S>;
  readonly facts: TextFacts;
  readonly service: ModelService;
  /** Of writing; 0.8 when not given. */
  readonly temperature?: number | undefined;
  readonly judging?: JuryOptions | undefined;
  /** Texts in work at once where the world allows it; what the service is worth when not given. */
  readonly limit?: number | undefined;
  /** Ends the hosting where it stands: what comes later is not told. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each text that is about to be written. */
  onAsked?(ask: WantedText): void;
  /** Hears of each text, in the order of tickets. */
  onSettled?(text: S): void;
  /** Hears how the judges of a ticket's text came to what they said, quality first, as it comes. */
  onJudged?(ticket: number, judgements: readonly Judgement[]): void;
}

/** What hosting came to. Costs are those of all replies, the same however they were come by. */
export interface Hosted {
  readonly done: boolean;
  readonly writing: Cost;
  readonly judging: Cost;
  /** In which ways judgements were come by, and how often. */
  readonly ways: Readonly<Record<string, number>>;
}

/** Texts in a row that none of them can be judged before a run is not worth going on with. */
export const MOST_IN_VAIN = 30;

/**
 * Has the texts that a world wants written and judged by models, as many side by side as the world allows, and tells it what came.
 * The judges of one text work side by side.
 *
 * @throws Error with one sentence when 30 texts in a row came to nothing, or the world's own
 */
export function hostTexts<S extends SettledText>({ world, facts, service, temperature = 0.8, judging = {}, limit, signal, onAsked, onSettled, onJudged }: HostOptions<S>): Promise<Hosted> {
  const jury = createJury(service, facts, judging);
  const most = limit ?? Math.max(2, service.slots);
  const spent = { writing: noCost, judging: noCost };
  const ways: Record<string, number> = {};
  let working = 0;
  let inVain = 0;
  let over = false;

  return new Promise<Hosted>((resolve, reject) => {
    const end = (): void => {
      if (over) return;
      over = true;
      signal?.removeEventListener('abort', end);
      resolve({ done: world.isDone, ...spent, ways });
    };
    const fail = (error: unknown): void => {
      over = true;
      signal?.removeEventListener('abort', end);
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const note = (settled: readonly S[]): void => {
      for (const text of settled) {
        onSettled?.(text);
        if (text.iteration < 0) continue;
        inVain = text.quality === null ? inVain + 1 : 0;
        if (inVain >= MOST_IN_VAIN) throw new Error(`${MOST_IN_VAIN} texts in a row came to nothing, the last at iteration ${text.iteration} because ${text.reason === '' ? 'nothing was written' : `of this: ${text.reason}`}`);
      }
    };

    async function work(ask: WantedText): Promise<void> {
      const answer = await service.perform(writingTask(facts, ask, temperature));
      if (over) return;
      spent.writing = sumOf([spent.writing, answer.cost]);
      if (!('value' in answer)) return note(world.tell(ask.ticket, { reason: answer.reason }));
      note(world.wrote(ask.ticket, answer.value));
      if (answer.value === '' || !ask.judged) return;
      // others may be asked for now that this text is known
      pump();
      const { said, cost, ways: come, judgements } = await jury.judge(answer.value, ask.seed, ask.ticket);
      if (over) return;
      spent.judging = sumOf([spent.judging, cost]);
      for (const way of come) ways[way] = (ways[way] ?? 0) + 1;
      onJudged?.(ask.ticket, judgements);
      note(world.tell(ask.ticket, said));
    }

    function pump(): void {
      if (over) return;
      if (world.isDone) return end();
      for (const ask of working < most ? world.ask(most - working) : []) {
        onAsked?.(ask);
        working++;
        work(ask).then(() => {
          working--;
          pump();
        }).catch(fail);
      }
    }

    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted === true) return end();
    try {
      pump();
    } catch (error) {
      fail(error);
    }
  });
}
