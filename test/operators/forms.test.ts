import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GenomeForm, ReplyShape } from '../../agents/operators/genome-form.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { textForm } from '../../agents/operators/text-form.ts';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { printProgram } from '../../agents/instincts/print.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { programs, prompts, seeded } from '../instincts/arbitraries.ts';
import { readGbnf, writeText } from '../instincts/gbnf.ts';
import { bareVocabulary, vocabulary } from '../instincts/vocabulary.ts';
import { reply } from './scripted.ts';

const form = programForm(vocabulary);
const opinion = textForm({ noun: 'opinion', maxCharacters: 200, about: 'An opinion about vegetables.' });
const body = 'when energy > 45 -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass';
const bold = 'mutation prompt: make it bolder when energy is high';
const plain: ReplyShape = { plan: false, prompt: false };
const full: ReplyShape = { plan: true, prompt: true };
const shapes: readonly ReplyShape[] = [plain, full, { plan: true, prompt: false }, { plan: false, prompt: true }];

function problemOf(one: GenomeForm, text: string, finish: 'stop' | 'length' = 'stop'): string {
  const read = one.read(reply(text, finish), full);
  if (!('problem' in read)) throw new Error(`Accepted: ${read.value.genome.slice(0, 80)}`);
  return read.problem;
}

describe('programs as operators see them', () => {
  it('[O2] are read from plain text and from JSON alike', () => {
    const json = JSON.stringify({
      plan: 'more children', mutation_prompt: 'make it bolder  when energy is high',
      rules: [{ when: 'energy > 45', act: 'reproduce', effects: '' }, { when: 'when grass.here > 20', act: 'eat' }], otherwise: { act: 'climb grass', effects: '' },
    });
    const expected = { value: { genome: `${bold}\n${body}`, plan: 'more children' } };
    expect(form.read(reply(json), full)).toEqual(expected);
    expect(form.read(reply(`\`\`\`json\n${json}\n\`\`\``), full)).toEqual(expected);
    expect(form.read(reply(`Plan: more children\n${bold}\n${body}`), full)).toEqual(expected);
    expect(form.read(reply(`**Plan:** more children\n\n\`\`\`\n${bold}\n${body}\n\`\`\``), full)).toEqual(expected);
    expect(form.read(reply(body), plain)).toEqual({ value: { genome: body, plan: '' } });
  });

  it('[O2] every program that there is goes through JSON', () => {
    fc.assert(fc.property(programs(vocabulary), (program) => {
      const lines = printProgram({ ...program, prompt: null }, vocabulary).split('\n');
      const split = (deed: string): { act: string; effects: string } => {
        const [act = '', ...effects] = deed.split(', ');
        return { act, effects: effects.join(', ') };
      };
      const rules = lines.slice(0, -1).map((line) => {
        const [when = '', deed = ''] = line.slice('when '.length).split(' -> ');
        return { when, ...split(deed) };
      });
      const json = JSON.stringify({ mutation_prompt: program.prompt, rules, otherwise: split(lines.at(-1)!.slice('otherwise -> '.length)) });
      expect(form.read(reply(json), full)).toEqual({ value: { genome: printProgram(program, vocabulary), plan: '' } });
      const { act } = (form.schema(full).schema['properties'] as { otherwise: { properties: { act: { enum: string[] } } } }).otherwise.properties;
      expect(act.enum).toContain(split(lines.at(-1)!.slice('otherwise -> '.length)).act);
    }), seeded(200));
  });

  it('[O3] lose and gain their mutation prompt without another change', () => {
    fc.assert(fc.property(programs(vocabulary), prompts, (program, prompt) => {
      const genome = printProgram(program, vocabulary);
      expect(form.promptOf(genome)).toBe(program.prompt);
      const bare = form.bodyOf(genome);
      expect(form.promptOf(bare)).toBeNull();
      if (bare.length < 3800) expect(form.withPrompt(bare, prompt)).toBe(`mutation prompt: ${prompt}\n${bare}`);
      expect(form.withPrompt(bare, null)).toBe(bare);
      expect(form.bodyOf(form.withPrompt(bare, prompt))).toBe(bare);
    }), seeded(200));
  });

  it('show examples that are fixed by the vocabulary, valid, and do what they say', () => {
    expect(programForm(vocabulary).examples).toEqual(form.examples);
    expect(form.examples.length).toBe(4);
    for (const { parents, child, instruction } of form.examples) {
      for (const text of [...parents, child]) expect(printProgram(parseProgram(text, vocabulary), vocabulary)).toBe(text);
      expect(parents).not.toContain(child);
      expect(instruction.length).toBeGreaterThan(5);
    }
    expect(programForm(bareVocabulary).examples.length).toBeGreaterThan(0);
  });

  it('have seed prompts that speak only of what the world has', () => {
    expect(form.seedPrompts).toContain('make it bolder when energy is high');
    expect(programForm(bareVocabulary).seedPrompts.join()).not.toMatch(/energy|children/);
  });
});

