import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import { IdMap } from '../../core/measures/id-map.ts';
import { newick, phylogenyCsv, rowsOfTree } from '../../core/measures/phylogeny-text.ts';
import { ABOVE } from '../../core/measures/taxon-table.ts';
import { TaxonTree } from '../../core/measures/taxon-tree.ts';
import { collessLike, distanceBetween, evolutionaryDistinctiveness, pairwiseDistances, sackin, treeShape } from '../../core/measures/tree-shape.ts';
import { seeded } from '../core/seeded.ts';
import { CompleteRecord, randomHistory, type Happening } from './complete-record.ts';

/** Taxa with one organism each, that all live: [id, parent, origin]. */
function grow(taxa: readonly (readonly [id: number, parent: number | null, time: number])[]) {
  const slots = new Map<number, number>();
  const tree = new TaxonTree();
  for (const [id, parent, time] of taxa) {
    slots.set(id, tree.add(id, parent === null ? ABOVE : slots.get(parent)!, time));
    tree.live(slots.get(id)!);
  }
  return { tree, slot: (id: number) => slots.get(id)! };
}
const six = [[1, null, 0], [2, 1, 6], [3, 1, 10], [4, 2, 25], [5, 2, 32], [6, 5, 40]] as const;

describe('the phylogeny', () => {
  it('[Q2] has the published values of a tree of six living taxa', () => {
    expect([1, 2, 3, 4, 5].map((n) => grow(six.slice(0, n)).tree.meanOrigin())).toEqual([0, 3, expect.closeTo(5.3333, 4), 10.25, 14.6]);
    expect([1, 2, 3].map((n) => grow(six.slice(0, n)).tree.sumDistance)).toEqual([0, 6, 16]);
    const { tree, slot } = grow(six);
    expect([[4, 3], [5, 4], [6, 3]].map(([a, b]) => distanceBetween(tree, slot(a!), slot(b!)))).toEqual([3, 2, 4]);
    expect(treeShape(tree, 50)).toMatchObject({
      outDegrees: { 0: 3, 1: 1, 2: 2 }, diversity: expect.closeTo(2.58496, 5) as number, meanDepth: 1.5, commonAncestor: 1, commonDepth: 0,
      phylogeneticDiversity: 5, active: 6, ancestors: 0,
      // 1-2 1, 1-3 1, 1-4 2, 1-5 2, 1-6 3, 2-3 2, 2-4 1, 2-5 1, 2-6 2, 3-4 3, 3-5 3, 3-6 4, 4-5 2, 4-6 3, 5-6 1
      pairwise: { pairs: 15, sum: 31, mean: 31 / 15, variance: expect.closeTo((77 - 31 * 31 / 15) / 14, 12) as number },
    });
  });

  it('[Q2] has the hand-computed balance and distinctiveness of small trees', () => {
    // a comb of three leaves: ((a, b), c), inner taxa dead
    const { tree: comb, slot } = grow([[0, null, 0], [1, 0, 4], [2, 1, 6], [3, 1, 7], [4, 0, 5]]);
    comb.die(slot(0), 8);
    comb.die(slot(1), 8);
    // c: 1; a and b: 2 each
    expect(sackin(comb)).toBe(5);
    // at the root ln(2 + e) + 2 against 1, halved from their median
    expect(collessLike(comb)).toBeCloseTo((Math.log(2 + Math.E) + 2 - 1) / 2, 12);
    const { ids, values } = evolutionaryDistinctiveness(comb, 10);
    // 2: (10 − 6) + 2 and half of the 4 below the root; 3: 3 + 3 and half of 4; 4: 5 + 5
    expect(Object.fromEntries([...ids].map((id, i) => [id, values[i]]))).toEqual({ 2: 8, 3: 8, 4: 10 });
    // a fan is in perfect balance
    const { tree: fan } = grow([[0, null, 0], [1, 0, 1], [2, 0, 1], [3, 0, 1]]);
    expect([collessLike(fan), sackin(fan)]).toEqual([0, 4]);
    // two roots: no common ancestor, no distances
    const { tree: two } = grow([[0, null, 0], [1, null, 0], [2, 1, 3]]);
    expect(treeShape(two, 5)).toMatchObject({ roots: 2, commonAncestor: null, pairwise: null, collessLike: null, sumDistance: 3 });
    expect(pairwiseDistances(grow([[0, null, 0]]).tree)).toBeNull();
    // a world that has died out, and one that begins again
    const { tree: gone, slot: last } = grow([[0, null, 0], [1, 0, 2]]);
    expect(gone.mostRecentCommonAncestor()).toBe(last(0));
    gone.die(last(0), 3);
    expect(gone.mostRecentCommonAncestor()).toBe(last(1));
    gone.die(last(1), 4);
    expect([gone.mostRecentCommonAncestor(), gone.size, gone.outside, gone.roots, gone.meanOrigin()]).toEqual([ABOVE, 0, 2, 0, 0]);
    const again = gone.add(7, ABOVE, 9);
    gone.live(again);
    expect([gone.mostRecentCommonAncestor(), gone.depth[again]]).toEqual([again, 0]);
    expect(() => comb.add(9, slot(1), 9)).toThrow('Taxon 9 is to descend from taxon 1, which is extinct and has nobody unborn.');
  });

  it('[Q1] keeps the living, those with unborn and their ancestors, and what it keeps up is what the complete record gives', () => {
    fc.assert(fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 160 }), (seed, founders, steps) => {
      const record = new CompleteRecord();
      let time = 0;
      randomHistory(seed, steps, { founders }).forEach((each, i) => {
        record.apply(each);
        if (each.kind !== 'lay') time = each.time;
        // the common ancestor is looked for now and then, and must be the same whenever that is
        if (i % 7 !== 0) return;
        const { distinctiveness, ...wanted } = record.afresh(time + 2);
        const shape = treeShape(record.tree, time + 2);
        const mean = [...distinctiveness.values()].reduce((sum, value) => sum + value, 0) / distinctiveness.size;
        const close = (value: unknown): unknown => (Number.isFinite(value) && !Number.isInteger(value) ? expect.closeTo(value as number, 9)
          : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)])) : value);
        expect(shape).toEqual({ ...(close(wanted) as object), distinctiveness: distinctiveness.size === 0 ? null : expect.closeTo(mean, 9) });
        const { ids, values } = evolutionaryDistinctiveness(record.tree, time + 2);
        expect(Object.fromEntries([...ids].map((id, at) => [id, values[at]]))).toEqual(Object.fromEntries([...distinctiveness].map(([id, value]) => [id, expect.closeTo(value, 9)])));
        expect(record.tree.size).toBe(record.slots.size);
        expect([...record.tree.slots()].map((slot) => record.tree.id[slot])).toEqual([...record.slots.keys()]);
      });
    }), seeded(60));
  });

  it('[Q1] finds ids in its index as a map would', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('set', 'delete'), fc.oneof(fc.nat(40), fc.constantFrom(0xfffffffe, 0x80000000))), { maxLength: 300 }), (steps) => {
      const index = new IdMap(4);
      const plain = new Map<number, number>();
      steps.forEach(([what, id], i) => {
        if (what === 'set') { index.set(id, i); plain.set(id, i); } else { index.delete(id); plain.delete(id); }
      });
      expect(index.size).toBe(plain.size);
      for (let id = 0; id <= 41; id++) expect(index.get(id)).toBe(plain.get(id) ?? NOBODY);
    }), seeded(200));
  });

  it('[Q3] is written in the standard\'s CSV and in Newick', () => {
    const { tree, slot } = grow(six);
    tree.die(slot(2), 41);
    tree.die(slot(3), 42.5);
    expect(phylogenyCsv(rowsOfTree(tree, (at) => (tree.id[at] === 1 ? 'when a < 1, "b"' : `t${tree.id[at]!}`)))).toBe([
      'id,ancestor_list,origin_time,destruction_time,num_orgs,tot_orgs,num_offspring,total_offspring,depth,taxon_label',
      '1,[NONE],0,inf,1,1,1,3,0,"when a < 1, ""b"""',
      '2,[1],6,41,0,1,2,3,1,t2',
      '4,[2],25,inf,1,1,0,0,2,t4',
      '5,[2],32,inf,1,1,1,1,2,t5',
      '6,[5],40,inf,1,1,0,0,3,t6',
      '',
    ].join('\n'));
    expect(newick(rowsOfTree(tree))).toBe('((4:19,(6:8)5:26)2:6)1;\n');
    const rows = [{ id: 0, ancestors: [], originTime: 0, destructionTime: 3 }, { id: 1, ancestors: [], originTime: 0, destructionTime: null }, { id: 2, ancestors: [0, 1], originTime: 2, destructionTime: null }];
    expect(phylogenyCsv(rows)).toBe('id,ancestor_list,origin_time,destruction_time\n0,[NONE],0,3\n1,[NONE],0,inf\n2,"[0,1]",2,inf\n');
    expect(newick(rows, ({ id }) => `it's ${id}`)).toBe('(\'it\'\'s 2\':2)\'it\'\'s 0\';\n\'it\'\'s 1\';\n');
    expect(() => newick(rows.toReversed())).toThrow('Taxon 2 descends from 0, which does not stand before it.');
    expect(() => phylogenyCsv([{ ...rows[0]!, more: { a: 1 } }, rows[1]!])).toThrow('Taxon 1 has the columns , but the first one had a.');
    // a line of descent may be longer than any stack
    const line = newick(Array.from({ length: 50_000 }, (_, id) => ({ id, ancestors: id === 0 ? [] : [id - 1], originTime: id, destructionTime: null })));
    expect(line.endsWith('1:1)0;\n')).toBe(true);
  });
});

