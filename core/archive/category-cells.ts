import type { Tessellation } from './tessellation.ts';

/**
 * A cell for each combination of categories, row-major. A measure is the number of its category, counted from 0 in the
 * order given; `codesOf` reads names. A category that is not there is an error: nothing is nearest to it.
 */
export class CategoryCells implements Tessellation {
  readonly kind = 'categorical';
  readonly cells: number;
  readonly measureCount: number;
  readonly categories: readonly (readonly string[])[];

  constructor(categories: readonly (readonly string[])[]) {
    if (categories.length === 0) throw new RangeError('A categorical archive needs at least one measure.');
    categories.forEach((names, m) => {
      if (names.length === 0) throw new RangeError(`Measure ${m} has no categories; it needs at least one.`);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) throw new RangeError(`Measure ${m} has the category ${JSON.stringify(twice)} twice.`);
    });
    this.categories = categories.map((names) => [...names]);
    this.measureCount = categories.length;
    this.cells = categories.reduce((product, names) => product * names.length, 1);
  }

  cellOf(measures: ArrayLike<number>, from = 0): number {
    let cell = 0;
    for (let m = 0; m < this.measureCount; m++) {
      const count = this.categories[m]!.length;
      const code = measures[from + m]!;
      if (!(Number.isInteger(code) && code >= 0 && code < count)) {
        throw new RangeError(`Candidate ${from / this.measureCount} has category ${code} of measure ${m}; there are ${count}, counted from 0.`);
      }
      cell = cell * count + code;
    }
    return cell;
  }

  cellsOf(count: number, measures: Float64Array, out: Int32Array): void {
    for (let i = 0; i < count; i++) out[i] = this.cellOf(measures, i * this.measureCount);
  }

  /** Numbers of named categories, one for each measure. */
  codesOf(...names: readonly string[]): number[] {
    return this.categories.map((known, m) => {
      const code = known.indexOf(names[m] ?? '');
      if (code < 0) throw new RangeError(`Measure ${m} has no category ${JSON.stringify(names[m])}; it has ${known.join(', ')}.`);
      return code;
    });
  }

  /** Names of the categories that a cell stands for. */
  namesOf(cell: number): string[] {
    const names = new Array<string>(this.measureCount);
    let rest = cell;
    for (let m = this.measureCount - 1; m >= 0; m--) {
      const known = this.categories[m]!;
      names[m] = known[rest % known.length]!;
      rest = Math.floor(rest / known.length);
    }
    return names;
  }

  /** The commonest category of each measure, the first among equals: a mean of categories says nothing. */
  typical(points: readonly (readonly number[])[]): number[] {
    return this.categories.map((names, m) => {
      const counts = names.map((_, code) => points.filter((point) => point[m] === code).length);
      return counts.indexOf(Math.max(...counts));
    });
  }

  form(): { kind: string; categories: readonly (readonly string[])[] } {
    return { kind: this.kind, categories: this.categories };
  }
}
