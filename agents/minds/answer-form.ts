import type { ActFacts, Vocabulary } from '../../core/kernel/genomes.ts';
import { decodingGrammar } from '../instincts/grammar.ts';
import type { ModelRequest } from '../model/contract.ts';
import type { Allowed } from './answer.ts';

export interface AnswerForm extends Allowed {
  /** With a line of reasoning before the answer. */
  readonly plan: boolean;
  /** Most rules of rewritten instincts before `otherwise`. */
  readonly maxRules: number;
}

/** Characters of a message and of a plan that the grammar lets a model write; the reader takes more. */
const LONGEST_LINE = 120;

/** Every act with every target it takes: `eat`, `flee hunter`, `flee kin`, … */
export function actPhrases(acts: readonly ActFacts[]): string[] {
  return acts.flatMap(({ name, targets }) => (targets.length === 0 ? [name] : targets.map((target) => `${name} ${target}`)));
}

/**
 * A GBNF grammar under which a model writes thoughts only: lines `do: …`, `say: …` and `instincts:` with a program, at least one
 * of those allowed, each at most once and in this order.
 */
export function answerGrammar(vocabulary: Vocabulary, form: AnswerForm): string {
  const parts = [...(form.intent ? ['intent'] : []), ...(form.message ? ['saying'] : []), ...(form.rewrite ? ['rewrite'] : [])];
  const answers = parts.map((part, i) => `${part}${parts.slice(i + 1).map((later) => ` ("\\n" ${later})?`).join('')}`).join(' | ');
  const rules: [name: string, form: string][] = [
    ['root', form.plan ? `"think: " speech "\\n" (${answers})` : answers],
  ];
  if (form.intent) {
    rules.push(['intent', '"do: " doing " for " span " ticks"'],
      ['doing', actPhrases(vocabulary.acts).map((phrase) => `"${phrase}"`).join(' | ')],
      ['span', '"50" | [1-4] [0-9]? | [5-9]']);
  }
  if (form.message) rules.push(['saying', '"say: " speech']);
  if (form.message || form.plan) rules.push(['speech', `[a-zA-Z0-9] [a-zA-Z0-9 .,!?'-]{0,${LONGEST_LINE - 1}}`]);
  const lines = rules.map(([name, written]) => `${name} ::= ${written}\n`).join('');
  if (!form.rewrite) return lines;
  const program = decodingGrammar(vocabulary, { maxRules: form.maxRules }).replace(/^root ::=/m, 'program ::=');
  return `${lines}rewrite ::= "instincts:\\n" program\n${program}`;
}

/** The same as a JSON schema, for endpoints that enforce those. Every key stands in every answer; what is not meant is null. */
export function answerSchema(vocabulary: Vocabulary, form: AnswerForm): NonNullable<ModelRequest['schema']> {
  const properties: Record<string, unknown> = {};
  const textOrNull = (description: string): unknown => ({ type: ['string', 'null'], description });
  if (form.plan) properties['think'] = { type: 'string', description: 'Your reasoning, in one short line.' };
  if (form.intent) {
    properties['do'] = {
      anyOf: [{ type: 'null' }, {
        type: 'object', additionalProperties: false, required: ['act', 'ticks'],
        properties: {
          act: { type: 'string', enum: actPhrases(vocabulary.acts) },
          ticks: { type: 'integer', description: 'For how many ticks, 1 to 50.' },
        },
      }],
    };
  }
  if (form.message) properties['say'] = textOrNull('One line that those in sight will hear.');
  if (form.rewrite) properties['instincts'] = textOrNull('A whole new program, one rule a line.');
  return { name: 'thought', schema: { type: 'object', additionalProperties: false, required: Object.keys(properties), properties } };
}
