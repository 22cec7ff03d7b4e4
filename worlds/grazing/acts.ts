import type { ActFacts } from '../../core/kernel/genomes.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { go, goers, STRETCH, stride, wayX, wayY } from './going.ts';
import type { GrazingKernel, GrazingParts } from './parts.ts';
import { bestAround } from './senses.ts';

/** What grazers do on these grounds, by name; with one ground, eating needs no telling what. */
export function grazingActs(grounds: readonly string[]): readonly ActFacts[] {
  const choice = grounds.length > 1;
  return [
    { name: 'rest', sentence: 'Do nothing.', targets: [] },
    { name: 'eat', sentence: choice ? `Graze ${grounds.join(' or ')} underfoot; those who graze the same share it.` : 'Graze the ground underfoot; those who graze the same ground share it.', targets: choice ? grounds : [] },
    { name: 'wander', sentence: 'Go one step, turning a little at random.', targets: [] },
    { name: 'climb', sentence: `Go one step towards the best ${grounds.join(' or ')} around.`, targets: grounds },
    { name: 'follow', sentence: 'Go one step towards the nearest in sight; wander when there is none.', targets: ['kin', 'other'] },
    { name: 'flee', sentence: 'Go one step away from the nearest in sight; wander when there is none.', targets: ['hunter', 'other', 'kin'] },
    { name: 'attack', sentence: 'Bite the nearest if it is within reach, else chase it.', targets: ['other', 'kin'] },
    { name: 'share', sentence: 'Give the nearest some energy if it is within reach.', targets: ['kin', 'other'] },
    { name: 'reproduce', sentence: 'Conceive a child alone, if there is energy for it.', targets: [] },
    { name: 'mate', sentence: 'Conceive a child with the nearest if it is in sight and there is energy for it.', targets: ['kin', 'other'] },
  ];
}

const facts = grazingActs(['ground']);

export const Act = { rest: 0, eat: 1, wander: 2, climb: 3, follow: 4, flee: 5, attack: 6, share: 7, reproduce: 8, mate: 9 } as const;
export const ACTS = facts.length;

/** Class of neighbour (`Neighbour`) that each act's targets mean, by act · 4 + target; of no meaning for acts on the ground. */
export const targetClass = Uint8Array.from(facts.flatMap(({ targets }) =>
  [0, 1, 2, 3].map((t) => ['kin', 'other', 'hunter'].indexOf(targets[t] ?? 'kin')).map((c) => Math.max(0, c))));

/** 1 for each act that wants a look around. */
export const lookingActs = Uint8Array.from(facts, (_, act) => (act >= Act.follow && act !== Act.reproduce ? 1 : 0));

/** How far a bite or a gift reaches, in steps. */
const REACH = 1.5;
/** Energy in a gift. */
export const GIFT = 4;
/** Ticks for which an attacker is seen as a hunter, after that of the bite. */
export const HUNTER_TICKS = 20;

/** Where the rows of each act begin in a list of all by act, then where the list ends. */
const begins = new Uint32Array(ACTS + 1);

/**
 * Everyone acts, those of one act together: a choice for each row would be a branch that nothing foretells. Nobody's act
 * depends on another's: one moves itself, or is noted among those who graze, bite, give or are willing. A gift leaves the
 * giver now, and what is grazed is digested; all else changes hands in `settle`.
 */
export function performActs(kernel: GrazingKernel, parts: GrazingParts): void {
  const rows = kernel.scratch.words;
  listByAct(kernel, rows);
  parts.biters.count = parts.givers.count = parts.willing.count = 0;
  for (let act = 0; act < ACTS; act++) {
    const end = begins[act + 1];
    for (let from = begins[act]; from < end; from += STRETCH) {
      const to = Math.min(end, from + STRETCH);
      if (act === Act.eat) graze(kernel, parts, rows, from, to);
      else if (act === Act.wander) go(kernel, parts, wander(rows, from, to));
      else if (act === Act.climb) go(kernel, parts, climb(kernel, parts, rows, from, to));
      else if (act === Act.follow || act === Act.attack) go(kernel, parts, approach(kernel, parts, act, rows, from, to));
      else if (act === Act.flee) go(kernel, parts, flee(kernel, parts, rows, from, to));
      else if (act === Act.share) give(kernel, parts, rows, from, to);
      else if (act === Act.reproduce) for (let i = from; i < to; i++) parts.willing.add(rows[i], NOBODY);
      else if (act === Act.mate) court(kernel, parts, rows, from, to);
    }
  }
  feed(kernel, parts, rows);
}

