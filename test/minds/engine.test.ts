import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInstincts } from '../../agents/instincts/index.ts';
import { createJudge } from '../../agents/judges/judge.ts';
import { createJudging } from '../../agents/judges/judging.ts';
import { answerGrammar, answerSchema, type AnswerForm } from '../../agents/minds/answer-form.ts';
import { readThought } from '../../agents/minds/answer.ts';
import { createMinds } from '../../agents/minds/mind.ts';
import { openDoor, type ModelDoor } from '../../agents/model/door.ts';
import { createModelService, replayModelService } from '../../agents/model/service.ts';
import { advance } from '../../core/advance.ts';
import type { Command } from '../../core/events/command.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import type { WorldDefinition } from '../../core/kernel/world.ts';
import { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { writeTinyGguf } from '../model/tiny-gguf.ts';
import { plainService } from './plain-service.ts';

const { vocabulary } = meadow;
/** A meadow of few words: the tiny model reads letter by letter, and its context is 2048 of them. */
const terse = {
  ...meadow, sentence: 'A field.', question: { ...meadow.question!, text: 'Is it interesting?' },
  vocabulary: { ...vocabulary, senses: vocabulary.senses.map((sense) => ({ ...sense, sentence: '' })), acts: vocabulary.acts.map((act) => ({ ...act, sentence: '' })) },
} as unknown as WorldDefinition;
let folder: string;
let door: ModelDoor;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-minds-'));
  writeTinyGguf(join(folder, 'tiny.gguf'));
  door = await openDoor({ model: join(folder, 'tiny.gguf'), slots: 2, threads: 1, env: {} });
}, 300_000);
afterAll(async () => {
  await door.close();
  rmSync(folder, { recursive: true });
});

describe('the real llama.cpp with random weights', () => {
  it('[T3][M2] writes thoughts and nothing else under the grammar, whatever the seed', async () => {
    const forms: AnswerForm[] = [
      { intent: true, message: true, rewrite: true, plan: false, maxRules: 2 }, { intent: true, message: true, rewrite: false, plan: true, maxRules: 2 },
      { intent: false, message: false, rewrite: true, plan: false, maxRules: 2 }, { intent: true, message: false, rewrite: false, plan: false, maxRules: 2 },
    ];
    const parts = new Set<string>();
    for (const form of forms) {
      const grammar = answerGrammar(vocabulary, form);
      const replies = await Promise.all(Array.from({ length: 6 }, (_, seed) => door.complete({
        messages: [{ role: 'user', content: 'What now?' }], grammar, schema: answerSchema(vocabulary, form), maxTokens: 1200, temperature: 1, seed,
      })));
      for (const { text, finish } of replies) {
        expect(finish, text).toBe('stop');
        const read = readThought(text, vocabulary, form);
        if ('problem' in read) throw new Error(`${read.problem}\n${text}`);
        for (const part of ['intent', 'message', 'genome'] as const) if (read.value[part] !== null) parts.add(part);
        expect(read.value.plan !== '').toBe(form.plan);
      }
    }
    expect(parts.size).toBe(3);
  }, 300_000);

  it('[J1][J2] is a judge by log-probabilities or by ratings, and says which', async () => {
    const service = plainService(door, { grammar: true, logprobs: true });
    const asked = { name: 'kind', question: 'Is this kind?', labels: ['yes', 'no'], text: 'otherwise -> rest' };
    const warm = await createJudge(service).ask(asked);
    if (!('probability' in warm)) throw new Error(warm.reason);
    expect(warm.probability).toBeGreaterThanOrEqual(0);
    expect(warm.probability).toBeLessThanOrEqual(1);
    // temperature 0, and no token is drawn: the seed changes nothing
    expect(await createJudge(service).ask({ ...asked, seed: 9 })).toMatchObject({ way: warm.way });
    const rated = await createJudge(service, { way: 'structured', repeats: 4 }).ask(asked);
    expect(rated).toMatchObject({ outcome: 'ok', way: 'rating', repeats: 4 });
    const votes = await createJudge(service, { way: 'structured', repeats: 4 }).ask({ ...asked, labels: ['happy', 'dark', 'odd'] });
    expect(votes).toMatchObject({ outcome: 'ok', way: 'votes', repeats: 4 });
  }, 300_000);

  it('[L1][M6][T10] thinks for a meadow and judges it through one service, and the cassette alone gives the same run', async () => {
    const cassette = join(folder, 'thinking.jsonl');
    const own = await openDoor({ model: join(folder, 'tiny.gguf'), slots: 2, threads: 1, env: {} });
    const first = createModelService({ doors: [own], record: { file: cassette } });
    const live = await run(first);
    const replay = replayModelService(cassette);
    const again = await run(replay);
    expect(replay.missing).toBeNull();
    expect(again).toEqual(live);
    expect(live.thoughts.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(2);
    expect(live.judged.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(0);
    for (const { tokens } of live.thoughts) expect(tokens).toBeGreaterThan(100);
  }, 300_000);
});

type Think = Extract<Command, { kind: 'think' }>;
type Judge = Extract<Command, { kind: 'judge' }>;

/** Thirty ticks of a small meadow that thinks and is judged. */
async function run(service: ReturnType<typeof createModelService>): Promise<{ fingerprint: string; thoughts: Think[]; judged: Judge[] }> {
  const given = { size: 48, capacity: 200, founders: 10, deliberation: 0.03, reactionTime: 10, costOfThought: 0.05, judging: 0.5, judgingTime: 10, acclaim: 3, gestation: 5, scarcity: 0 };
  const simulation = new Simulation({
    world: terse, parameters: resolveParameters(meadow.parameters, given), seed: 4, genomes: createInstincts(vocabulary),
    founders: ['when energy > 30 -> reproduce\notherwise -> eat'],
  });
  const thoughts: Think[] = [];
  const judged: Judge[] = [];
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    for (const { command } of event.commands) {
      if (command.kind === 'think') thoughts.push(command);
      if (command.kind === 'judge') judged.push(command);
    }
  });
  const thinker = createMinds({ simulation, service, options: { rewrite: false, maxTokens: 200 } });
  const judging = createJudging({ simulation, service });
  for (let i = 0; i < 30; i++) await advance(simulation, { thinker, judging });
  // what is still in flight is asked for in a replay too
  while (service.inFlight > 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
  thinker.close();
  judging.close();
  await service.close();
  return { fingerprint: simulation.fingerprint, thoughts, judged };
}
