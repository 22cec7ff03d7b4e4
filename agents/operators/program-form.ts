import { z } from 'zod';
import type { Vocabulary } from '../../core/kernel/genomes.ts';
import { RandomStream } from '../../core/kernel/random.ts';
import { crossPrograms } from '../instincts/cross.ts';
import { languagePrompt } from '../instincts/describe.ts';
import { extractProgram } from '../instincts/extract.ts';
import { decodingGrammar } from '../instincts/grammar.ts';
import { mutateBy, type BlindOperator } from '../instincts/mutate.ts';
import { parseProgram } from '../instincts/parse.ts';
import { fits, printProgram } from '../instincts/print.ts';
import { limits, type Program } from '../instincts/program.ts';
import { printPrompt, splitGenome } from '../instincts/prompt-line.ts';
import { randomProgram } from '../instincts/random-program.ts';
import { oncePerShape, type GenomeForm, type WorkedExample } from './genome-form.ts';
import { boundedPlan, jsonOf, planOf } from './reply.ts';

export interface ProgramFormOptions {
  /** Rules that a model may write before `otherwise`; fewer are quicker. */
  readonly maxRules?: number;
}

/** Tokens that a rule takes at most in practice, and what comes before the rules. */
const TOKENS = { rule: 38, plan: 90, prompt: 45 } as const;

const deed = { act: z.string().max(200), effects: z.string().max(400).default('') };
const jsonProgram = z.object({
  plan: z.string().default(''), mutation_prompt: z.string().nullish(),
  rules: z.array(z.object({ when: z.string().max(1000), ...deed })).max(64), otherwise: z.object(deed),
});

/** Instincts, as operators see them. */
export function programForm(vocabulary: Vocabulary, { maxRules = 6 }: ProgramFormOptions = {}): GenomeForm {
  const parse = (text: string): Program => parseProgram(text, vocabulary);
  const print = (program: Program): string => printProgram(program, vocabulary);
  const rules = Math.max(1, Math.min(limits.rules, Math.floor(maxRules)));
  return {
    noun: 'program',
    language: `${languagePrompt(vocabulary)}\nA program has at most ${rules} lines "when".`,
    seedPrompts: seedPrompts(vocabulary),
    examples: workedExamples(vocabulary),
    maxTokens: ({ plan, prompt }) => (rules + 1) * TOKENS.rule + (plan ? TOKENS.plan : 0) + (prompt ? TOKENS.prompt : 0),
    grammar: oncePerShape(({ plan, prompt }) => decodingGrammar(vocabulary, { maxRules: rules, plan, prompt })),
    schema: oncePerShape((shape) => ({ name: 'program', schema: programSchema(vocabulary, rules, shape) })),
    read({ text }) {
      try {
        const json = jsonOf(text);
        if (json === undefined) return { value: { genome: print(parse(extractProgram(text))), plan: planOf(text) } };
        const read = jsonProgram.safeParse(json);
        if (!read.success) return { problem: `The JSON object is not the one that was asked for: ${read.error.issues[0]?.message ?? 'it differs'}.` };
        return { value: { genome: print(parse(sourceOf(read.data))), plan: boundedPlan(read.data.plan) } };
      } catch (error) {
        return { problem: error instanceof Error ? error.message : String(error) };
      }
    },
    bodyOf: (genome) => splitGenome(genome).body,
    promptOf: (genome) => splitGenome(genome).prompt,
    withPrompt(body, prompt) {
      const genome = `${printPrompt(prompt)}${body}`;
      return genome.length <= limits.characters ? genome : body;
    },
  };
}

/** A JSON reply as the text of a program. Line ends inside its strings are white space to the parser, no lines of their own. */
function sourceOf({ mutation_prompt: prompt, rules, otherwise }: z.output<typeof jsonProgram>): string {
  const act = ({ act: name, effects }: { act: string; effects: string }): string => `${name}${effects.trim() === '' ? '' : `, ${effects.replace(/^\s*,/, '')}`}`;
  const first = prompt === null || prompt === undefined || prompt.trim() === '' ? '' : `mutation prompt: ${prompt.replace(/[\r\n]+/g, ' ')}\n`;
  return `${first}${rules.map((rule) => `when ${rule.when.replace(/^\s*when\b/i, '')} -> ${act(rule)}\n`).join('')}otherwise -> ${act(otherwise)}`;
}

function programSchema(vocabulary: Vocabulary, maxRules: number, { plan, prompt }: { plan: boolean; prompt: boolean }): Record<string, unknown> {
  const acts = vocabulary.acts.flatMap(({ name, targets }) => (targets.length === 0 ? [name] : targets.map((target) => `${name} ${target}`)));
  const hasEffects = vocabulary.signals.length + vocabulary.registers.length > 0;
  const act = {
    act: { type: 'string', enum: acts },
    ...(hasEffects ? { effects: { type: 'string', description: 'What may follow the ACT, or an empty string.' } } : {}),
  };
  const properties = {
    ...(plan ? { plan: { type: 'string', description: 'One sentence: what you change and why.' } } : {}),
    ...(prompt ? { mutation_prompt: { type: 'string', description: `The new mutation prompt, at most ${limits.prompt} characters.` } } : {}),
    rules: {
      type: 'array', description: `At most ${maxRules} rules, tried from the top.`,
      items: objectOf({ when: { type: 'string', description: 'The CONDITION, without the word "when".' }, ...act }),
    },
    otherwise: objectOf(act),
  };
  return objectOf(properties);
}

/** An object as strict endpoints want it: every property required, no others. */
export function objectOf(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** Instructions that make sense in any world, and some for worlds whose organisms have what they speak of. */
function seedPrompts({ senses, acts }: Vocabulary): string[] {
  const prompts = [
    'make it bolder', 'make it more careful', 'make it simpler: drop what seldom matters', 'change one number by a little', 'change one number by a lot',
    'use a sense that it does not use yet', 'put the most urgent rule first', 'make two rules depend on each other less',
  ];
  if (senses.some(({ name }) => name === 'energy')) prompts.push('make it bolder when energy is high', 'make it save energy when energy is low');
  if (acts.some(({ name }) => name === 'reproduce')) prompts.push('let it have children earlier');
  return prompts;
}

const shownOperators: readonly (readonly [BlindOperator, string])[] = [
  ['point', 'change one number or word'], ['insert', 'make it react to one thing more'], ['delete', 'make it simpler'],
];

/**
 * One change a blind operator, and one recombination, all drawn from the vocabulary under a key of their own: fixed by the
 * world, so that they can stand in what all requests have in common.
 */
function workedExamples(vocabulary: Vocabulary): WorkedExample[] {
  const random = new RandomStream([0x65786d70, 0x6c657321], 0);
  const print = (program: Program): string => printProgram(program, vocabulary);
  const examples = shownOperators.flatMap(([operator, instruction]): WorkedExample[] => {
    const parent = randomProgram(vocabulary, random, 2);
    const child = mutateBy(operator, parent, vocabulary, random);
    return child === null ? [] : [{ instruction, parents: [print(parent)], child: print(child) }];
  });
  const [one, other] = [randomProgram(vocabulary, random, 2), randomProgram(vocabulary, random, 2)];
  const child = crossPrograms(one, other, random);
  return fits(child, vocabulary) ? [...examples, { instruction: 'take rules from both parents', parents: [print(one), print(other)], child: print(child) }] : examples;
}
