import type { TickEvent } from '../events/event.ts';
import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY, Outcome, type ModelOperator } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { Tally, copy, founder, groupsOf, ledgerGroups, type LedgerGroup, type OperatorTally } from './operator-tally.ts';
import { SeenTexts } from './seen-texts.ts';

export interface LedgerOptions {
  /** Told of each counted life when it ends. */
  onLife?: (life: CountedLife) => void;
  /** What of a genome's text makes it another: children alike in it are copies, whatever else is written. All of it by default. */
  bodyOf?: (genome: string) => string;
}

/** A counted life at its end. */
export interface CountedLife { id: number; groups: LedgerGroup[]; born: number; age: number; children: number; objective: number; measure0: number; measure1: number }

/**
 * An organism that lives, is unborn children's parent, or has living descendants. `groups` is who wrote its genome: one
 * that equals a parent's was written by nobody anew, so it is a copy whoever was asked. `known`: it was alive when counting began or
 * is counted. `held`: children conceived whose branch has not died out.
 */
interface Node { id: number; groups: number; known: boolean; counted: boolean; alive: boolean; held: number; parent: Node | null }

const KNOWN = 1;
const COUNTED = 2;
const ALIVE = 4;

/**
 * Books of what each operator writes and of what becomes of it, from the events alone. Lives, reproduction and lineages are
 * credited to whoever wrote the genome; a genome equal to a parent's is a copy there, so that nobody earns by repeating.
 *
 * The reproduction ratio is an operator's share of births divided by its share of genomes: births are those of first parents that
 * the ledger knows (alive when counting began, or counted), genomes are those organisms, one each. So it is the mean
 * number of children of what the operator wrote, relative to the mean of all; organisms of which each lived only for a
 * part of the time are compared by what they left, which organism-ticks would not do.
 *
 * Memory follows the living and their ancestors; of genomes that were seen, a bounded number of hashes is kept.
 */
export class OperatorLedger implements Saveable {
  private readonly simulation: Simulation;
  private readonly onLife: (life: CountedLife) => void;
  private readonly bodyOf: ((genome: string) => string) | null;
  /** Bodies of the parents of the unborn, where they differ from genomes. */
  private readonly parents = new Map<number, string[]>();
  private readonly seen = new SeenTexts();
  private readonly nodes = new Map<number, Node>();
  private tallies = ledgerGroups.map(() => new Tally());
  private most = Infinity;
  private births = 0;
  private known = 0;
  private offspring = 0;
  private living = 0;

  /** Counts from the first birth on. */
  constructor(simulation: Simulation, { onLife = () => undefined, bodyOf }: LedgerOptions = {}) {
    this.simulation = simulation;
    this.onLife = onLife;
    this.bodyOf = bodyOf ?? null;
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') this.note(event); });
  }

  /** Births counted so far, and how many of them live. */
  get counted(): number { return this.births; }
  get countedAlive(): number { return this.living; }
  /** Whether more genomes have come by than are remembered, so that an old one may have passed for new. */
  get forgets(): boolean { return this.seen.forgets; }

  /**
   * Counts anew from the next tick on, and only the next `most` births: whoever lives now is a founder. What was seen
   * before stays seen.
   */
  begin(most = Infinity): void {
    this.tallies = ledgerGroups.map(() => new Tally());
    this.most = most;
    this.births = 0;
    this.known = 0;
    this.offspring = 0;
    this.living = 0;
    for (const node of this.nodes.values()) {
      node.known = node.alive;
      node.counted = false;
      if (!node.alive) continue;
      node.groups = founder;
      this.know(node);
    }
  }

  /** The books as they stand, in the order of `ledgerGroups`. */
  report(): OperatorTally[] {
    const lineages = ledgerGroups.map(() => 0);
    for (const node of this.nodes.values()) if (node.known) this.each(node.groups, (_, g) => { lineages[g]!++; });
    return this.tallies.map((tally, g): OperatorTally => {
      const birthsShare = this.offspring === 0 ? null : tally.offspring / this.offspring;
      const genomesShare = this.known === 0 ? null : tally.written / this.known;
      return {
        group: ledgerGroups[g]!, births: tally.births, copies: tally.copies, novel: tally.novel,
        asked: tally.asked, repaired: tally.repaired, fallbacks: tally.fallbacks,
        objective: tally.objective.moments, measure0: tally.measure0.moments, measure1: tally.measure1.moments, age: tally.age.moments,
        written: tally.written, offspring: tally.offspring, birthsShare, genomesShare,
        reproductionRatio: birthsShare === null || genomesShare === null || genomesShare === 0 ? null : birthsShare / genomesShare,
        livingLineages: lineages[g]!,
      };
    });
  }

  save(): Packable {
    const { most, births, known, offspring, living } = this;
    const nodes = [...this.nodes.values()];
    return {
      counts: [most, births, known, offspring, living], tallies: this.tallies.map((tally) => tally.save()), seen: this.seen.save(),
      bodies: [...this.parents].map(([child, texts]) => [child, ...texts]),
      nodes: {
        id: Uint32Array.from(nodes, ({ id }) => id), parent: Uint32Array.from(nodes, ({ parent }) => parent?.id ?? NOBODY),
        groups: Uint32Array.from(nodes, ({ groups }) => groups), held: Uint32Array.from(nodes, ({ held }) => held),
        flags: Uint8Array.from(nodes, ({ known: isKnown, counted, alive }) => (isKnown ? KNOWN : 0) | (counted ? COUNTED : 0) | (alive ? ALIVE : 0)),
      },
    };
  }

