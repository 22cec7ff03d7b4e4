import { Cause, NOBODY, Outcome, Variation, operatorNames } from '../kernel/tick-events.ts';

/**
 * How a column's values travel from the thread of the run. `u64` is a pair of words, the low one first; in a `text` or
 * `list` column each value is a string, a list as JSON.
 */
export type ColumnKind = 'u8' | 'u16' | 'u32' | 'u64' | 'f32' | 'f64' | 'text' | 'list';

export interface Column {
  readonly kind: ColumnKind;
  /** What it is called in the file, where that is not its key. */
  readonly title?: string;
  /** The number that stands for nothing. */
  readonly absent?: number;
  /** What the numbers stand for: the file has the words. */
  readonly words?: readonly string[];
  /** Whether it is true or false. */
  readonly flag?: true;
}

export type Table = Readonly<Record<string, Column>>;

const word = { kind: 'u32' } as const;
const short = { kind: 'u16' } as const;
const byte = { kind: 'u8' } as const;
const real = { kind: 'f32' } as const;
const text = { kind: 'text' } as const;
const hash = { kind: 'u64' } as const;
const somebody = { kind: 'u32', absent: NOBODY } as const;
const operator = { kind: 'u8', words: operatorNames } as const;

const byValue = (codes: Readonly<Record<string, number>>): string[] => Object.keys(codes).sort((a, b) => codes[a]! - codes[b]!);

/** What each set of bits of `Variation` stands for: the names of its operators, joined. */
const variations: readonly string[] = (() => {
  const bits = Object.entries(Variation);
  return Array.from({ length: Math.max(...Object.values(Variation)) * 2 }, (_, set) => bits.flatMap(([name, bit]) => ((set & bit) === 0 ? [] : [name])).join('+'));
})();

/** A name for a column that no other column of the table has. */
const unused = (name: string, table: Table): string => (name in table ? unused(`measure_${name}`, table) : name);

/** What a world calls things, as far as tables need it. */
export interface WorldWords { readonly acts: readonly string[]; readonly measures: readonly [string, string] }

/**
 * The tables of a record, and their columns in order. Ids and ticks are numbers of 32 bits; a genome is the 64-bit hash
 * of its canonical text, which `genomes` has. `ticks` has one row a tick, the founders' at tick 0.
 */
export function recordTables({ acts, measures }: WorldWords) {
  const life = {
    tick: word, id: word, cause: { kind: 'u8', words: byValue(Cause) }, born_at: word, children: short, genome: hash, lineage: word, operator, objective: real,
  } as const satisfies Table;
  const first = unused(measures[0], life);
  const second = unused(measures[1], { ...life, [first]: real });
  return {
    births: {
      tick: word, id: word, parent: somebody, partner: somebody, genome: hash, operator, outcome: { kind: 'u8', words: byValue(Outcome) },
      variation: { kind: 'u16', words: variations }, same: { kind: 'u8', flag: true }, lineage: word, tag: byte, x: real, y: real,
    },
    deaths: { ...life, measure0: { kind: 'f32', title: first }, measure1: { kind: 'f32', title: second } },
    /** Each genome that is spoken of in a segment stands in the same segment, once. */
    genomes: { genome: hash, tick: word, text, size: somebody, depth: somebody },
    commands: { tick: word, seq: word, kind: text, command: text },
    archive: { tick: word, cell: word, objective: { kind: 'f64' }, genome: hash, organism: word },
    measures: { tick: word, measure: text, value: { kind: 'f64', absent: NaN } },
    thoughts: { tick: word, organism: word, due_at: word, genome: hash, age: word, energy: real, children: short, fired: byte },
    judgings: { tick: word, organism: word, due_at: word, genome: hash },
    messages: { tick: word, from: word, text, hearers: { kind: 'list' } },
    /** In the order of ticks and ids. */
    positions: { tick: word, id: word, x: real, y: real, energy: real, act: { kind: 'u8', words: acts }, lineage: word },
    ticks: {
      tick: word, fingerprint: text, population: word, births: word, deaths: word, conceptions: word, thoughts: word, judgings: word, refused: word,
    },
  } as const satisfies Record<string, Table>;
}

export type RecordTables = ReturnType<typeof recordTables>;
export type TableName = keyof RecordTables;
/** In the order in which they are written; where `ticks` stands, the others do. */
export const tableNames = Object.keys(recordTables({ acts: [], measures: ['a', 'b'] })) as readonly TableName[];
/** The table that every tick has a row in. */
export const SPINE: TableName = 'ticks';

/** A column's name in the file. */
export const titleOf = (key: string, { title }: Column): string => title ?? key;
