import type { Simulation } from '../../core/simulation.ts';

/** Ticks between two looks at the queue. */
const LOOK_EVERY = 15;

/** What decides how much is asked of the model, and the least that a pace turns it down to. */
const least = { modelShare: 0.0002, deliberation: 0.0001, judging: 0.001 } as const;
type Demand = keyof typeof least;
const demands = Object.keys(least) as Demand[];

/** The models' queue: how much they owe, and how much they work on at once. */
export interface Queue { readonly inFlight: number; readonly slots: number }

export interface Pace {
  /** Tell it that the world had to wait. */
  waited(): void;
  /** Stops turning a parameter, because a person has taken it in hand. */
  release(key: string): void;
  /** Whether it turns this parameter. */
  turns(key: string): boolean;
}

/**
 * Keeps a live world flowing: watches how much the models still owe and turns by command what is asked of them: the
 * share of children, deliberation and judging, as far as they are in use. It looks at clocks and queues, so its turns
 * are not reproducible by themselves; as commands they are on the record, and a replay of the record is exact.
 */
export function keepPace(simulation: Simulation, queue: Queue): Pace {
  let hadToWait = false;
  const released = new Set<string>();
  // the least owed at any tick since the last look: right after a conception even an idle model owes a child
  let leastOwed = Infinity;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    leastOwed = Math.min(leastOwed, queue.inFlight);
    if (event.tick % LOOK_EVERY !== 0) return;
    const factor = hadToWait || leastOwed > queue.slots ? 0.5 : leastOwed === 0 ? 1.25 : 1;
    hadToWait = false;
    leastOwed = Infinity;
    for (const key of demands) {
      const value = simulation.kernel.parameter(key);
      if (value === 0 || released.has(key)) continue;
      const most = key === 'deliberation' ? 0.05 : 1;
      const next = Math.round(Math.min(most, Math.max(least[key], value * factor)) * 10_000) / 10_000;
      if (next !== value) simulation.submit({ kind: 'set', key, value: next });
    }
  });
  return {
    waited() { hadToWait = true; },
    release(key) { released.add(key); },
    turns: (key) => demands.some((demand) => demand === key) && !released.has(key),
  };
}