  load(saved: unknown): void {
    const { counts, tallies, seen, bodies, nodes } = saved as {
      counts: [number, number, number, number, number]; tallies: unknown[]; seen: unknown; bodies: [number, ...string[]][];
      nodes: Record<'id' | 'parent' | 'groups' | 'held', Uint32Array> & { flags: Uint8Array };
    };
    [this.most, this.births, this.known, this.offspring, this.living] = counts;
    this.tallies.forEach((tally, g) => tally.load(tallies[g]));
    this.seen.load(seen);
    this.parents.clear();
    for (const [child, ...texts] of bodies) this.parents.set(child, texts);
    this.nodes.clear();
    // they stand in the order of their births, parents first
    nodes.id.forEach((id, i) => {
      const flags = nodes.flags[i]!;
      this.nodes.set(id, {
        id, groups: nodes.groups[i]!, known: (flags & KNOWN) !== 0, counted: (flags & COUNTED) !== 0, alive: (flags & ALIVE) !== 0,
        held: nodes.held[i]!, parent: this.nodes.get(nodes.parent[i]!) ?? null,
      });
    });
  }

  private each(groups: number, visit: (tally: Tally, group: number) => void): void {
    for (let g = 0; g < ledgerGroups.length; g++) if ((groups >>> g & 1) === 1) visit(this.tallies[g]!, g);
  }

  private know(node: Node): void {
    node.known = true;
    this.known++;
    this.each(node.groups, (tally) => { tally.written++; });
  }

  private note({ tick, commands, births, conceptions, deaths }: TickEvent): void {
    // which of the model's operators was asked stands with the delivery: a fallback's genome is another's
    const askedOf = new Map(commands.flatMap(({ command }) => (command.kind === 'deliver' ? [[command.child, command.operator] as const] : [])));
    for (let i = 0; i < births.count; i++) {
      const same = births.same[i] === 1 || this.repeats(births.id[i]!, births.genome[i]!);
      this.parents.delete(births.id[i]!);
      // a parent's genome has been seen, and most births of many worlds are copies
      const novel = !same && this.seen.add(this.body(births.genome[i]!));
      const operator = groupsOf(births.operator[i]!, births.variation[i]!);
      const parent = births.parent[i] === NOBODY ? null : this.nodes.get(births.parent[i]!) ?? null;
      const node: Node = { id: births.id[i]!, groups: same ? copy : operator, known: false, counted: this.births < this.most, alive: true, held: 0, parent };
      this.nodes.set(births.id[i]!, node);
      if (parent?.known === true) {
        this.offspring++;
        this.each(parent.groups, (tally) => { tally.offspring++; });
      }
      if (!node.counted) continue;
      this.births++;
      this.living++;
      this.know(node);
      this.each(operator, (tally) => {
        tally.births++;
        if (same) tally.copies++;
        if (novel) tally.novel++;
      });
      this.noteOutcome(births.outcome[i]!, askedOf.get(births.id[i]!));
    }
    // children count from conception, which may be in the tick of the parent's own birth
    for (let i = 0; i < conceptions.count; i++) {
      const parent = this.nodes.get(conceptions.parent[i]!);
      if (parent) parent.held++;
      if (this.bodyOf === null) continue;
      const both = [conceptions.parentGenome[i]!, conceptions.partnerGenome[i]!].filter((genome) => genome !== NOBODY);
      this.parents.set(conceptions.child[i]!, both.map((genome) => this.body(genome)));
    }
    for (let i = 0; i < deaths.count; i++) {
      const node = this.nodes.get(deaths.id[i]!);
      if (!node) continue;
      node.alive = false;
      if (node.counted) this.noteLife(node, tick, deaths, i);
      this.prune(node);
    }
  }

  private body(genome: number): string {
    const text = this.simulation.kernel.genomes.text(genome);
    return this.bodyOf === null ? text : this.bodyOf(text);
  }

  /** Whether a child has the body of a parent, though not its whole genome. */
  private repeats(child: number, genome: number): boolean {
    return this.bodyOf !== null && (this.parents.get(child)?.includes(this.body(genome)) ?? false);
  }

  private noteOutcome(outcome: number, operator: ModelOperator | undefined): void {
    if (outcome === Outcome.none) return;
    for (const group of operator === undefined ? ['llm'] as const : ['llm', operator] as const) {
      const tally = this.tallies[ledgerGroups.indexOf(group)]!;
      tally.asked++;
      if (outcome === Outcome.repaired) tally.repaired++;
      else if (outcome !== Outcome.ok) tally.fallbacks++;
    }
  }

  private noteLife(node: Node, tick: number, deaths: TickEvent['deaths'], i: number): void {
    this.living--;
    const life: CountedLife = {
      id: deaths.id[i]!, groups: ledgerGroups.filter((_, g) => (node.groups >>> g & 1) === 1), born: deaths.bornAt[i]!,
      age: tick - deaths.bornAt[i]!, children: deaths.children[i]!, objective: deaths.objective[i]!, measure0: deaths.measure0[i]!, measure1: deaths.measure1[i]!,
    };
    this.each(node.groups, (tally) => {
      tally.objective.add(life.objective);
      tally.measure0.add(life.measure0);
      tally.measure1.add(life.measure1);
      tally.age.add(life.age);
    });
    this.onLife(life);
  }

  /** Forgets a branch that has died out, as far up as nobody else holds it. */
  private prune(start: Node): void {
    let node: Node | null = start;
    while (node !== null && !node.alive && node.held === 0) {
      this.nodes.delete(node.id);
      if (node.parent !== null) node.parent.held--;
      node = node.parent;
    }
  }
}
