import type { Vocabulary } from '../../core/kernel/genomes.ts';
import { printPrompt } from './prompt-line.ts';
import { limits, type Alternative, type Deed, type Effect, type Operand, type Program, type Term } from './program.ts';

/** The canonical text: the mutation prompt if there is one, then one rule a line, single spaces, units written, numbers as short as they can be; no newline at the end. */
export function printProgram(program: Program, vocabulary: Vocabulary): string {
  let text = printPrompt(program.prompt);
  for (const rule of program.rules) {
    const condition = rule.alternatives.map((alternative) => printAlternative(alternative, vocabulary)).join(' or ');
    text += `when ${condition} -> ${printDeed(rule.deed, vocabulary)}\n`;
  }
  return `${text}otherwise -> ${printDeed(program.otherwise, vocabulary)}`;
}

/** Whether the canonical text keeps to the limit of length; the counts alone do not promise it. */
export function fits(program: Program, vocabulary: Vocabulary): boolean {
  return printProgram(program, vocabulary).length <= limits.characters;
}

/** A number of a program (already quantised) in its shortest form. */
export function printNumber(value: number): string {
  return String(value);
}

function printAlternative(alternative: Alternative, vocabulary: Vocabulary): string {
  return alternative.map((term) => printTerm(term, vocabulary)).join(' and ');
}

function printTerm(term: Term, vocabulary: Vocabulary): string {
  if (term.kind === 'chance') return `chance ${printNumber(term.percent)}%`;
  const { left, above, right } = term;
  const unit = left.kind === 'sense' && right.kind === 'number' ? vocabulary.senses[left.sense].unit : '';
  const spaced = unit === '' || unit === '%' ? unit : ` ${unit}`;
  return `${printOperand(left, vocabulary)} ${above ? '>' : '<'} ${printOperand(right, vocabulary)}${spaced}`;
}

function printOperand(operand: Operand, vocabulary: Vocabulary): string {
  switch (operand.kind) {
    case 'number': return printNumber(operand.value);
    case 'sense': return vocabulary.senses[operand.sense].name;
    case 'memory': return `memory.${vocabulary.registers[operand.register]}`;
  }
}

function printDeed(deed: Deed, vocabulary: Vocabulary): string {
  const act = vocabulary.acts[deed.act];
  let text = act.targets.length === 0 ? act.name : `${act.name} ${act.targets[deed.target]}`;
  if (deed.signal !== null) text += `, signal ${vocabulary.signals[deed.signal]}`;
  for (const effect of deed.effects) text += `, ${printEffect(effect, vocabulary)}`;
  return text;
}

function printEffect(effect: Effect, vocabulary: Vocabulary): string {
  const register = vocabulary.registers[effect.register];
  if (effect.kind === 'add') return `add ${printNumber(effect.amount)} to ${register}`;
  return `set ${register} to ${printOperand(effect.source, vocabulary)}`;
}
