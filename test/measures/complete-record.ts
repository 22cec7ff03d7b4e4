import { ABOVE } from '../../core/measures/taxon-table.ts';
import { TaxonTree } from '../../core/measures/taxon-tree.ts';
import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';

/** One thing that happens to a phylogeny. `lay` is a child conceived, who is born (or not yet) later. */
export type Happening = { kind: 'birth'; id: number; parent: number | null; time: number; fromEgg: boolean } | { kind: 'death'; id: number; time: number } | { kind: 'lay'; parent: number };

/** Births and deaths at random, one a unit of time or none: organisms as taxa. Some parents die before their children are born. */
export function randomHistory(seed: number, steps: number, { founders = 1, eggs = true }: { founders?: number; eggs?: boolean } = {}): Happening[] {
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x68697374);
  const alive: number[] = [];
  const laid: number[] = [];
  const history: Happening[] = [];
  let id = 0;
  for (let i = 0; i < founders; i++) {
    alive.push(id);
    history.push({ kind: 'birth', id: id++, parent: null, time: 0, fromEgg: false });
  }
  let time = 0;
  for (let step = 0; step < steps && alive.length > 0; step++) {
    time += random.below(3);
    const draw = random.next();
    if (eggs && draw < 0.2) {
      const parent = random.pick(alive);
      laid.push(parent);
      history.push({ kind: 'lay', parent });
    } else if (laid.length > 0 && draw < 0.4) {
      const [parent] = laid.splice(random.below(laid.length), 1);
      alive.push(id);
      history.push({ kind: 'birth', id: id++, parent: parent!, time, fromEgg: true });
    } else if (draw < 0.7) {
      const parent = random.pick(alive);
      alive.push(id);
      history.push({ kind: 'birth', id: id++, parent, time, fromEgg: false });
    } else if (alive.length > 2 || draw > 0.99) {
      const [gone] = alive.splice(random.below(alive.length), 1);
      history.push({ kind: 'death', id: gone!, time });
    }
  }
  return history;
}

/** A tree with everything that ever happened beside it, never pruned, from which all can be worked out afresh and slowly. */
export class CompleteRecord {
  readonly slots = new Map<number, number>();
  readonly tree: TaxonTree = new TaxonTree((slot) => { this.slots.delete(this.tree.id[slot]!); }, 4);
  private readonly all = new Map<number, { parent: number | null; origin: number; death: number | null; eggs: number }>();

  apply(each: Happening): void {
    const { tree, slots, all } = this;
    if (each.kind === 'birth') {
      const above = each.parent === null ? ABOVE : slots.get(each.parent)!;
      const slot = tree.add(each.id, above, each.time);
      slots.set(each.id, slot);
      tree.live(slot);
      all.set(each.id, { parent: each.parent, origin: each.time, death: null, eggs: 0 });
      if (each.fromEgg) {
        all.get(each.parent!)!.eggs--;
        tree.hatch(above);
      }
    } else if (each.kind === 'lay') {
      tree.conceive(slots.get(each.parent)!);
      all.get(each.parent)!.eggs++;
    } else {
      tree.die(slots.get(each.id)!, each.time);
      all.get(each.id)!.death = each.time;
    }
  }

  /** Everything, as definitions say it, from the complete record. */
  afresh(time: number) {
    const { all } = this;
    const up = (id: number): number[] => {
      const line: number[] = [];
      for (let at: number | null = id; at !== null; at = all.get(at)!.parent) line.push(at);
      return line;
    };
    const living = [...all].filter(([, { death }]) => death === null).map(([id]) => id);
    const kept = new Set([...all].filter(([, { death, eggs }]) => death === null || eggs > 0).flatMap(([id]) => up(id)));
    const children = new Map([...kept].map((id) => [id, [...kept].filter((child) => all.get(child)!.parent === id)]));
    const roots = [...kept].filter((id) => all.get(id)!.parent === null);
    const below = (id: number): number => living.filter((each) => up(each).includes(id)).length;
    const origin = (id: number): number => all.get(id)!.origin;
    const held = [...all].filter(([, { death, eggs }]) => death === null || eggs > 0).map(([id]) => id);
    const common = roots.length !== 1 ? null : up(held[0]!).find((id) => held.every((each) => up(each).includes(id)))!;
    const toCommon = (id: number): number[] => {
      const line = up(id);
      const end = common === null ? line.length : line.indexOf(common);
      return line.slice(0, end);
    };
    const distances = living.flatMap((a, i) => living.slice(0, i).map((b) => {
      const [x, y] = [up(a), up(b)];
      const shared = x.find((id) => y.includes(id));
      return shared === undefined ? NaN : x.indexOf(shared) + y.indexOf(shared);
    }));
    const middle = distances.reduce((sum, d) => sum + d, 0) / distances.length;
    const degrees: Record<number, number> = {};
    for (const list of children.values()) degrees[list.length] = (degrees[list.length] ?? 0) + 1;
    const weights = [...kept].map((id) => Math.max(0, children.get(id)!.length - 1));
    const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
    const distinctiveness = new Map(living.map((id): [number, number] => [id, id === common ? 0 : (time - origin(id)) / below(id)
      + total(toCommon(id).filter((each) => all.get(each)!.parent !== null).map((each) => (origin(each) - origin(all.get(each)!.parent!)) / below(each)))]));
    /** Size of a subtree with what has one child passed over, and the sum of deviations within. */
    const balance = (id: number): { size: number; index: number } => {
      const list = children.get(id)!;
      if (list.length === 1) return balance(list[0]!);
      const parts = list.map(balance);
      const sizes = parts.map(({ size }) => size).sort((a, b) => a - b);
      const median = sizes.length === 0 ? 0 : (sizes[(sizes.length - 1) >> 1]! + sizes[sizes.length >> 1]!) / 2;
      const here = sizes.length === 0 ? 0 : total(sizes.map((size) => Math.abs(size - median))) / sizes.length;
      return { size: Math.log(list.length + Math.E) + total(sizes), index: here + total(parts.map(({ index }) => index)) };
    };
    return {
      active: living.length, ancestors: kept.size - living.length, outside: all.size - kept.size, roots: roots.length, phylogeneticDiversity: kept.size - 1,
      sumDistance: total([...kept].map((id) => (all.get(id)!.parent === null ? 0 : origin(id) - origin(all.get(id)!.parent!)))),
      meanDepth: total(living.map((id) => up(id).length - 1)) / living.length,
      meanOrigin: kept.size === 0 ? 0 : total([...kept].map(origin)) / kept.size,
      normalisedMeanOrigin: total(weights) === 0 ? 0 : total([...kept].map((id, i) => weights[i]! * origin(id))) / total(weights),
      outDegrees: degrees, diversity: living.length === 0 ? 0 : Math.log2(living.length),
      commonAncestor: common, commonDepth: common === null ? null : up(common).length - 1,
      pairwise: roots.length !== 1 || living.length < 2 ? null : {
        pairs: distances.length, sum: total(distances), mean: middle, variance: total(distances.map((d) => (d - middle) ** 2)) / (distances.length - 1),
      },
      distinctiveness,
      sackin: total(living.map((id) => 1 + toCommon(id).slice(1).filter((each) => children.get(each)!.length > 1).length)),
      collessLike: roots.length !== 1 ? null : balance(roots[0]!).index,
    };
  }
}
