import type { SenseFacts, SenseReader } from '../../core/kernel/genomes.ts';
import type { Field } from '../../core/kernel/field.ts';
import { Neighbour } from '../../core/kernel/sight.ts';
import { LONG_AGO, ticksSince, type GrazingKernel, type GrazingParts } from './parts.ts';

/** What a distance sense reads when there is nobody in sight. */
const NONE = 99;

export type Bound = (kernel: GrazingKernel, parts: GrazingParts) => SenseReader;

/** A sense: what it says, how it is read, and whether one has to look around for it. */
export type GrazingSense = SenseFacts & { bind: Bound; looks?: true };

const body: readonly GrazingSense[] = [
  { name: 'energy', sentence: 'Energy stored in the body; it dies at 0.', unit: '', lower: 0, upper: 100,
    bind: ({ pop }) => {
      const { energy } = pop.columns;
      return (rows, count, readings) => { for (let i = 0; i < count; i++) readings[i] = energy[rows[i]]; };
    } },
  { name: 'age', sentence: 'Ticks since birth.', unit: 'ticks', lower: 0, upper: 300,
    bind: (kernel) => {
      const { bornAt } = kernel.pop.columns;
      return (rows, count, readings) => { for (let i = 0, now = kernel.tick; i < count; i++) readings[i] = now - bornAt[rows[i]]; };
    } },
];

const others: readonly GrazingSense[] = [
  { name: 'kin.near', sentence: 'Distance to the nearest kin; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    looks: true, bind: distanceTo(Neighbour.kin) },
  { name: 'other.near', sentence: 'Distance to the nearest organism that is no kin; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    looks: true, bind: distanceTo(Neighbour.other) },
  { name: 'hunter.near', sentence: 'Distance to the nearest organism that has lately attacked someone; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    looks: true, bind: distanceTo(Neighbour.hunter) },
  { name: 'crowd', sentence: 'How many others are in sight.', unit: '', lower: 0, upper: 20,
    looks: true, bind: counted((sight) => sight.crowd) },
  { name: 'hear.red', sentence: 'How many in sight send the red signal.', unit: '', lower: 0, upper: 5,
    looks: true, bind: counted((sight) => sight.heard[1]) },
  { name: 'hear.blue', sentence: 'How many in sight send the blue signal.', unit: '', lower: 0, upper: 5,
    looks: true, bind: counted((sight) => sight.heard[2]) },
  { name: 'hurt', sentence: 'Ticks since it was last bitten; 99 when that is long ago or never was.', unit: 'ticks', lower: 0, upper: 99,
    bind: (kernel) => {
      const { hurt } = kernel.pop.columns;
      return (rows, count, readings) => {
        for (let i = 0, last = kernel.tick - 1; i < count; i++) readings[i] = Math.min(LONG_AGO - 1, ticksSince(hurt[rows[i]], last));
      };
    } },
];

function distanceTo(neighbour: number): Bound {
  return (_, { sight }) => (rows, count, readings) => sight.readDistances(rows, count, neighbour, NONE, readings);
}

function counted(column: (sight: GrazingParts['sight']) => Uint16Array): Bound {
  return (_, { sight }) => {
    const counts = column(sight);
    return (rows, count, readings) => {
      for (let i = 0; i < count; i++) {
        sight.look(rows[i]);
        readings[i] = counts[rows[i]];
      }
    };
  };
}

/** What is felt of the ground with this index. */
function ofGround(name: string, index: number): GrazingSense[] {
  const title = name[0].toUpperCase() + name.slice(1);
  return [
    { name: `${name}.here`, sentence: `${title} on the ground underfoot, of the most that any ground can bear.`, unit: '%', lower: 0, upper: 100,
      bind: ({ pop }, { grounds }) => {
        const { x, y } = pop.columns;
        const ground = grounds[index];
        const { amount } = ground;
        return (rows, count, readings) => { for (let i = 0; i < count; i++) readings[i] = 100 * amount[ground.cellAt(x[rows[i]], y[rows[i]])]; };
      } },
    { name: `${name}.near`, sentence: `${title} on the best of the eight pieces of ground around.`, unit: '%', lower: 0, upper: 100,
      bind: ({ pop }, { grounds }) => {
        const { x, y } = pop.columns;
        const ground = grounds[index];
        const { amount } = ground;
        return (rows, count, readings) => { for (let i = 0; i < count; i++) readings[i] = 100 * amount[bestAround(ground, ground.cellAt(x[rows[i]], y[rows[i]]))]; };
      } },
  ];
}

/** What grazers of these grounds sense: of themselves, of each ground, of others. */
export function grazingSenses(grounds: readonly string[]): readonly GrazingSense[] {
  return [...body, ...grounds.flatMap(ofGround), ...others];
}

export function factsOf(senses: readonly GrazingSense[]): readonly SenseFacts[] {
  return senses.map(({ bind: _, looks: __, ...facts }) => facts);
}

/** Cell with the most among the eight around a cell; the first of equals, row by row from the north-west. */
export function bestAround(field: Field, here: number): number {
  const { cols, rows, amount } = field;
  const cy = (here / cols) | 0;
  const cx = here - cy * cols;
  const west = cx === 0 ? cols - 1 : cx - 1;
  const east = cx === cols - 1 ? 0 : cx + 1;
  const north = (cy === 0 ? rows - 1 : cy - 1) * cols;
  const middle = cy * cols;
  const south = (cy === rows - 1 ? 0 : cy + 1) * cols;
  let best = north + west;
  let most = amount[best];
  let cell = north + cx;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = north + east;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = middle + west;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = middle + east;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = south + west;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = south + cx;
  if (amount[cell] > most) { best = cell; most = amount[cell]; }
  cell = south + east;
  if (amount[cell] > most) best = cell;
  return best;
}
