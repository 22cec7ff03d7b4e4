import type { Observable } from 'rxjs';
import { Bus } from './events/bus.ts';
import { isTurn, parseCommand, type Command, type NumberedCommand } from './events/command.ts';
import { absorb, type LabEvent } from './events/event.ts';
import type { Delivery } from './kernel/delivery.ts';
import { Fingerprint } from './kernel/fingerprint.ts';
import type { Genomes } from './kernel/genomes.ts';
import { landing } from './kernel/influx.ts';
import { Kernel } from './kernel/kernel.ts';
import type { Packable } from './kernel/packed.ts';
import { checkParameter } from './kernel/parameters.ts';
import type { ColumnSpec } from './kernel/population.ts';
import type { Saveable } from './kernel/saveable.ts';
import { RandomStream, purpose, seedKey } from './kernel/random.ts';
import type { Parameters, WorldDefinition } from './kernel/world.ts';

/** Places and energies enter the fingerprint this often. */
export const DIGEST_EVERY = 8;

export interface SimulationOptions<S extends ColumnSpec> {
  world: WorldDefinition<S>;
  /** Resolved: see `resolveParameters`. */
  parameters: Parameters;
  /** Safe integer, 0 or more. */
  seed: number;
  genomes: Genomes;
  /** Founders' genomes, taken in turn, instead of the world's own. */
  founders?: readonly string[];
  /** False leaves out the fingerprint: to measure what the event stream costs. */
  observed?: boolean;
}

/**
 * One world running: commands in, events out. `step` is the whole of it: drain the inputs, advance the kernel, emit.
 * Waiting for genomes that a model still writes is for the caller (`advance`).
 */
export class Simulation<S extends ColumnSpec = ColumnSpec> implements Saveable {
  readonly kernel: Kernel<S>;
  readonly world: WorldDefinition<S>;
  readonly seed: number;
  /** The parameters that it began with, whatever has been turned since. */
  readonly begun: Parameters;
  /** Every tick's event, and what observers make of it, in causal order. */
  readonly events$: Observable<LabEvent>;
  private readonly bus = new Bus<LabEvent>();
  private readonly print = new Fingerprint();
  private readonly deliveries = new Map<number, Delivery>();
  private waiting: Command[] = [];
  private nextSeq = 0;
  private readonly digests: boolean;

  constructor(options: SimulationOptions<S>) {
    const { world, parameters, seed, genomes } = options;
    this.world = world;
    this.seed = seed;
    this.begun = parameters;
    this.kernel = new Kernel({ world, parameters, seed, genomes });
    this.events$ = this.bus.events$;
    this.digests = options.observed !== false;
    if (this.digests) this.events$.subscribe((event) => absorb(this.print, event, (handle) => genomes.text(handle)));
    this.print.text(JSON.stringify([world.name, seed, Object.entries(this.kernel.parameters).sort()]));
    settle(this.kernel, options.founders ?? world.founders);
  }

  /** Running fingerprint of everything emitted so far. */
  get fingerprint(): string {
    return this.print.digest();
  }

  /**
   * Takes a command for the next tick and returns its number. Throws an error with one sentence, and takes nothing, when
   * it is malformed, names an unknown parameter or one that is fixed by now, a value out of range, or a text that is no
   * genome of this world.
   */
  submit(command: Command): number {
    const { genomes } = this.kernel;
    const checked = parseCommand(command);
    if (checked.kind === 'set') checkParameter(this.world.parameters, checked.key, checked.value, true);
    else if (checked.kind === 'deliver' || checked.kind === 'think' || checked.kind === 'immigrate') {
      // read here, where it can be refused: at the birth a tick would break in the middle
      if (checked.genome !== null) genomes.release(genomes.intern(checked.genome));
      if (checked.kind === 'think' && checked.intent !== null) this.checkIntent(checked.intent);
    }
    this.waiting.push(checked);
    return this.nextSeq + this.waiting.length - 1;
  }

  /** Ids of children that will be born in the next tick and whose genomes the model has yet to deliver. */
  due(): number[] {
    const delivered = new Set<number>();
    for (const each of this.waiting) if (each.kind === 'deliver') delivered.add(each.child);
    return [...this.kernel.gestation.dueByModel()].filter((child) => !delivered.has(child));
  }

