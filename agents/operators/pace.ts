import type { Simulation } from '../../core/simulation.ts';
import type { ModelDoor } from '../model/contract.ts';
import type { ModelWriter } from './model-writer.ts';

/** Ticks between two looks at the queue. */
const LOOK_EVERY = 15;
const LEAST_SHARE = 0.0002;

export interface Pace {
  /** Tell it that the world had to wait for a child. */
  waited(): void;
  /** Stops turning the share, e.g. because a person has taken it in hand. */
  release(): void;
}

/**
 * Keeps a live world flowing: watches how many children the model still owes and turns the model's share of conceptions
 * by command. It looks at clocks and queues, so its turns are not reproducible by themselves; as commands they are on
 * the record, and a replay of the record is exact.
 */
export function keepPace(simulation: Simulation, writer: ModelWriter, door: ModelDoor): Pace {
  let hadToWait = false;
  let released = false;
  // the least owed at any tick since the last look: right after a conception even an idle model owes a child
  let leastOwed = Infinity;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || released) return;
    leastOwed = Math.min(leastOwed, writer.inFlight);
    if (event.tick % LOOK_EVERY !== 0) return;
    const share = simulation.kernel.parameter('modelShare');
    const turned = hadToWait || leastOwed > door.slots ? share * 0.5 : leastOwed === 0 ? share * 1.25 : share;
    hadToWait = false;
    leastOwed = Infinity;
    const next = Math.round(Math.min(1, Math.max(LEAST_SHARE, turned)) * 10_000) / 10_000;
    if (next !== share) simulation.submit({ kind: 'set', key: 'modelShare', value: next });
  });
  return {
    waited() { hadToWait = true; },
    release() { released = true; },
  };
}
