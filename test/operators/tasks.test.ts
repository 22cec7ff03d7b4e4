import { describe, expect, it } from 'vitest';
import type { Task } from '../../agents/model/task.ts';
import type { GenomeForm, Written } from '../../agents/operators/genome-form.ts';
import { styles, type Style } from '../../agents/operators/options.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { commonPrefix, crossoverTask, inventTask, mutateTask, type Asking } from '../../agents/operators/tasks.ts';
import { textForm } from '../../agents/operators/text-form.ts';
import { nicheInWords, type ParentExample } from '../../agents/operators/words.ts';
import { vocabulary } from '../instincts/vocabulary.ts';
import { reply } from './scripted.ts';

const program = programForm(vocabulary);
const opinion = textForm({
  noun: 'opinion', maxCharacters: 200, about: 'An opinion about vegetables.',
  examples: [{ instruction: 'make it kinder', parents: ['Peas are dull.'], child: 'Peas are quiet friends.' }],
});
const bodies: Record<string, readonly [string, string, string]> = {
  program: ['when energy > 45 -> reproduce\notherwise -> eat', 'when crowd > 5 -> wander\notherwise -> rest', 'when energy > 60 -> reproduce\notherwise -> rest'],
  opinion: ['Peas are dull.', 'Beans are fine.', 'Kale for ever.'],
};
const niche = { ranges: [{ name: 'mobility', lower: 0.8, upper: 0.85 }, { name: 'diet', lower: null, upper: 0.05 }] };
const measures = [{ name: 'mobility', sentence: 'Steps moved for each tick of life.' }, { name: 'diet', sentence: 'Share of meat.' }];
const asking = (style: Style, more: Partial<Asking> = {}): Asking => ({ style, temperature: 0.8, seed: 7, due: 40, ...more });
const user = (task: Task<Written>): string => task.request.messages[1]!.content;

function read(task: Task<Written>, text: string): Written {
  const found = task.read(reply(text));
  if ('problem' in found) throw new Error(found.problem);
  return found.value;
}

