import { ModelError, type ModelDoor } from '../../agents/model/contract.ts';

/** Replies in a row that a model failed to give after which it is given up: a salon of texts that were skipped would prove nothing. */
const MOST_FAILURES = 12;

/** Doors that are given up when they fail too often. */
export interface WatchedDoors {
  readonly doors: readonly ModelDoor[];
  /** Why they have been given up, in one sentence. */
  readonly lost: string | null;
}

/**
 * The same doors, counted: once one has failed a dozen times in a row, it refuses all that is still asked as `cancelled`, which no
 * cassette records as an answer, so that an experiment that is gone on with asks again.
 */
export function watchDoors(doors: readonly ModelDoor[], onLost: () => void): WatchedDoors {
  let lost: string | null = null;
  const watched = doors.map((door): ModelDoor => {
    let failures = 0;
    return {
      ...door,
      get rate() { return door.rate; },
      async complete(request, signal) {
        if (lost !== null) throw new ModelError('cancelled', lost);
        try {
          const reply = await door.complete(request, signal);
          failures = 0;
          return reply;
        } catch (error) {
          if (!(error instanceof ModelError) || error.kind === 'cancelled') throw error;
          if (++failures < MOST_FAILURES) throw error;
          lost ??= `The model ${door.model} has failed ${failures} times in a row, the last time so: ${error.message}`;
          onLost();
          throw new ModelError('cancelled', lost);
        }
      },
      close: () => door.close(),
    };
  });
  return { doors: watched, get lost() { return lost; } };
}
