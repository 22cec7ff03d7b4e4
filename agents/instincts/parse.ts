import type { Vocabulary } from '../../core/kernel/genomes.ts';
import { either, GenomeError } from './genome-error.ts';
import { nearestWord } from './nearest.ts';
import { printProgram } from './print.ts';
import { readPrompt } from './prompt-line.ts';
import {
  limits, quantise,
  type Alternative, type Chance, type Comparison, type Deed, type Effect, type MemoryOperand, type Operand, type Program, type Rule,
  type SenseOperand, type Term,
} from './program.ts';
import { checkText, shown, tokenise, type Token, type TokenKind } from './tokens.ts';

/**
 * Reads a program. White space, line ends and upper case are free, `#` begins a comment, units may be left out.
 * Throws a `GenomeError` that says where the text stops being a program, and what was expected there.
 */
export function parseProgram(text: string, vocabulary: Vocabulary): Program {
  checkText(text);
  const { prompt, end } = readPrompt(text);
  return new Parser(tokenise(text, end), vocabulary).program(prompt);
}

/** Units that a text may write in the singular. */
const singular: Readonly<Record<string, string>> = { step: 'steps', tick: 'ticks' };

const readable = 'a sense, memory or chance';
const comparable = 'a sense, memory or a number';

class Parser {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly vocabulary: Vocabulary;
  private readonly senseNames: readonly string[];

  constructor(tokens: readonly Token[], vocabulary: Vocabulary) {
    this.tokens = tokens;
    this.vocabulary = vocabulary;
    this.senseNames = vocabulary.senses.map((sense) => sense.name);
  }

  program(prompt: string | null): Program {
    const rules: Rule[] = [];
    while (this.isWord('when')) {
      if (rules.length === limits.rules) this.fail(`"otherwise" after ${limits.rules} rules, which is the most`);
      rules.push(this.rule());
    }
    if (!this.isWord('otherwise')) {
      this.fail(rules.length === 0 ? '"when" or "otherwise"' : '"when", "otherwise" or a comma', ['when', 'otherwise']);
    }
    this.next();
    this.take('arrow', '"->"');
    const otherwise = this.deed();
    if (this.peek().kind !== 'end') this.fail('nothing more after the "otherwise" rule');
    const program = { prompt, rules, otherwise };
    const { length } = printProgram(program, this.vocabulary);
    if (length > limits.characters) throw new GenomeError(1, 1, `at most ${limits.characters} characters in canonical form`, `${length}`);
    return program;
  }

  private rule(): Rule {
    this.next();
    const alternatives: Alternative[] = [this.alternative()];
    while (this.isWord('or')) {
      if (alternatives.length === limits.alternatives) this.fail(`"->" after ${limits.alternatives} alternatives, which is the most`);
      this.next();
      alternatives.push(this.alternative());
    }
    this.take('arrow', '"and", "or" or "->"', ['and', 'or']);
    return { alternatives, deed: this.deed() };
  }

  private alternative(): Alternative {
    const terms: Term[] = [this.term()];
    while (this.isWord('and')) {
      if (terms.length === limits.terms) this.fail(`"or" or "->" after ${limits.terms} terms, which is the most`);
      this.next();
      terms.push(this.term());
    }
    return terms;
  }

  private term(): Term {
    return this.isWord('chance') ? this.chance() : this.comparison();
  }

  private chance(): Chance {
    this.next();
    const token = this.take('number', 'a percentage from 0 to 100');
    const percent = quantise(Number(token.text));
    if (percent < 0 || percent > 100) this.failAt(token, 'a percentage from 0 to 100');
    if (this.peek().kind === 'percent') this.next();
    return { kind: 'chance', percent };
  }

  private comparison(): Comparison {
    const left = this.senseOrMemory(readable, ['chance']);
    const token = this.peek();
    if (token.kind !== 'below' && token.kind !== 'above') {
      this.fail('"<" or ">"', [], '<>=≤≥≠!'.includes(token.text[0] ?? ' ') ? 'the language has no other comparisons' : '');
    }
    this.next();
    const right = this.operand(comparable);
    if (right.kind === 'number') this.unitOf(left);
    return { kind: 'compare', left, above: token.kind === 'above', right };
  }

  /** A unit may be left out; one that is written must be the sense's own. */
  private unitOf(left: SenseOperand | MemoryOperand): void {
    const token = this.peek();
    const written = token.kind === 'word' ? singular[token.text] ?? token.text : token.text;
    if (written !== '%' && written !== 'steps' && written !== 'ticks') return;
    const unit = left.kind === 'sense' ? this.vocabulary.senses[left.sense].unit : '';
    if (written !== unit) this.fail(unit === '' ? 'a number without a unit here' : `the unit "${unit}" or none`);
    this.next();
  }

