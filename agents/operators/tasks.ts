import type { ModelOperator } from '../../core/kernel/tick-events.ts';
import { limits } from '../instincts/program.ts';
import type { ChatMessage } from '../model/contract.ts';
import type { Task } from '../model/task.ts';
import type { Niche } from './archive-view.ts';
import type { GenomeForm, ReplyShape, WorkedExample, Written } from './genome-form.ts';
import type { Style } from './options.ts';
import { a, nicheInWords, type ParentExample } from './words.ts';

/** How a task is put to a model, whatever it is. */
export interface Asking {
  readonly style: Style;
  readonly temperature: number;
  readonly seed: number;
  /** Tick of the child's birth. */
  readonly due: number;
  /** A model by name, where one has been chosen. */
  readonly model?: string | undefined;
}

export interface Mutation {
  readonly parent: ParentExample;
  /** What to change, in plain words. */
  readonly instruction: string;
  /** The mutation prompt that the child carries, unless the model rewrites it; null for none. */
  readonly prompt: string | null;
  /** Whether the model is to rewrite the instruction first, and then to follow it (hyper-mutation). */
  readonly rewrite: boolean;
}

export interface Crossover { readonly parents: readonly ParentExample[]; readonly prompt: string | null }

export interface Invention {
  readonly niche: Niche;
  /** Those who live nearest to it; may be none. */
  readonly near: readonly ParentExample[];
  readonly measures: readonly { readonly name: string; readonly sentence: string }[];
  readonly prompt: string | null;
}

/** Longest part of a refused reply that is shown again. */
const QUOTED = 1200;

/**
 * Mutation by a model: one parent and an instruction in plain words. The instruction is the parent's own mutation prompt
 * where it carries one, which the model may be asked to rewrite (Fernando et al. 2023, "Promptbreeder").
 */
export function mutateTask(form: GenomeForm, { parent, instruction, prompt, rewrite }: Mutation, asking: Asking): Task<Written> {
  const what = `Mutation prompt: ${instruction}.`.replace(/([.!?])\.$/, '$1');
  const ask = rewrite
    ? `${what}\nFirst write a better mutation prompt than this, as a line "mutation prompt: " and an instruction of at most ${limits.prompt} characters. Then write the child: `
      + 'keep what works and change one or two things as the new prompt says.'
    : what;
  return task(form, 'llm-mutate', `${shown(form, [parent])}\n\n${ask}`, { parents: [parent], prompt, rewrite }, asking);
}

/**
 * Language-model crossover (LMX; Meyerson et al. 2023, arXiv 2302.12170): the parents are the examples, the child is what
 * the model writes after them.
 *
 * @throws RangeError for fewer than 2 or more than 4 parents
 */
export function crossoverTask(form: GenomeForm, { parents, prompt }: Crossover, asking: Asking): Task<Written> {
  if (parents.length < 2 || parents.length > 4) throw new RangeError(`A crossover takes 2 to 4 parents; it was given ${parents.length}.`);
  return task(form, 'llm-crossover', `${shown(form, parents)}\n\nCrossover.`, { parents, prompt, rewrite: false }, asking);
}

/** A newcomer from the vocabulary, for an empty niche of an archive; those who live nearest to it are shown. */
export function inventTask(form: GenomeForm, { niche, near, measures, prompt }: Invention, asking: Asking): Task<Written> {
  const terms = measures.map(({ name, sentence }) => `${name}: ${sentence}`).join('\n');
  const known = near.length === 0 ? '' : `${shown(form, near)}\n\n`;
  const ask = `${terms}\n\n${known}No ${form.noun} is known yet with ${nicheInWords(niche)}.\nWrite a new ${form.noun} that is likely to have these measures.`;
  return task(form, 'llm-invent', ask, { parents: near, prompt, rewrite: false }, asking);
}

const prefixes = new WeakMap<GenomeForm, Map<Style, string>>();

