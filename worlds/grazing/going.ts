import { headingOf, headingX, headingY } from '../../core/kernel/compass.ts';
import { drawn, threefry } from '../../core/kernel/random.ts';
import type { GrazingKernel, GrazingParts } from './parts.ts';

/** Most rows that go at a time: so few that what is noted of them stays in the cache. */
export const STRETCH = 2048;

/** Rows that are about to go, with room for one that is noted and then does not. */
export const goers = new Uint32Array(STRETCH + 1);
/** Where each of them wants to go from where it stands, in steps east and south; 0, 0 is nowhere, and it wanders. */
export const wayX = new Float64Array(STRETCH + 1);
export const wayY = new Float64Array(STRETCH + 1);
/** How far each goes that way, in steps; not read of those who wander. */
export const stride = new Float64Array(STRETCH + 1);

/** Moves the first `count` goers. */
export function go({ pop, width, height, tick }: GrazingKernel, { wanderKey }: GrazingParts, count: number): void {
  const { x, y, id, heading, moves } = pop.columns;
  threefry(wanderKey[0], wanderKey[1], tick, 0);
  const key0 = drawn[0];
  const key1 = drawn[1];
  for (let i = 0; i < count; i++) {
    const row = goers[i];
    let dx = wayX[i];
    let dy = wayY[i];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length > 0) {
      dx = (dx / length) * stride[i];
      dy = (dy / length) * stride[i];
      heading[row] = headingOf(dx, dy);
    } else {
      // keep going, turning by up to 28 of 256
      threefry(key0, key1, id[row], 0);
      const turned = (heading[row] + (drawn[0] % 57) - 28) & 255;
      heading[row] = turned;
      dx = headingX[turned];
      dy = headingY[turned];
    }
    let nx = x[row] + dx;
    let ny = y[row] + dy;
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
