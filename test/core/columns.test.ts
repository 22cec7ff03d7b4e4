import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headingOf, headingX, headingY } from '../../core/kernel/compass.ts';
import { Eggs } from '../../core/kernel/eggs.ts';
import { Population, commonColumns } from '../../core/kernel/population.ts';
import { sortRowsById } from '../../core/kernel/sort.ts';
import { createBirths, open } from '../../core/kernel/tick-events.ts';
import { seeded } from './seeded.ts';

/** An organism as a plain object, to compare the columns with. */
type Plain = Record<string, number | number[]>;

const REGISTERS = 3;
const extra = { weight: 'f32', steps: 'u16', mood: 'u8', mark: 'u32' } as const;
const names = Object.keys({ ...commonColumns, ...extra });

function rowOf(pop: Population<typeof extra>, row: number): Plain {
  const columns = pop.columns as unknown as Record<string, ArrayLike<number>>;
  const plain: Plain = {};
  for (const name of names) plain[name] = columns[name]![row]!;
  plain['memory'] = Array.from(pop.memory.subarray(row * REGISTERS, (row + 1) * REGISTERS));
  return plain;
}

function fill(pop: Population<typeof extra>, row: number, value: number): void {
  const columns = pop.columns as unknown as Record<string, Record<number, number>>;
  names.forEach((name, i) => { columns[name]![row] = (value * 31 + i * 7) % 251; });
  for (let r = 0; r < REGISTERS; r++) pop.memory[row * REGISTERS + r] = value + r / 4;
}

type Step = { kind: 'add' } | { kind: 'remove'; at: number } | { kind: 'arrange'; keys: number[] };
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.constant<Step>({ kind: 'add' }), weight: 4 },
  { arbitrary: fc.nat(1000).map((at): Step => ({ kind: 'remove', at })), weight: 2 },
  { arbitrary: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }).map((keys): Step => ({ kind: 'arrange', keys })), weight: 1 },
);

