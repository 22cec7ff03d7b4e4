import { Fourier } from './fourier.ts';
import { lattices, type Lattice, type LatticeKind } from './lattice.ts';

/**
 * How two layers relax when they adhere better in some registries than in others: domains of the good ones grow and
 * the walls between them narrow, as Nam & Koshino 2017 ("Lattice relaxation and energy band modulation in twisted bilayer graphene") find.
 *
 * As Carr et al. 2018 do, displacements are a function of the registry b and not of place, one cell for the whole moiré: they minimise
 *   ∫ ½ |∇d|² + s V(b + d(b)) db,   d in lattice constants,
 * with the lattice's adhesion V and one elastic constant for all strains. The strength s grows as the square of the period, since the same
 * displacements strain less over a longer way; so relaxation changes domains and walls, and never the period.
 */

/** Registries along each side of the cell for which displacements are kept. */
export const RELAXED_SIDE = 64;
const CELLS = RELAXED_SIDE * RELAXED_SIDE;

/** Strengths for which displacements are worked out, each √2 times the last. Walls of the last are a tenth of the period; they get no narrower. */
const FIRST_STRENGTH = 1 / 16;
const LEVELS = 25;
/** Enough to come within 0.003 lattice constants of where a hundred end: less than what stacking.ts tells apart. */
const STEPS_EACH = 8;

/** Displacements as parts of the two basis vectors, row-major with v down and u across. */
export interface Displacements { readonly u: Float64Array; readonly v: Float64Array }

const noDisplacements = (): Displacements => ({ u: new Float64Array(CELLS), v: new Float64Array(CELLS) });

const ladders = new Map<LatticeKind, readonly Displacements[]>();

/** Displacements of each strength, from the weakest up, worked out once for a kind of lattice. */
function ladderOf(lattice: Lattice): readonly Displacements[] {
  let ladder = ladders.get(lattice.kind);
  if (ladder === undefined) {
    ladder = climb(lattice);
    ladders.set(lattice.kind, ladder);
  }
  return ladder;
}

/**
 * Descends by (1 − Δ/μ) d' = d − s∇V(b + d)/μ, in which the stiff part is implicit; with μ above half the steepest
 * curvature of sV no step goes up. Each strength begins where the one before it ended.
 */
function climb({ perX, perY, adhesionSlopes }: Lattice): Displacements[] {
  const fourier = new Fourier(RELAXED_SIDE);
  const x = new Float64Array(CELLS);
  const y = new Float64Array(CELLS);
  const nextX = new Float64Array(CELLS);
  const nextY = new Float64Array(CELLS);
  const stiffness = stiffnessOf(perX, perY);
  const slopes = new Float64Array(2);
  const ladder: Displacements[] = [];
  let strength = FIRST_STRENGTH;
  for (let level = 0; level < LEVELS; level++, strength *= Math.sqrt(2)) {
    const held = 10 * strength;
    for (let step = 0; step < STEPS_EACH; step++) {
      for (let i = 0; i < CELLS; i++) {
        const u = (i % RELAXED_SIDE) / RELAXED_SIDE + perX[0] * x[i] + perY[0] * y[i];
        const v = Math.floor(i / RELAXED_SIDE) / RELAXED_SIDE + perX[1] * x[i] + perY[1] * y[i];
        adhesionSlopes(u, v, slopes);
        nextX[i] = held * x[i] - strength * (perX[0] * slopes[0] + perX[1] * slopes[1]);
        nextY[i] = held * y[i] - strength * (perY[0] * slopes[0] + perY[1] * slopes[1]);
      }
      fourier.forward(nextX, nextY);
      for (let i = 0; i < CELLS; i++) {
        const factor = stiffness[i] === Infinity ? 0 : 1 / (stiffness[i] + held);
        nextX[i] *= factor;
        nextY[i] *= factor;
      }
      fourier.backward(nextX, nextY);
      x.set(nextX);
      y.set(nextY);
    }
    ladder.push({
      u: Float64Array.from(x, (along, i) => perX[0] * along + perY[0] * y[i]),
      v: Float64Array.from(x, (along, i) => perX[1] * along + perY[1] * y[i]),
    });
  }
  return ladder;
}

/** |k|² of each wave over the cell; Infinity for those that are left out: the mean, which must stay, and the finest, which have no sign. */
function stiffnessOf(perX: Lattice['perX'], perY: Lattice['perY']): Float64Array {
  const half = RELAXED_SIDE / 2;
  return Float64Array.from({ length: CELLS }, (_, i) => {
    const m = ((i + half) % RELAXED_SIDE) - half;
    const n = ((Math.floor(i / RELAXED_SIDE) + half) % RELAXED_SIDE) - half;
    if (m === -half || n === -half || (m === 0 && n === 0)) return Infinity;
    const kx = 6.283185307179586 * (m * perX[0] + n * perX[1]);
    const ky = 6.283185307179586 * (m * perY[0] + n * perY[1]);
    return kx * kx + ky * ky;
  });
}

/** Displacements of a strength from 0 on: between the two of the ladder next to it, in proportion. */
export function relax(kind: LatticeKind, strength: number, into: Displacements = noDisplacements()): Displacements {
  const ladder = ladderOf(lattices[kind]);
  let upper = 0;
  let below = 0;
  let above = FIRST_STRENGTH;
  while (strength > above && upper < LEVELS - 1) { upper++; below = above; above *= Math.sqrt(2); }
  const part = Math.min(1, (strength - below) / (above - below));
  for (let i = 0; i < CELLS; i++) {
    into.u[i] = (upper > 0 ? (1 - part) * ladder[upper - 1].u[i] : 0) + part * ladder[upper].u[i];
    into.v[i] = (upper > 0 ? (1 - part) * ladder[upper - 1].v[i] : 0) + part * ladder[upper].v[i];
  }
  return into;
}
