import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

interface Turn { waiting: boolean; dueAt: number; readonly draw: (now: number) => void }

/**
 * Who may draw on a frame: of all panels that have something new one, so that no frame has to bear two of them. Nobody draws
 * where no frames are drawn: in a hidden tab what is new waits, and only the newest of it.
 */
export class Turns {
  readonly #all: Turn[] = [];

  /** The newest value, as often as `leastMs` apart, when it is this one's turn. */
  inTurn<T>(leastMs: number): MonoTypeOperatorFunction<T> {
    return (source) => new Observable<T>((subscriber) => {
      let newest: T;
      const turn: Turn = {
        waiting: false, dueAt: -Infinity,
        draw: (now) => {
          turn.waiting = false;
          turn.dueAt = now + leastMs;
          subscriber.next(newest);
        },
      };
      this.#all.push(turn);
      const listening = source.subscribe({
        next: (value) => {
          newest = value;
          turn.waiting = true;
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
      return () => {
        listening.unsubscribe();
        this.#all.splice(this.#all.indexOf(turn), 1);
      };
    });
  }

  /** Lets the one draw whose time came first; answers whether there was one. Called once a frame, with its time in milliseconds. */
  take(now: number): boolean {
    let first: Turn | null = null;
    for (const turn of this.#all) if (turn.waiting && turn.dueAt <= now && (first === null || turn.dueAt < first.dueAt)) first = turn;
    first?.draw(now);
    return first !== null;
  }
}

/** Those of this page. */
export const turns = new Turns();
