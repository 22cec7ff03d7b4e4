import type { ChatMessage } from '../model/contract.ts';

/** A parent as an example: its program, and what its life had come to when the child was conceived. */
export interface ParentExample { genome: string; age: number; energy: number; children: number }

/**
 * The prompt of language-model crossover (LMX; Meyerson et al. 2023, "Language model crossover: variation through
 * few-shot prompting"): the parents are the examples, the child is what a model writes next. The rules stand first and
 * never change, so that an endpoint's prefix cache serves them; the parents come last.
 */
export function lmxPrompt(language: string, parents: readonly ParentExample[]): ChatMessage[] {
  const examples = parents.map(({ genome, age, energy, children }, i) =>
    `Parent ${i + 1} (age ${age} ticks, energy ${Math.round(energy)}, children ${children}):\n${genome}`).join('\n\n');
  const task = parents.length > 1
    ? 'Write their child: take rules from both parents and improve one thing. Answer with the program only.'
    : 'Write its child: keep the rules that work and change one or two things to make it live better. Answer with the program only.';
  return [
    { role: 'system', content: language },
    { role: 'user', content: `${examples}\n\n${task}` },
  ];
}

/** Asks again, with what was wrong. The refused text is quoted only in part: it may be anything. */
export function repairPrompt(asked: readonly ChatMessage[], refused: string, problem: string): ChatMessage[] {
  return [
    ...asked,
    { role: 'assistant', content: refused.slice(0, 1200) },
    { role: 'user', content: `That is not a program: ${problem} Write the whole program again, corrected. Answer with the program only.` },
  ];
}
