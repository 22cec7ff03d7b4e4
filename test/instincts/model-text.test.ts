import { describe, expect, it } from 'vitest';
import { decodingGrammar, languagePrompt, vocabularyHelp } from '../../agents/instincts/describe.ts';
import { extractProgram } from '../../agents/instincts/extract.ts';
import { GenomeError } from '../../agents/instincts/genome-error.ts';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { printProgram } from '../../agents/instincts/print.ts';
import { limits } from '../../agents/instincts/program.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { readGbnf, writeText } from './gbnf.ts';
import { bareVocabulary, vocabulary } from './vocabulary.ts';

const program = 'when energy > 50 -> reproduce\nwhen grass.here > 30% -> eat\notherwise -> climb grass';

/** Always takes the last alternative and everything optional. */
class Greedy extends RandomStream {
  override next(): number {
    return 0.999;
  }

  override chance(): boolean {
    return true;
  }
}

describe('the program in a reply', () => {
  it.each([
    ['alone', program],
    ['in a code block', `\`\`\`\n${program}\n\`\`\``],
    ['in a named code block between prose', `Sure! When asked, I comply:\n\n\`\`\`lichen\n${program}\n\`\`\`\nOtherwise, ask me again.`],
    ['after prose and before prose', `Here is the child:\n\n${program}\n\nIt grazes, and has children when it is rich.`],
    ['in a block without an end', `~~~\n${program}`],
    ['in the second block', `\`\`\`\n# nothing here\n\`\`\`\nand\n\`\`\`\n${program}\n\`\`\``],
    ['with the line ends of another system', program.replaceAll('\n', '\r\n')],
    ['before ten megabytes of something else', `${program}\n${'and so on '.repeat(1_000_000)}`],
    ['followed by a second one', `${program}\n\n${program}`],
  ])('is found %s', (_where, reply) => {
    expect(extractProgram(reply)).toBe(program);
  });

  it.each([
    ['right above', `mutation prompt: be bold\n${program}`],
    ['outside the code block', `Mutation prompt: be bold\n\n\`\`\`\n${program}\n\`\`\``.replace('Mutation', 'mutation')],
    ['after a plan and another one', `Plan: more energy.\nmutation prompt: be shy\nNo:\nmutation prompt: be bold\nHere:\n${program}`],
  ])('[I9] brings along the mutation prompt that stands %s', (_where, reply) => {
    expect(extractProgram(reply)).toBe(`mutation prompt: be bold\n${program}`);
  });

  it('is left as it was written, faults and all', () => {
    const faulty = 'when energy >> 50 -> fly\n<b>otherwise</b>\notherwise -> climb grass';
    expect(extractProgram(faulty)).toBe(faulty);
    expect(extractProgram('```\nwhen energy > 5 -> eat\n```\nThat is all.')).toBe('when energy > 5 -> eat');
  });

  it.each([
    ['nothing', '', 'line 1, column 1: expected a line that begins with "when" or "otherwise", found "".'],
    ['a refusal', 'I am sorry, but as a model I cannot do that.',
      'line 1, column 1: expected a line that begins with "when" or "otherwise", found "I am sorry, but as a model I cannot do t…".'],
    ['ten megabytes of prose', 'x'.repeat(10_000_000),
      `line 1, column 1: expected a line that begins with "when" or "otherwise", found "${'x'.repeat(40)}…" in the first 16384 of 10000000 characters.`],
  ])('is refused when the reply is %s', (_what, reply, message) => {
    expect(() => extractProgram(reply)).toThrow(message);
  });

  it('[I3] is refused, with the length of the reply, when it does not end in the first 16 KB', () => {
    // in one piece, as replies come: a repeated string is put together when it is first read
    const reply = Buffer.from('when energy > 50 -> eat\n'.repeat(450_000)).toString();
    const before = performance.now();
    expect(() => extractProgram(reply)).toThrow('expected an "otherwise" rule in the first 16384 characters, found a reply of 10800000.');
    expect(performance.now() - before).toBeLessThan(50);
  });

  it('[I3] is never more than the parser will refuse by its size', () => {
    const text = extractProgram(`${'when energy > 50 -> eat\n'.repeat(300)}otherwise -> rest`);
    expect(() => parseProgram(text, vocabulary)).toThrow(GenomeError);
    expect(text.length).toBeGreaterThan(limits.characters);
  });
});

