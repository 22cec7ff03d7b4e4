import type { Thought } from '../../core/kernel/delivery.ts';
import type { ActFacts } from '../../core/kernel/genomes.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import { spoken, type Heard, type Memory, type OwnLife } from './prompt.ts';

/** What is kept of a life at most. */
const MEMORIES = 8;
const INBOX = 5;

interface Life {
  readonly memories: Memory[];
  /** Heard since the last thought. */
  readonly inbox: Heard[];
  last: { tick: number; energy: number; children: number } | null;
}

export interface Moment { readonly tick: number; readonly age: number; readonly energy: number; readonly children: number }

/**
 * What organisms remember, from the events alone, so that it is the same whenever replies came: messages heard and what came of
 * their thoughts. Kept for those who have thought or heard, bounded for each, until they die.
 */
export class Lives implements Saveable {
  private readonly lives = new Map<number, Life>();
  private readonly acts: readonly ActFacts[];

  constructor(acts: readonly ActFacts[]) {
    this.acts = acts;
  }

  /** Organisms that something is kept of. */
  get size(): number {
    return this.lives.size;
  }

  hear(organism: number, heard: Heard): void {
    const { inbox } = this.of(organism);
    inbox.push(heard);
    if (inbox.length > INBOX) inbox.shift();
  }

  /** Whether it has heard nothing since its last thought. */
  quiet(organism: number): boolean {
    return (this.lives.get(organism)?.inbox.length ?? 0) === 0;
  }

  /** A thought has taken effect. */
  thought(tick: number, { organism, outcome, intent, message, genome }: Thought): void {
    // of one that is dead by now nothing is kept
    if (!this.lives.has(organism)) return;
    const came: string[] = [];
    if (intent !== null) {
      const { name, targets } = this.acts[intent.act]!;
      came.push(`chose to ${name}${targets.length === 0 ? '' : ` ${targets[intent.target]!}`} for ${intent.ticks} ticks`);
    }
    if (message !== null) came.push(`said ${spoken(message)}`);
    if (genome !== null) came.push('rewrote your instincts');
    const failed = outcome === 'fallback' || outcome === 'budget';
    if (came.length === 0) came.push(failed ? 'thought, but nothing came of it' : 'thought, and left things as they were');
    this.remember(organism, { tick, words: `you ${came.join(' and ')}` });
  }

  /** All that an organism knows of its life when it begins a thought; what it heard becomes memory with that. */
  recall(organism: number, { tick, age, energy, children }: Moment): OwnLife {
    const life = this.of(organism);
    const own: OwnLife = {
      tick, age, energy, children,
      since: life.last === null ? null : { ticks: tick - life.last.tick, energy: energy - life.last.energy, children: children - life.last.children },
      memories: [...life.memories], heard: [...life.inbox],
    };
    life.last = { tick, energy, children };
    for (const { tick: then, from, text } of life.inbox.splice(0)) this.remember(organism, { tick: then, words: `organism ${from} said ${spoken(text)}` });
    return own;
  }

  /** What is kept of a living organism, for those who look on. */
  find(organism: number): { readonly memories: readonly Memory[]; readonly inbox: readonly Heard[] } | undefined {
    return this.lives.get(organism);
  }

  forget(organism: number): void {
    this.lives.delete(organism);
  }

  save(): Packable {
    return [...this.lives] as unknown as Packable;
  }

  load(saved: unknown): void {
    this.lives.clear();
    for (const [organism, life] of saved as [number, Life][]) this.lives.set(organism, life);
  }

  private of(organism: number): Life {
    let life = this.lives.get(organism);
    if (life === undefined) this.lives.set(organism, life = { memories: [], inbox: [], last: null });
    return life;
  }

  private remember(organism: number, memory: Memory): void {
    const { memories } = this.of(organism);
    memories.push(memory);
    if (memories.length > MEMORIES) memories.shift();
  }
}
