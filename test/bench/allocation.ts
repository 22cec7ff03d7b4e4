import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Kernel } from '../../core/kernel/kernel.ts';
import { createInstincts } from '../../agents/instincts/index.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';

/**
 * Prints how many bytes an organism-step of a steady meadow leaves on the heap. Run it with a young generation so large
 * that nothing is collected meanwhile: `node --max-semi-space-size=256 --min-semi-space-size=256 --import tsx
 * test/bench/allocation.ts`. Nobody is born and nobody dies, because what happens is told in lists that may grow.
 *
 * A benchmark and no test, because the answer has two modes: under 1 byte where the compiler takes the sense readers
 * into the interpreter's loop, about 7 where it does not and some of their readings are boxed (12 bytes each).
 */
const ORGANISMS = 2000;
const TICKS = 100;
/** Bytes an organism-step that need no further look. */
const ENOUGH = 2;
const genomes = createInstincts(meadow.vocabulary);
const parameters = resolveParameters(meadow.parameters, {
  size: 256, founders: ORGANISMS, capacity: ORGANISMS, costOfLiving: 0, costOfMoving: 0, crowding: 0, attackDamage: 0, lifespan: 10_000,
});
const kernel = new Kernel({ world: meadow, parameters, seed: 3, genomes });
const written = [
  'when grass.here > 30% -> eat\nwhen kin.near < 2 steps -> flee kin, signal red\nwhen chance 20% -> wander\notherwise -> climb grass',
  'when other.near < 1 steps -> attack other\nwhen hear.red > 0 and crowd < 5 -> follow other, add 1 to a\notherwise -> eat',
  'when memory.a > 3 -> rest, set a to energy\nwhen hurt < 9 ticks -> share kin\notherwise -> wander, add 1 to a',
];
for (let i = 0; i < ORGANISMS; i++) kernel.found(written[i % 3]!, (i * 37) % 256, (i * 101) % 256, 50, (i * 11) & 255);

const deliveries = new Map<number, never>();
const grown: number[] = [];
// the least of many: numbers live on the heap until the code that handles them is compiled, and when that is, the machine decides
for (let window = 0; window < 30 && Math.min(...grown) >= ENOUGH * ORGANISMS * TICKS; window++) {
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < TICKS; i++) kernel.step(deliveries);
  const after = process.memoryUsage().heapUsed;
  if (after > before) grown.push(after - before);
}
console.log(JSON.stringify({ population: kernel.pop.count, bytesPerOrganismStep: Math.min(...grown) / TICKS / ORGANISMS }));