/** What the system message says: language and rules, the same for all operators of a form and a style (and the same string, of which stories keep many). */
export function commonPrefix(form: GenomeForm, style: Style): string {
  const known = prefixes.get(form) ?? new Map<Style, string>();
  prefixes.set(form, known);
  let prefix = known.get(style);
  if (prefix === undefined) {
    // all that can be said once is said here: whoever keeps a prefix reads it once for all children
    const parts = [form.language, `Each organism carries ${a(form.noun)}. You are shown some and what came of the lives with them, and write a new one. `
      + 'After a mutation prompt: keep what works and change one or two things as it says. After "Crossover.": take parts from those shown and improve one thing. '
      + `Answer with the ${form.noun} only, unless you are asked for more.`];
    if (style === 'few-shot') parts.push(...form.examples.map((example) => workedExample(form, example)));
    prefix = parts.join('\n\n');
    known.set(style, prefix);
  }
  return prefix;
}

function workedExample({ noun }: GenomeForm, { instruction, parents, child }: WorkedExample): string {
  const before = parents.map((genome, i) => `${heading(noun, i, parents.length)}:\n${genome}`).join('\n');
  return `Example of "${instruction}":\n${before}\nNew ${noun}:\n${child}`;
}

function shown(form: GenomeForm, parents: readonly ParentExample[]): string {
  return parents.map(({ genome, life }, i) => `${heading(form.noun, i, parents.length)} (${life}):\n${form.bodyOf(genome)}`).join('\n\n');
}

function heading(noun: string, index: number, count: number): string {
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)}${count === 1 ? '' : ` ${index + 1}`}`;
}

function howToAnswer(form: GenomeForm, { plan, prompt }: ReplyShape): string {
  const parts = [
    ...(plan ? ['one line "Plan: " that says in one sentence what you change and why'] : []),
    ...(prompt ? ['the line "mutation prompt: "'] : []),
  ];
  return parts.length === 0 ? '' : ` Answer with ${parts.join(', then ')}, then the ${form.noun}, and nothing else.`;
}

interface Child { readonly parents: readonly ParentExample[]; readonly prompt: string | null; readonly rewrite: boolean }

function task(form: GenomeForm, kind: ModelOperator, ask: string, { parents, prompt, rewrite }: Child, asking: Asking): Task<Written> {
  const { style, temperature, seed, due, model } = asking;
  const shape: ReplyShape = { plan: style === 'chain-of-thought', prompt: rewrite };
  const answer = howToAnswer(form, shape);
  const messages: ChatMessage[] = [
    { role: 'system', content: commonPrefix(form, style) },
    { role: 'user', content: `${ask}${answer}` },
  ];
  return {
    role: 'operator', kind, due, ...(model === undefined ? {} : { model }),
    // Grammar and schema both, whatever the model honours: what is asked must not depend on what a replay cannot know.
    request: { messages, grammar: form.grammar(shape), schema: form.schema(shape), maxTokens: form.maxTokens(shape), temperature, seed },
    read(reply) {
      const read = form.read(reply, shape);
      if ('problem' in read) return read;
      const { genome, plan } = read.value;
      return { value: { genome: child(form, genome, { parents, prompt, rewrite }), plan } };
    },
    repair: (refused, problem) => [
      ...messages,
      { role: 'assistant', content: refused.slice(0, QUOTED) },
      { role: 'user', content: `That cannot be used: ${problem} Write all of it again, corrected.${answer === '' ? ` Answer with the ${form.noun} only.` : answer}` },
    ],
  };
}

/** What was written, with the mutation prompt that it is to carry. What equals a parent in all but that is its copy. */
function child(form: GenomeForm, written: string, { parents, prompt, rewrite }: Child): string {
  const body = form.bodyOf(written);
  const rewritten = rewrite ? form.promptOf(written) : null;
  if (rewritten !== null) return form.withPrompt(body, rewritten);
  return parents.find((parent) => form.bodyOf(parent.genome) === body)?.genome ?? form.withPrompt(body, prompt);
}
