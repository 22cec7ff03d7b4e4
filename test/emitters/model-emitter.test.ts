import { describe, expect, it } from 'vitest';
import { BlindEmitter, blindPrograms, type Vary } from '../../agents/emitters/blind-emitter.ts';
import { ModelEmitter, type ModelEmitterOptions } from '../../agents/emitters/model-emitter.ts';
import { parseProgram } from '../../agents/instincts/index.ts';
import { ModelError, type ModelRequest } from '../../agents/model/contract.ts';
import { viewArchive } from '../../agents/operators/archive-view.ts';
import { textForm } from '../../agents/operators/text-form.ts';
import { GridArchive } from '../../core/archive/grid-archive.ts';
import { Scheduler } from '../../core/archive/scheduler.ts';
import type { Asked } from '../../core/archive/emitter.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { scriptedService, type Script, type ScriptedService } from '../operators/scripted.ts';

const form = textForm({ noun: 'opinion', maxCharacters: 200, about: 'An opinion about vegetables.' });
const measures = [{ name: 'length', sentence: 'Words.', lower: 0, upper: 12 }, { name: 'warmth', sentence: 'Kind words less unkind ones.', lower: -2, upper: 2 }];
const initial = ['Peas are dull.', 'Beans are fine and cheap.'];

const opinions = (): GridArchive<string> => new GridArchive<string>({ dims: [6, 4], ranges: measures.map(({ lower, upper }) => [lower, upper] as const) });

/** A model that says another vegetable for each seed, at a length that the seed tells. */
const gardener = ({ seed }: ModelRequest): string => ['Kale', 'Leek', 'Chard'][seed % 3]! + ' is fine'.repeat(1 + (seed % 4)) + ((seed & 4) === 0 ? ' and dull.' : '.');

interface Start extends Partial<ModelEmitterOptions> { script?: Partial<Script>; archive?: GridArchive<string> }

function start({ script = {}, archive = opinions(), ...options }: Start = {}): { emitter: ModelEmitter; service: ScriptedService; archive: GridArchive<string> } {
  const service = scriptedService({ say: gardener, ...script });
  const view = viewArchive(archive, { objective: 'quality', measures }, (text) => text);
  return { archive, service, emitter: new ModelEmitter({ form, operator: 'llm-mutate', view, service, initial, batchSize: 4, seed: 1, language: { mutationPrompts: false }, ...options }) };
}

/** An archive with opinions in three cells. */
function filled(): GridArchive<string> {
  const archive = opinions();
  archive.add('Peas are dull.', 1, [3, -1]);
  archive.add('Beans are fine and cheap.', 2, [5, 1]);
  archive.add('Chard is chard.', 3, [3, 0.5]);
  return archive;
}

const asks = async (options: Start, times = 1): Promise<ModelRequest[]> => {
  const { emitter, service } = start(options);
  for (let i = 0; i < times; i++) await emitter.ask();
  return service.asked;
};
const user = ({ messages }: ModelRequest): string => messages[1]!.content;