const python = process.env['LICHEN_PYTHON'] ?? 'python3';
const has = spawnSync(python, ['-c', 'import phylotrackpy'], { encoding: 'utf8' });
const why = has.error ? `there is no ${python}` : `${python} has no phylotrackpy (pip install phylotrackpy, or name a Python that has it in LICHEN_PYTHON)`;
const folder = mkdtempSync(join(tmpdir(), 'lichen-phylogeny-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Replays births and deaths in phylotrackpy, then loads our file, and prints what it says of both. */
const script = `
import json, sys
from phylotrackpy import systematics
happenings, path, time = json.load(sys.stdin)
def facts(s, counts):
    common = s.get_mrca()
    return dict(active=s.get_num_active(), ancestors=s.get_num_ancestors(), roots=s.get_num_roots(), phylogeneticDiversity=s.get_phylogenetic_diversity(),
        sumDistance=s.get_sum_distance(), meanOrigin=s.get_average_origin_time(False), normalisedMeanOrigin=s.get_average_origin_time(True),
        outDegrees={str(k): v for k, v in s.get_out_degree_distribution().items()}, commonAncestor=None if common is None else int(common.get_info()),
        commonDepth=s.mrca_depth(), meanDistance=s.get_mean_pairwise_distance(False), sumOfDistances=s.get_sum_pairwise_distance(False),
        variance=s.get_variance_pairwise_distance(False), distinctiveness=s.get_mean_evolutionary_distinctiveness(time), sackin=s.sackin_index(),
        collessLike=s.colless_like_index(), **(dict(diversity=s.calc_diversity(), meanDepth=s.get_ave_depth()) if counts else {}))
s = systematics.Systematics(lambda x: x, True, True, False, False)
taxa = {}
for each in happenings:
    s.set_update(each['time'])
    if each['kind'] == 'birth':
        parent = each['parent']
        taxa[each['id']] = s.add_org(str(each['id'])) if parent is None else s.add_org(str(each['id']), taxa[parent])
    else:
        s.remove_org(taxa.pop(each['id']))
t = systematics.Systematics(lambda x: x, True, True, False, False)
t.load_from_file(path, 'taxon_label', False)
print(json.dumps([facts(s, True), facts(t, False)]))
`;

describe('phylotrackpy', () => {
  it.skipIf(has.status !== 0)(`[Q3] loads our file, and [Q2] agrees about the tree${has.status === 0 ? '' : `: skipped, ${why}`}`, () => {
    for (const seed of [1, 2, 3, 4]) {
      const history = randomHistory(seed, 300, { eggs: false }) as Exclude<Happening, { kind: 'lay' }>[];
      const record = new CompleteRecord();
      for (const each of history) record.apply(each);
      const time = history.at(-1)!.time + 1;
      const { tree } = record;
      const shape = treeShape(tree, time);
      expect(shape.active).toBeGreaterThan(8);
      const path = join(folder, `${seed}.csv`);
      writeFileSync(path, phylogenyCsv(rowsOfTree(tree)));
      const run = spawnSync(python, ['-c', script], { input: JSON.stringify([history, path, time]), encoding: 'utf8' });
      expect(run.stderr).toBe('');
      const [replayed, loaded] = JSON.parse(run.stdout) as [Record<string, unknown>, Record<string, unknown>];
      // theirs counts a taxon with one child into the weights of Colless' index; ours goes by the paper, and passes it over
      const { collessLike: _theirs, ...rest } = replayed;
      const { pairwise, collessLike: _ours, outside: _outside, ...ours } = shape;
      const wanted = { ...ours, meanDistance: pairwise!.mean, sumOfDistances: pairwise!.sum, variance: pairwise!.variance };
      const close = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, typeof value === 'number' ? expect.closeTo(value, 6) : value]));
      expect(rest).toEqual(close);
      const { diversity: _diversity, meanDepth: _meanDepth, ...fromFile } = close;
      const { collessLike: _loaded, ...read } = loaded;
      expect(read).toEqual(fromFile);
    }
  });
});
