import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ModelError, type ModelDoor } from './contract.ts';

const priceSchema = z.strictObject({
  /** US dollars for a million tokens read. */
  input: z.number().min(0).max(100_000),
  /** US dollars for a million tokens written. */
  output: z.number().min(0).max(100_000),
});
export type Price = z.infer<typeof priceSchema>;

const tableSchema = z.strictObject({
  /** Day on which the prices were true, as `2025-08-01`. */
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day such as 2025-08-01 is expected'),
  models: z.record(z.string().min(1).max(200), priceSchema),
});
export type PriceTable = z.infer<typeof tableSchema>;

/**
 * List prices as far as they were known on that day, without discounts for cached prompts or batches. They go out of
 * date: override them with a table of your own (`--prices FILE`).
 */
export const knownPrices: PriceTable = {
  date: '2025-08-01',
  models: {
    'gpt-4o': { input: 2.5, output: 10 },
    'gpt-4o-mini': { input: 0.15, output: 0.6 },
    'gpt-4.1': { input: 2, output: 8 },
    'gpt-4.1-mini': { input: 0.4, output: 1.6 },
    'gpt-4.1-nano': { input: 0.1, output: 0.4 },
    'gpt-5': { input: 1.25, output: 10 },
    'gpt-5-mini': { input: 0.25, output: 2 },
    'gpt-5-nano': { input: 0.05, output: 0.4 },
    'o3': { input: 2, output: 8 },
    'o4-mini': { input: 1.1, output: 4.4 },
    'claude-opus-4': { input: 15, output: 75 },
    'claude-sonnet-4': { input: 3, output: 15 },
    'claude-3-5-haiku': { input: 0.8, output: 4 },
    'gemini-2.5-pro': { input: 1.25, output: 10 },
    'gemini-2.5-flash': { input: 0.3, output: 2.5 },
    'gemini-2.5-flash-lite': { input: 0.1, output: 0.4 },
    'deepseek-chat': { input: 0.27, output: 1.1 },
    'mistral-small-latest': { input: 0.1, output: 0.3 },
  },
};

/** Reads a table: `{"date": "2026-01-31", "models": {"my-model": {"input": 0.5, "output": 1.5}}}`. @throws ModelError with one sentence. */
export function readPrices(file: string): PriceTable {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ModelError('refused', `The price table ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const table = tableSchema.safeParse(value);
  if (table.success) return table.data;
  const [issue] = table.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'its top' : issue.path.join('.');
  throw new ModelError('refused', `The price table ${file} is wrong at ${where}: ${issue?.message ?? 'not a table'}; write {"date": "2026-01-31", "models": {"name": {"input": 0.5, "output": 1.5}}}, in dollars a million tokens.`);
}

/** What a table says of a model: its name, or its name up to a dated or versioned ending (`gpt-4o-2024-08-06`), or after a vendor (`openai/gpt-4o`). */
export function findPrice(table: PriceTable, model: string): Price | undefined {
  if (Object.hasOwn(table.models, model)) return table.models[model];
  const bare = model.slice(model.lastIndexOf('/') + 1);
  if (Object.hasOwn(table.models, bare)) return table.models[bare];
  // only a date or a version may follow: `gpt-4o-mini` is not a `gpt-4o`
  const dated = /^(.+?)(?:-(?:\d{4}-\d{2}-\d{2}|\d{6,8}|\d{3,4}|latest|preview|v\d+))+$/.exec(bare)?.[1];
  return dated !== undefined && Object.hasOwn(table.models, dated) ? table.models[dated] : undefined;
}

const FREE: Price = { input: 0, output: 0 };

/** The price of a door's model: nothing for the embedded one; by the table, for what answers on this machine may be sold elsewhere; else nothing on this machine, and null where it is not known. */
export function priceOf(door: Pick<ModelDoor, 'model' | 'where' | 'local'>, table: PriceTable): Price | null {
  if (door.where === 'embedded') return FREE;
  return findPrice(table, door.model) ?? (door.local === true ? FREE : null);
}

/** US dollars. A price that is not known counts as none: caps in dollars are refused without one. */
export function dollarsFor(price: Price | null, promptTokens: number, completionTokens: number): number {
  return price === null ? 0 : (price.input * promptTokens + price.output * completionTokens) / 1_000_000;
}
