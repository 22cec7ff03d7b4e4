/** From values to places in a picture. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round values along it. */
  readonly ticks: readonly number[];
  place(value: number): number;
}

export interface ScaleOptions {
  /** Places of the low and the high end. */
  from: number;
  to: number;
  /** About so many ticks. */
  ticks?: number;
  /** Ends at round values. */
  round?: boolean;
  /** Begins at 0 where the values come near it. */
  zero?: boolean;
}

const FARTHEST = 1e200;
/** Off any picture. */
const FAR_OUT = 1e5;

/** A linear scale over all finite values given; of one value, or none, a little room around it. */
export function scaleOver(values: Iterable<number>, { from, to, ticks = 5, round = true, zero = false }: ScaleOptions): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    // what is further off than this no axis can reach in numbers
    if (!(Math.abs(value) < FARTHEST)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) [low, high] = [0, 1];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // the same, as far as numbers can tell
  if (high - low <= size * 1e-9 || size < 1 / FARTHEST) {
    // nothing but zeros is mostly a count of nothing
    [low, high] = size < 1 / FARTHEST ? [0, 1] : [low - size * 0.1, high + size * 0.1];
  }
  if (zero && low > 0 && low < high * 0.5) low = 0;
  const step = roundStep((high - low) / ticks);
  if (round) [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  const marks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) marks.push(Number((k * step).toPrecision(12)));
  return { low, high, ticks: marks, place: (value) => Math.max(-FAR_OUT, Math.min(FAR_OUT, from + ((value - low) / (high - low)) * (to - from))) };
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 2.5, 5, 10].map((times) => times * power).find((step) => step >= least * (1 - 1e-9))!;
}
