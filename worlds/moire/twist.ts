import { cosineOfTurn, sineOfTurn } from '../../core/kernel/trigonometry.ts';
import type { Lattice } from './lattice.ts';

/** Twists are whole thousandths of a degree, so that a thousand small turns add up to the one large turn, to the bit. */
export const THOUSANDTHS = 1000;
const ALL_ROUND = 360 * THOUSANDTHS;

/** The nearest whole thousandth to an angle in degrees. */
export function thousandthsOf(degrees: number): number {
  return Math.round(degrees * THOUSANDTHS);
}

/**
 * The smallest of the angles that lay the upper layer as this one does: above −30° to 30° for hexagonal layers, −45° to 45°
 * for square ones. There the moiré turns over: the period is the same just before and after, its axes lie otherwise.
 */
export function foldTwist({ symmetry }: Lattice, twist: number): number {
  return twist - symmetry * Math.ceil(twist / symmetry - 0.5);
}

/** Two layers: the lower one's lattice constant a in steps, and δ; the upper one's constant is (1 + δ)a. */
export interface Layers {
  readonly constant: number;
  readonly mismatch: number;
}

/**
 * Period of the moiré in steps, of a twist in thousandths of a degree from 0 to half the lattice's symmetry:
 * L = (1 + δ)a / √(2(1 + δ)(1 − cos θ) + δ²), with 2 sin²(θ/2) for 1 − cos θ, which keeps its digits where θ is small.
 * Infinity where the layers lie on each other everywhere alike.
 */
export function moirePeriod({ constant, mismatch }: Layers, twist: number): number {
  const half = sineOfTurn(twist / (2 * ALL_ROUND));
  return ((1 + mismatch) * constant) / Math.sqrt(4 * (1 + mismatch) * half * half + mismatch * mismatch);
}

/** How the registry changes with place: per step to the east and to the south, of u and of v. */
export interface RegistryMap {
  readonly uPerX: number;
  readonly uPerY: number;
  readonly vPerX: number;
  readonly vPerY: number;
}

/**
 * The registry of layers that lie site on site at the centre of the turn, at (x, y) steps from it, is the lower lattice's coordinates of
 * (1 − R(−θ)/(1 + δ)) (x, y) / a: how far the upper lattice has fallen behind the lower. The map is a turn and a scaling at once.
 */
export function registryMap(lattice: Lattice, { constant, mismatch }: Layers, twist: number): RegistryMap {
  const folded = foldTwist(lattice, twist) / ALL_ROUND;
  const half = sineOfTurn(folded / 2);
  const scale = (1 + mismatch) * constant;
  // real and imaginary part of the map as one complex number; sin θ as 2 sin(θ/2) cos(θ/2)
  const along = (mismatch + 2 * half * half) / scale;
  const aside = (2 * half * cosineOfTurn(folded / 2)) / scale;
  const { perX, perY } = lattice;
  return {
    uPerX: perX[0] * along + perY[0] * aside,
    uPerY: perY[0] * along - perX[0] * aside,
    vPerX: perX[1] * along + perY[1] * aside,
    vPerY: perY[1] * along - perX[1] * aside,
  };
}