  /** Organisms whose thought, or whose judgement, takes effect in the next tick and has not been answered yet. */
  unanswered(which: 'thoughts' | 'judgements'): number[] {
    const due = this.kernel.deliberation.due(which);
    if (due.length === 0) return [];
    const kind = which === 'thoughts' ? 'think' : 'judge';
    const answered = new Set(this.waiting.flatMap((each) => (each.kind === kind ? [each.organism] : [])));
    return due.map(({ organism }) => organism).filter((organism) => !answered.has(organism));
  }

  /** Puts an event of an observer into the stream, behind the one it answers. */
  emit(event: LabEvent): void {
    this.bus.emit(event);
  }

  step(): void {
    const { kernel } = this;
    const commands = this.drain();
    kernel.step(this.deliveries);
    this.deliveries.clear();
    const { thoughts, judgings, messages } = kernel.deliberation;
    kernel.deliberation.messages = [];
    this.bus.emit({
      kind: 'tick', tick: kernel.tick, commands, conceptions: kernel.conceptions, births: kernel.births, deaths: kernel.deaths,
      thoughts, judgings, messages, refused: kernel.influx.refused,
      population: kernel.pop.count, digest: this.digests && kernel.tick % DIGEST_EVERY === 0 ? kernel.digest() : null,
    });
  }

  /**
   * Between two ticks, from the first on. What people have asked for and no tick has applied yet is not on record and
   * is not saved; what observers have, they will not ask for again.
   */
  save(): Packable {
    const { kernel, print, nextSeq } = this;
    return { world: this.world.name, seed: this.seed, nextSeq, waiting: this.waiting.filter((each) => !isTurn(each)), print: print.save(), kernel: kernel.save() };
  }

  load(saved: unknown): void {
    const { world, seed, nextSeq, waiting, print, kernel } = saved as { world: string; seed: number; nextSeq: number; waiting: Command[]; print: unknown; kernel: unknown };
    if (world !== this.world.name || seed !== this.seed) {
      throw new Error(`The saved state is of the world "${world}" with seed ${seed}; this is "${this.world.name}" with seed ${this.seed}.`);
    }
    this.kernel.load(kernel);
    this.print.load(print);
    this.nextSeq = nextSeq;
    this.waiting = waiting;
  }

  /** Says that no more will come. */
  close(): void {
    this.bus.complete();
  }

  private checkIntent({ act, target }: { act: number; target: number }): void {
    const { acts } = this.world.vocabulary;
    const chosen = acts[act];
    if (chosen === undefined) throw new Error(`An intent names act ${act}, but there are ${acts.length} acts; the first is 0.`);
    if (target >= Math.max(1, chosen.targets.length)) {
      throw new Error(`An intent names target ${target} of "${chosen.name}", which has ${chosen.targets.length}; the first is 0.`);
    }
  }

  private drain(): NumberedCommand[] {
    const { kernel } = this;
    const applied = this.waiting.map((command): NumberedCommand => ({ seq: this.nextSeq++, tick: kernel.tick + 1, command }));
    this.waiting = [];
    for (const { command } of applied) {
      if (command.kind === 'set') kernel.parameters[command.key] = command.value;
      else if (command.kind === 'deliver') this.deliveries.set(command.child, command);
      else if (command.kind === 'think') kernel.deliberation.think(command);
      else if (command.kind === 'judge') kernel.deliberation.judge(command);
      else if (command.kind === 'immigrate') kernel.influx.immigrate(command.genome);
      else kernel.influx.reward(command.organisms, command.energies);
    }
    return applied;
  }
}

/** Places the founders: anywhere, with kin marks spread evenly round the circle so that each begins a lineage of its own. */
function settle(kernel: Kernel, founders: readonly string[]): void {
  const count = kernel.parameters['founders'] ?? 0;
  const stream = new RandomStream(seedKey(kernel.seed, purpose.founder), 0);
  for (let i = 0; i < count; i++) {
    const { x, y, energy } = landing(kernel, stream);
    const tag = Math.floor((i * 256) / count) & 255;
    kernel.found(founders[i % founders.length]!, x, y, energy, tag);
  }
}
