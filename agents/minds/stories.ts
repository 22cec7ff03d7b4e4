import type { ChatMessage } from '../model/contract.ts';
import type { TaskOutcome } from '../model/task.ts';
import type { Thought } from './answer.ts';

/** One thought as it was asked and answered, to be shown. Its texts are a model's: data, bounded. */
export interface ThoughtStory {
  readonly organism: number;
  readonly tick: number;
  readonly dueAt: number;
  /** The organism whose deliberation it shares; its own id when it deliberated itself. */
  readonly sharedWith: number;
  readonly messages: readonly ChatMessage[];
  /** The last reply, its beginning; empty until there is one. */
  reply: string;
  /** Null until it is answered. */
  outcome: TaskOutcome | null;
  reason: string;
  model: string;
  tokens: number;
  thought: Thought | null;
}

/** Thoughts that are kept to be looked at, of all organisms together and of one. */
const KEPT = 2000;
const KEPT_EACH = 6;

/** The last few thousand thoughts by organism, of the dead too. */
export class Stories {
  private readonly byOrganism = new Map<number, ThoughtStory[]>();
  private kept = 0;

  add(story: ThoughtStory): void {
    const own = this.byOrganism.get(story.organism) ?? [];
    own.push(story);
    this.kept++;
    if (own.length > KEPT_EACH) {
      own.shift();
      this.kept--;
    }
    // whoever thought last stands last, and the first is let go when there is no more room
    this.byOrganism.delete(story.organism);
    this.byOrganism.set(story.organism, own);
    for (const [organism, stories] of this.byOrganism) {
      if (this.kept <= KEPT) return;
      this.byOrganism.delete(organism);
      this.kept -= stories.length;
    }
  }

  of(organism: number): readonly ThoughtStory[] {
    return this.byOrganism.get(organism) ?? [];
  }
}
