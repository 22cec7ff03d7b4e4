import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { once } from 'node:events';
import { csvCell, newick, phylogenyCsvLines, type PhylogenyRow } from '../../core/measures/phylogeny-text.ts';
import { mullerCsv } from '../../core/measures/muller.ts';
import type { ExportFormat } from '../../core/recording/export-formats.ts';
import { mullerHistory } from '../../core/recording/muller-history.ts';
import { Queries, type Row } from '../../core/recording/queries.ts';
import { tableNames } from '../../core/recording/tables.ts';
import type { ExportForm } from './export-forms.ts';
import { Failure, fileProblem } from './failure.ts';
import { openRecorded } from './recorded-run.ts';
import { eventsFolder } from './run-files.ts';
import { ticksOver } from './run-story.ts';

/** Which taxa, and which of their parents. */
interface Descent { living: boolean; firstParents: boolean }

export interface ExportFlags extends Partial<Descent> { table?: string; format?: ExportForm; out?: string; all?: string; json?: boolean }

/** Ticks at which genotypes are counted, about. */
const MULLER_POINTS = 200;

const extensions: Record<ExportFormat, string> = { csv: 'csv', parquet: 'parquet', jsonl: 'jsonl' };

/** `lichen export`: what happened in a run, as files that other tools read. Returns the exit code. */
export async function exportRun(target: string, flags: ExportFlags): Promise<number> {
  const { path } = openRecorded(target);
  const { table, format, living = false, firstParents = false, out, all, json = false } = flags;
  const descent: Descent = { living, firstParents };
  if (all !== undefined && (table !== undefined || out !== undefined)) throw new Failure('--all writes every table into its folder; leave out --table and --out.');
  if (json && out === undefined && all === undefined) throw new Failure('--json tells on standard output what was written, and the table would go there, too; name a file with --out or a folder with --all.');
  const queries = await openTables(path);
  try {
    const written: { file: string; table: string }[] = [];
    const put = async (file: string, name: string, write: () => Promise<void>): Promise<void> => {
      refuseExisting(file);
      try {
        mkdirSync(dirname(file), { recursive: true });
        await write();
      } catch (error) {
        throw new Failure(`${file} cannot be written: ${fileProblem(error)}; name another with --out.`);
      }
      written.push({ file, table: name });
    };
    if (format === 'phylogeny' || format === 'newick') {
      if (table !== undefined && table !== 'births') throw new Failure(`--table is ${table}, but a phylogeny is made of births and deaths; leave it out.`);
      const text = format === 'newick' ? newickText(queries, descent) : phylogenyText(queries, descent);
      if (out === undefined && all === undefined) await pour(text, process.stdout);
      else await put(resolve(out ?? join(all!, format === 'newick' ? 'phylogeny.nwk' : 'phylogeny.csv')), format, () => pourInto(text, resolve(out ?? join(all!, format === 'newick' ? 'phylogeny.nwk' : 'phylogeny.csv'))));
    } else if (format === 'muller') {
      if (table !== undefined || out !== undefined || all === undefined) throw new Failure('What a Muller plot is made of are two tables, edges and population; name a folder for them with --all, and leave out --table and --out.');
      const { edges, population } = mullerCsv(await mullerHistory(queries, ticksOver(queries.to, MULLER_POINTS)));
      for (const [name, text] of [['edges', edges], ['population', population]] as const) {
        const file = resolve(join(all, `muller-${name}.csv`));
        await put(file, `muller ${name}`, () => pourInto([text], file));
      }
    } else if (all !== undefined) {
      const form = format ?? 'csv';
      for (const name of queries.tables) await put(resolve(join(all, `${name}.${extensions[form]}`)), name, () => queries.write(ordered(name), resolve(join(all, `${name}.${extensions[form]}`)), form));
      await put(resolve(join(all, 'phylogeny.csv')), 'phylogeny', () => pourInto(phylogenyText(queries, descent), resolve(join(all, 'phylogeny.csv'))));
    } else {
      const name = table ?? 'births';
      if (!(tableNames as readonly string[]).includes(name)) throw new Failure(`There is no table "${name}"; the tables are ${tableNames.join(', ')}.`);
      if (!queries.tables.some((one) => one === name)) throw new Failure(`The run in ${target} has no rows in ${name}; it has some in ${queries.tables.join(', ')}.`);
      const form = format ?? 'csv';
      if (out !== undefined) await put(resolve(out), name, () => queries.write(ordered(name), resolve(out), form));
      else if (form === 'parquet') throw new Failure('Parquet is not for a terminal; name a file with --out.');
      else await pour(tableText(queries, name, form), process.stdout);
    }
    if (json) process.stdout.write(`${JSON.stringify({ run: path, ...await endOf(queries), written })}\n`);
    else for (const { file, table: name } of written) process.stderr.write(`${name}: ${file}\n`);
    return 0;
  } finally {
    queries.close();
  }
}