describe.each([['program', form], ['opinion', opinion]])('the form of a %s', (_noun, one) => {
  it.each(shapes)('[O2] has a grammar whose texts it reads: %j', (shape) => {
    const grammar = readGbnf(one.grammar(shape).replace(/\[\^[^\]]*\]/g, '[A-Za-z0-9.,!?]').replace(/\\u[^\]]*\]/g, ']'));
    const random = new RandomStream([11, 3], 0);
    for (let sample = 0; sample < 200; sample++) {
      const text = writeText(grammar, random);
      const read = one.read(reply(text), shape);
      if ('problem' in read) throw new Error(`${read.problem} in ${text}`);
      expect(one.promptOf(read.value.genome) !== null).toBe(shape.prompt);
      expect(read.value.plan !== '').toBe(shape.plan);
    }
  });

  it.each(shapes)('has a schema that strict endpoints accept: %j', (shape) => {
    const { name, schema } = one.schema(shape);
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    const strict = (part: unknown): void => {
      if (typeof part !== 'object' || part === null) return;
      const { type, properties, required, additionalProperties } = part as Record<string, unknown>;
      if (type === 'object') {
        expect(additionalProperties).toBe(false);
        expect(required).toEqual(Object.keys(properties as object));
      }
      Object.values(part).forEach(strict);
    };
    strict(schema);
    const fields = Object.keys(schema['properties'] as object);
    expect([fields.includes('plan'), fields.includes('mutation_prompt')]).toEqual([shape.plan, shape.prompt]);
  });

  it('[O2] what is read reads back as itself', () => {
    const first = one.read(reply(one === form ? `${bold}\n${body}` : `${bold}\n Vegetables\tare \n fine. `), full);
    if ('problem' in first) throw new Error(first.problem);
    expect(one.read(reply(first.value.genome), full)).toEqual(first);
  });
});

const huge = 'x'.repeat(10_000_000);
const hostile: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['ten megabytes', huge],
  ['a prompt of a megabyte', `mutation prompt: ${'bold '.repeat(200_000)}\n${body}`],
  ['a prompt of 5000 characters', `mutation prompt: ${'bold '.repeat(1000)}\n${body}`],
  ['a prompt that is a page', `mutation prompt: <img src=x onerror="fetch(1)">\n${body}`],
  ['a prompt that turns the direction', `mutation prompt: be \u202ebold\n${body}`],
  ['a prompt with a control character', `mutation prompt: be \u0007bold\n${body}`],
  ['JSON five thousand deep', `{"rules":${'['.repeat(5000)}`],
  ['JSON of ten megabytes', `{"plan":"${huge}"}`],
  ['JSON of something else', '{"error":{"message":"no"}}'],
  ['JSON with a prompt that is a page', JSON.stringify({ mutation_prompt: '<b>', rules: [], otherwise: { act: 'eat' }, text: 'fine' })],
  ['JSON with a prototype', '{"__proto__":{"rules":[]},"constructor":1}'],
];

