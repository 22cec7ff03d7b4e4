/**
 * Measures a pattern's period from its values alone, as diffraction does: the two strongest, shortest waves that span the plane are
 * the reciprocal lattice, and its inverse is the lattice. It knows nothing of twist or layers.
 */
import { Fourier } from './fourier.ts';
import type { CellSquare } from './landscape.ts';
import { refineWave, windowFor, type Wave } from './refine-wave.ts';

/** Periods that a square must hold for its pattern to be measured. */
export const LEAST_PERIODS = 3;

/** Cells along a side below which nothing is looked for, and confidence below which what is found is chance. */
const LEAST_SIDE = 8;
const LEAST_CONFIDENCE = 0.2;

/** Power that a wave must have to be taken for one of the pattern's, as a share of the strongest. */
const STRONG = 0.25;
/** Sine of the least angle between two waves that are to span the plane. */
const APART = 0.45;
/** Half width of the window's peak in waves a side; what lies within it belongs to the peak. */
const PEAK = 1.5;

export interface Reading {
  /** Whether a pattern stands out that repeats in two directions, at least three times across the square. Otherwise `reason` says why not. */
  readonly fits: boolean;
  readonly reason: string;
  /** Mean length of the two shortest vectors of the pattern's lattice, in the unit of `grain`, as well as it can be told where it does not fit; NaN where nothing repeats in two directions. */
  readonly period: number;
  /** What the lattice is by the angle between them, within 10°. */
  readonly shape: 'hexagonal' | 'square' | 'oblique' | 'none';
  /** Share of the pattern's power at the lattice's waves, less what would lie there by chance: 1 for a lattice alone, 0 for noise. */
  readonly confidence: number;
}

/**
 * Probes a square of the values of a torus (row-major, `cols` wide; the square may lie across the edges), with cells of `grain`
 * steps. Give it one resource, or the difference of two: their sum may repeat sooner than each. Throws where the square is
 * larger than the torus.
 */
export function probe(values: ArrayLike<number>, cols: number, { col, row, side }: CellSquare, grain: number): Reading {
  const rows = values.length / cols;
  if (!(side <= cols && side <= rows)) throw new Error(`A probe of ${side} cells a side is larger than the torus of ${cols} × ${rows} cells; choose a smaller square.`);
  if (side < LEAST_SIDE) return nothing(`the square has ${side} cells a side, and it takes ${LEAST_SIDE}`);
  let padded = LEAST_SIDE;
  while (padded < side) padded *= 2;
  const re = new Float64Array(padded * padded);
  const im = new Float64Array(padded * padded);
  const window = windowFor(side);
  let mean = 0;
  let weights = 0;
  for (let r = 0; r < side; r++) {
    const start = ((row + r) % rows) * cols;
    for (let c = 0; c < side; c++) {
      const weight = window[r]! * window[c]!;
      re[r * padded + c] = values[start + ((col + c) % cols)]!;
      mean += weight * re[r * padded + c]!;
      weights += weight;
    }
  }
  mean /= weights;
  const pattern = new Float64Array(side * side);
  let squares = 0;
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const value = (re[r * padded + c]! - mean) * window[r]! * window[c]!;
      re[r * padded + c] = pattern[r * side + c] = value;
      squares += value * value;
    }
  }
  // what rounding leaves of even ground
  if (squares <= 1e-24 * mean * mean * weights) return nothing('the ground is even');
  new Fourier(padded).forward(re, im);
  const power = re;
  for (let i = 0; i < power.length; i++) power[i] = re[i]! * re[i]! + im[i]! * im[i]!;

  const found = spanningWaves(power, padded, side);
  if (found === null) return nothing('nothing repeats in two directions');
  const waves = reduce(refineWave(pattern, side, found[0]), refineWave(pattern, side, found[1]));
  const { length, shape } = latticeOf(waves, side);
  const reading = { period: length * grain, shape, confidence: confidenceIn(waves, power, padded, side) };
  if (!(length * LEAST_PERIODS <= side)) {
    return { ...reading, fits: false, reason: `${(side / length).toFixed(2)} periods fit the square, and it takes ${LEAST_PERIODS}` };
  }
  if (reading.confidence < LEAST_CONFIDENCE) return { ...reading, fits: false, reason: 'no pattern stands out from the noise' };
  return { ...reading, fits: true, reason: '' };
}