describe('an emitter of what models write', () => {
  it('[A28] asks by seed, stream and count, and by the archive as it is when it is asked', async () => {
    const first = await asks({ archive: filled() });
    expect(first).toHaveLength(4);
    expect(new Set(first.map(({ seed }) => seed)).size).toBe(4);
    expect(await asks({ archive: filled() })).toEqual(first);
    expect(await asks({ archive: filled(), seed: 2 })).not.toEqual(first);
    expect(await asks({ archive: filled(), stream: 1 })).not.toEqual(first);
    const second = (await asks({ archive: filled() }, 2)).slice(4);
    expect(second).not.toEqual(first);
    const { emitter, service, archive } = start({ archive: filled() });
    emitter.asked = 1;
    const coming = emitter.ask();
    archive.add('Too late to be shown.', 9, [5, 1]);
    await coming;
    expect(service.asked).toEqual(second);
  });

  it('[A28] shows elites with their measures, and before there are any what it began with', async () => {
    for (const request of await asks({})) expect(initial.some((text) => user(request).startsWith(`Opinion (nothing is known of it yet):\n${text}`))).toBe(true);
    for (const request of await asks({ archive: filled() })) expect(user(request)).toMatch(/^Opinion \(quality [123], length [35], warmth (-1|1|0\.5)\):\n/);
    for (const request of await asks({ archive: filled(), operator: 'llm-crossover', language: { parents: 3 } })) expect(user(request)).toMatch(/Opinion 3 \(quality[^]*\n\nCrossover\.$/);
    for (const request of await asks({ archive: filled(), operator: 'llm-invent' })) expect(user(request)).toContain('No opinion is known yet with length ');
  });

  it('[A28] mutates where its operator is not possible', async () => {
    expect(user((await asks({ operator: 'llm-crossover', initial: [initial[0]!] }))[0]!)).toContain('Mutation prompt: ');
    const full = new GridArchive<string>({ dims: [1, 1], ranges: [[0, 12], [-2, 2]] });
    full.add('Peas are dull.', 1, [3, -1]);
    expect(user((await asks({ operator: 'llm-invent', archive: full }))[0]!)).toContain('Mutation prompt: ');
  });

  const faulty = ({ seed }: ModelRequest): string | ModelError => (seed % 3 === 0 ? new ModelError('refused', 'The server refused.') : seed % 3 === 1 ? '### no opinion ###' : 'Kale is fine.');

  it('[A30] leaves out what the model failed to write, and says how many', async () => {
    const { emitter, service } = start({ archive: filled(), script: { say: faulty }, batchSize: 30 });
    const texts = await emitter.ask();
    expect(texts.every((text) => text === 'Kale is fine.')).toBe(true);
    expect(texts.length).toBeGreaterThan(2);
    expect(emitter).toMatchObject({ empty: 30 - texts.length, standIns: [] });
    expect(service.accounts[0]).toMatchObject({ kind: 'llm-mutate', ok: texts.length, fallback: emitter.empty });
  });

  it('[A30] has blind variation of the parents stand in for it where there is one, in its place and by its stream', async () => {
    const standIn: Vary = (first, second, random) => `${first} ${second ?? 'alone'} ${random.below(1000)}`;
    const make = (): ReturnType<typeof start> => start({ archive: filled(), script: { say: faulty }, batchSize: 30, operator: 'llm-crossover', standIn });
    const { emitter } = make();
    const texts = [...await emitter.ask()];
    expect(texts).toHaveLength(30);
    expect(emitter.empty).toBe(0);
    expect(emitter.standIns).toEqual(texts.flatMap((text, i) => (text === 'Kale is fine.' ? [] : [i])));
    for (const i of emitter.standIns) expect(texts[i]).toMatch(/^(Peas|Beans|Chard)[^.]*\. (Peas|Beans|Chard)[^.]*\. \d+$/);
    expect(await make().emitter.ask()).toEqual(texts);
  });

  it('[A30] ends with a budget that is spent as with any failure', async () => {
    const { emitter } = start({ script: { budget: { calls: 3 } }, batchSize: 8 });
    expect((await emitter.ask()).length).toBe(3);
    expect(emitter.empty).toBe(5);
  });

  it.each([
    [{ batchSize: 0 }, 'An emitter has batches of 0; it must be a whole number, at least 1.'],
    [{ initial: [] }, 'An emitter of genomes needs at least one to begin with.'],
  ])('[A28] refuses senseless options: %j', (options, sentence) => {
    expect(() => start(options)).toThrow(sentence);
  });

  it('[A28][A29] illuminates opinions: the archive is what the texts make of an empty one', async () => {
    const { archive, service } = start();
    const view = viewArchive(archive, { objective: 'quality', measures }, (text) => text);
    const common = { form, view, service, initial, batchSize: 3, seed: 4 };
    const scheduler = new Scheduler<string, Asked<string>>({ archive, active: 1, emitters: (['llm-mutate', 'llm-crossover', 'llm-invent'] as const).map((operator, stream) => new ModelEmitter({ ...common, operator, stream })) });
    const score = (genome: string): { objective: number; point: [number, number] } => {
      const words = form.bodyOf(genome).split(/\W+/).filter((word) => word !== '');
      const count = (word: string): number => words.filter((each) => each === word).length;
      return { objective: new Set(words).size / words.length, point: [words.length, count('fine') - 2 * count('dull')] };
    };
    const again = opinions();
    for (let round = 0; round < 15; round++) {
      const texts = [...await scheduler.ask()];
      const scores = texts.map(score);
      scheduler.tell(scores.map(({ objective }) => objective), scores.flatMap(({ point }) => point));
      for (const [i, text] of texts.entries()) again.add(text, scores[i]!.objective, scores[i]!.point);
    }
    expect(archive.numElites).toBeGreaterThan(4);
    expect([...archive]).toEqual([...again]);
    // mutation prompts are part of the genome and no part of the text
    expect([...archive].some(({ solution }) => form.promptOf(solution) !== null)).toBe(true);
    expect(scheduler.records().reduce((sum, { candidates }) => sum + candidates, 0)).toBe(45);
  });
});

describe('an emitter of blind variation', () => {
  const programs = (): GridArchive<string> => new GridArchive<string>({ dims: [2], ranges: [[0, 2]] });
  const vary = blindPrograms(meadow.vocabulary);

  it('[A28] begins with its founders and goes on with elites, by seed, stream and count alone', () => {
    const make = (archive: GridArchive<string>, stream = 0): BlindEmitter => new BlindEmitter({ archive, initial: meadow.founders, vary, batchSize: 5, seed: 1, stream });
    const archive = programs();
    const emitter = make(archive);
    const [first, second] = [emitter.ask(), emitter.ask()];
    expect(first).not.toEqual(second);
    expect(make(programs()).ask()).toEqual(first);
    expect(make(programs(), 1).ask()).not.toEqual(first);
    const later = make(programs());
    later.asked = 1;
    expect(later.ask()).toEqual(second);
    for (const genome of [...first, ...second]) expect(() => parseProgram(genome, meadow.vocabulary)).not.toThrow();
    const seen: string[] = [];
    archive.add('otherwise -> rest', 1, [1]);
    new BlindEmitter({ archive, initial: meadow.founders, vary: (one, two) => { seen.push(one, two ?? one); return one; }, batchSize: 9, seed: 1 }).ask();
    expect(new Set(seen)).toEqual(new Set(['otherwise -> rest']));
  });

  it('[I6][A28] varies programs by the stream it is given, and keeps none', () => {
    const [one, two] = [meadow.founders[0]!, meadow.founders[2]!];
    const children = Array.from({ length: 50 }, (_, i) => vary(one, i % 2 === 0 ? two : null, new RandomStream([1, 2], i)));
    expect(Array.from({ length: 50 }, (_, i) => vary(one, i % 2 === 0 ? two : null, new RandomStream([1, 2], i)))).toEqual(children);
    expect(new Set(children).size).toBeGreaterThan(40);
    const copies = blindPrograms(meadow.vocabulary, 0);
    expect(copies(one, null, new RandomStream([1, 2], 0))).toBe(one);
  });

  it('[A28] refuses a share of pairs that is none', () => {
    expect(() => new BlindEmitter({ archive: programs(), initial: meadow.founders, vary, batchSize: 5, seed: 1, crossover: 2 })).toThrow('The share of candidates with two parents is 2; it must lie between 0 and 1.');
  });
});
