/** Points in a leaf: few enough to look at all of them, enough to be worth a branch. */
const LEAF = 12;
/** Deepest tree: halving, so 2^31 points are more than enough. */
const DEPTH = 32;

/**
 * A k-d tree (Bentley 1975) over points that stay where they are: balanced, leaves of at most twelve, the points copied in
 * the order of the leaves. Distances are squared Euclidean; of equally near points the one with the lower index counts
 * as nearer, so that answers are those of a search through all.
 */
export class KdTree {
  readonly size: number;
  readonly width: number;
  /** Points in the order of the leaves, and the index each was given with. */
  private readonly points: Float64Array;
  private readonly index: Int32Array;
  /** Of inner node i, whose children are 2i + 1 and 2i + 2: the measure it halves, and where. */
  private readonly axis: Uint8Array;
  private readonly split: Float64Array;
  private readonly levels: number;
  /** Where each point stands in the leaves; made when first needed. */
  private places: Int32Array | null = null;
  // what is still to be looked at: node, its range of points, and how far off it lies at least
  private readonly nodes = new Int32Array(DEPTH);
  private readonly starts = new Int32Array(DEPTH);
  private readonly ends = new Int32Array(DEPTH);
  private readonly bounds = new Float64Array(DEPTH);

  /**
   * @param points `width` numbers a point
   * @param size how many points there are
   */
  constructor(points: ArrayLike<number>, width: number, size = points.length / width) {
    this.size = size;
    this.width = width;
    let levels = 0;
    while (size / 2 ** levels > LEAF) levels++;
    this.levels = levels;
    this.axis = new Uint8Array(2 ** levels - 1);
    this.split = new Float64Array(2 ** levels - 1);
    this.index = Int32Array.from({ length: size }, (_, i) => i);
    this.build(points, 0, 0, size, 0);
    // within a leaf by rising index, so that a strict comparison keeps the lower of equals there
    this.eachLeaf((from, to) => this.index.subarray(from, to).sort());
    this.points = new Float64Array(size * width);
    for (let i = 0; i < size; i++) for (let m = 0; m < width; m++) this.points[i * width + m] = points[this.index[i]! * width + m]!;
  }

  /** Index of the nearest point; −1 of an empty tree. */
  nearest(query: ArrayLike<number>, from = 0): number {
    const { points, index, axis, split, width, levels, nodes, starts, ends, bounds } = this;
    const inner = 2 ** levels - 1;
    const x = query[from]!;
    const y = width > 1 ? query[from + 1]! : 0;
    let best = Infinity;
    let found = -1;
    let depth = 0;
    let node = 0;
    let start = 0;
    let end = this.size;
    for (;;) {
      while (node < inner) {
        const middle = (start + end) >>> 1;
        const m = axis[node]!;
        const away = (m === 0 ? x : m === 1 ? y : query[from + m]!) - split[node]!;
        nodes[depth] = away < 0 ? 2 * node + 2 : 2 * node + 1;
        starts[depth] = away < 0 ? middle : start;
        ends[depth] = away < 0 ? end : middle;
        bounds[depth++] = away * away;
        if (away < 0) { node = 2 * node + 1; end = middle; } else { node = 2 * node + 2; start = middle; }
      }
      if (width === 2) {
        for (let i = start; i < end; i++) {
          const dx = x - points[2 * i]!;
          const dy = y - points[2 * i + 1]!;
          const distance = dx * dx + dy * dy;
          if (distance < best || (distance === best && index[i]! < found)) { best = distance; found = index[i]!; }
        }
      } else {
        for (let i = start; i < end; i++) {
          const distance = this.distance(query, from, i);
          if (distance < best || (distance === best && index[i]! < found)) { best = distance; found = index[i]!; }
        }
      }
      do { if (depth-- === 0) return found; } while (bounds[depth]! > best);
      node = nodes[depth]!;
      start = starts[depth]!;
      end = ends[depth]!;
    }
  }

  /** Takes a point out of every later answer. */
  hide(index: number): void {
    const { width } = this;
    this.places ??= this.index.reduce((places, each, i) => { places[each] = i; return places; }, new Int32Array(this.size));
    // nothing is nearer or further than what is no number
    this.points.fill(NaN, this.places[index]! * width, (this.places[index]! + 1) * width);
  }

  private distance(query: ArrayLike<number>, from: number, i: number): number {
    let sum = 0;
    for (let m = 0, at = i * this.width; m < this.width; m++) {
      const d = query[from + m]! - this.points[at + m]!;
      sum += d * d;
    }
    return sum;
  }

