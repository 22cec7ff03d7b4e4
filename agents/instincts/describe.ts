import type { ActFacts, SenseFacts, Vocabulary } from '../../core/kernel/genomes.ts';
import { either } from './genome-error.ts';
import { printNumber } from './print.ts';
import { limits, quantise } from './program.ts';

/** What a world's genomes can speak of, as Markdown for people: senses with range and unit, acts with targets, signals, registers. */
export function vocabularyHelp(vocabulary: Vocabulary): string {
  const { senses, acts, signals, registers } = vocabulary;
  const parts = [
    table(['sense', 'reads', 'range'], senses.map((sense) => [code(sense.name), sense.sentence, rangeText(sense)])),
    table(['act', 'does', 'targets'], acts.map((act) => [code(act.name), act.sentence, act.targets.map(code).join(', ') || '—'])),
  ];
  if (signals.length > 0) parts.push(`Signals: ${signals.map(code).join(', ')}; a signal lasts until the next decision.`);
  if (registers.length > 0) {
    parts.push(`Memory: ${registers.map((register) => code(`memory.${register}`)).join(', ')}; numbers that stay from tick to tick.`);
  }
  parts.push(`A program may begin with a line ${code('mutation prompt: …')}: how a model is to change its bearer's children, in at most ${limits.prompt} characters.`);
  return parts.join('\n\n');
}

/**
 * The language explained to a small model, in few tokens: the form, the senses with their ranges, the acts with their
 * targets, the effects. The world's sentences are left out; its names must speak for themselves.
 */
export function languagePrompt(vocabulary: Vocabulary): string {
  const { senses, acts, signals, registers } = vocabulary;
  const lines = [
    'A program is lines "when CONDITION -> ACT", tried from the top; the first that holds acts. The last line is "otherwise -> ACT".',
    'CONDITION: SENSE < NUMBER or SENSE > NUMBER or chance N%, joined by "and" or "or".',
    `SENSE: ${[...senses.map(senseForm), ...registers.map((register) => `memory.${register}`)].join(', ')}`,
    `ACT: ${acts.map(actForm).join(', ')}`,
  ];
  const effects = [
    ...(signals.length > 0 ? [`", signal ${either(signals)}"`] : []),
    ...(registers.length > 0 ? [`", set ${registers[0]} to NUMBER"`, `", add NUMBER to ${registers[0]}"`] : []),
  ];
  if (effects.length > 0) lines.push(`After an ACT may follow ${either(effects)}.`);
  const example = exampleLine(vocabulary);
  if (example !== '') lines.push(`Example: ${example}`);
  return lines.join('\n');
}

export { decodingGrammar, type GrammarOptions } from './grammar.ts';

function code(word: string): string {
  return `\`${word}\``;
}

function actForm({ name, targets }: ActFacts): string {
  return targets.length === 0 ? name : `${name} ${targets.join('|')}`;
}

function rangeText({ lower, upper, unit }: SenseFacts): string {
  return `${number(lower)} to ${number(upper)}${unit === '' ? '' : unit === '%' ? '%' : ` ${unit}`}`;
}

function senseForm({ name, lower, upper, unit }: SenseFacts): string {
  const range = `${number(lower)}${lower < 0 ? ' to ' : '-'}${number(upper)}`;
  return `${name} ${range}${unit === '' || unit === '%' ? unit : ` ${unit}`}`;
}

function number(value: number): string {
  return printNumber(quantise(value));
}

/** A rule of the first sense that has a unit (or the first of all) and the last act, to show the form. */
function exampleLine({ senses, acts }: Vocabulary): string {
  if (senses.length === 0) return '';
  const sense = senses.find(({ unit }) => unit === 'steps') ?? senses[0];
  const act = acts.find(({ targets }) => targets.length > 0) ?? acts[0];
  const value = number(Math.round((sense.lower + sense.upper) / 2));
  const unit = sense.unit === '' || sense.unit === '%' ? sense.unit : ` ${sense.unit}`;
  return `when ${sense.name} < ${value}${unit} -> ${act.targets.length === 0 ? act.name : `${act.name} ${act.targets[0]}`}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
