import { CellList, packLook } from '../../core/kernel/cell-list.ts';
import { drawn, purpose, seedKey, uniform } from '../../core/kernel/random.ts';
import { RowList } from '../../core/kernel/row-list.ts';
import { Sight } from '../../core/kernel/sight.ts';
import { HUNTER_TICKS, lookingActs, performActs } from './acts.ts';
import { LONG_AGO, ticksSince, type GrazingKernel, type GrazingParts } from './parts.ts';
import { end, layEggs, settle } from './upkeep.ts';

/** How far organisms see, in steps; a constant, because the cell list is built for it. */
export const SIGHT = 3;
/** Kin marks that differ by no more than this, of 256 around the circle, are kin. */
const KIN_WIDTH = 10;

/** Signals that grazers send. */
export const grazingSignals = ['red', 'blue'];

/** What grazers need besides their ground, for a simulation that begins. */
export function bringToLife({ pop, width, height, seed }: GrazingKernel, ground: Pick<GrazingParts, 'grounds' | 'bite' | 'digest'>): GrazingParts {
  // a little wider than sight, because places in the list are rounded to 64ths
  const cells = new CellList(width, height, SIGHT + 1 / 32, pop.capacity);
  const sight = new Sight(cells, pop.columns, { width, height, radius: SIGHT, kinWidth: KIN_WIDTH, signals: grazingSignals.length });
  return {
    ...ground, cells, sight, meals: new Float32Array(pop.capacity), taken: new Float64Array(ground.grounds.length), ledger: new Float64Array(5),
    wanderKey: seedKey(seed, purpose.wander), biters: new RowList(), givers: new RowList(), willing: new RowList(),
  };
}

/** What of its parts the kernel reads; `looking` says which senses want a look around. */
export function workings({ grounds, cells, sight, meals, ledger }: GrazingParts, looking: Uint8Array) {
  return {
    cells, ledger,
    survey: { senses: looking, acts: lookingActs, asked: sight.seen, serve: () => sight.lookAround() },
    bytes: grounds.reduce((sum, ground) => sum + ground.bytes, 0) + cells.bytes + sight.bytes + meals.byteLength,
  };
}

/** Sets up newborns and founders. */
export function beginner(kernel: GrazingKernel): (row: number) => void {
  const { columns } = kernel.pop;
  const lifespanKey = seedKey(kernel.seed, purpose.lifespan);
  return (row) => {
    columns.hurt[row] = columns.hunted[row] = kernel.tick - LONG_AGO;
    columns.vigour[row] = uniform(lifespanKey[0], lifespanKey[1], columns.id[row], 0) * 256;
    // the other word of that draw: all facing east, siblings would wander off together
    columns.heading[row] = drawn[1];
  };
}

/** Steps moved for each tick of the life in `row`. */
export function mobilityOf({ pop, tick }: GrazingKernel, row: number): number {
  return Math.min(1, pop.columns.moves[row] / Math.max(1, tick - pop.columns.bornAt[row]));
}

/** A tick of grazers, on ground that has grown. */
export function live(kernel: GrazingKernel, parts: GrazingParts): void {
  showThemselves(kernel, parts);
  kernel.decide();
  performActs(kernel, parts);
  settle(kernel, parts);
  layEggs(kernel, parts);
  end(kernel, parts);
}

/** What others will see this tick is fixed now: place, kin mark, signal, and whether one hunts. */
function showThemselves({ pop, scratch, tick: now }: GrazingKernel, { cells, sight }: GrazingParts): void {
  const { x, y, tag, signal, nextSignal, hunted } = pop.columns;
  const look = scratch.shorts;
  for (let row = 0; row < pop.count; row++) {
    const sent = nextSignal[row];
    signal[row] = sent;
    // the sign of a difference and no comparison: about a third hunt, and nothing tells which
    look[row] = packLook(tag[row], sent, (ticksSince(hunted[row], now) - HUNTER_TICKS - 1) >>> 31);
  }
  cells.build(pop.count, x, y, look);
  sight.blink(pop.count);
}
