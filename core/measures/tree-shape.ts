import { exactLn } from '../archive/exact-math.ts';
import { ABOVE } from './taxon-table.ts';
import type { TaxonTree } from './taxon-tree.ts';

/** Distances in edges between living taxa, over unordered pairs. */
export interface PairwiseDistances {
  pairs: number;
  sum: number;
  mean: number;
  /** With n − 1, as phylotrackpy has it; NaN of one pair. */
  variance: number;
}

/**
 * Distances between all pairs of living taxa through their most recent shared ancestor, in one pass from the leaves: each taxon
 * keeps number, sum and sum of squares of the distances to the living below it, and pairs are made where branches meet.
 *
 * @returns null where there are several roots, or fewer than two living taxa
 */
export function pairwiseDistances(tree: TaxonTree, slots = tree.slots()): PairwiseDistances | null {
  if (tree.roots !== 1 || tree.active < 2) return null;
  const { parent, organisms } = tree;
  const n = new Float64Array(tree.capacity);
  const first = new Float64Array(tree.capacity);
  const second = new Float64Array(tree.capacity);
  let sum = 0;
  let squares = 0;
  for (const slot of slots) n[slot] = organisms[slot]! > 0 ? 1 : 0;
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    const up = parent[slot]!;
    if (up === ABOVE) continue;
    const below = n[slot]!;
    const reach = first[slot]! + below;
    const reach2 = second[slot]! + 2 * first[slot]! + below;
    sum += n[up]! * reach + below * first[up]!;
    squares += n[up]! * reach2 + 2 * first[up]! * reach + below * second[up]!;
    n[up]! += below;
    first[up]! += reach;
    second[up]! += reach2;
  }
  const pairs = (tree.active * (tree.active - 1)) / 2;
  const mean = sum / pairs;
  return { pairs, sum, mean, variance: (squares - sum * mean) / (pairs - 1) };
}

/** Living taxa at or below each slot. */
export function livingBelow(tree: TaxonTree, slots = tree.slots()): Uint32Array {
  const below = new Uint32Array(tree.capacity);
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    if (tree.organisms[slot]! > 0) below[slot]!++;
    below[tree.parent[slot]!]! += below[slot]!;
  }
  return below;
}

/** Living organisms at or below each slot: sizes of clades. */
export function organismsBelow(tree: TaxonTree, slots = tree.slots()): Uint32Array {
  const below = new Uint32Array(tree.capacity);
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    below[slot]! += tree.organisms[slot]!;
    below[tree.parent[slot]!]! += below[slot]!;
  }
  return below;
}

/**
 * Evolutionary distinctiveness of every living taxon at a time (Isaac et al. 2007, "fair proportion"): going up to the common ancestor
 * of all (to its own root where there is none), each segment's length in time divided by the number of living taxa at or
 * below it. The common ancestor itself has 0.
 *
 * @returns a value for each living taxon, with its id, ancestors before descendants
 */
export function evolutionaryDistinctiveness(tree: TaxonTree, time: number, slots = tree.slots()): { ids: Uint32Array; values: Float64Array } {
  const below = livingBelow(tree, slots);
  const common = tree.mostRecentCommonAncestor();
  const depth = common === ABOVE ? -1 : tree.depth[common]!;
  const sums = new Float64Array(tree.capacity);
  const ids = new Uint32Array(tree.active);
  const values = new Float64Array(tree.active);
  let n = 0;
  for (const slot of slots) {
    const up = tree.parent[slot]!;
    // the trunk down to the common ancestor counts for nobody, nor does what has only unborn
    sums[slot] = up === ABOVE || tree.depth[slot]! <= depth || below[slot] === 0 ? 0 : sums[up]! + (tree.origin[slot]! - tree.origin[up]!) / below[slot]!;
    if (tree.organisms[slot] === 0) continue;
    ids[n] = tree.id[slot]!;
    values[n++] = slot === common ? 0 : sums[slot]! + (time - tree.origin[slot]!) / below[slot]!;
  }
  return { ids, values };
}

/**
 * Sackin's index (1972; Shao & Sokal 1990): over the living taxa, 1 and the branching taxa strictly between it and the common ancestor
 * of all (or its root, which then counts as any other).
 */
