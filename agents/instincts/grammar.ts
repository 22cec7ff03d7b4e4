import type { ActFacts, SenseFacts, Vocabulary } from '../../core/kernel/genomes.ts';
import { plainClass } from './prompt-line.ts';
import { limits } from './program.ts';
import { checkVocabulary } from './vocabulary.ts';

export interface GrammarOptions {
  /** Most rules before `otherwise`; 6 when not given, at most `limits.rules`. */
  readonly maxRules?: number;
  /** Lets a line of thought come first: `Plan: …`. It is no part of the program. */
  readonly plan?: boolean;
  /** Wants a mutation prompt before the rules. Without it there is none. */
  readonly prompt?: boolean;
}

/** Signs of a plan, and of a prompt; each may have a space before it, so that a prompt of words is well within its limit. */
const planSigns = 120;
const promptSigns = Math.floor(limits.prompt / 2);

/**
 * A GBNF grammar for llama.cpp that lets a model write programs only. Every text it generates parses, and is canonical (but for
 * a `-0`). It says less than the language: at least one rule, short conditions, whole numbers, one change of memory a deed.
 */
export function decodingGrammar(vocabulary: Vocabulary, options: GrammarOptions = {}): string {
  checkVocabulary(vocabulary);
  const maxRules = Math.max(1, Math.min(limits.rules, Math.floor(options.maxRules ?? 6)));
  const comparisons = comparisonRules(vocabulary);
  const effects = effectRules(vocabulary);
  return [
    ...framed(`${upTo('rule', maxRules)} "otherwise -> " deed`, 'program', options),
    ['rule', '"when " condition " -> " deed "\\n"'],
    ['condition', 'term (" and " term)? (" or " term)?'],
    ['term', [...comparisons.map(([name]) => name), '"chance " percent "%"'].join(' | ')],
    ...comparisons,
    ...memoryRules(vocabulary),
    ['order', '" < " | " > "'],
    ['deed', `act${effects.length === 0 ? '' : ' effects'}`],
    ['act', vocabulary.acts.map(actForm).join(' | ')],
    ...effects,
    ['number', '"0" | [1-9] [0-9]? [0-9]?'],
    ['percent', '"0" | "100" | [1-9] [0-9]?'],
  ].map(([name, form]) => `${name} ::= ${form}\n`).join('');
}

/** The rules of a genome's form, and of what is to come before it: it is the root where nothing is. */
export function framed(form: string, name: string, { plan = false, prompt = false }: Pick<GrammarOptions, 'plan' | 'prompt'>): GrammarRule[] {
  if (!plan && !prompt) return [['root', form]];
  return [
    ['root', `${plan ? 'plan ' : ''}${prompt ? 'prompt ' : ''}${name}`],
    ...(plan ? [['plan', `"Plan: " letter ${signs(planSigns)} "\\n"`] as const] : []),
    ...(prompt ? [['prompt', `"mutation prompt: " letter ${signs(promptSigns)} "\\n"`] as const] : []),
    ['letter', '[A-Za-z]'],
    ['sign', `[${plainClass}]`],
    [name, form],
  ];
}

function signs(count: number): string {
  return `(" "? sign){0,${count - 1}}`;
}

/** One to `count` of a rule, spelled out: `a (a (a)?)?`. */
function upTo(name: string, count: number): string {
  return `${`${name} (`.repeat(count - 1)}${name}${')?'.repeat(count - 1)}`;
}

export type GrammarRule = readonly [name: string, form: string];

/** One rule for the senses of each unit, and one for registers; a number below zero only where some reading is. */
function comparisonRules({ senses, registers }: Vocabulary): GrammarRule[] {
  const rules: GrammarRule[] = [];
  const memory = registers.length === 0 ? '' : ' | memory';
  for (const [unit, name] of [['', 'plain'], ['%', 'share'], ['steps', 'distance'], ['ticks', 'time']] as const) {
    for (const negative of [false, true]) {
      const some = senses.filter((sense) => sense.unit === unit && (sense.lower < 0) === negative);
      if (some.length === 0) continue;
      const written = `${negative ? '"-"? ' : ''}${unit === '%' ? 'percent' : 'number'}${unitForm(unit)}`;
      const right = memory === '' ? written : `(${written}${memory})`;
      rules.push([`${name}${negative ? '-signed' : ''}`, `(${some.map(({ name: word }) => literal(word)).join(' | ')}) order ${right}`]);
    }
  }
  if (registers.length > 0) rules.push(['recall', 'memory order "-"? number']);
  return rules;
}

function memoryRules({ registers }: Vocabulary): GrammarRule[] {
  return registers.length === 0 ? [] : [['memory', '"memory." register'], ['register', registers.map(literal).join(' | ')]];
}

function effectRules({ signals, registers }: Vocabulary): GrammarRule[] {
  const parts: string[] = [];
  if (signals.length > 0) parts.push('(", signal " signal)?');
  if (registers.length > 0) parts.push('(", " change)?');
  if (parts.length === 0) return [];
  const rules: GrammarRule[] = [['effects', parts.join(' ')]];
  if (signals.length > 0) rules.push(['signal', signals.map(literal).join(' | ')]);
  if (registers.length > 0) rules.push(['change', '"set " register " to " "-"? number | "add " "-"? number " to " register']);
  return rules;
}

function unitForm(unit: SenseFacts['unit']): string {
  return unit === '' ? '' : unit === '%' ? ' "%"' : ` " ${unit}"`;
}

function actForm({ name, targets }: ActFacts): string {
  if (targets.length === 0) return literal(name);
  return targets.length === 1 ? literal(`${name} ${targets[0]}`) : `${literal(`${name} `)} (${targets.map(literal).join(' | ')})`;
}

function literal(word: string): string {
  return `"${word}"`;
}
