import { ABOVE } from './taxon-table.ts';
import type { TaxonTree } from './taxon-tree.ts';
import { livingBelow } from './tree-shape.ts';

/** A taxon as the ALife data standard writes it. */
export interface PhylogenyRow {
  id: number;
  /** Ids of the most direct ancestors, first parent first; empty for a root. */
  ancestors: readonly number[];
  originTime: number;
  /** Null or Infinity while it lives. */
  destructionTime: number | null;
  /** Further columns, the same in every row. */
  more?: Readonly<Record<string, string | number>>;
}

/** A cell of a CSV file (RFC 4180): in quotes where it holds a comma, a quote or a line break. */
export function csvCell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const timeText = (time: number | null): string => (time === null || time === Infinity ? 'inf' : String(time));

/**
 * The phylogeny file of the ALife data standard 1.0: `id, ancestor_list, origin_time, destruction_time` and whatever else the rows
 * carry, a taxon a line. Lists are in square brackets, a root's is `[NONE]`, the living are destroyed at `inf`.
 *
 * Throws an error with one sentence when a row has other columns than the first.
 */
export function* phylogenyCsvLines(rows: Iterable<PhylogenyRow>): Generator<string> {
  let extra: string[] | null = null;
  for (const { id, ancestors, originTime, destructionTime, more = {} } of rows) {
    const names = Object.keys(more);
    if (extra === null) {
      extra = names;
      yield ['id', 'ancestor_list', 'origin_time', 'destruction_time', ...extra].map(csvCell).join(',');
    } else if (names.length !== extra.length || names.some((name, i) => name !== extra![i])) {
      throw new Error(`Taxon ${id} has the columns ${names.join(', ')}, but the first one had ${extra.join(', ')}.`);
    }
    const list = ancestors.length === 0 ? '[NONE]' : `[${ancestors.join(',')}]`;
    yield [id, list, timeText(originTime), timeText(destructionTime), ...Object.values(more)].map(csvCell).join(',');
  }
  if (extra === null) yield 'id,ancestor_list,origin_time,destruction_time';
}

/** The whole file. */
export function phylogenyCsv(rows: Iterable<PhylogenyRow>): string {
  return `${[...phylogenyCsvLines(rows)].join('\n')}\n`;
}

/**
 * Rows of what a tree keeps, by first parents, with the columns that phylotrackpy writes and reads: `num_orgs, tot_orgs, num_offspring,
 * total_offspring` (living taxa below it) and `depth`, and a `taxon_label`, the id unless it is given.
 */
export function* rowsOfTree(tree: TaxonTree, labelOf: (slot: number) => string = (slot) => String(tree.id[slot]!)): Generator<PhylogenyRow> {
  const slots = tree.slots();
  const below = livingBelow(tree, slots);
  for (const slot of slots) {
    const up = tree.parent[slot]!;
    yield {
      id: tree.id[slot]!, ancestors: up === ABOVE ? [] : [tree.id[up]!], originTime: tree.origin[slot]!, destructionTime: tree.destruction[slot]!,
      more: {
        num_orgs: tree.organisms[slot]!, tot_orgs: tree.total[slot]!, num_offspring: tree.children[slot]!,
        total_offspring: below[slot]! - (tree.organisms[slot]! > 0 ? 1 : 0), depth: tree.depth[slot]!, taxon_label: labelOf(slot),
      },
    };
  }
}

/** A node's name in Newick: plain where it can be, else in single quotes. */
const label = (text: string): string => (/^[\w.+-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\'')}'`);

/**
 * Newick (Felsenstein 1986), a line and a semicolon for each root, in the order of the rows, which must name ancestors
 * first. Branch lengths are differences of origin times; a taxon with descendants is an inner node with its name. Where
 * a taxon has several parents the tree follows the first. No recursion, so that lines of descent may be long.
 *
 * Throws an error with one sentence when a row's ancestor has not come before it.
 */
export function newick(rows: Iterable<PhylogenyRow>, labelOf: (row: PhylogenyRow) => string = ({ id }) => String(id)): string {
  interface Node { row: PhylogenyRow; parent: Node | null; children: Node[]; done: number }
  const nodes = new Map<number, Node>();
  const roots: Node[] = [];
  for (const row of rows) {
    const [first] = row.ancestors;
    const parent = first === undefined ? null : nodes.get(first);
    if (parent === undefined) throw new Error(`Taxon ${row.id} descends from ${first!}, which does not stand before it.`);
    const node: Node = { row, parent, children: [], done: 0 };
    nodes.set(row.id, node);
    (parent?.children ?? roots).push(node);
  }
  const out: string[] = [];
  for (const root of roots) {
    let at: Node | null = root;
    while (at !== null) {
      if (at.done < at.children.length) {
        out.push(at.done === 0 ? '(' : ',');
        at = at.children[at.done++]!;
        continue;
      }
      if (at.children.length > 0) out.push(')');
      out.push(label(labelOf(at.row)));
      if (at.parent !== null) out.push(`:${at.row.originTime - at.parent.row.originTime}`);
      at = at.parent;
    }
    out.push(';\n');
  }
  return out.join('');
}
