import { describe, expect, it } from 'vitest';
import { latticeKinds, lattices, type LatticeKind } from '../../../worlds/moire/lattice.ts';
import { probe } from '../../../worlds/moire/probe.ts';
import { RELAXED_SIDE, relax } from '../../../worlds/moire/relaxation.ts';
import { paintedAt, type Painted } from './ground.ts';

/** Elastic and adhesive energy of displacements, by differences between neighbouring registries: ½ |∇d|² + s V. */
function energy(kind: LatticeKind, strength: number, { u, v }: { u: ArrayLike<number>; v: ArrayLike<number> }): number {
  const n = RELAXED_SIDE;
  const { perX, perY, adhesion } = lattices[kind];
  const area = perX[0] * perY[1] - perY[0] * perX[1];
  /** Cartesian displacement: the inverse of u = perX[0] x + perY[0] y, v = perX[1] x + perY[1] y. */
  const at = (col: number, row: number): [number, number] => {
    const i = (row % n) * n + (col % n);
    return [(u[i]! * perY[1] - v[i]! * perY[0]) / area, (perX[0] * v[i]! - perX[1] * u[i]!) / area];
  };
  let sum = 0;
  for (let row = 0; row < n; row++) for (let col = 0; col < n; col++) {
    const here = at(col, row);
    const byU = at(col + 1, row).map((value, k) => (value - here[k]!) * n);
    const byV = at(col, row + 1).map((value, k) => (value - here[k]!) * n);
    for (const k of [0, 1]) {
      const byX = byU[k]! * perX[0] + byV[k]! * perX[1];
      const byY = byU[k]! * perY[0] + byV[k]! * perY[1];
      sum += (byX * byX + byY * byY) / 2;
    }
    sum += strength * adhesion(col / n + u[row * n + col]!, row / n + v[row * n + col]!);
  }
  return sum / (n * n);
}

/** Share of the ground that either domain takes, and that lies between the two without being of either. */
const shareOfDomains = ({ first, second }: Painted): number => first.filter((value, i) => value >= 64 || second[i]! >= 64).length / first.length;

describe('relaxation', () => {
  it('[D6] lowers the energy: what is found lies below rigid layers, and below itself stretched or shrunk', () => {
    for (const kind of latticeKinds) {
      for (const strength of [1, 8, 64]) {
        const found = relax(kind, strength);
        const scaled = (by: number): number => energy(kind, strength, { u: found.u.map((value) => by * value), v: found.v.map((value) => by * value) });
        const least = scaled(1);
        for (const by of [0, 0.5, 0.9, 1.1, 1.5]) expect(scaled(by)).toBeGreaterThan(least);
      }
    }
  });

  it('[D6] is at first as the linear response of the layers says: s / |k|² of the adhesion\'s waves', () => {
    const strength = 0.01;
    const { u, v } = relax('square', strength);
    // V = (1 + cos 2πu cos 2πv) / 2, |k|² = 8π²: d = s π sin(2πu) cos(2πv) / 8π² and its like
    const n = RELAXED_SIDE;
    for (const [col, row] of [[5, 3], [17, 40], [60, 9]] as const) {
      const [a, b] = [(2 * Math.PI * col) / n, (2 * Math.PI * row) / n];
      expect(u[row * n + col]! / ((strength / (8 * Math.PI)) * Math.sin(a) * Math.cos(b))).toBeCloseTo(1, 1);
      expect(v[row * n + col]! / ((strength / (8 * Math.PI)) * Math.cos(a) * Math.sin(b))).toBeCloseTo(1, 1);
    }
  });

  it('[D6] leaves what symmetry holds in place, and the two resources alike', () => {
    for (const kind of latticeKinds) {
      for (const strength of [0.3, 5, 300, Infinity]) {
        const { u, v } = relax(kind, strength);
        expect(Math.abs(u[0]!) + Math.abs(v[0]!)).toBeLessThan(1e-12);
        for (let i = 1; i < u.length; i += 13) {
          const [col, row] = [i % RELAXED_SIDE, Math.floor(i / RELAXED_SIDE)];
          const mirrored = ((RELAXED_SIDE - row) % RELAXED_SIDE) * RELAXED_SIDE + ((RELAXED_SIDE - col) % RELAXED_SIDE);
          expect(Math.abs(u[i]! + u[mirrored]!) + Math.abs(v[i]! + v[mirrored]!)).toBeLessThan(1e-9);
        }
      }
    }
  });

  it('[D6] makes domains grow and walls narrow, the more the longer the period, and keeps the period', () => {
    const large = { width: 256, height: 256, centre: [128, 128] as const };
    for (const lattice of latticeKinds) {
      for (const twist of [4000, 12_000]) {
        const steps = [0, 0.01, 0.1, 1].map((relaxation) => paintedAt(twist, { ...large, lattice, relaxation }));
        const shares = steps.map(shareOfDomains);
        for (let i = 1; i < shares.length; i++) expect(shares[i]!).toBeGreaterThan(shares[i - 1]! + 0.01);
        for (const { landscape, first } of steps) {
          expect(probe(first, 256, landscape.interior, 1).period / landscape.period).toBeCloseTo(1, 2);
        }
      }
      const gain = (twist: number): number => shareOfDomains(paintedAt(twist, { ...large, lattice, relaxation: 0.02 })) - shareOfDomains(paintedAt(twist, { ...large, lattice }));
      expect(gain(4000)).toBeGreaterThan(2 * gain(15_000));
    }
  });

  it('[D6] walls have a width of their own: four times the strength makes them half as wide for the period', () => {
    /** Adhesion that is left, all of it in walls and on AA where domains are large. */
    const left = (kind: LatticeKind, strength: number): number => {
      const { u, v } = relax(kind, strength);
      return u.reduce((sum, value, i) => sum + lattices[kind].adhesion((i % RELAXED_SIDE) / RELAXED_SIDE + value, Math.floor(i / RELAXED_SIDE) / RELAXED_SIDE + v[i]!), 0) / u.length;
    };
    for (const kind of latticeKinds) expect(left(kind, 128) / left(kind, 32)).toBeCloseTo(0.5, 1);
  });
});
