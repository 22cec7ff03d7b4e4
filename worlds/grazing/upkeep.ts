import { Cause } from '../../core/kernel/tick-events.ts';
import { ACTS, Act, GIFT } from './acts.ts';
import type { GrazingKernel, GrazingParts } from './parts.ts';

/** Energy that a child starts with, and what bearing it costs beside that. */
export const ENDOWMENT = 14;
export const BEARING = 4;

/** What a tick costs with each act, by the parameters of the moment. */
const costOfAct = new Float64Array(ACTS);

/** Meals, bites and gifts change hands, and life is paid for. */
export function settle(kernel: GrazingKernel, { meals, cells, ledger, biters, givers }: GrazingParts): void {
  const { pop } = kernel;
  const { x, y, act, energy, grazed, preyed, bites, hurt } = pop.columns;
  const now = kernel.tick;
  /** What each bite took, in the rows of those who were bitten. */
  const perBite = kernel.scratch.floats;
  const { start } = cells;
  const damage = kernel.parameter('attackDamage');
  const biteYield = kernel.parameter('attackYield');
  const crowding = kernel.parameter('crowding');
  for (let chosen = 0; chosen < costOfAct.length; chosen++) {
    const moves = chosen >= Act.wander && chosen <= Act.attack;
    costOfAct[chosen] = kernel.parameter('costOfLiving') + (moves ? kernel.parameter('costOfMoving') : 0);
  }
  let grazedAll = 0;
  let burned = 0;
  let bitten = 0;
  for (let row = 0; row < pop.count; row++) {
    const chosen = act[row];
    const gained = meals[row];
    grazed[row] += gained;
    grazedAll += gained;
    const bin = cells.binAt(x[row], y[row]);
    // the list is of the start of the tick: one of those who stood here then may have been itself
    const others = Math.max(0, start[bin + 1] - start[bin] - 1);
    const cost = costOfAct[chosen] + crowding * others;
    let lost = 0;
    if (bites[row] > 0) {
      lost = Math.min(energy[row], bites[row] * damage);
      perBite[row] = lost / bites[row];
      bitten += lost;
      hurt[row] = now;
    }
    energy[row] += gained - lost - cost;
    burned += cost;
  }
  ledger[0] += grazedAll;
  ledger[1] += burned;
  const { rows, others: victims } = biters;
  for (let i = 0; i < biters.count; i++) {
    const gained = Math.fround(perBite[victims[i]] * biteYield);
    preyed[rows[i]] += gained;
    energy[rows[i]] += gained;
    bitten -= gained;
  }
  ledger[2] += bitten;
  for (let i = 0; i < givers.count; i++) energy[givers.others[i]] += GIFT;
}

/** Children are conceived by those who chose to and can pay. */
export function layEggs(kernel: GrazingKernel, { willing, ledger }: GrazingParts): void {
  const { energy, children } = kernel.pop.columns;
  const { rows, others } = willing;
  for (let i = 0; i < willing.count; i++) {
    if (energy[rows[i]] > ENDOWMENT + BEARING) kernel.gestation.conceive(rows[i], others[i]);
  }
  const granted = kernel.gestation.layEggs(ENDOWMENT);
  const { conceivers } = kernel.gestation;
  for (let i = 0; i < granted; i++) {
    energy[conceivers[i]] -= ENDOWMENT + BEARING;
    if (children[conceivers[i]] < 65535) children[conceivers[i]]++;
  }
  ledger[4] += granted * BEARING;
}

/** Hunger, bites and age take theirs. */
export function end({ pop, dying, tick, parameters }: GrazingKernel, { ledger, biters }: GrazingParts): void {
  const { energy, bornAt, bites, vigour } = pop.columns;
  const lifespan = parameters['lifespan']!;
  const safe = lifespan * 0.75;
  let died = 0;
  for (let row = 0; row < pop.count; row++) {
    const age = tick - bornAt[row];
    if (energy[row] <= 0) dying[row] = (bites[row] > 0 ? Cause.killed : Cause.starved) + 1;
    else if (age > safe && age > safe + lifespan * (vigour[row] / 510)) dying[row] = Cause.age + 1;
    if (dying[row] !== 0) died += energy[row];
  }
  for (let i = 0; i < biters.count; i++) bites[biters.others[i]] = 0;
  ledger[3] += died;
}
