/** Where the texts of a method's prompts come from. */
export type Parents = 'none' | 'seeds' | 'pool' | 'archive';

/** Who joins the pool that prompts are drawn from, of what is written after the beginning. */
export type Admission = 'nobody' | 'everybody' | 'elites' | 'best' | 'unlike' | 'novel';

/** What must be known of all earlier texts before the next prompt is made: nothing, their words, or what judges said of them. */
export type Needs = 'nothing' | 'texts' | 'judgements';

export interface Method {
  readonly name: string;
  /** One line for help and tables. */
  readonly sentence: string;
  /** Of the prompts after the beginning. */
  readonly parents: Parents;
  readonly admission: Admission;
  /** Whether only those of high quality are let into the pool. */
  readonly qualityFilter: boolean;
  /** Once it is past the beginning. */
  readonly needs: Needs;
  readonly prompt: 'few-shot' | 'rewrite' | 'template';
}

/**
 * QDAIF's three ways of making a child from elites, and the controls it was compared with (Bradley et al. 2023, arXiv
 * 2310.13032): all of them choices of one machine. The order is part of what seeds mean; new ones go last.
 */
export const methods = [
  { name: 'lmx-near', sentence: 'QDAIF: three elites of neighbouring niches', parents: 'archive', admission: 'nobody', qualityFilter: false, needs: 'judgements', prompt: 'few-shot' },
  { name: 'lmx-replace', sentence: 'QDAIF: an elite\'s own examples, one of them replaced', parents: 'archive', admission: 'elites', qualityFilter: false, needs: 'judgements', prompt: 'few-shot' },
  { name: 'lmx-rewrite', sentence: 'QDAIF: an elite rewritten towards another niche', parents: 'archive', admission: 'nobody', qualityFilter: false, needs: 'judgements', prompt: 'rewrite' },
  { name: 'zero-shot', sentence: 'the bare template', parents: 'none', admission: 'nobody', qualityFilter: false, needs: 'nothing', prompt: 'template' },
  { name: 'fixed-few-shot', sentence: 'the first three texts, always in one order', parents: 'seeds', admission: 'nobody', qualityFilter: false, needs: 'nothing', prompt: 'few-shot' },
  { name: 'shuffling-few-shot', sentence: 'three of the first texts in any order', parents: 'pool', admission: 'nobody', qualityFilter: false, needs: 'nothing', prompt: 'few-shot' },
  { name: 'random-search', sentence: 'three of all that was written', parents: 'pool', admission: 'everybody', qualityFilter: false, needs: 'texts', prompt: 'few-shot' },
  { name: 'lmx-quality-only', sentence: 'three of the best', parents: 'pool', admission: 'best', qualityFilter: false, needs: 'judgements', prompt: 'few-shot' },
  { name: 'rouge-l', sentence: 'three of those unlike all before in their words', parents: 'pool', admission: 'unlike', qualityFilter: false, needs: 'texts', prompt: 'few-shot' },
  { name: 'nsaif', sentence: 'three of those new in what judges say of them', parents: 'pool', admission: 'novel', qualityFilter: false, needs: 'judgements', prompt: 'few-shot' },
  { name: 'rouge-l-quality', sentence: 'as rouge-l, if they are good', parents: 'pool', admission: 'unlike', qualityFilter: true, needs: 'judgements', prompt: 'few-shot' },
  { name: 'nsaif-quality', sentence: 'as nsaif, if they are good', parents: 'pool', admission: 'novel', qualityFilter: true, needs: 'judgements', prompt: 'few-shot' },
] as const satisfies readonly Method[];

export type MethodName = (typeof methods)[number]['name'];
export const methodNames: readonly MethodName[] = methods.map(({ name }) => name);

/** Throws an error with one sentence when there is no such method. */
export function findMethod(name: string): Method & { readonly name: MethodName } {
  const method = methods.find((each) => each.name === name);
  if (method === undefined) throw new Error(`There is no method "${name}"; there are ${methodNames.join(', ')}.`);
  return method;
}
