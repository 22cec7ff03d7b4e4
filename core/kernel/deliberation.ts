import type { Judgement, Thought } from './delivery.ts';
import type { Kernel } from './kernel.ts';
import type { Packable } from './packed.ts';
import type { ColumnSpec } from './population.ts';
import { drawn, purpose, seedKey, threefry, uniform } from './random.ts';
import type { Saveable } from './saveable.ts';
import { sortRowsById } from './sort.ts';
import { createJudgings, createThoughts, open } from './tick-events.ts';
import { squaredDistance } from './torus.ts';

/** What an organism said, and the ids of those who heard it, rising. */
export interface Message { readonly from: number; readonly hearers: readonly number[]; readonly text: string }

/** `fired` of an organism that follows an intent. */
export const BY_INTENT = 255;

type Due = Readonly<{ organism: number; dueAt: number }>;

/**
 * What is asked of models about the living: thoughts, which begin in a tick and take effect `reactionTime` later, and
 * judgements of newborns. The kernel draws who thinks and who is judged from the seed, keeps what is due, and applies
 * what came of it; who answers, it does not know.
 */
export class Deliberation<S extends ColumnSpec> implements Saveable {
  readonly thoughts;
  readonly judgings = createJudgings();
  /** Said at the start of this tick. */
  messages: Message[] = [];
  /** Energy burned by thinking, and given (less what was taken) by judges, so far. */
  burned = 0;
  acclaimed = 0;
  private readonly kernel: Kernel<S>;
  private thoughtsDue: Due[] = [];
  private judgementsDue: Due[] = [];
  /** Organisms whose thought is not ended yet. */
  private readonly thinking = new Set<number>();
  /** Genomes that organisms were born with, of those whose instincts thought has rewritten; held until they die. */
  private readonly germlines = new Map<number, number>();
  private intending = 0;
  private rows = new Uint32Array(16);
  private spare = new Uint32Array(16);
  private readings = new Float64Array(16);
  private readonly thoughtKey: [number, number];
  private readonly judgingKey: [number, number];

  constructor(kernel: Kernel<S>, seed: number) {
    this.kernel = kernel;
    this.thoughts = createThoughts(kernel.world.vocabulary.senses.length);
    this.thoughtKey = seedKey(seed, purpose.thought);
    this.judgingKey = seedKey(seed, purpose.judging);
  }

  /** Organisms whose thoughts, or whose judgements, take effect at the next tick, in the order in which they began. */
  due(which: 'thoughts' | 'judgements'): Due[] {
    const next = this.kernel.tick + 1;
    return (which === 'thoughts' ? this.thoughtsDue : this.judgementsDue).filter(({ dueAt }) => dueAt <= next);
  }

  save(): Packable {
    const { burned, acclaimed, thoughtsDue, judgementsDue, thinking, germlines, intending } = this;
    return { burned, acclaimed, thoughtsDue, judgementsDue, thinking: [...thinking], germlines: [...germlines], intending };
  }

  load(saved: unknown): void {
    const { burned, acclaimed, thoughtsDue, judgementsDue, thinking, germlines, intending } = saved as {
      burned: number; acclaimed: number; thoughtsDue: Due[]; judgementsDue: Due[]; thinking: number[]; germlines: [number, number][]; intending: number;
    };
    Object.assign(this, { burned, acclaimed, thoughtsDue, judgementsDue, intending });
    for (const organism of thinking) this.thinking.add(organism);
    for (const [organism, handle] of germlines) this.germlines.set(organism, handle);
  }

  /** Begins a tick; called when the commands for it have been applied. Everything due must have been answered by now. */
  open(): void {
    const { tick } = this.kernel;
    const late = this.thoughtsDue.find(({ dueAt }) => dueAt <= tick) ?? this.judgementsDue.find(({ dueAt }) => dueAt <= tick);
    if (late !== undefined) throw new Error(`The thought or judgement of organism ${late.organism} is due at tick ${tick} and has not come.`);
    this.thoughts.count = 0;
    this.judgings.count = 0;
  }

  /** Draws who begins a thought, and notes what they sense. Called when all have decided by instinct. */
  begin(): void {
    const { kernel, thoughts, thinking } = this;
    const { pop, tick, parts: { readers } } = kernel;
    const chance = kernel.parameters['deliberation']!;
    if (chance === 0) return;
    const c = pop.columns;
    threefry(this.thoughtKey[0], this.thoughtKey[1], tick, 0);
    const key0 = drawn[0];
    const key1 = drawn[1];
    let n = 0;
    for (let row = 0; row < pop.count; row++) {
      if (uniform(key0, key1, c.id[row], 0) >= chance || thinking.has(c.id[row])) continue;
      if (n === this.rows.length) this.lengthen();
      this.rows[n++] = row;
    }
    sortRowsById(this.rows, n, c.id, this.spare);
    const dueAt = tick + kernel.parameters['reactionTime']!;
    const first = thoughts.count;
    for (let i = 0; i < n; i++) {
      const row = this.rows[i];
      const at = open(thoughts);
      const organism = c.id[row];
      thoughts.organism[at] = organism;
      thoughts.dueAt[at] = dueAt;
      thoughts.genome[at] = c.genome[row];
      thoughts.age[at] = tick - c.bornAt[row];
      thoughts.energy[at] = c.energy[row];
      thoughts.children[at] = c.children[row];
      thoughts.fired[at] = c.fired[row];
      thinking.add(organism);
      this.thoughtsDue.push({ organism, dueAt });
    }
    for (let sense = 0; sense < readers.length; sense++) {
      readers[sense](this.rows, n, this.readings);
      for (let i = 0; i < n; i++) thoughts.readings[(first + i) * readers.length + sense] = this.readings[i];
    }
  }

