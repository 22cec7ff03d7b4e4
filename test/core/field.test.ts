import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Field } from '../../core/kernel/field.ts';
import { seeded } from './seeded.ts';

const shapes = fc.record({ cols: fc.integer({ min: 1, max: 9 }), rows: fc.integer({ min: 1, max: 9 }), grain: fc.constantFrom(1, 2) });
const amounts = fc.infiniteStream(fc.float({ min: 0, max: 1, noNaN: true }));

function filled({ cols, rows, grain }: { cols: number; rows: number; grain: number }, values: Iterator<number>): Field {
  const field = new Field(cols * grain, rows * grain, grain);
  for (let i = 0; i < field.amount.length; i++) {
    field.richness[i] = 255 * (values.next().value as number);
    field.amount[i] = values.next().value as number;
  }
  return field;
}

/** The same tick with a second buffer, cell by cell. */
function reference({ cols, rows, amount, richness }: Field, rate: number, spread: number): Float32Array {
  const at = (c: number, r: number): number => amount[((r + rows) % rows) * cols + ((c + cols) % cols)]!;
  return Float32Array.from(amount, (here, i) => {
    const c = i % cols;
    const r = (i - c) / cols;
    const flow = (spread / 4) * (at(c - 1, r) + at(c + 1, r) + at(c, r - 1) + at(c, r + 1) - 4 * here);
    return here + flow + rate * (richness[i]! / 255 - here);
  });
}

const sum = (list: Iterable<number>): number => Array.from(list).reduce((total, value) => total + value, 0);

describe('field', () => {
  it('[K7] a tick in place equals one with a second buffer, to the bit', () => {
    fc.assert(fc.property(shapes, amounts, fc.constantFrom(0, 0.06, 0.1), fc.constantFrom(0, 0.02, 0.5), (shape, values, rate, spread) => {
      const field = filled(shape, values);
      for (let tick = 0; tick < 3; tick++) {
        const wanted = reference(field, rate, spread);
        field.regrow(rate, spread);
        expect(Array.from(field.amount)).toEqual(Array.from(wanted));
      }
    }), seeded(100));
  });

  it('[K7] diffusion alone makes nothing and loses nothing', () => {
    fc.assert(fc.property(shapes, amounts, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (shape, values, spread) => {
      const field = filled(shape, values);
      const before = sum(field.amount);
      for (let tick = 0; tick < 20; tick++) field.regrow(0, spread);
      expect(Math.abs(sum(field.amount) - before)).toBeLessThanOrEqual(1e-6 * field.amount.length);
    }), seeded(60));
  });

  it('[K7] amounts stay between nothing and the most that any ground bears, and rise to what their own ground bears without spread', () => {
    fc.assert(fc.property(shapes, amounts, (shape, values) => {
      const field = filled(shape, values);
      for (let tick = 0; tick < 30; tick++) {
        field.regrow(0.1, 0.5);
        for (const amount of field.amount) expect(amount >= 0 && amount <= 1).toBe(true);
      }
      for (let tick = 0; tick < 400; tick++) field.regrow(0.1, 0);
      for (let i = 0; i < field.amount.length; i++) expect(field.amount[i]).toBeCloseTo(field.richness[i]! / 255, 5);
    }), seeded(20));
  });

  it('[K7] patches are a function of the key: the same twice, others under another key, some of it bare', () => {
    const paint = (key: number, bare = 0.35): Field => {
      const field = new Field(128, 96, 2);
      field.paintPatches(key, 99, 24, bare);
      return field;
    };
    expect(Array.from(paint(1).richness)).toEqual(Array.from(paint(1).richness));
    expect(Array.from(paint(1).richness)).not.toEqual(Array.from(paint(2).richness));
    const { richness } = paint(3);
    expect(Math.min(...richness)).toBe(0);
    expect(Math.max(...richness)).toBeGreaterThan(128);
    const empty = (field: Field): number => field.richness.filter((value) => value === 0).length;
    expect(empty(paint(3, 0.6))).toBeGreaterThan(empty(paint(3, 0.2)));
  });

  it('[K7] patches run on across the seams: no step there is larger than the largest inside', () => {
    const field = new Field(64, 64, 1);
    field.paintPatches(5, 6, 32, 0);
    const { cols, rows, richness } = field;
    let inside = 0;
    let seam = 0;
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c + 1 < cols; c++) inside = Math.max(inside, Math.abs(richness[r * cols + c]! - richness[r * cols + c + 1]!));
      seam = Math.max(seam, Math.abs(richness[r * cols]! - richness[r * cols + cols - 1]!));
    }
    expect(seam).toBeLessThanOrEqual(inside * 1.5);
  });

  it('[K7] a place lies in the cell that covers it', () => {
    const field = new Field(20, 10, 2);
    expect([field.cols, field.rows]).toEqual([10, 5]);
    expect([[0, 0], [1.99, 1.99], [2, 0], [19.99, 9.99], [0, 2]].map(([x, y]) => field.cellAt(x!, y!))).toEqual([0, 0, 1, 49, 10]);
  });
});
