import { cosineOfTurn, sineOfTurn } from '../../core/kernel/trigonometry.ts';

export type LatticeKind = 'hexagonal' | 'square';
export const latticeKinds: readonly LatticeKind[] = ['hexagonal', 'square'];

/**
 * What a layer repeats, with lattice constant 1, and how two layers lie on each other. How they lie is the registry
 * (u, v): by which part of the two basis vectors one layer is shifted against the other, modulo 1; (0, 0) is site on site (AA).
 * Of two registries one resource grows on each, and they are each other's mirror image: AB (1/3, 1/3) and BA (2/3, 2/3)
 * of hexagonal layers, the two bridges (1/2, 0) and (0, 1/2) of square ones. AA is poor, and so is (1/2, 1/2) of square ones.
 */
export interface Lattice {
  readonly kind: LatticeKind;
  /** Thousandths of a degree by which it can be turned to lie on itself. */
  readonly symmetry: number;
  /** Gradients of u and v: u = perX[0] x + perY[0] y, v = perX[1] x + perY[1] y. */
  readonly perX: readonly [number, number];
  readonly perY: readonly [number, number];
  /** For each resource the corner of the unit cell that holds the whole domain around its registry, however far it grows. */
  readonly corners: readonly [readonly [number, number], readonly [number, number]];
  /** How near a registry is to that on which resource 0 or 1 grows: 1 there, 0 where the other grows and on AA. */
  likeness(resource: 0 | 1, u: number, v: number): number;
  /** Energy with which the layers adhere: 0 at the two registries of the resources, where they would rather lie, 1 at AA. */
  adhesion(u: number, v: number): number;
  /** Slopes of `adhesion` by u and by v, into two places of `slopes`. */
  adhesionSlopes(u: number, v: number, slopes: Float64Array): void;
}

const TURN = 6.283185307179586;
const ROOT3 = Math.sqrt(3);

/** Basis (1, 0) and (1/2, √3/2); waves are those of the first star of reciprocal vectors, as in Nam & Koshino 2017, eq. 5. */
const hexagonal: Lattice = {
  kind: 'hexagonal',
  symmetry: 60_000,
  perX: [1, 0],
  perY: [-1 / ROOT3, 2 / ROOT3],
  corners: [[0, 0], [0, 0]],
  likeness(resource, u, v) {
    const third = resource === 0 ? 1 / 3 : -1 / 3;
    return Math.max(0, (cosineOfTurn(u - third) + cosineOfTurn(v - third) + cosineOfTurn(u + v + third) + 1.5) / 4.5);
  },
  adhesion: (u, v) => (cosineOfTurn(u) + cosineOfTurn(v) + cosineOfTurn(u + v) + 1.5) / 4.5,
  adhesionSlopes(u, v, slopes) {
    const both = sineOfTurn(u + v);
    slopes[0] = -(TURN / 4.5) * (sineOfTurn(u) + both);
    slopes[1] = -(TURN / 4.5) * (sineOfTurn(v) + both);
  },
};

const square: Lattice = {
  kind: 'square',
  symmetry: 90_000,
  perX: [1, 0],
  perY: [0, 1],
  corners: [[0, -0.5], [-0.5, 0]],
  likeness(resource, u, v) {
    const along = cosineOfTurn(resource === 0 ? u : v);
    const across = cosineOfTurn(resource === 0 ? v : u);
    return ((1 - along) * (1 + across)) / 4;
  },
  adhesion: (u, v) => (1 + cosineOfTurn(u) * cosineOfTurn(v)) / 2,
  adhesionSlopes(u, v, slopes) {
    slopes[0] = -(TURN / 2) * sineOfTurn(u) * cosineOfTurn(v);
    slopes[1] = -(TURN / 2) * cosineOfTurn(u) * sineOfTurn(v);
  },
};

export const lattices: Readonly<Record<LatticeKind, Lattice>> = { hexagonal, square };
