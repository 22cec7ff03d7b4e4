import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerSchema } from '../../agents/minds/answer-form.ts';
import { ratingTask, voteTask } from '../../agents/judges/tasks.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { textForm } from '../../agents/operators/text-form.ts';
import { findWorld } from '../../worlds/index.ts';
import { createEmbeddedFetch } from '../../agents/model/embedded-fetch.ts';
import { startEngine, type Engine } from '../../agents/model/engine.ts';
import { jsonSchemaGrammar, SchemaRefusal } from '../../agents/model/json-grammar.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-json-'));
let engine: Engine;
let inner: typeof fetch;
beforeAll(async () => {
  const path = join(folder, 'tiny.gguf');
  writeTinyGguf(path);
  engine = await startEngine({ path, slots: 2, threads: 1, contextTokens: 2048, loadTimeoutMs: 60_000 });
  inner = createEmbeddedFetch(engine, 'tiny');
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

interface Answer { status: number; text: string; finish: string; problem: string }

async function ask(format: unknown, more: Record<string, unknown> = {}): Promise<Answer> {
  const body = { messages: [{ role: 'user', content: 'Answer in JSON.' }], max_tokens: 1500, temperature: 1, response_format: format, ...more };
  const response = await inner('http://embedded.invalid/v1/chat/completions', { method: 'POST', body: JSON.stringify(body) });
  const value = await response.json() as { choices?: [{ message: { content: string }; finish_reason: string }]; error?: { message: string } };
  const choice = value.choices?.[0];
  return { status: response.status, text: choice?.message.content ?? '', finish: choice?.finish_reason ?? '', problem: value.error?.message ?? '' };
}

const byShape = (schema: unknown, name = 'answer') => ({ type: 'json_schema', json_schema: { name, strict: true, schema } });

/** Small enough to end within the tokens given, whatever the weights. */
const schemas: Record<string, z.ZodType> = {
  'a rating': z.object({ rating: z.int().min(1).max(10) }),
  'labels and flags': z.object({ label: z.enum(['grazer', 'hunter "x"', 'back\\slash']), sure: z.boolean(), none: z.null(), only: z.literal(3) }),
  'short text': z.strictObject({ say: z.string().min(2).max(20), why: z.string().max(10).nullable() }),
  'numbers with bounds': z.object({ share: z.number().min(0).max(1), change: z.int().min(-40).max(15), any: z.number(), count: z.int().positive() }),
  'optional members': z.object({ a: z.boolean().optional(), b: z.int().min(0).max(9), c: z.string().max(4).optional(), d: z.null().optional() }),
  'only optional members': z.object({ a: z.boolean().optional(), b: z.boolean().optional() }),
  'lists and tuples': z.object({ acts: z.array(z.enum(['eat', 'rest'])).min(1).max(3), pair: z.tuple([z.int().min(0).max(5), z.boolean()]), nothing: z.array(z.int()).max(0) }),
  'one of several': z.discriminatedUnion('kind', [z.object({ kind: z.literal('do'), ticks: z.int().min(1).max(50) }), z.object({ kind: z.literal('say'), words: z.string().max(12) })]),
  'a plain list': z.array(z.union([z.int().min(0).max(99), z.boolean()])).max(4),
};

describe('[M2] a reply under a JSON schema holds under it, whatever the weights', () => {
  test.each(Object.entries(schemas))('%s', async (_, schema) => {
    const answers = await Promise.all(Array.from({ length: 12 }, (__, seed) => ask(byShape(z.toJSONSchema(schema)), { seed, temperature: seed === 0 ? 0 : 1.5 })));
    for (const { status, text, finish, problem } of answers) {
      expect({ status, finish, problem }).toEqual({ status: 200, finish: 'stop', problem: '' });
      expect(schema.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
    }
    expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(1);
  });

  test('a schema may contain itself, and name its parts', async () => {
    const schema = {
      type: 'object', required: ['name'], additionalProperties: false,
      properties: { name: { $ref: '#/$defs/name' }, left: { $ref: '#' } }, $defs: { name: { type: 'string', minLength: 1, maxLength: 3 } },
    };
    interface Tree { name: string; left?: Tree | undefined }
    const tree: z.ZodType<Tree> = z.strictObject({ name: z.string().min(1).max(3), get left() { return tree.optional(); } });
    for (const seed of [1, 2, 3, 4, 5]) {
      const { text, finish } = await ask(byShape(schema), { seed });
      if (finish === 'stop') expect(tree.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
    }
  });

  test('a map of names to values', async () => {
    const schema = z.record(z.string(), z.int().min(0).max(9));
    for (const seed of [1, 2, 3]) {
      const { text, finish } = await ask(byShape(z.toJSONSchema(schema)), { seed });
      if (finish === 'stop') expect(schema.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
      else expect(text).toMatch(/^\{/);
    }
  });
});

describe('[M2] what operators, minds and judges ask for', () => {
  const { vocabulary } = findWorld('meadow');
  const question = { name: 'interesting', question: 'Is it?', labels: ['yes', 'no'], text: 'a life' };
  const every = { plan: true, prompt: true };
  test.each(Object.entries({
    program: programForm(vocabulary).schema(every), text: textForm({ noun: 'song', maxCharacters: 200, about: 'Birds sing.' }).schema(every),
    thought: answerSchema(vocabulary, { plan: true, intent: true, message: true, rewrite: true, maxRules: 6 }),
    rating: ratingTask(question, 1, 1).request.schema, vote: voteTask(question, 1, 1).request.schema,
  }))('can be held: %s', async (name, asked) => {
    const schema = z.fromJSONSchema(asked?.schema as Parameters<typeof z.fromJSONSchema>[0]);
    const { status, text, finish, problem } = await ask(byShape(asked?.schema, name), { seed: 7 });
    expect({ status, problem }).toEqual({ status: 200, problem: '' });
    if (finish === 'stop') expect(schema.safeParse(JSON.parse(text)), text).toMatchObject({ success: true });
    else expect(text).toMatch(/^\{"/);
  });
});

test('[M2] json_object gives an object, cut at the most by the length', async () => {
  let whole = 0;
  for (let seed = 0; seed < 6; seed++) {
    const { status, text, finish } = await ask({ type: 'json_object' }, { seed });
    expect(status).toBe(200);
    expect(text).toMatch(/^\{/);
    if (finish === 'stop') {
      expect(JSON.parse(text)).toBeTypeOf('object');
      whole += 1;
    }
  }
  expect(whole).toBeGreaterThan(0);
});

test('text binds nothing, and a grammar of its own goes before a schema', async () => {
  expect((await ask({ type: 'text' }, { max_tokens: 4 })).status).toBe(200);
  expect((await ask(byShape({ type: 'integer' }), { grammar: 'root ::= "mine"' })).text).toBe('mine');
});

describe('what a grammar cannot hold is refused in a sentence that names the place', () => {
  test.each<[string, unknown, RegExp]>([
    ['a pattern', { type: 'object', properties: { id: { type: 'string', pattern: '^a' } } }, /cannot hold to "pattern" at #\/properties\/id/],
    ['a format', { type: 'string', format: 'email' }, /cannot hold to "format" at #/],
    ['a type that is none', { type: 'text' }, /The type at # is "text", which is none of object, array/],
    ['no schema at all', 'integer', /The schema at # is "integer"/],
    ['a reference to nowhere', { $ref: '#/$defs/gone' }, /refers to "#\/\$defs\/gone", which is no place in it/],
    ['an empty enum', { enum: [] }, /The enum at # is \[\]/],
    ['a range without a whole number', { type: 'number', minimum: 0.2, maximum: 0.4 }, /No whole number lies within the bounds of the number at #/],
    ['a required member that is none', { type: 'object', properties: {}, required: ['x'] }, /requires "x", which is none of its properties/],
    ['lengths that cannot be', { type: 'string', minLength: 5, maxLength: 2 }, /at least 5 characters and at most 2/],
    ['several at once', { allOf: [{ type: 'string' }, { type: 'integer' }] }, /cannot hold to "allOf"/],
  ])('%s', async (_, schema, sentence) => {
    expect(() => jsonSchemaGrammar(schema)).toThrow(SchemaRefusal);
    const { status, problem } = await ask(byShape(schema));
    expect(status).toBe(400);
    expect(problem).toMatch(sentence);
    expect(problem.trim().split('\n')).toHaveLength(1);
  });

  test('nesting without end', () => {
    let schema: unknown = { type: 'null' };
    for (let i = 0; i < 100; i++) schema = { type: 'array', items: schema };
    expect(() => jsonSchemaGrammar(schema)).toThrow(/nested more than 64 deep/);
  });
});
