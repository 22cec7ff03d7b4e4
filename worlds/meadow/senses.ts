import type { SenseFacts, SenseReader } from '../../core/kernel/genomes.ts';
import { Neighbour } from '../../core/kernel/sight.ts';
import type { MeadowKernel, MeadowParts } from './parts.ts';

/** What a distance sense reads when there is nobody in sight. */
const NONE = 99;

type Bound = (kernel: MeadowKernel, parts: MeadowParts) => SenseReader;

/** Every sense in one place: what it says, and how it is read. */
const senses: readonly (SenseFacts & { bind: Bound })[] = [
  { name: 'energy', sentence: 'Energy stored in the body; it dies at 0.', unit: '', lower: 0, upper: 100,
    bind: ({ pop }) => { const { energy } = pop.columns; return (row) => energy[row]; } },
  { name: 'age', sentence: 'Ticks since birth.', unit: 'ticks', lower: 0, upper: 300,
    bind: (kernel) => { const { bornAt } = kernel.pop.columns; return (row) => kernel.tick - bornAt[row]; } },
  { name: 'grass.here', sentence: 'Grass on the ground underfoot, of the most that any ground can bear.', unit: '%', lower: 0, upper: 100,
    bind: ({ pop }, { field }) => { const { x, y } = pop.columns; const { amount } = field; return (row) => 100 * amount[field.cellAt(x[row], y[row])]; } },
  { name: 'grass.near', sentence: 'Grass on the best of the eight pieces of ground around.', unit: '%', lower: 0, upper: 100,
    bind: ({ pop }, { field }) => { const { x, y } = pop.columns; const { amount } = field; return (row) => 100 * amount[bestAround(field, x[row], y[row])]; } },
  { name: 'kin.near', sentence: 'Distance to the nearest kin; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.distance(Neighbour.kin, NONE); } },
  { name: 'other.near', sentence: 'Distance to the nearest organism that is no kin; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.distance(Neighbour.other, NONE); } },
  { name: 'hunter.near', sentence: 'Distance to the nearest organism that has lately attacked someone; 99 when none is in sight.', unit: 'steps', lower: 0, upper: 5,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.distance(Neighbour.hunter, NONE); } },
  { name: 'crowd', sentence: 'How many others are in sight.', unit: '', lower: 0, upper: 20,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.crowd; } },
  { name: 'hear.red', sentence: 'How many in sight send the red signal.', unit: '', lower: 0, upper: 5,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.heard[1]; } },
  { name: 'hear.blue', sentence: 'How many in sight send the blue signal.', unit: '', lower: 0, upper: 5,
    bind: (_, { sight }) => (row) => { sight.look(row); return sight.heard[2]; } },
  { name: 'hurt', sentence: 'Ticks since it was last bitten; 99 when that is long ago or never was.', unit: 'ticks', lower: 0, upper: 99,
    bind: ({ pop }) => { const { hurt } = pop.columns; return (row) => hurt[row]; } },
];

export const senseFacts: readonly SenseFacts[] = senses.map(({ bind: _, ...facts }) => facts);

export function bindSenses(kernel: MeadowKernel, parts: MeadowParts): SenseReader[] {
  return senses.map((sense) => sense.bind(kernel, parts));
}

/** Cell with the most grass among the eight around a place; the first of equals, row by row from the north-west. */
export function bestAround(field: MeadowParts['field'], x: number, y: number): number {
  const { cols, rows, grain, amount } = field;
  const cx = (x / grain) | 0;
  const cy = (y / grain) | 0;
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
