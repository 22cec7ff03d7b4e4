import type { Command } from 'commander';
import type { OperatorChoice } from '../../core/spec.ts';
import { Failure } from './failure.ts';

/** A reader of a whole number given on the command line, with its range. Throws a failure with the value in it. */
export function wholeNumber(flag: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text.trim()) ? Number(text) : NaN;
    if (!(value >= min && value <= max)) throw new Failure(`${flag} is "${text}", but must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** As `wholeNumber`, for any number. */
export function anyNumber(flag: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (value === null || !(value >= min && value <= max)) throw new Failure(`${flag} is "${text}", but must be a number from ${min} to ${max}.`);
    return value;
  };
}

/** A number written in decimal, or null. */
export function decimal(text: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : null;
}

/** As in a spec, whose schema is not loaded for them. */
const operators = Object.keys({ classical: true, llm: true, mixed: true } satisfies Record<OperatorChoice, true>) as OperatorChoice[];

export function operatorFlag(text: string): OperatorChoice {
  const operator = operators.find((each) => each === text);
  if (operator === undefined) throw new Failure(`--operator is "${text}", but must be ${operators.slice(0, -1).join(', ')} or ${operators.at(-1)}.`);
  return operator;
}

export function budgetFlag(text: string): 'pause' | 'blind' {
  if (text !== 'pause' && text !== 'blind') throw new Failure(`--on-budget is "${text}", but must be pause or blind.`);
  return text;
}

/** Gathers a flag that may be given several times. */
export function gather(text: string, before: string[]): string[] {
  return [...before, text];
}

/** Caps on what models may cost. */
export function withCaps(command: Command): Command {
  return command
    .option('--budget-calls <n>', 'most calls of models', wholeNumber('--budget-calls', 0, Number.MAX_SAFE_INTEGER))
    .option('--budget-tokens <n>', 'most tokens, read and written', wholeNumber('--budget-tokens', 0, Number.MAX_SAFE_INTEGER))
    .option('--budget-dollars <x>', 'most US dollars, by the price table', anyNumber('--budget-dollars', 0, 1e9));
}