  /** Adds the points of the tree to the nearest that a list holds so far. */
  collect(query: ArrayLike<number>, from: number, near: Nearest): void {
    const { points, index, axis, split, width, levels, nodes, starts, ends, bounds } = this;
    const inner = 2 ** levels - 1;
    const x = query[from]!;
    const y = width > 1 ? query[from + 1]! : 0;
    let depth = 0;
    let node = 0;
    let start = 0;
    let end = this.size;
    for (;;) {
      while (node < inner) {
        const middle = (start + end) >>> 1;
        const m = axis[node]!;
        const away = (m === 0 ? x : m === 1 ? y : query[from + m]!) - split[node]!;
        nodes[depth] = away < 0 ? 2 * node + 2 : 2 * node + 1;
        starts[depth] = away < 0 ? middle : start;
        ends[depth] = away < 0 ? end : middle;
        bounds[depth++] = away * away;
        if (away < 0) { node = 2 * node + 1; end = middle; } else { node = 2 * node + 2; start = middle; }
      }
      for (let i = start; i < end; i++) {
        let distance: number;
        if (width === 2) {
          const dx = x - points[2 * i]!;
          const dy = y - points[2 * i + 1]!;
          distance = dx * dx + dy * dy;
        } else distance = this.distance(query, from, i);
        if (distance <= near.reach) near.offer(index[i]!, distance);
      }
      do { if (depth-- === 0) return; } while (bounds[depth]! > near.reach);
      node = nodes[depth]!;
      start = starts[depth]!;
      end = ends[depth]!;
    }
  }

  private build(points: ArrayLike<number>, node: number, start: number, end: number, level: number): void {
    if (level === this.levels) return;
    const { width, index } = this;
    let widest = 0;
    let spread = -1;
    for (let m = 0; m < width && m < 256; m++) {
      const extent = extentOf(points, width, m, index, start, end);
      if (extent > spread) { spread = extent; widest = m; }
    }
    const middle = (start + end) >>> 1;
    select(points, width, widest, index, start, end - 1, middle);
    this.axis[node] = widest;
    this.split[node] = points[index[middle]! * width + widest]!;
    this.build(points, 2 * node + 1, start, middle, level + 1);
    this.build(points, 2 * node + 2, middle, end, level + 1);
  }

  private eachLeaf(visit: (start: number, end: number) => void, start = 0, end = this.size, level = 0): void {
    if (level === this.levels) { visit(start, end); return; }
    const middle = (start + end) >>> 1;
    this.eachLeaf(visit, start, middle, level + 1);
    this.eachLeaf(visit, middle, end, level + 1);
  }
}

/** How far apart the least and the greatest of some points are on an axis. Apart from its caller for the reason that `CellArchive.compare` gives. */
function extentOf(points: ArrayLike<number>, width: number, axis: number, index: Int32Array, start: number, end: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = start; i < end; i++) {
    const value = points[index[i]! * width + axis]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/** Puts the k-th in its place: what is left of it is not above it on that axis, what is right not below (Hoare 1961). */
function select(points: ArrayLike<number>, width: number, axis: number, index: Int32Array, left: number, right: number, k: number): void {
  let low = left;
  let high = right;
  while (low < high) {
    const pivot = points[index[(low + high) >>> 1]! * width + axis]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (points[index[i]! * width + axis]! < pivot) i++;
      while (points[index[j]! * width + axis]! > pivot) j--;
      if (i <= j) {
        const swap = index[i]!;
        index[i++] = index[j]!;
        index[j--] = swap;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/** The k nearest that have been offered, nearest first; equally near ones by rising index. */
export class Nearest {
  readonly k: number;
  count = 0;
  /** Squared distance beyond which nothing is taken any more. */
  reach = Infinity;
  readonly index: Int32Array;
  /** Squared. */
  readonly distance: Float64Array;

  constructor(k: number) {
    this.k = k;
    this.index = new Int32Array(k);
    this.distance = new Float64Array(k);
  }

  clear(): void {
    this.count = 0;
    this.reach = this.k === 0 ? -Infinity : Infinity;
  }

  /** Takes a point if it is among the k nearest so far. */
  offer(index: number, distance: number): void {
    const { k, distance: distances, index: indices } = this;
    let at = this.count;
    if (at === k) {
      if (distance > distances[k - 1]! || (distance === distances[k - 1]! && index > indices[k - 1]!)) return;
      at--;
    } else this.count++;
    while (at > 0 && (distances[at - 1]! > distance || (distances[at - 1]! === distance && indices[at - 1]! > index))) {
      distances[at] = distances[at - 1]!;
      indices[at] = indices[at - 1]!;
      at--;
    }
    distances[at] = distance;
    indices[at] = index;
    if (this.count === k) this.reach = distances[k - 1]!;
  }

  /** Mean distance to the first `n`, not squared. */
  meanDistance(n = this.count): number {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Math.sqrt(this.distance[i]!);
    return sum / n;
  }
}
