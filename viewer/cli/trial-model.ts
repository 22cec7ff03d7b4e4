import type { Capabilities } from '../../agents/model/capabilities.ts';
import { ModelError, type ModelDoor } from '../../agents/model/contract.ts';
import { sumOf } from '../../agents/model/cost.ts';
import type { PriceTable } from '../../agents/model/prices.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';
import type { TrialRun } from './trial-run.ts';

/** Children in a row that a model failed to answer for after which a trial does not go on: with blind children in its place it would prove nothing. */
const MOST_FAILURES = 5;

/** A model that serves one run of a trial after another. */
export interface TrialModel {
  /** Opens a run's service; with a cassette what it holds is given again, and only the rest is asked. */
  serve(cassette: string | null): OpenModelService;
  /** Facts of a service's run so far; `live` and `seconds` since it was served. */
  facts(service: OpenModelService): TrialRun['model'];
  /** Children that a call made now stands for, and calls a second while any is in flight; null as long as too few were made. */
  readonly pace: { callsPerTask: number; callsPerSecond: number } | null;
  /** Why it has been given up, in one sentence. */
  readonly lost: string | null;
}

const LEAST_CALLS = 5;

export interface TrialModelOptions {
  door: ModelDoor;
  prices: PriceTable;
  /** What a probe has found, by model. */
  capabilities?: Readonly<Record<string, Capabilities>>;
  /** Told when the model has failed too often to go on. */
  onLost(): void;
}

export function trialModel({ door, prices, capabilities = {}, onLost }: TrialModelOptions): TrialModel {
  let lost: string | null = null;
  let problem = '';
  let unanswered = 0;
  let served = { live: 0, seconds: 0 };
  let calls = 0;
  let flying = 0;
  let busySince = 0;
  let busyMs = 0;
  let tasks = 0;
  let taskCalls = 0;

  const lent: ModelDoor = {
    ...door,
    get rate() { return door.rate; },
    async complete(request, signal) {
      if (lost !== null) throw new ModelError('cancelled', lost);
      const of = served;
      const began = performance.now();
      if (flying++ === 0) busySince = began;
      try {
        const reply = await door.complete(request, signal);
        problem = '';
        of.live++;
        of.seconds += (performance.now() - began) / 1000;
        calls++;
        return reply;
      } catch (error) {
        if (error instanceof ModelError && error.kind !== 'cancelled') problem = error.message;
        throw error;
      } finally {
        if (--flying === 0) busyMs += performance.now() - busySince;
      }
    },
    // the trial has made it and closes it
    close: () => Promise.resolve(),
  };

  return {
    serve(cassette) {
      served = { live: 0, seconds: 0 };
      const service = createModelService({ doors: [lent], prices, capabilities, ...(cassette === null ? {} : { record: { file: cassette, resume: true } }) });
      service.events$.subscribe((event) => {
        if (event.kind !== 'task') return;
        tasks++;
        taskCalls += event.cost.calls;
        // a scheduler that leaves a failing model alone asks it nothing, so its failures are counted here; those that a
        // cassette gives again, before anything fails now, are past
        if (event.cost.calls > 0) unanswered = 0;
        else if (problem !== '' && ++unanswered >= MOST_FAILURES && lost === null) {
          lost = `The model has failed ${unanswered} children in a row, the last time so: ${problem}`;
          onLost();
        }
      });
      return service;
    },
    facts: (service) => serviceFacts(service, served),
    get pace() {
      const seconds = (busyMs + (flying > 0 ? performance.now() - busySince : 0)) / 1000;
      return calls < LEAST_CALLS || seconds === 0 ? null : { callsPerTask: taskCalls / tasks, callsPerSecond: calls / seconds };
    },
    get lost() { return lost; },
  };
}

/** What a service's replies came to: the same live and replayed, but for the time they took. */
export function serviceFacts(service: OpenModelService, { live, seconds }: { live: number; seconds: number }): TrialRun['model'] {
  const [model] = service.header.models;
  const cost = sumOf(service.accounts);
  return { name: model?.model ?? '', where: model?.where ?? '', ...cost, dollars: (model?.price ?? null) === null ? null : cost.dollars, live, seconds };
}
