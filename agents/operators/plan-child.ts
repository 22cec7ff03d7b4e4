import type { RandomStream } from '../../core/kernel/random.ts';
import type { ModelOperator } from '../../core/kernel/tick-events.ts';
import type { Task } from '../model/task.ts';
import type { ArchiveView } from './archive-view.ts';
import type { GenomeForm, Written } from './genome-form.ts';
import type { LanguageOptions } from './options.ts';
import { crossoverTask, inventTask, mutateTask, type Asking, type Crossover, type Invention, type Mutation } from './tasks.ts';
import type { ParentExample } from './words.ts';

/** What an operator is to do for a child. */
export type Plan =
  | { readonly operator: 'llm-mutate'; readonly input: Mutation }
  | { readonly operator: 'llm-crossover'; readonly input: Crossover }
  | { readonly operator: 'llm-invent'; readonly input: Invention };

/** Elites shown with an empty niche: they say better than the language alone how one lives. */
const NEIGHBOURS = 2;

/** The filled and the empty cells of an archive, as it was when a tick's conceptions were heard. */
export interface ArchiveShot { readonly view: ArchiveView; readonly elites: readonly ParentExample[]; readonly empty: readonly number[] }

export function shotOf(view: ArchiveView): ArchiveShot {
  const elites: ParentExample[] = [];
  const empty: number[] = [];
  for (let cell = 0; cell < view.cells; cell++) {
    const elite = view.elite(cell);
    if (elite === null) empty.push(cell);
    else elites.push(elite);
  }
  return { view, elites, empty };
}

/** Operators that are possible for a child of these parents. */
export function possibleOperators(form: GenomeForm, parents: readonly ParentExample[], shot: ArchiveShot | null): ModelOperator[] {
  const known = new Set(parents.map(({ genome }) => form.bodyOf(genome)));
  const second = known.size > 1 || (shot?.elites.some(({ genome }) => !known.has(form.bodyOf(genome))) ?? false);
  return ['llm-mutate', ...(second ? ['llm-crossover'] as const : []), ...(shot !== null && shot.empty.length > 0 ? ['llm-invent'] as const : [])];
}

/** An operator by the weights of the mix; one that is not possible is a mutation. */
export function drawOperator({ mutate, crossover, invent }: LanguageOptions['mix'], possible: readonly ModelOperator[], random: RandomStream): ModelOperator {
  const at = random.next() * (mutate + crossover + invent);
  const drawn: ModelOperator = at < mutate ? 'llm-mutate' : at < mutate + crossover ? 'llm-crossover' : 'llm-invent';
  return possible.includes(drawn) ? drawn : 'llm-mutate';
}

/** Fills in what the operator needs, drawn from the child's stream: instruction, further parents, niche, mutation prompt. */
export function planChild(operator: ModelOperator, form: GenomeForm, parents: readonly ParentExample[], shot: ArchiveShot | null,
  language: LanguageOptions, random: RandomStream): Plan {
  const { mutationPrompts } = language;
  switch (operator) {
    case 'llm-mutate': {
      const parent = parents[0]!;
      const own = form.promptOf(parent.genome);
      const instruction = mutationPrompts && own !== null ? own : random.pick(form.seedPrompts);
      const rewrite = mutationPrompts && random.chance(language.promptRate);
      return { operator, input: { parent, instruction, prompt: mutationPrompts ? instruction : own, rewrite } };
    }
    case 'llm-crossover': {
      const all = withElites(form, parents, shot, language.parents, random);
      return { operator, input: { parents: all, prompt: form.promptOf(random.pick(all).genome) } };
    }
    case 'llm-invent': {
      if (shot === null) throw new Error('An invention needs an archive.');
      const { view } = shot;
      const cell = random.pick(shot.empty);
      const near = view.neighbours(cell, NEIGHBOURS);
      return { operator, input: { niche: view.niche(cell), near, measures: view.measures, prompt: mutationPrompts ? random.pick(form.seedPrompts) : null } };
    }
  }
}

/** What a model is asked for it. */
export function taskOf(plan: Plan, form: GenomeForm, asking: Asking): Task<Written> {
  switch (plan.operator) {
    case 'llm-mutate': return mutateTask(form, plan.input, asking);
    case 'llm-crossover': return crossoverTask(form, plan.input, asking);
    case 'llm-invent': return inventTask(form, plan.input, asking);
  }
}

/** The parents without those that differ in their mutation prompts alone, and elites unlike them, drawn without replacement until there are enough. */
function withElites(form: GenomeForm, parents: readonly ParentExample[], shot: ArchiveShot | null, wanted: number, random: RandomStream): ParentExample[] {
  const all: ParentExample[] = [];
  const known = new Set<string>();
  const add = (one: ParentExample): void => {
    const body = form.bodyOf(one.genome);
    if (!known.has(body)) all.push(one);
    known.add(body);
  };
  parents.forEach(add);
  const left = [...shot?.elites ?? []];
  while (all.length < wanted && left.length > 0) add(left.splice(random.below(left.length), 1)[0]!);
  return all.slice(0, wanted);
}
