import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';
import type { Answer, Task } from '../../agents/model/task.ts';
import type { GenomeForm, Written } from '../../agents/operators/genome-form.ts';
import { styles } from '../../agents/operators/options.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { crossoverTask, inventTask, mutateTask, type Asking } from '../../agents/operators/tasks.ts';
import { textForm } from '../../agents/operators/text-form.ts';
import { parseProgram, printProgram } from '../../agents/instincts/index.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { writeTinyGguf } from '../model/tiny-gguf.ts';

// few rules, because a model of random weights writes as many as it may, letter by letter
const program = programForm(meadow.vocabulary, { maxRules: 1 });
const opinion = textForm({ noun: 'opinion', maxCharacters: 60, about: 'An opinion about vegetables.' });
const parents = {
  program: [meadow.founders[0]!, meadow.founders[1]!], opinion: ['I like peas.', 'Beans are better than peas.'],
} as Record<string, string[]>;

let folder: string;
let service: OpenModelService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-operators-'));
  const file = join(folder, 'tiny.gguf');
  writeTinyGguf(file, { contextTokens: 8192 });
  service = createModelService({ doors: [await openDoor({ model: file, slots: 4, threads: 1, env: {} })] });
});
afterAll(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

/** As a task of a model that takes a token a letter. */
function roomy(task: Task<Written>): Task<Written> {
  return { ...task, request: { ...task.request, maxTokens: 900 } };
}

function check(form: GenomeForm, answer: Answer<Written>, planned: boolean): void {
  if (!('value' in answer)) throw new Error(`${answer.outcome}: ${answer.reason}`);
  expect(answer.problem).toBe('');
  const { genome, plan } = answer.value;
  expect(plan !== '').toBe(planned);
  if (form === program) expect(printProgram(parseProgram(genome, meadow.vocabulary), meadow.vocabulary)).toBe(genome);
  else expect(form.bodyOf(genome).length).toBeLessThanOrEqual(60);
}

describe.each([program, opinion])('operators on a $noun under the grammar of the real llama.cpp, with random weights', (form) => {
  test.each(styles)('[O2][M2] every reply is a genome at the first try: %s', async (style) => {
    const [first, second] = parents[form.noun]!.map((genome) => ({ genome, life: 'age 12 ticks, energy 40, children 2' }));
    const niche = { ranges: [{ name: 'mobility', lower: 0.8, upper: null }] };
    const seeds = [1, 2, 3];
    const answers = await Promise.all(seeds.flatMap((seed) => {
      const asking: Asking = { style, temperature: 1, seed, due: seed };
      return [
        mutateTask(form, { parent: first!, instruction: 'be bold', prompt: 'be bold', rewrite: false }, asking),
        mutateTask(form, { parent: first!, instruction: 'be bold', prompt: 'be bold', rewrite: true }, asking),
        crossoverTask(form, { parents: [first!, second!], prompt: null }, asking),
        inventTask(form, { niche, near: [second!], measures: [{ name: 'mobility', sentence: 'Steps for each tick of life.' }], prompt: null }, asking),
      ].map((task) => service.perform(roomy(task)));
    }));
    answers.forEach((answer) => check(form, answer, style === 'chain-of-thought'));
    const written = answers.map((answer) => ('value' in answer ? answer.value.genome : ''));
    expect(new Set(written).size).toBeGreaterThan(written.length / 2);
    // the first of each four keeps the prompt it was given, the second has one of its own, the others have none
    const prompts = written.map((genome) => form.promptOf(genome));
    for (let i = 0; i < prompts.length; i += 4) {
      expect(prompts[i]).toBe('be bold');
      expect(prompts[i + 1]).toMatch(/^[ -~]{1,120}$/);
      expect(prompts[i + 1]).not.toBe('be bold');
      expect(prompts.slice(i + 2, i + 4)).toEqual([null, null]);
    }
  });
});