/** Lists the rows by act, those of one act as they lie. */
function listByAct({ pop }: GrazingKernel, rows: Uint32Array): void {
  const { act } = pop.columns;
  begins.fill(0);
  for (let row = 0; row < pop.count; row++) begins[act[row] + 1]++;
  for (let each = 1; each < begins.length; each++) begins[each] += begins[each - 1];
  // each begin goes on to the end of its act, which is the next one's begin
  for (let row = 0; row < pop.count; row++) rows[begins[act[row]]++] = row;
  for (let each = begins.length - 1; each > 0; each--) begins[each] = begins[each - 1];
  begins[0] = 0;
}

function graze({ pop }: GrazingKernel, { grounds }: GrazingParts, rows: Uint32Array, from: number, to: number): void {
  const { x, y, target } = pop.columns;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    const ground = grounds[target[row]];
    ground.takers[ground.cellAt(x[row], y[row])]++;
  }
}

/** What has been grazed is shared and digested. */
function feed({ pop }: GrazingKernel, { grounds, bite, taken, meals, digest }: GrazingParts, rows: Uint32Array): void {
  for (let each = 0; each < grounds.length; each++) taken[each] += grounds[each].harvest(bite);
  meals.fill(0, 0, pop.count);
  digest(rows, begins[Act.eat], begins[Act.eat + 1]);
}

// Of those who go, each function notes the way and returns how many there are.

function wander(rows: Uint32Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    goers[i - from] = rows[i];
    wayX[i - from] = wayY[i - from] = 0;
  }
  return to - from;
}

function climb({ pop, width, height }: GrazingKernel, { grounds }: GrazingParts, rows: Uint32Array, from: number, to: number): number {
  const { x, y, target } = pop.columns;
  const { cols, grain } = grounds[0];
  const halfWidth = width / 2;
  const halfHeight = height / 2;
  let n = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    const ground = grounds[target[row]];
    const here = ground.cellAt(x[row], y[row]);
    const best = bestAround(ground, here);
    if (ground.amount[best] <= ground.amount[here]) continue;
    const col = best % cols;
    let dx = (col + 0.5) * grain - x[row];
    let dy = ((best - col) / cols + 0.5) * grain - y[row];
    if (dx > halfWidth) dx -= width; else if (dx < -halfWidth) dx += width;
    if (dy > halfHeight) dy -= height; else if (dy < -halfHeight) dy += height;
    goers[n] = row;
    wayX[n] = dx;
    wayY[n] = dy;
    stride[n++] = 1;
  }
  return n;
}

function flee({ pop }: GrazingKernel, { sight }: GrazingParts, rows: Uint32Array, from: number, to: number): number {
  const { target } = pop.columns;
  const { way } = sight;
  for (let i = from, n = 0; i < to; i++, n++) {
    const row = rows[i];
    sight.look(row);
    const k = sight.nearest[targetClass[Act.flee * 4 + target[row]]][row];
    way[0] = way[1] = 0;
    if (k !== NOBODY) sight.measure(row, k);
    goers[n] = row;
    wayX[n] = -way[0];
    wayY[n] = -way[1];
    stride[n] = 1;
  }
  return to - from;
}

/** Those who follow, and those who attack: these bite whom they reach. */
function approach({ pop, tick }: GrazingKernel, { sight, cells, biters }: GrazingParts, act: number, rows: Uint32Array, from: number, to: number): number {
  const { target, bites, hunted } = pop.columns;
  const { way } = sight;
  let n = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    sight.look(row);
    const k = sight.nearest[targetClass[act * 4 + target[row]]][row];
    way[0] = way[1] = 0;
    if (k !== NOBODY) sight.measure(row, k);
    const apart = Math.sqrt(way[0] * way[0] + way[1] * way[1]);
    if (act === Act.attack && k !== NOBODY && apart <= REACH) {
      const victim = cells.order[k];
      bites[victim]++;
      biters.add(row, victim);
      hunted[row] = tick;
      continue;
    }
    goers[n] = row;
    wayX[n] = way[0];
    wayY[n] = way[1];
    stride[n++] = Math.min(1, apart);
  }
  return n;
}

function give({ pop }: GrazingKernel, { sight, cells, givers }: GrazingParts, rows: Uint32Array, from: number, to: number): void {
  const { target, energy } = pop.columns;
  const { way } = sight;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    sight.look(row);
    const k = sight.nearest[targetClass[Act.share * 4 + target[row]]][row];
    if (k === NOBODY) continue;
    sight.measure(row, k);
    if (Math.sqrt(way[0] * way[0] + way[1] * way[1]) > REACH || energy[row] <= GIFT) continue;
    givers.add(row, cells.order[k]);
    energy[row] -= GIFT;
  }
}

function court({ pop }: GrazingKernel, { sight, cells, willing }: GrazingParts, rows: Uint32Array, from: number, to: number): void {
  const { target } = pop.columns;
  for (let i = from; i < to; i++) {
    const row = rows[i];
    sight.look(row);
    const k = sight.nearest[targetClass[Act.mate * 4 + target[row]]][row];
    if (k !== NOBODY) willing.add(row, cells.order[k]);
  }
}
