import type { ModelOutcome } from '../../core/kernel/delivery.ts';
import type { ModelOperator } from '../../core/kernel/tick-events.ts';
import type { ChatMessage } from '../model/contract.ts';
import type { Cost } from '../model/task.ts';
import type { Plan } from './plan-child.ts';

/** What was asked of a model for a child and what came of it, for people to read. All text in it is data. */
export interface Story {
  readonly child: number;
  readonly operator: ModelOperator;
  /** Tick of the birth. */
  readonly due: number;
  /** What was asked first; the system message is common to all. */
  readonly asked: readonly ChatMessage[];
  /** The replies, each cut to `MOST_REPLY` characters: more than one when the first had to be repaired. */
  readonly replies: string[];
  /** The mutation prompt that was followed; null for the operators that have none. */
  readonly instruction: string | null;
  model: string;
  plan: string;
  cost: Cost | null;
  /** Null while it is being written. */
  outcome: ModelOutcome | null;
  genome: string | null;
  reason: string;
}

const MOST_STORIES = 2000;
export const MOST_REPLY = 4000;

/** The stories of the children that were asked for last. */
export class Stories {
  private readonly known = new Map<number, Story>();

  begin(child: number, due: number, plan: Plan, asked: readonly ChatMessage[]): Story {
    const story: Story = {
      child, operator: plan.operator, due, asked, replies: [], instruction: plan.operator === 'llm-mutate' ? plan.input.instruction : null,
      model: '', plan: '', cost: null, outcome: null, genome: null, reason: '',
    };
    this.known.set(child, story);
    // a map is in the order in which it was filled
    if (this.known.size > MOST_STORIES) this.known.delete(this.known.keys().next().value!);
    return story;
  }

  of(child: number): Story | undefined {
    return this.known.get(child);
  }

  bounded(reply: string): string {
    // a copy: a slice would keep the whole of a long reply alive
    return reply.length > MOST_REPLY ? `${Array.from(reply.slice(0, MOST_REPLY - 1)).join('')}…` : reply;
  }
}
