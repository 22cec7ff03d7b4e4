import type { TickEvent } from '../events/event.ts';
import { operatorNames } from '../kernel/tick-events.ts';
import { genomeHash } from './genome-keys.ts';
import type { Row } from './queries.ts';

/** What a record has of one tick, each table in the order in which things happened. */
export interface TickRowsOf { readonly commands: readonly Row[]; readonly births: readonly Row[]; readonly deaths: readonly Row[]; readonly ticks: readonly Row[] }

/** One thing that happened, as it stands in a table. */
type Facts = Readonly<Record<string, string | number>>;

/**
 * The first event of a tick that is another than the record has, in words: commands first, then births, deaths and what
 * is counted. Of what differs in none of them it says so: then places or energies did.
 */
export function differenceAt(event: TickEvent, genomeText: (handle: number) => string, recorded: TickRowsOf): string {
  const { births, deaths } = event;
  const hash = (handle: number): string => String(BigInt(`0x${genomeHash(genomeText(handle))}`));
  const found: [what: string, happened: Facts[], rows: readonly Row[]][] = [
    ['command', event.commands.map(({ seq, command }) => ({ seq, command: JSON.stringify(command) })), recorded.commands],
    ['birth', Array.from({ length: births.count }, (_, i) => ({
      id: births.id[i]!, operator: operatorNames[births.operator[i]!]!, same: births.same[i] === 1 ? 'true' : 'false', lineage: births.lineage[i]!, tag: births.tag[i]!, genome: hash(births.genome[i]!),
    })), recorded.births],
    ['death', Array.from({ length: deaths.count }, (_, i) => ({ id: deaths.id[i]!, born_at: deaths.bornAt[i]!, children: deaths.children[i]! })), recorded.deaths],
    ['count', [{ population: event.population, births: births.count, deaths: deaths.count, conceptions: event.conceptions.count }], recorded.ticks],
  ];
  for (const [what, happened, rows] of found) {
    // founders are in the births of the first tick, and in the table at tick 0
    const listed = what === 'birth' && event.tick === 1 ? happened.filter(({ operator }) => operator !== 'founder') : happened;
    for (let i = 0; i < Math.max(listed.length, rows.length); i++) {
      const [one, row] = [listed[i], rows[i]];
      const of = `${what} ${i + 1} of ${Math.max(listed.length, rows.length)}`;
      if (row === undefined) return `${of} is ${said(one!)}, which the record does not have`;
      if (one === undefined) return `${of} of the record did not happen: ${said(Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)])))}`;
      if (what === 'count' && event.tick === 1) continue;
      for (const [key, value] of Object.entries(one)) {
        if (String(row[key]) !== String(value)) return `${of} has ${key} ${clipped(String(value))} where the record has ${clipped(String(row[key]))}`;
      }
    }
  }
  return 'commands, births, deaths and counts are the same, so places, energies, thoughts or the archive were others';
}

const clipped = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);
const said = (facts: Facts): string => clipped(Object.entries(facts).map(([key, value]) => `${key} ${value}`).join(', '));