describe('columns', () => {
  it('[K4] adding, removing and arranging rows does what it would do to a list of objects', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pop = new Population(extra, 20, REGISTERS);
      const list: Plain[] = [];
      let next = 1;
      for (const each of steps) {
        if (each.kind === 'add') {
          if (pop.count === pop.capacity) continue;
          const row = pop.add();
          expect(row).toBe(list.length);
          for (const value of Object.values(rowOf(pop, row)).flat()) expect(value).toBe(0);
          fill(pop, row, next++);
          list.push(rowOf(pop, row));
        } else if (each.kind === 'remove') {
          if (list.length === 0) continue;
          const row = each.at % list.length;
          pop.remove(row);
          const last = list.pop()!;
          if (row < list.length) list[row] = last;
        } else {
          const order = list.map((_, row) => row).sort((a, b) => each.keys[a]! - each.keys[b]! || a - b);
          // whatever stands in the order behind the live rows is not read
          pop.arrange(Uint32Array.from([...order, 99, 98]), new Uint32Array(20));
          list.splice(0, list.length, ...order.map((row) => list[row]!));
        }
        expect(pop.count).toBe(list.length);
        for (let row = 0; row < list.length; row++) expect(rowOf(pop, row)).toEqual(list[row]);
      }
    }), seeded(60));
  });

  it('[K4] a population says how many bytes it holds', () => {
    const pop = new Population({}, 100, 2);
    const organism = Object.values(commonColumns).reduce((sum, kind) => sum + { f32: 4, u32: 4, u16: 2, u8: 1 }[kind], 0);
    expect(pop.bytes).toBe(100 * (organism + 2 * 4));
  });

  it('[K15] sorting rows by id agrees with a sort that may allocate, for short and long lists', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 200 }), fc.infiniteStream(fc.nat()), (n, keys) => {
      const id = Uint32Array.from({ length: n }, (_, i) => i * 3 + 1);
      const rows = Uint32Array.from(Array.from(id.keys(), (row) => ({ row, key: keys.next().value as number })).sort((a, b) => a.key - b.key).map(({ row }) => row));
      const wanted = Array.from(rows).sort((a, b) => id[a]! - id[b]!);
      // entries behind the first n are not the sort's to touch
      const padded = new Uint32Array(n + 2).fill(77);
      padded.set(rows);
      sortRowsById(padded, n, id, new Uint32Array(n + 2));
      expect(Array.from(padded)).toEqual([...wanted, 77, 77]);
    }), seeded(120));
  });

  it('[G1] eggs come out in the order they went in, round a ring that grows', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 80 }), (moves) => {
      const eggs = new Eggs(3);
      const list: number[][] = [];
      let next = 100;
      for (const move of moves) {
        if (move > 0) {
          const entry = eggs.lay();
          eggs.child[entry] = next;
          eggs.x[entry] = next / 4;
          eggs.tag[entry] = next & 255;
          list.push([next, next / 4, next++ & 255]);
        } else if (list.length > 0) {
          const entry = eggs.take();
          expect([eggs.child[entry], eggs.x[entry], eggs.tag[entry]]).toEqual(list.shift());
        }
        expect(eggs.count).toBe(list.length);
        expect(Array.from(list, ([child]) => child)).toEqual(Array.from({ length: eggs.count }, (_, i) => eggs.child[(eggs.head + i) % eggs.capacity]));
      }
    }), seeded(60));
  });

  it('[K4] a ring of eggs that a wave has filled shrinks when it is over, and loses nothing', () => {
    const eggs = new Eggs(3);
    const lay = (child: number): void => {
      const entry = eggs.lay();
      eggs.child[entry] = child;
    };
    for (let child = 0; child < 20_000; child++) lay(child);
    for (let child = 0; child < 15_000; child++) expect(eggs.child[eggs.take()]).toBe(child);
    const filled = eggs.bytes;
    lay(20_000);
    expect(eggs.bytes).toBeLessThan(filled / 2);
    for (let child = 15_000; child <= 20_000; child++) expect(eggs.child[eggs.take()]).toBe(child);
    expect(eggs.count).toBe(0);
    eggs.lay();
    expect(eggs.count).toBeLessThan(eggs.capacity);
  });

  it('[K4] the lists of a tick grow as needed and keep what they hold', () => {
    const births = createBirths();
    for (let i = 0; i < 1000; i++) {
      const n = open(births);
      births.id[n] = i;
      births.x[n] = i / 2;
      births.tag[n] = i & 255;
    }
    expect(births.count).toBe(1000);
    expect(Array.from(births.id.subarray(0, 1000))).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([births.x[999], births.tag[999], births.genome.length]).toEqual([499.5, 999 & 255, 1024]);
  });
});

describe('compass', () => {
  it('[K11] every heading points one step far, and back at itself', () => {
    for (let h = 0; h < 256; h++) {
      const x = headingX[h]!;
      const y = headingY[h]!;
      expect(Math.abs(Math.sqrt(x * x + y * y) - 1)).toBeLessThan(1e-15);
      // a hair further round, because the boundary between two headings may fall to either by rounding
      const near = headingOf(x - y * 1e-9, y + x * 1e-9);
      expect(near).toBe(h);
    }
  });

  it('[K11] headings turn clockwise from east with y down, and differ from the true angle by less than 4.1 degrees and the width of a heading', () => {
    expect([headingOf(1, 0), headingOf(0, 1), headingOf(-1, 0), headingOf(0, -1), headingOf(0, 0)]).toEqual([0, 64, 128, 192, 0]);
    for (let degrees = 0; degrees < 360; degrees += 0.5) {
      const angle = (degrees * Math.PI) / 180;
      const off = Math.abs(headingOf(Math.cos(angle), Math.sin(angle)) * (360 / 256) - degrees);
      expect(Math.min(off, 360 - off)).toBeLessThan(4.1 + 360 / 256);
    }
  });

  it('[K11] any direction, however long or short, has a heading of 0 to 255', () => {
    fc.assert(fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: -1e6, max: 1e6, noNaN: true }), (dx, dy) => {
      const h = headingOf(dx, dy);
      expect(Number.isInteger(h) && h >= 0 && h < 256).toBe(true);
      const length = Math.sqrt(dx * dx + dy * dy);
      if (length > 1e-100) expect((headingX[h]! * dx + headingY[h]! * dy) / length).toBeGreaterThan(0.99);
    }), seeded(300));
  });
});
