import type { Packable } from '../kernel/packed.ts';
import type { PayloadTable } from './saved.ts';

/** Up to `depth` solutions for each cell, in an order that its user keeps, each with `stride` numbers. */
export class Shelves<T> {
  readonly depth: number;
  readonly stride: number;
  readonly count: Uint32Array;
  /** Numbers of the solution at a rank of a cell begin at `at(cell, rank)`. */
  readonly numbers: Float64Array;
  private readonly solutions: (T | undefined)[];

  constructor(cells: number, depth: number, stride: number) {
    this.depth = depth;
    this.stride = stride;
    this.count = new Uint32Array(cells);
    this.numbers = new Float64Array(cells * depth * stride);
    this.solutions = new Array<T | undefined>(cells * depth).fill(undefined);
  }

  at(cell: number, rank: number): number {
    return (cell * this.depth + rank) * this.stride;
  }

  solution(cell: number, rank: number): T {
    return this.solutions[cell * this.depth + rank] as T;
  }

  /** Puts a solution at a rank; those from there on move up. The shelf must have room. */
  insert(cell: number, rank: number, solution: T, ...numbers: readonly number[]): void {
    const { depth, stride, count, solutions } = this;
    const last = cell * depth + count[cell]!++;
    for (let place = last; place > cell * depth + rank; place--) solutions[place] = solutions[place - 1];
    solutions[cell * depth + rank] = solution;
    const from = this.at(cell, rank);
    this.numbers.copyWithin(from + stride, from, last * stride);
    this.numbers.set(numbers, from);
  }

  /** Takes out the solution at a rank; those behind it move down. */
  remove(cell: number, rank: number): void {
    const { depth, stride, count, solutions } = this;
    const last = cell * depth + --count[cell]!;
    for (let place = cell * depth + rank; place < last; place++) solutions[place] = solutions[place + 1];
    solutions[last] = undefined;
    const from = this.at(cell, rank);
    this.numbers.copyWithin(from, from + stride, (last + 1) * stride);
  }

  state(table: PayloadTable<T>): Packable {
    const { count, stride } = this;
    const numbers: Float64Array[] = [];
    const solutions: T[] = [];
    for (let cell = 0; cell < count.length; cell++) {
      numbers.push(this.numbers.subarray(this.at(cell, 0), this.at(cell, count[cell]!)));
      for (let rank = 0; rank < count[cell]!; rank++) solutions.push(this.solution(cell, rank));
    }
    const flat = new Float64Array(solutions.length * stride);
    let from = 0;
    for (const each of numbers) {
      flat.set(each, from);
      from += each.length;
    }
    return { count, numbers: flat, solutions: table.numbers(solutions) };
  }

  restore({ count, numbers, solutions }: { count: Uint32Array; numbers: Float64Array; solutions: Uint32Array }, known: readonly T[]): void {
    let next = 0;
    for (let cell = 0; cell < this.count.length; cell++) {
      const n = count[cell]!;
      this.numbers.set(numbers.subarray(next * this.stride, (next + n) * this.stride), this.at(cell, 0));
      for (let rank = 0; rank < n; rank++) this.solutions[cell * this.depth + rank] = known[solutions[next++]!]!;
      this.count[cell] = n;
    }
  }
}