  private operand(expected: string): Operand {
    if (this.peek().kind === 'number') return { kind: 'number', value: this.number() };
    return this.senseOrMemory(expected, []);
  }

  private senseOrMemory(expected: string, keywords: readonly string[]): SenseOperand | MemoryOperand {
    const { kind, text } = this.peek();
    if (kind === 'word') {
      const sense = this.senseNames.indexOf(text);
      if (sense >= 0) {
        this.next();
        return { kind: 'sense', sense };
      }
      if (text === 'memory' || text.startsWith('memory.')) {
        const register = this.vocabulary.registers.indexOf(text.slice('memory.'.length));
        if (register < 0) this.fail(this.registerNames('memory.'));
        this.next();
        return { kind: 'memory', register };
      }
    }
    const memory = this.vocabulary.registers.map((register) => `memory.${register}`);
    return this.fail(expected, [...this.senseNames, ...memory, ...keywords], text === '(' ? 'the language has no parentheses' : '');
  }

  private deed(): Deed {
    const act = this.vocabulary.acts.findIndex(({ name }) => this.isWord(name));
    if (act < 0) this.fail('an act', this.vocabulary.acts.map(({ name }) => name));
    this.next();
    const { name, targets } = this.vocabulary.acts[act];
    let target = 0;
    if (targets.length > 0) {
      target = targets.findIndex((word) => this.isWord(word));
      if (target < 0) this.fail(`what to ${name}: ${either(targets)}`, targets);
      this.next();
    }
    let signal: number | null = null;
    const effects: Effect[] = [];
    while (this.peek().kind === 'comma') {
      if (effects.length + (signal === null ? 0 : 1) === limits.effects) {
        this.fail(`a new rule after ${limits.effects} effects, which is the most`);
      }
      this.next();
      if (!this.isWord('signal')) effects.push(this.effect());
      else if (signal !== null) this.fail('"set" or "add", as one signal is the most');
      else signal = this.signal();
    }
    return { act, target, signal, effects };
  }

  private signal(): number {
    this.next();
    const { signals } = this.vocabulary;
    const signal = signals.findIndex((name) => this.isWord(name));
    if (signal < 0) this.fail(signals.length === 0 ? 'no signal, as this world has none' : `a signal: ${either(signals)}`, signals);
    this.next();
    return signal;
  }

  private effect(): Effect {
    if (this.isWord('set')) {
      this.next();
      const register = this.register();
      this.word('to');
      return { kind: 'set', register, source: this.operand('a number, a sense or memory') };
    }
    if (this.isWord('add')) {
      this.next();
      if (this.peek().kind !== 'number') this.fail('a number');
      const amount = this.number();
      this.word('to');
      return { kind: 'add', register: this.register(), amount };
    }
    return this.fail('"signal", "set" or "add"', ['signal', 'set', 'add']);
  }

  /** Where a register is written to, its bare name is the form; `memory.a` is understood. */
  private register(): number {
    const { text } = this.peek();
    const name = text.startsWith('memory.') ? text.slice('memory.'.length) : text;
    const register = this.vocabulary.registers.indexOf(name);
    if (register < 0) this.fail(this.registerNames(''));
    this.next();
    return register;
  }

  private registerNames(prefix: string): string {
    const { registers } = this.vocabulary;
    if (registers.length === 0) return 'no memory, as this world has none';
    return `a register: ${either(registers.map((name) => prefix + name))}`;
  }

  private number(): number {
    const token = this.take('number', 'a number');
    const value = Number(token.text);
    if (Math.abs(value) > limits.magnitude) this.failAt(token, `a number from -${limits.magnitude} to ${limits.magnitude}`);
    return quantise(value);
  }

  private word(word: string): void {
    if (!this.isWord(word)) this.fail(`"${word}"`);
    this.next();
  }

  private take(kind: TokenKind, expected: string, known: readonly string[] = []): Token {
    const token = this.peek();
    if (token.kind !== kind) this.fail(expected, known);
    this.next();
    return token;
  }

  private isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text === word;
  }

  private peek(): Token {
    return this.tokens[this.at];
  }

  private next(): void {
    this.at++;
  }

  /** Refuses the token at hand; `known` are words that could stand here, one of which may have been meant. */
  private fail(expected: string, known: readonly string[] = [], hint = ''): never {
    return this.failAt(this.peek(), expected, known, hint);
  }

  private failAt(token: Token, expected: string, known: readonly string[] = [], hint = ''): never {
    const meant = token.kind === 'word' ? nearestWord(token.text, known) : null;
    throw new GenomeError(token.line, token.column, expected, shown(token), meant === null ? hint : `perhaps "${meant}" was meant`);
  }
}