export function sackin(tree: TaxonTree, slots = tree.slots()): number {
  const common = tree.mostRecentCommonAncestor();
  const depth = common === ABOVE ? -1 : tree.depth[common]!;
  const branchings = new Uint32Array(tree.capacity);
  let sum = 0;
  for (const slot of slots) {
    const up = tree.parent[slot]!;
    branchings[slot] = up === ABOVE || tree.depth[up]! <= depth ? 0 : branchings[up]! + (tree.children[up]! > 1 ? 1 : 0);
    if (tree.organisms[slot]! > 0) sum += branchings[slot]! + 1;
  }
  return sum;
}

/**
 * Colless-like index (Mir, Rotger & Rosselló 2018, "Sound Colless-like balance indices for multifurcating trees") with weight
 * ln(children + e) and mean deviation from the median: at every branching the sizes of the children's subtrees, a size being the
 * sum of the weights of a subtree's taxa, are compared. Taxa with one kept child are passed over, as if the branch went straight on.
 *
 * @returns null where there are several roots or none
 */
export function collessLike(tree: TaxonTree, slots = tree.slots()): number | null {
  if (tree.roots !== 1) return null;
  const { children } = tree;
  const size = new Float64Array(tree.capacity);
  let index = 0;
  for (let i = slots.length - 1; i >= 0; i--) {
    const slot = slots[i]!;
    if (children[slot] === 1) {
      for (const child of tree.childrenOf(slot)) size[slot] = size[child]!;
      continue;
    }
    let sum = exactLn(children[slot]! + Math.E);
    if (children[slot]! > 1) {
      const sizes = new Float64Array(children[slot]!);
      let n = 0;
      for (const child of tree.childrenOf(slot)) sizes[n++] = size[child]!;
      // sorted, so that the sums do not depend on the order in which children came
      sizes.sort();
      const middle = sizes.length >> 1;
      const median = sizes.length % 2 === 1 ? sizes[middle]! : (sizes[middle - 1]! + sizes[middle]!) / 2;
      let deviation = 0;
      for (const each of sizes) {
        sum += each;
        deviation += Math.abs(each - median);
      }
      index += deviation / sizes.length;
    }
    size[slot] = sum;
  }
  return index;
}

/** A phylogeny at one time, in numbers. */
export interface TreeShape {
  active: number;
  ancestors: number;
  outside: number;
  roots: number;
  phylogeneticDiversity: number;
  sumDistance: number;
  meanDepth: number;
  meanOrigin: number;
  normalisedMeanOrigin: number;
  outDegrees: Record<number, number>;
  /** Shannon of organisms over taxa, base 2. */
  diversity: number;
  /** Id of the most recent common ancestor, null while there are several roots, and its depth. */
  commonAncestor: number | null;
  commonDepth: number | null;
  pairwise: PairwiseDistances | null;
  /** Mean over living taxa; null of none. */
  distinctiveness: number | null;
  sackin: number;
  collessLike: number | null;
}

/** All of it; the passes over the tree cost some tens of nanoseconds a kept taxon. */
export function treeShape(tree: TaxonTree, time: number): TreeShape {
  const slots = tree.slots();
  const common = tree.mostRecentCommonAncestor();
  const { values } = evolutionaryDistinctiveness(tree, time, slots);
  return {
    active: tree.active, ancestors: tree.ancestors, outside: tree.outside, roots: tree.roots,
    phylogeneticDiversity: tree.phylogeneticDiversity, sumDistance: tree.sumDistance, meanDepth: tree.meanDepth,
    meanOrigin: tree.meanOrigin(), normalisedMeanOrigin: tree.meanOrigin(true), outDegrees: tree.outDegrees,
    diversity: tree.diversity.shannon / Math.LN2,
    commonAncestor: common === ABOVE ? null : tree.id[common]!, commonDepth: common === ABOVE ? null : tree.depth[common]!,
    pairwise: pairwiseDistances(tree, slots), distinctiveness: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
    sackin: sackin(tree, slots), collessLike: collessLike(tree, slots),
  };
}

/** Edges between two kept taxa through their most recent shared ancestor, by slot; null where they have none. */
export function distanceBetween(tree: TaxonTree, a: number, b: number): number | null {
  let [x, y] = [a, b];
  let edges = 0;
  while (x !== y) {
    if (x === ABOVE || y === ABOVE) return null;
    // the deeper one goes up; of two as deep it does not matter which
    if (tree.depth[x]! >= tree.depth[y]!) x = tree.parent[x]!;
    else y = tree.parent[y]!;
    edges++;
  }
  return edges;
}
