import { RandomStream, purpose, seedKey } from '../../core/kernel/random.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { IdMap } from '../../core/measures/id-map.ts';
import { ABOVE } from '../../core/measures/taxon-table.ts';
import { TaxonTree } from '../../core/measures/taxon-tree.ts';
import { treeShape } from '../../core/measures/tree-shape.ts';

/**
 * A neutral population of a constant number, so many births, organisms as taxa: what the phylogeny costs in memory and time. Its own
 * bytes are those of tree and index; the process's greatest size is what the operating system says, so this runs in a process of its own.
 */
function benchPhylogeny(births: number, alive: number): void {
  console.log(`phylogeny of ${births} births with ${alive} alive (parent and dead drawn at random), a taxon an organism`);
  const before = process.memoryUsage().rss;
  const slots = new IdMap(1024);
  const tree = new TaxonTree((slot) => slots.delete(tree.id[slot]!));
  const random = new RandomStream(seedKey(1, purpose.sampling), 0x70687931);
  const living = new Uint32Array(alive);
  let id = 0;
  const bear = (parent: number, time: number): number => {
    const slot = tree.add(id, parent, time);
    slots.set(id, slot);
    tree.live(slot);
    return id++;
  };
  // one founder, so that distances are defined throughout
  for (let i = 0; i < alive; i++) living[i] = bear(i === 0 ? ABOVE : slots.get(0), 0);
  const from = process.cpuUsage();
  let most = 0;
  let mostBytes = 0;
  for (let n = 0; n < births; n++) {
    const time = 1 + Math.floor(n / alive);
    const child = bear(slots.get(living[random.below(alive)]!), time);
    const gone = random.below(alive);
    const slot = slots.get(living[gone]!);
    if (slot === NOBODY) throw new Error('A living organism is not in its phylogeny.');
    tree.die(slot, time);
    living[gone] = child;
    if (tree.size > most) most = tree.size;
    if ((n & 0xffff) === 0) {
      mostBytes = Math.max(mostBytes, tree.bytes + slots.bytes);
      tree.mostRecentCommonAncestor();
    }
  }
  const { user, system } = process.cpuUsage(from);
  const { maxRSS } = process.resourceUsage();
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  console.log(`kept now ${tree.size}, at most ${most}; bytes of the tree and its index at most ${mebibytes(mostBytes)} MiB`);
  console.log(`greatest size of the process ${(maxRSS / 1024).toFixed(0)} MiB (${mebibytes(before)} MiB before it began); wanted: at most 500 MB`);
  console.log(`${((user + system) * 1000 / births).toFixed(0)} ns of processor time a birth with its death`);
  const shapeFrom = process.cpuUsage();
  const shape = treeShape(tree, 1 + Math.floor(births / alive));
  const cost = process.cpuUsage(shapeFrom);
  console.log(`all measures of the tree: ${((cost.user + cost.system) / 1000).toFixed(1)} ms; common ancestor ${String(shape.commonAncestor)}, mean pairwise distance ${shape.pairwise?.mean.toFixed(1) ?? 'none'}`);
  if (maxRSS > 500_000) process.exitCode = 1;
}

benchPhylogeny(10_000_000, 10_000);
