import type { Kernel } from '../core/kernel/kernel.ts';
import { operatorNames } from '../core/kernel/tick-events.ts';
import type { HueFacts } from './facts.ts';

/** Writes a byte an organism, row by row; `from` and `to` are what 0 and 255 stand for. */
export interface Hue {
  readonly facts: HueFacts;
  paint(into: Uint8Array): { from: number; to: number };
  /** The same from an organism's look and vigour, as frames keep them; absent where these do not tell. */
  ofKept?(look: number, vigour: number): number;
}

/** What the organisms of a world can be coloured by; the first is the default. */
export function huesOf(kernel: Kernel): Hue[] {
  const { world } = kernel;
  const c = kernel.pop.columns;
  const fixed: Pick<HueFacts, 'unit' | 'labels' | 'held'> = { unit: '', labels: [], held: false };
  const life = new Float32Array(3);
  return [
    {
      facts: { ...fixed, name: 'kin', title: 'Kin mark', sentence: 'The heritable kin mark: relatives look alike.', kind: 'circular', lower: 0, upper: 255, held: true },
      paint: (into) => {
        into.set(c.tag.subarray(0, into.length));
        return { from: 0, to: 255 };
      },
    },
    {
      facts: { ...fixed, name: 'lineage', title: 'Lineage', sentence: 'The founder at the root of the line of first parents; every lineage has a hue of its own.', kind: 'circular', lower: 0, upper: 255 },
      paint: (into) => {
        // the golden ratio's share of a turn from each founder to the next: neighbours in number lie far apart in hue
        for (let row = 0; row < into.length; row++) into[row] = Math.imul(c.lineage[row]!, 0x9e3779b1) >>> 24;
        return { from: 0, to: 255 };
      },
    },
    {
      facts: { ...fixed, name: 'energy', title: 'Energy', sentence: 'Energy stored in the body.', unit: 'energy', kind: 'linear', lower: 0, upper: world.energyFull, held: true },
      paint: (into) => paintLinear(into, 0, world.energyFull, (row) => c.energy[row]!),
      ofKept: (_look, vigour) => (vigour >> 4) * 17,
    },
    {
      facts: { ...fixed, name: 'age', title: 'Age', sentence: 'Ticks since birth.', unit: 'ticks', kind: 'linear', lower: 0, upper: null },
      paint: (into) => {
        let most = 0;
        for (let row = 0; row < into.length; row++) most = Math.max(most, kernel.tick - c.bornAt[row]!);
        return paintLinear(into, 0, roundedUp(most), (row) => kernel.tick - c.bornAt[row]!);
      },
    },
    {
      facts: { ...fixed, name: 'children', title: 'Children', sentence: 'Children conceived so far.', kind: 'linear', lower: 0, upper: null },
      paint: (into) => {
        let most = 0;
        for (let row = 0; row < into.length; row++) most = Math.max(most, c.children[row]!);
        return paintLinear(into, 0, roundedUp(most), (row) => c.children[row]!);
      },
    },
    {
      facts: { ...fixed, name: 'operator', title: 'Operator', sentence: 'Who wrote the genome.', kind: 'category', lower: 0, upper: 255, labels: [...operatorNames] },
      paint: (into) => {
        into.set(c.operator.subarray(0, into.length));
        return { from: 0, to: 255 };
      },
    },
    {
      facts: { ...fixed, name: 'act', title: 'Act', sentence: 'What it did last.', kind: 'category', lower: 0, upper: 255, labels: world.vocabulary.acts.map(({ name }) => name), held: true },
      paint: (into) => {
        into.set(c.act.subarray(0, into.length));
        return { from: 0, to: 255 };
      },
      ofKept: (look) => look & 31,
    },
    ...world.measures.map(({ name, sentence, lower, upper }, index): Hue => ({
      facts: { ...fixed, name, title: name[0]!.toUpperCase() + name.slice(1), sentence, kind: 'linear', lower, upper },
      paint: (into) => paintLinear(into, lower, upper, (row) => {
        kernel.parts.lifeOf(row, life);
        return life[1 + index]!;
      }),
    })),
  ];
}

function paintLinear(into: Uint8Array, from: number, to: number, read: (row: number) => number): { from: number; to: number } {
  const scale = to > from ? 255 / (to - from) : 0;
  for (let row = 0; row < into.length; row++) {
    const value = (read(row) - from) * scale;
    into[row] = value > 0 ? Math.min(255, value) : 0;
  }
  return { from, to };
}

/** The next of 10, 20, 50, 100, … so that colours do not shift with every tick. */
function roundedUp(most: number): number {
  for (let ten = 10; ; ten *= 10) {
    for (const step of [1, 2, 5]) if (most <= ten * step) return ten * step;
  }
}
