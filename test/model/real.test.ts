import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor, type ModelDoor, type ModelRequest } from '../../agents/model/door.ts';
import { openEmbedder } from '../../agents/model/embedder.ts';
import { cacheFolder, checkWeights, findWeights, weightsFacts } from '../../agents/model/weights.ts';

const weights = await findWeights();
const required = process.env['LICHEN_REQUIRE_WEIGHTS'] === '1';
const absent = weights === null && !required;
const why = absent ? ` (skipped: ${weightsFacts.file} is not in ${cacheFolder()}; run lichen model fetch)` : '';

const request: ModelRequest = {
  messages: [
    { role: 'system', content: 'You answer with one word.' },
    { role: 'user', content: 'Which is the capital of France?' },
  ],
  maxTokens: 12, temperature: 0, seed: 1,
};

describe.skipIf(absent)(`the real weights of ${weightsFacts.name}${why}`, () => {
  let door: ModelDoor;
  beforeAll(async () => {
    if (weights === null) throw new Error(`LICHEN_REQUIRE_WEIGHTS=1, but ${weightsFacts.file} is not in ${cacheFolder()}: run lichen model fetch.`);
    door = await openDoor({ model: 'embedded' });
  });
  afterAll(() => door?.close());

  test('[M5] are the pinned file', async () => {
    expect((await checkWeights(weights?.path ?? '')).sha256).toBe(weightsFacts.sha256);
  });

  test('know what a small model knows', async () => {
    const reply = await door.complete(request);
    expect(reply.text).toMatch(/Paris/);
    expect(reply.model).toBe(weightsFacts.name);
  });

  test('[M2] write under a grammar', async () => {
    const grammar = 'root ::= "when " ("energy" | "grass.here") " > " [0-9] " -> " ("eat" | "rest")';
    const { text, finish } = await door.complete({ ...request, grammar, maxTokens: 40, temperature: 0.8 });
    expect(text).toMatch(/^when (energy|grass\.here) > \d -> (eat|rest)$/);
    expect(finish).toBe('stop');
  });

  test('say how likely each first word is, out of all words', async () => {
    const { logprobs, text } = await door.complete({ ...request, maxTokens: 1, topLogprobs: 20 });
    const first = logprobs?.[0];
    expect(text).toBe(first?.token);
    expect(first?.top[0]?.token).toBe(first?.token);
    const sum = first?.top.reduce((all, one) => all + Math.exp(one.logprob), 0) ?? NaN;
    expect(sum).toBeGreaterThan(0.5);
    expect(sum).toBeLessThanOrEqual(1 + 1e-6);
  });

  test('think Paris likelier than Rome', async () => {
    const { logprobs } = await door.complete({ ...request, grammar: 'root ::= "Paris" | "Rome"', topLogprobs: 5 });
    const first = logprobs?.[0];
    expect(first?.token.startsWith('P')).toBe(true);
    expect(Math.exp(first?.logprob ?? -Infinity)).toBeGreaterThan(0.5);
  });

  test('[Q11] embed what means nearly the same nearer than what does not', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'lichen-embeddings-'));
    const embedder = await openEmbedder({ model: 'embedded', env: { ...process.env, LICHEN_CACHE: cacheFolder() }, cacheDir });
    const grazer = 'when hunter.near < 4 steps -> flee hunter\nwhen grass.here > 30% -> eat\notherwise -> climb grass';
    const [a, like, other, love, married, monster] = await embedder.embed([
      grazer, 'when hunter.near < 5 steps -> flee hunter\nwhen grass.here > 20% -> eat\notherwise -> wander',
      'when energy > 70 -> reproduce\nwhen other.near < 3 steps -> attack other\notherwise -> rest',
      'The spy kissed the politician and they lived happily.', 'They fell in love and married, the spy and the minister.', 'A monster tore the screaming politician apart in the dark.',
    ]) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    embedder.close();
    rmSync(cacheDir, { recursive: true });
    const cosine = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0) / Math.hypot(...x) / Math.hypot(...y);
    expect(cosine(a, like)).toBeGreaterThan(cosine(a, other) + 0.02);
    expect(cosine(love, married)).toBeGreaterThan(cosine(love, monster) + 0.02);
  });
});