describe.each([program, opinion])('operators on a $noun', (form: GenomeForm) => {
  const [one, other, third] = bodies[form.noun]!;
  const Noun = form === program ? 'Program' : 'Opinion';
  const parent: ParentExample = { genome: `mutation prompt: be bold\n${one}`, life: 'age 12 ticks, energy 40, children 2' };
  const partner: ParentExample = { genome: other, life: 'age 3 ticks, energy 20, children 0' };
  const mutation = { parent, instruction: 'be bold', prompt: 'be bold', rewrite: false };
  const tasks = (style: Style): Task<Written>[] => [
    mutateTask(form, mutation, asking(style)),
    mutateTask(form, { ...mutation, rewrite: true }, asking(style)),
    crossoverTask(form, { parents: [parent, partner], prompt: 'be bold' }, asking(style)),
    inventTask(form, { niche, near: [partner], measures, prompt: null }, asking(style)),
  ];

  it.each(styles)('[O1] begin alike, with language and rules, and end with what is wanted: %s', (style) => {
    for (const task of tasks(style)) {
      const { messages } = task.request;
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
      expect(messages[0]!.content).toBe(commonPrefix(form, style));
      expect(messages[0]!.content.startsWith(form.language)).toBe(true);
      expect(messages[0]!.content).not.toContain('energy 40');
      expect(task).toMatchObject({ role: 'operator', due: 40, request: { temperature: 0.8, seed: 7 } });
      // what can be said once is said where a kept prefix holds it; only what is asked beyond that stands with the question
      expect(messages[0]!.content).toContain(`Answer with the ${form.noun} only, unless you are asked for more.`);
      const more = style === 'chain-of-thought' || user(task).includes('better mutation prompt');
      if (more) expect(user(task)).toMatch(/and nothing else\.$/);
      else expect(user(task)).not.toContain('Answer with');
    }
  });

  it('[O1] are pure: the same inputs ask the same', () => {
    expect(tasks('few-shot').map(({ request }) => request)).toEqual(tasks('few-shot').map(({ request }) => request));
  });

  it('few-shot shows worked examples, zero-shot none, and a plan is asked for in chain-of-thought alone', () => {
    const { instruction, child } = form.examples[0]!;
    const shown = styles.map((style) => commonPrefix(form, style).includes(`Example of "${instruction}":`) && commonPrefix(form, style).includes(`New ${form.noun}:\n${child}`));
    expect(shown).toEqual([false, true, false]);
    for (const style of styles) {
      for (const task of tasks(style)) {
        expect(user(task).includes('"Plan: "')).toBe(style === 'chain-of-thought');
        expect(task.request.grammar!.includes('"Plan: "')).toBe(style === 'chain-of-thought');
        expect('plan' in (task.request.schema!.schema['properties'] as object)).toBe(style === 'chain-of-thought');
      }
    }
  });

  it('show parents with what their lives came to, without their mutation prompts', () => {
    const [mutate, , cross] = tasks('zero-shot').map(user);
    expect(mutate).toContain(`${Noun} (age 12 ticks, energy 40, children 2):\n${one}\n\nMutation prompt: be bold.`);
    expect(cross).toContain(`${Noun} 1 (age 12 ticks, energy 40, children 2):\n${one}\n\n${Noun} 2 (age 3 ticks, energy 20, children 0):\n${other}`);
    expect(cross).not.toContain('be bold');
  });

  it('describe a niche in the measures\' words', () => {
    expect(nicheInWords(niche)).toBe('mobility 0.80 to 0.85, diet below 0.05');
    expect(user(tasks('zero-shot')[3]!)).toContain(`mobility: Steps moved for each tick of life.\ndiet: Share of meat.\n\n${Noun} (age 3 ticks, energy 20, children 0):\n${other}\n\nNo ${form.noun} is known yet with mobility 0.80 to 0.85, diet below 0.05.`);
    expect(nicheInWords({ ranges: [{ name: 'age', lower: 40, upper: 45 }, { name: 'ways', lower: 3.8, upper: null }] })).toBe('age 40 to 45, ways above 3.80');
  });

  it('[O3] the child carries the prompt it is given, whatever the model says of one unasked', () => {
    const [mutate, , cross, invent] = tasks('zero-shot');
    expect(read(mutate!, third).genome).toBe(`mutation prompt: be bold\n${third}`);
    expect(read(cross!, `mutation prompt: be mine\n${third}`).genome).toBe(`mutation prompt: be bold\n${third}`);
    expect(read(invent!, third).genome).toBe(third);
  });

  it('[O3] the child carries the prompt that the model rewrote when it was asked to, else the one that it was given', () => {
    const rewriting = tasks('zero-shot')[1]!;
    expect(user(rewriting)).toContain('"mutation prompt: "');
    expect(rewriting.request.grammar).toContain('"mutation prompt: "');
    expect(read(rewriting, `mutation prompt: be bolder still\n${third}`).genome).toBe(`mutation prompt: be bolder still\n${third}`);
    expect(read(rewriting, third).genome).toBe(`mutation prompt: be bold\n${third}`);
    expect(rewriting.read(reply(`mutation prompt: <b>\n${third}`))).toHaveProperty('problem');
  });

  it('[O3] what equals a parent but for the prompt is its copy', () => {
    const fresh = mutateTask(form, { parent: partner, instruction: 'be shy', prompt: 'be shy', rewrite: false }, asking('zero-shot'));
    expect(read(fresh, other).genome).toBe(other);
    expect(read(fresh, third).genome).toBe(`mutation prompt: be shy\n${third}`);
    expect(read(tasks('zero-shot')[2]!, one).genome).toBe(parent.genome);
  });

  it('[O2] the plan is kept to show and is no part of the genome', () => {
    const [mutate] = tasks('chain-of-thought');
    expect(read(mutate!, `Plan: more of it\u202e, \u0007soon.\n${third}`)).toEqual({ genome: `mutation prompt: be bold\n${third}`, plan: 'more of it, soon.' });
    expect(read(mutate!, `Plan: ${'on and on '.repeat(100)}\n${third}`).plan.length).toBe(300);
  });

  it('[O2] ask once more with the problem, quoting no more than a part', () => {
    const [mutate] = tasks('zero-shot');
    const messages = mutate!.repair!('x'.repeat(1_000_000), 'line 1: expected y.');
    expect(messages.slice(0, 2)).toEqual(mutate!.request.messages);
    expect(messages[2]).toEqual({ role: 'assistant', content: 'x'.repeat(1200) });
    expect(messages[3]!.content).toContain('line 1: expected y.');
  });

  it('a crossover takes two to four parents', () => {
    const cross = (count: number) => crossoverTask(form, { parents: Array.from({ length: count }, () => parent), prompt: null }, asking('zero-shot'));
    expect(() => cross(1)).toThrow('takes 2 to 4 parents; it was given 1');
    expect(() => cross(5)).toThrow('it was given 5');
    expect(user(cross(4))).toContain(`${Noun} 4 (`);
    expect(user(cross(4)).endsWith('Crossover.')).toBe(true);
  });

  it('a model that was chosen by name is asked', () => {
    expect(mutateTask(form, mutation, asking('zero-shot', { model: 'small' })).model).toBe('small');
    expect('model' in mutateTask(form, mutation, asking('zero-shot'))).toBe(false);
  });
});
