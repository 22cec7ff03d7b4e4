import { lattices, type LatticeKind } from './lattice.ts';
import { RELAXED_SIDE, relax } from './relaxation.ts';

/** Registries along each side of the unit cell for which it is written down what grows there. */
const BITS = 8;
const SIDE = 1 << BITS;
const CELLS = SIDE * SIDE;

/** A registry's coordinates are kept as 2^-32 parts of the cell in 32 bits, so that going round the cell is what the bits do of themselves. */
export const ONE_ROUND = 4294967296;

/** Capacity from which a registry counts as of a domain, in 255ths: half the likeness, which neither AA nor a wall reaches. */
const DOMAIN_FROM = 64;

/**
 * What each registry bears of the two resources, in 255ths: the square of its likeness to the registry on which the resource grows,
 * so that between domains there is little of either.
 */
export class Stacking {
  readonly first = new Uint8Array(CELLS);
  readonly second = new Uint8Array(CELLS);
  private readonly kind: LatticeKind;
  private readonly rigid: readonly [Uint8Array, Uint8Array];
  private strength = 0;

  /** Of rigid layers, until `relaxTo` says otherwise. */
  constructor(kind: LatticeKind) {
    this.kind = kind;
    this.rigid = rigidOf(kind);
    this.first.set(this.rigid[0]);
    this.second.set(this.rigid[1]);
  }

  /** Layers that have relaxed with this strength (see relaxation.ts); what was before plays no part. */
  relaxTo(strength: number): void {
    if (strength === this.strength) return;
    this.strength = strength;
    const [first, second] = this.rigid;
    const { u, v } = relax(this.kind, strength);
    const finer = SIDE / RELAXED_SIDE;
    for (let row = 0; row < SIDE; row++) {
      const atRow = (row + 0.5) / finer;
      const above = atRow | 0;
      const below = ((above + 1) % RELAXED_SIDE) * RELAXED_SIDE;
      const partRow = atRow - above;
      for (let col = 0; col < SIDE; col++) {
        const atCol = (col + 0.5) / finer;
        const left = atCol | 0;
        const right = (left + 1) % RELAXED_SIDE;
        const partCol = atCol - left;
        const a = above * RELAXED_SIDE + left;
        const b = above * RELAXED_SIDE + right;
        const weightA = (1 - partRow) * (1 - partCol);
        const weightB = (1 - partRow) * partCol;
        const weightC = partRow * (1 - partCol);
        const weightD = partRow * partCol;
        const du = weightA * u[a] + weightB * u[b] + weightC * u[below + left] + weightD * u[below + right];
        const dv = weightA * v[a] + weightB * v[b] + weightC * v[below + left] + weightD * v[below + right];
        // displacements are less than a cell: the whole cell that is added keeps what is cut off below 1 positive
        const toCol = ((col + 0.5 + (du + 1) * SIDE) | 0) & (SIDE - 1);
        const toRow = ((row + 0.5 + (dv + 1) * SIDE) | 0) & (SIDE - 1);
        const from = (toRow << BITS) | toCol;
        this.first[(row << BITS) | col] = first[from];
        this.second[(row << BITS) | col] = second[from];
      }
    }
  }

  /** Writes what grows at `count` registries that follow each other at even distances, from place `at` on. All in 2^-32 parts. */
  write(u: number, v: number, du: number, dv: number, count: number, first: Uint8Array, second: Uint8Array, at: number): void {
    const borneFirst = this.first;
    const borneSecond = this.second;
    for (let i = at; i < at + count; i++) {
      const registry = ((v >>> (32 - BITS)) << BITS) | (u >>> (32 - BITS));
      first[i] = borneFirst[registry];
      second[i] = borneSecond[registry];
      u = (u + du) | 0;
      v = (v + dv) | 0;
    }
  }

  /** Which domain a registry belongs to: 1 or 2 after the resource, 0 for AA and walls. Coordinates in 2^-32 parts. */
  domainOf(u: number, v: number): 0 | 1 | 2 {
    const registry = ((v >>> (32 - BITS)) << BITS) | (u >>> (32 - BITS));
    return this.first[registry] >= DOMAIN_FROM ? 1 : this.second[registry] >= DOMAIN_FROM ? 2 : 0;
  }
}

const rigid = new Map<LatticeKind, readonly [Uint8Array, Uint8Array]>();

/** What rigid layers bear, worked out once for a kind of lattice. */
function rigidOf(kind: LatticeKind): readonly [Uint8Array, Uint8Array] {
  let borne = rigid.get(kind);
  if (borne === undefined) {
    borne = [bornBy(kind, 0), bornBy(kind, 1)];
    rigid.set(kind, borne);
  }
  return borne;
}

function bornBy(kind: LatticeKind, resource: 0 | 1): Uint8Array {
  const lattice = lattices[kind];
  return Uint8Array.from({ length: CELLS }, (_, i) => {
    const likeness = lattice.likeness(resource, ((i & (SIDE - 1)) + 0.5) / SIDE, ((i >>> BITS) + 0.5) / SIDE);
    return Math.round(255 * likeness * likeness);
  });
}