const nothing = (reason: string): Reading => ({ fits: false, reason, period: NaN, shape: 'none', confidence: 0 });

/** The shortest strong wave and the shortest strong one aside from it, in waves a side; null where there are no two. */
function spanningWaves(power: Float64Array, padded: number, side: number): [Wave, Wave] | null {
  const at = (kx: number, ky: number): number => power[((ky + padded) % padded) * padded + ((kx + padded) % padded)]!;
  const scale = side / padded;
  const peaks: { wave: Wave; power: number; length: number }[] = [];
  const half = padded / 2;
  let strongest = 0;
  // a wave and its opposite are one: half the plane is enough
  for (let ky = 0; ky < half; ky++) {
    for (let kx = ky === 0 ? 1 : 1 - half; kx < half; kx++) {
      const here = at(kx, ky);
      if (here <= strongest * STRONG) continue;
      let highest = true;
      for (let j = -1; j <= 1 && highest; j++) for (let i = -1; i <= 1; i++) if (at(kx + i, ky + j) > here) highest = false;
      const length = Math.sqrt(kx * kx + ky * ky) * scale;
      if (!highest || length < 1) continue;
      strongest = Math.max(strongest, here);
      peaks.push({ wave: { x: kx * scale, y: ky * scale }, power: here, length });
    }
  }
  const strong = peaks.filter((peak) => peak.power >= strongest * STRONG).sort((a, b) => a.length - b.length || a.wave.y - b.wave.y || a.wave.x - b.wave.x);
  const [first] = strong;
  if (first === undefined) return null;
  const second = strong.find(({ wave, length }) => Math.abs(first.wave.x * wave.y - first.wave.y * wave.x) > APART * first.length * length);
  return second === undefined ? null : [first.wave, second.wave];
}

const dot = (a: Wave, b: Wave): number => a.x * b.x + a.y * b.y;

/** The two shortest waves of the lattice that two waves span (Lagrange's reduction). */
function reduce(a: Wave, b: Wave): [Wave, Wave] {
  for (;;) {
    if (dot(b, b) < dot(a, a)) [a, b] = [b, a];
    const times = Math.round(dot(a, b) / dot(a, a));
    if (!(Math.abs(times) >= 1)) return [a, b];
    b = { x: b.x - times * a.x, y: b.y - times * a.y };
  }
}

/** The lattice whose waves these are: mean length in cells of its two shortest vectors, and its shape. */
function latticeOf([a, b]: readonly [Wave, Wave], side: number): { length: number; shape: Reading['shape'] } {
  const area = Math.abs(a.x * b.y - a.y * b.x);
  const lengths = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))] as const;
  // the inverse of reduced waves is reduced: as long as the waves, in proportion to their area, and at the same angle
  const length = ((lengths[0] + lengths[1]) / 2) * (side / area);
  const cosine = Math.abs(dot(a, b)) / (lengths[0] * lengths[1]);
  const alike = lengths[1] < 1.2 * lengths[0];
  // cosines of 80°, and of 70° and 50°
  if (alike && cosine < 0.1736) return { length, shape: 'square' };
  if (alike && cosine > 0.342 && cosine < 0.6428) return { length, shape: 'hexagonal' };
  return { length, shape: 'oblique' };
}

function confidenceIn([a, b]: readonly [Wave, Wave], power: Float64Array, padded: number, side: number): number {
  const scale = side / padded;
  const area = a.x * b.y - a.y * b.x;
  let all = 0;
  let onLattice = 0;
  let bins = 0;
  let binsOnLattice = 0;
  for (let row = 0; row < padded; row++) {
    const y = (row < padded / 2 ? row : row - padded) * scale;
    for (let col = 0; col < padded; col++) {
      const x = (col < padded / 2 ? col : col - padded) * scale;
      const m = Math.round((x * b.y - y * b.x) / area);
      const n = Math.round((a.x * y - a.y * x) / area);
      const offX = x - m * a.x - n * b.x;
      const offY = y - m * a.y - n * b.y;
      const here = power[row * padded + col]!;
      all += here;
      bins++;
      if (offX * offX + offY * offY > PEAK * PEAK) continue;
      onLattice += here;
      binsOnLattice++;
    }
  }
  const byChance = binsOnLattice / bins;
  return all > 0 && byChance < 1 ? Math.max(0, (onLattice / all - byChance) / (1 - byChance)) : 0;
}