  /** Those who have an intent do that instead of what instinct chose. */
  override(): void {
    if (this.intending === 0) return;
    const { count, columns: { intent, intentTarget, intentTicks, act, target, fired } } = this.kernel.pop;
    let intending = 0;
    for (let row = 0; row < count; row++) {
      if (intent[row] === 0) continue;
      act[row] = intent[row] - 1;
      target[row] = intentTarget[row];
      fired[row] = BY_INTENT;
      if (--intentTicks[row] === 0) intent[row] = 0;
      else intending++;
    }
    this.intending = intending;
  }

  /** A newborn may be drawn to be judged. */
  born(row: number, judging: number): void {
    const { kernel, judgings } = this;
    const { id, genome } = kernel.pop.columns;
    const organism = id[row];
    if (uniform(this.judgingKey[0], this.judgingKey[1], organism, 0) >= judging) return;
    const dueAt = kernel.tick + kernel.parameters['judgingTime']!;
    const at = open(judgings);
    judgings.organism[at] = organism;
    judgings.dueAt[at] = dueAt;
    judgings.genome[at] = genome[row];
    this.judgementsDue.push({ organism, dueAt });
  }

  /** Lets go of what was kept for an organism. */
  buried(organism: number): void {
    const germline = this.germlines.get(organism);
    if (germline === undefined) return;
    this.kernel.genomes.release(germline);
    this.germlines.delete(organism);
  }

  /** The genome that children of `row` inherit. */
  heritable(row: number): number {
    const { id, genome } = this.kernel.pop.columns;
    if (this.germlines.size === 0 || this.kernel.parameters['inheritRewrites'] === 1) return genome[row];
    return this.germlines.get(id[row]) ?? genome[row];
  }

  /** A thought takes effect; of one who has died meanwhile nothing comes. Applied between ticks. */
  think({ organism, tokens, intent, message, genome }: Thought): void {
    const { kernel, germlines } = this;
    const at = this.thoughtsDue.findIndex((each) => each.organism === organism);
    if (at >= 0) this.thoughtsDue.splice(at, 1);
    this.thinking.delete(organism);
    const row = kernel.rowOf(organism);
    if (row < 0) return;
    const c = kernel.pop.columns;
    const before = c.energy[row];
    c.energy[row] = Math.max(0, before - (tokens / 100) * kernel.parameters['costOfThought']!);
    this.burned += before - c.energy[row];
    if (intent !== null) {
      if (c.intent[row] === 0) this.intending++;
      c.intent[row] = intent.act + 1;
      c.intentTarget[row] = intent.target;
      c.intentTicks[row] = intent.ticks;
    }
    if (message !== null) this.messages.push({ from: organism, hearers: this.hearersOf(row), text: message });
    if (genome !== null) {
      const rewritten = kernel.genomes.intern(genome);
      if (germlines.has(organism)) kernel.genomes.release(c.genome[row]);
      else germlines.set(organism, c.genome[row]);
      c.genome[row] = rewritten;
    }
  }

  /** A judgement takes effect. */
  judge({ organism, worth }: Judgement): void {
    const { kernel } = this;
    const at = this.judgementsDue.findIndex((each) => each.organism === organism);
    if (at >= 0) this.judgementsDue.splice(at, 1);
    const row = kernel.rowOf(organism);
    if (row < 0 || worth === null) return;
    const { energy } = kernel.pop.columns;
    const before = energy[row];
    energy[row] = Math.max(0, before + (2 * worth - 1) * kernel.parameters['acclaim']!);
    this.acclaimed += energy[row] - before;
  }

  private hearersOf(speaker: number): number[] {
    const { pop, width, height, world: { hearing = 0 } } = this.kernel;
    const { id, x, y } = pop.columns;
    const hearers: number[] = [];
    for (let row = 0; row < pop.count; row++) {
      if (row !== speaker && squaredDistance(x[row], y[row], x[speaker], y[speaker], width, height) <= hearing * hearing) hearers.push(id[row]);
    }
    return hearers.sort((a, b) => a - b);
  }

  private lengthen(): void {
    const longer = new Uint32Array(this.rows.length * 2);
    longer.set(this.rows);
    this.rows = longer;
    this.spare = new Uint32Array(longer.length);
    this.readings = new Float64Array(longer.length);
  }
}
