import type { ModelReply, ModelRequest } from '../model/contract.ts';
import type { Read } from '../model/task.ts';

/** What a reply holds besides the genome: a line of thought, and a mutation prompt that the model is to rewrite. */
export interface ReplyShape { readonly plan: boolean; readonly prompt: boolean }

/** What was found in a reply: a genome as canonical text, with the mutation prompt if one stood there, and the plan. */
export interface Written { readonly genome: string; readonly plan: string }

/** A change done well, to show how it is meant. */
export interface WorkedExample { readonly instruction: string; readonly parents: readonly string[]; readonly child: string }

/**
 * All that an operator must know of a kind of genome. A genome is text: a body, and before it, if it carries one, the line
 * of its mutation prompt (see `instincts/prompt-line.ts`). What a form says depends on the world alone, so that every
 * request of a run begins alike.
 */
export interface GenomeForm {
  /** What people call such a genome: `program`, `opinion`. */
  readonly noun: string;
  /** What a model must know to write one. */
  readonly language: string;
  /** Mutation prompts for those who carry none. */
  readonly seedPrompts: readonly string[];
  /** Shown in the style `few-shot`; may be none. */
  readonly examples: readonly WorkedExample[];
  /** Most tokens that a reply of this shape needs. */
  maxTokens(shape: ReplyShape): number;
  /** A GBNF grammar of such replies. */
  grammar(shape: ReplyShape): string;
  /** A schema of such replies, for models that are held to JSON. */
  schema(shape: ReplyShape): NonNullable<ModelRequest['schema']>;
  /** Reads a reply, whether it came as plain text or as JSON of the schema. Never throws; a problem is one sentence. */
  read(reply: ModelReply, shape: ReplyShape): Read<Written>;
  /** Of a genome in canonical form: what is left without its mutation prompt. */
  bodyOf(genome: string): string;
  promptOf(genome: string): string | null;
  /** A body with a mutation prompt before it, or without; without too where both together are longer than a genome may be. */
  withPrompt(body: string, prompt: string | null): string;
}

/** The same for each of the four shapes, made when it is first wanted. */
export function oncePerShape<T>(make: (shape: ReplyShape) => T): (shape: ReplyShape) => T {
  const made = new Map<number, T>();
  return (shape) => {
    const key = (shape.plan ? 1 : 0) + (shape.prompt ? 2 : 0);
    let one = made.get(key);
    if (one === undefined) {
      one = make({ plan: shape.plan, prompt: shape.prompt });
      made.set(key, one);
    }
    return one;
  };
}
