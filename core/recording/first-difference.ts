import type { RecordedRow, RecordedValue, TickRecord } from './tick-record.ts';
import type { TableName } from './tables.ts';

/** What a row of a table is called, in the order in which causes come before effects. */
const called: readonly (readonly [TableName, string])[] = [
  ['commands', 'command'], ['births', 'birth'], ['messages', 'message'], ['thoughts', 'thought'], ['judgings', 'judging'], ['deaths', 'death'],
  ['archive', 'change of the archive'], ['ticks', 'summary'],
];

/**
 * Where two accounts of one tick part first, in one sentence for a person: `tick 412: birth 3 of 7 has genome … where
 * the record has …`. Null when they are the same.
 */
export function firstDifference(recorded: TickRecord, replayed: TickRecord): string | null {
  if (recorded.tick !== replayed.tick) return `tick ${replayed.tick} was replayed where the record has tick ${recorded.tick}`;
  for (const [table, one] of called) {
    const before = recorded.tables[table] ?? [];
    const now = replayed.tables[table] ?? [];
    for (let i = 0; i < Math.min(before.length, now.length); i++) {
      const column = differing(before[i]!, now[i]!);
      if (column === null) continue;
      return `tick ${recorded.tick}: ${one} ${i + 1} of ${now.length} has ${words(column)} ${told(now[i]![column])} where the record has ${told(before[i]![column])}`;
    }
    if (before.length === now.length) continue;
    const [longer, who] = now.length > before.length ? [now, 'the replay'] as const : [before, 'the record'] as const;
    const first = longer[Math.min(before.length, now.length)]!;
    return `tick ${recorded.tick}: there are ${now.length} of ${table} where the record has ${before.length}; ${who} alone has ${one} ${Math.min(before.length, now.length) + 1}: ${summary(first)}`;
  }
  return null;
}

/** The first column in which two rows differ. */
function differing(before: RecordedRow, now: RecordedRow): string | null {
  const columns = [...new Set([...Object.keys(now), ...Object.keys(before)])];
  return columns.find((column) => !same(before[column], now[column])) ?? null;
}

function same(a: RecordedValue | undefined, b: RecordedValue | undefined): boolean {
  return Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((each, i) => each === b[i]));
}

const words = (column: string): string => column.replaceAll('_', ' ');

function told(value: RecordedValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text === '' ? 'nothing' : text;
}

/** Characters of a value that are told. */
const LONGEST = 200;

const summary = (row: RecordedRow): string => told(Object.entries(row).filter(([column]) => column !== 'tick').slice(0, 4).map(([column, value]) => `${words(column)} ${told(value)}`).join(', '));