describe('what is generated from the vocabulary', () => {
  it('[I7] help names every word with its sentence, unit and range', () => {
    const help = vocabularyHelp(vocabulary);
    expect(help).toContain('| `grass.here` | How full of grass the cell underfoot is. | 0 to 100% |');
    expect(help).toContain('| `flee` | Step away from the nearest. | `hunter`, `other`, `kin` |');
    for (const { name, sentence } of [...vocabulary.senses, ...vocabulary.acts]) expect(help).toContain(`\`${name}\` | ${sentence}`);
    expect(help).toContain('Signals: `red`, `blue`');
    expect(help).toContain('`memory.c`');
  });

  it('[I7] the prompt names every word and costs a small model at most 350 tokens', () => {
    const prompt = languagePrompt(vocabulary);
    const words = [
      ...vocabulary.senses.map(({ name }) => name), ...vocabulary.acts.flatMap(({ name, targets }) => [name, ...targets]),
      ...vocabulary.signals, 'memory.a', 'chance', 'otherwise', 'set', 'add',
    ];
    expect(words.filter((word) => !prompt.includes(word))).toEqual([]);
    // An upper bound for the tokenizers of today's small models: a token for each six letters begun, each digit, each mark.
    const tokens = prompt.match(/[A-Za-z]{1,6}|\d|[^\sA-Za-z\d]|\n/g)?.length ?? 0;
    expect(tokens).toBeLessThanOrEqual(350);
    expect(parseProgram(`${prompt.split('Example: ')[1] ?? ''}\notherwise -> rest`, vocabulary).rules.length).toBe(1);
  });

  it.each([
    ['a plan', { plan: true }], ['a mutation prompt', { prompt: true }], ['both', { plan: true, prompt: true }],
  ])('[I7][I9] every text of the decoding grammar with %s is one, in canonical form', (_what, frame) => {
    const grammar = readGbnf(decodingGrammar(vocabulary, { maxRules: 2, ...frame }));
    const random = new RandomStream([8, 1], 0);
    const longest = writeText(grammar, new Greedy([0, 0], 0));
    for (const text of [longest, ...Array.from({ length: 300 }, () => writeText(grammar, random))]) {
      const plan = /^Plan: [ -~]{1,240}\n/.exec(text)?.[0] ?? '';
      expect(plan !== '').toBe('plan' in frame);
      const read = parseProgram(text.slice(plan.length), vocabulary);
      expect(printProgram(read, vocabulary)).toBe(text.slice(plan.length).replace(/^(?:when|otherwise).*$/gm, (line) => line.replaceAll(' -0', ' 0')));
      expect(read.prompt !== null).toBe('prompt' in frame);
    }
  });

  it.each([1, 3, 6, 12])('[I7] every text of the decoding grammar of up to %i rules is a program', (maxRules) => {
    const grammar = readGbnf(decodingGrammar(vocabulary, { maxRules }));
    const random = new RandomStream([6, maxRules], 0);
    const seen = new Set<string>();
    const counts = new Set<number>();
    for (let sample = 0; sample < 500; sample++) {
      const text = writeText(grammar, random);
      const read = parseProgram(text, vocabulary);
      counts.add(read.rules.length);
      expect(printProgram(read, vocabulary)).toBe(text.replace(/-0\b/g, '0'));
      for (const word of text.split(/[\s,]+/)) seen.add(word);
    }
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(maxRules);
    const words = [
      ...vocabulary.senses.map(({ name }) => name), ...vocabulary.acts.flatMap(({ name, targets }) => [name, ...targets]),
      ...vocabulary.signals, ...vocabulary.registers.flatMap((name) => [name, `memory.${name}`]),
      'and', 'or', 'chance', 'set', 'add', 'signal',
    ];
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });

  it('[I7] the longest text of the grammar keeps to the limit of characters', () => {
    const grammar = readGbnf(decodingGrammar(vocabulary, { maxRules: limits.rules }));
    const greedy = new Greedy([0, 0], 0);
    expect(writeText(grammar, greedy).length).toBeLessThan(limits.characters);
  });

  it('[I7] everything is generated for a vocabulary of one act, too', () => {
    const random = new RandomStream([6, 7], 0);
    const grammar = readGbnf(decodingGrammar(bareVocabulary));
    for (let sample = 0; sample < 50; sample++) parseProgram(writeText(grammar, random), bareVocabulary);
    expect(languagePrompt(bareVocabulary)).toContain('ACT: rest');
    expect(vocabularyHelp(bareVocabulary)).toContain('| `rest` | Stay. | — |');
  });
});
