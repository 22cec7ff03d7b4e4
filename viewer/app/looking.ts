import { Subject, throttleTime } from 'rxjs';
import type { ClientMessage } from '../protocol.ts';
import type { Store } from './state.ts';

/** A hand that drags asks for more ticks than can be shown: one is asked for in so long, and always the last. */
const ASK_MS = 40;

/** Where in time the page looks. */
export interface Looking {
  /** The tick that is shown, or that has been asked for and is still on its way. */
  readonly tick: number;
  /** The earliest tick that can be shown. */
  readonly earliest: number;
  /** Looks at the world as it was after a tick; a tick that has not come yet is the present. */
  at(tick: number): void;
  /** Looks so many ticks later, or earlier where negative. */
  by(ticks: number): void;
  live(): void;
}

/** Lets the page look at the past, and back at the present. */
export function lookThroughTime(store: Store, send: (message: ClientMessage) => void): Looking {
  const targets = new Subject<number | 'live'>();
  let asked: number | null = null;
  targets.pipe(throttleTime(ASK_MS, undefined, { leading: true, trailing: true }))
    .subscribe((target) => send(target === 'live' ? { type: 'live' } : { type: 'at', tick: target }));
  // a present that comes while a past tick is on its way was asked for before it
  store.watch(({ past }) => past).subscribe((past) => { if (past !== null) asked = null; });
  store.watch(({ world }) => world).subscribe(() => { asked = null; });

  const now = (): number => store.now.totals?.tick ?? 0;
  const earliest = (): number => {
    const { totals } = store.now;
    return totals === null ? 0 : totals.recorded ? 1 : totals.held?.from ?? totals.tick;
  };
  const shown = (): number => asked ?? store.now.past?.tick ?? now();
  const live = (): void => {
    const isLive = asked === null && store.now.past === null && store.now.seeking === null;
    asked = null;
    if (isLive) return;
    targets.next('live');
  };
  const at = (tick: number): void => {
    const wanted = Math.max(earliest(), Math.round(tick));
    if (wanted >= now()) {
      live();
      return;
    }
    asked = wanted;
    targets.next(wanted);
  };
  return {
    get tick() { return shown(); },
    get earliest() { return earliest(); },
    at,
    by(ticks) {
      // of a long run every second, fourth, … tick is held: a smaller step would show the same again
      const { held } = store.now.totals ?? { held: null };
      const least = held !== null && shown() >= held.from ? held.step : 1;
      at(shown() + Math.sign(ticks) * Math.max(Math.abs(ticks), least));
    },
    live,
  };
}
