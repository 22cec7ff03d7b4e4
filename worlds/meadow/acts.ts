import { headingOf, headingX, headingY } from '../../core/kernel/compass.ts';
import type { ActFacts } from '../../core/kernel/genomes.ts';
import { drawn, threefry } from '../../core/kernel/random.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import type { MeadowKernel, MeadowParts } from './parts.ts';
import { bestAround } from './senses.ts';

export const actFacts: readonly ActFacts[] = [
  { name: 'rest', sentence: 'Do nothing.', targets: [] },
  { name: 'eat', sentence: 'Graze the ground underfoot; those who graze the same ground share it.', targets: [] },
  { name: 'wander', sentence: 'Go one step, turning a little at random.', targets: [] },
  { name: 'climb', sentence: 'Go one step towards the best grass around.', targets: ['grass'] },
  { name: 'follow', sentence: 'Go one step towards the nearest in sight; wander when there is none.', targets: ['kin', 'other'] },
  { name: 'flee', sentence: 'Go one step away from the nearest in sight; wander when there is none.', targets: ['hunter', 'other', 'kin'] },
  { name: 'attack', sentence: 'Bite the nearest if it is within reach, else chase it.', targets: ['other', 'kin'] },
  { name: 'share', sentence: 'Give the nearest some energy if it is within reach.', targets: ['kin', 'other'] },
  { name: 'reproduce', sentence: 'Conceive a child alone, if there is energy for it.', targets: [] },
  { name: 'mate', sentence: 'Conceive a child with the nearest if it is in sight and there is energy for it.', targets: ['kin', 'other'] },
];

export const Act = { rest: 0, eat: 1, wander: 2, climb: 3, follow: 4, flee: 5, attack: 6, share: 7, reproduce: 8, mate: 9 } as const;

/** Class of neighbour (`Neighbour`) that each act's targets mean, by act · 4 + target. */
export const targetClass = Uint8Array.from(actFacts.flatMap(({ targets }) =>
  [0, 1, 2, 3].map((t) => ['kin', 'other', 'hunter'].indexOf(targets[t] ?? 'kin')).map((c) => Math.max(0, c))));

/** 1 for each act that wants a look around. */
export const lookingActs = Uint8Array.from(actFacts, ({ targets }) => (targets.length > 0 && targets[0] !== 'grass' ? 1 : 0));

/** How far a bite or a gift reaches, in steps. */
const REACH = 1.5;
/** Energy in a gift. */
export const GIFT = 4;
/** Ticks for which an attacker is seen as a hunter, after that of the bite. */
export const HUNTER_TICKS = 20;

/** Moves everyone, and counts who takes, bites and is given to; a gift leaves the giver now, all else changes hands in `settle`. */
export function performActs(kernel: MeadowKernel, parts: MeadowParts): void {
  const { pop, width, height } = kernel;
  const { cells, sight, field } = parts;
  const { x, y, id, act, target, heading, moves, energy, bites, hunted } = pop.columns;
  const { biters, givers, willing } = parts;
  const now = kernel.tick;
  biters.count = 0;
  givers.count = 0;
  willing.count = 0;
  const { order } = cells;
  const takers = field.takers;
  const amount = field.amount;
  const halfWidth = width / 2;
  const halfHeight = height / 2;
  threefry(parts.wanderKey[0], parts.wanderKey[1], kernel.tick, 0);
  const key0 = drawn[0];
  const key1 = drawn[1];
  for (let row = 0; row < pop.count; row++) {
    const chosen = act[row];
    const x0 = x[row];
    const y0 = y[row];
    if (chosen === Act.eat) {
      takers[field.cellAt(x0, y0)]++;
      continue;
    }
    if (chosen === Act.rest) continue;
    if (chosen === Act.reproduce) {
      willing.add(row, NOBODY);
      continue;
    }
    let dx = 0;
    let dy = 0;
    let stride = 1;
    if (chosen === Act.climb) {
      const here = field.cellAt(x0, y0);
      const best = bestAround(field, here);
      if (amount[best] <= amount[here]) continue;
      const col = best % field.cols;
      dx = (col + 0.5) * field.grain - x0;
      dy = ((best - col) / field.cols + 0.5) * field.grain - y0;
      if (dx > halfWidth) dx -= width; else if (dx < -halfWidth) dx += width;
      if (dy > halfHeight) dy -= height; else if (dy < -halfHeight) dy += height;
    } else if (chosen !== Act.wander) {
      sight.look(row);
      const k = sight.nearest[targetClass[chosen * 4 + target[row]]][row];
      if (chosen === Act.mate) {
        if (k !== NOBODY) willing.add(row, order[k]);
        continue;
      }
      if (k !== NOBODY) {
        sight.measure(row, k);
        dx = sight.way[0];
        dy = sight.way[1];
        if (chosen === Act.flee) {
          dx = -dx;
          dy = -dy;
        } else {
          const apart = Math.sqrt(dx * dx + dy * dy);
          if (chosen === Act.share) {
            if (apart <= REACH && energy[row] > GIFT) {
              givers.add(row, order[k]);
              energy[row] -= GIFT;
            }
            continue;
          }
          if (chosen === Act.attack && apart <= REACH) {
            const victim = order[k];
            bites[victim]++;
            biters.add(row, victim);
            hunted[row] = now;
            continue;
          }
          stride = Math.min(1, apart);
        }
      } else if (chosen === Act.share) {
        continue;
      }
    }
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > 0) {
      dx = (dx / length) * stride;
      dy = (dy / length) * stride;
      heading[row] = headingOf(dx, dy);
    } else {
      // wandering, or nobody to follow or flee: keep going, turning by up to 28 of 256
      threefry(key0, key1, id[row], 0);
      const turned = (heading[row] + (drawn[0] % 57) - 28) & 255;
      heading[row] = turned;
      dx = headingX[turned];
      dy = headingY[turned];
    }
    let nx = x0 + dx;
    let ny = y0 + dy;
    if (nx < 0) nx += width; else if (nx >= width) nx -= width;
    if (ny < 0) ny += height; else if (ny >= height) ny -= height;
    x[row] = nx;
    y[row] = ny;
    // storing as 32-bit floats can round up to the edge itself
    if (x[row] >= width) x[row] = 0;
    if (y[row] >= height) y[row] = 0;
    if (moves[row] < 65535) moves[row]++;
  }
}