/** The last tick in the tables, and the fingerprint that the run had then. */
async function endOf(queries: Queries): Promise<{ ticks: number; fingerprint: string | null }> {
  const [end] = await queries.rows(`SELECT fingerprint FROM ticks WHERE tick = ${queries.to}`);
  return { ticks: queries.to, fingerprint: (end?.['fingerprint'] ?? null) as string | null };
}

/** The tables of a recorded run. Throws a failure where it has none. */
export async function openTables(run: string): Promise<Queries> {
  const folder = eventsFolder(run);
  if (!existsSync(folder)) throw new Failure(`The run in ${run} was recorded without events, so there are no tables; record with --with record.events=true, which is the default.`);
  try {
    return await Queries.open(folder);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error));
  }
}

function refuseExisting(file: string): void {
  if (existsSync(file)) throw new Failure(`${file} is there already, and nothing is written over; name another file.`);
}

/** Rows in the order in which they happened. */
const ordered = (table: string): string => (table === 'genomes' ? 'SELECT * FROM genomes ORDER BY tick, genome' : `SELECT * FROM ${table} ORDER BY tick`);

/** The rows of a table as lines of text. */
async function* tableText(queries: Queries, table: string, form: 'csv' | 'jsonl'): AsyncGenerator<string> {
  let head = form === 'csv';
  const plain = (value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  for await (const rows of queries.stream(ordered(table))) {
    for (const row of rows) {
      if (form === 'jsonl') yield `${JSON.stringify(row, (_, value: unknown) => plain(value))}\n`;
      else {
        if (head) yield `${Object.keys(row).map(csvCell).join(',')}\n`;
        head = false;
        yield `${Object.values(row).map((value) => (value === null ? '' : csvCell(Array.isArray(value) ? `[${value.join(',')}]` : String(plain(value))))).join(',')}\n`;
      }
    }
  }
}

/** All organisms, or the living and their ancestors, by rising id: ids rise in the order of conception, so parents come first. */
function organisms({ tables }: Queries, { living, firstParents }: Descent): string {
  const deaths = tables.includes('deaths') ? 'deaths' : '(SELECT 0::UINTEGER AS id, 0::UINTEGER AS tick, 0::UINTEGER AS children WHERE false)';
  const all = `SELECT b.id, b.parent, b.partner, b.tick AS origin, d.tick AS destruction, b.operator, b.lineage, b.genome, d.children
    FROM births b LEFT JOIN ${deaths} d USING (id)`;
  if (!living) return `${all} ORDER BY b.id`;
  const partners = firstParents ? '' : 'UNION ALL SELECT id, partner FROM every';
  return `WITH RECURSIVE every AS (${all}), kept(id) AS (
      SELECT id FROM every WHERE destruction IS NULL
      UNION SELECT up FROM kept JOIN (SELECT id, parent AS up FROM every ${partners}) USING (id) WHERE up IS NOT NULL
    ) SELECT every.* FROM every JOIN kept USING (id) ORDER BY id`;
}

async function* taxa(queries: Queries, descent: Descent): AsyncGenerator<PhylogenyRow> {
  for await (const rows of queries.stream(organisms(queries, descent))) {
    for (const { id, parent, partner, origin, destruction, operator, lineage, genome } of rows as (Row & { id: number; origin: number; destruction: number | null })[]) {
      const ancestors = [parent, ...(descent.firstParents ? [] : [partner])].filter((one): one is number => typeof one === 'number');
      yield {
        id, ancestors: [...new Set(ancestors)], originTime: origin, destructionTime: destruction,
        more: { operator: String(operator), lineage: Number(lineage), genome: String(genome), taxon_label: String(id) },
      };
    }
  }
}

async function* phylogenyText(queries: Queries, descent: Descent): AsyncGenerator<string> {
  let first = true;
  for await (const row of taxa(queries, descent)) {
    const lines = [...phylogenyCsvLines([row])];
    for (const line of first ? lines : lines.slice(1)) yield `${line}\n`;
    first = false;
  }
}

async function* newickText(queries: Queries, descent: Descent): AsyncGenerator<string> {
  const rows: PhylogenyRow[] = [];
  for await (const row of taxa(queries, descent)) rows.push(row);
  yield newick(rows);
}

async function pour(text: AsyncIterable<string> | Iterable<string>, stream: NodeJS.WritableStream): Promise<void> {
  let chunk = '';
  for await (const piece of text) {
    chunk += piece;
    if (chunk.length < 1 << 16) continue;
    if (!stream.write(chunk)) await once(stream, 'drain');
    chunk = '';
  }
  if (chunk !== '' && !stream.write(chunk)) await once(stream, 'drain');
}

async function pourInto(text: AsyncIterable<string> | Iterable<string>, file: string): Promise<void> {
  const stream = createWriteStream(file, { flags: 'wx' });
  const failed = new Promise<never>((_, reject) => stream.once('error', reject));
  await Promise.race([pour(text, stream), failed]);
  stream.end();
  await Promise.race([once(stream, 'close'), failed]);
}