describe.each([['program', form], ['opinion', opinion]])('[O2][L2] a hostile %s', (_noun, one) => {
  it.each(hostile)('%s is refused with a short sentence in bounded time', (_what, text) => {
    const before = performance.now();
    const problem = problemOf(one, text);
    expect(performance.now() - before).toBeLessThan(300);
    expect(problem.length).toBeLessThan(600);
    expect(problem).toMatch(/^[ -~…“”]+$/u);
  });

  it('whatever the reply, it is read or refused', () => {
    const word = fc.constantFrom('{', '}', '"rules":', '[', '"text":"', 'Plan:', 'mutation prompt:', 'when', '->', 'otherwise', 'eat', '\n', '```', '\u202e');
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(word, { maxLength: 40 }).map((words) => words.join(' '))), (text) => {
      const read = one.read(reply(text), full);
      if ('value' in read) expect(one.read(reply(read.value.genome), full)).toEqual({ value: { genome: read.value.genome, plan: '' } });
      else expect(typeof read.problem).toBe('string');
    }), seeded(1000));
  });
});

describe('programs that are hostile in JSON', () => {
  it.each([
    ['an act with a rule in it', { when: 'energy > 1', act: 'eat\nwhen energy > 2 -> rest\notherwise -> rest' }],
    ['a shell', { when: '$(rm -rf /)', act: 'eat' }],
    ['markup', { when: 'energy > 1', act: '<b>eat</b>' }],
  ])('[O2][L2] %s is refused', (_what, rule) => {
    expect(problemOf(form, JSON.stringify({ rules: [rule], otherwise: { act: 'rest' } }))).toMatch(/^line \d+, column \d+: expected/);
  });

  it('[O2] too many rules are refused', () => {
    const rules = Array.from({ length: 13 }, () => ({ when: 'energy > 1', act: 'eat' }));
    expect(problemOf(form, JSON.stringify({ rules, otherwise: { act: 'rest' } }))).toContain('after 12 rules');
  });
});

describe('free text', () => {
  it('[O2] is one paragraph without what hides or reorders text', () => {
    const read = opinion.read(reply('Plan: kinder\n\nI like\u202e green\u0007 beans,\n\tand peas\u200b. '), full);
    expect(read).toEqual({ value: { genome: 'I like green beans, and peas.', plan: 'kinder' } });
  });

  it.each([
    ['a separator', 'Good.\n###\nBad.', 'Expected an opinion without separators, found "###".'],
    ['another separator', 'Good. @@@ Bad.', 'Expected an opinion without separators, found "@@@".'],
    ['a mark of a chat template', 'Good.<|im_end|>', 'Expected an opinion without separators, found "<|".'],
    ['more than there is room for', 'peas '.repeat(60), 'Expected an opinion of at most 200 characters, found 299.'],
    ['a second prompt in the place of the text', JSON.stringify({ text: 'mutation prompt: be kind\nI like peas.' }), 'Expected an opinion alone, found "mutation prompt:".'],
    ['nothing that can be seen', '\u200b\u202e \n', 'Expected an opinion, found nothing.'],
  ])('[O2] with %s is refused', (_what, text, problem) => {
    expect(problemOf(opinion, text)).toBe(problem);
  });

  it('[O2] that was cut off is refused, even where it would fit', () => {
    expect(problemOf(opinion, 'I like green be', 'length')).toContain('was cut off');
  });

  it('refuses senseless bounds and prompts', () => {
    expect(() => textForm({ noun: 'tale', maxCharacters: 0, about: '' })).toThrow('at most 0 characters is not possible');
    expect(() => textForm({ noun: 'tale', maxCharacters: 9, about: '', seedPrompts: ['<b>'] })).toThrow('is no mutation prompt');
  });
});
