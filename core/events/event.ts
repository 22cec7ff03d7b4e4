import type { Fingerprint } from '../kernel/fingerprint.ts';
import type { BirthSlices, ConceptionSlices, DeathSlices, JudgingSlices, ThoughtSlices } from '../kernel/tick-events.ts';
import type { Message } from '../kernel/deliberation.ts';
import type { NumberedCommand } from './command.ts';

/** Everything that happened in one tick. The slices are used again next tick: copy what you keep. */
export interface TickEvent {
  readonly kind: 'tick';
  readonly tick: number;
  readonly commands: readonly NumberedCommand[];
  readonly conceptions: Readonly<ConceptionSlices>;
  readonly births: Readonly<BirthSlices>;
  readonly deaths: Readonly<DeathSlices>;
  /** Thoughts begun, and newborns to be judged. */
  readonly thoughts: Readonly<ThoughtSlices>;
  readonly judgings: Readonly<JudgingSlices>;
  /** What was said at the start of the tick, and who heard it. */
  readonly messages: readonly Message[];
  /** Immigrants that came by this tick's commands and found the world full. */
  readonly refused: number;
  readonly population: number;
  /** Digest of all places and energies, every `DIGEST_EVERY` ticks; else null. */
  readonly digest: number | null;
}

/** How a tick's ended lives changed the archive. Emitted in ticks that changed it. */
export interface ArchiveEvent {
  readonly kind: 'archive';
  readonly tick: number;
  /** Cells with a new elite, rising, and the elites' objectives. */
  readonly cells: readonly number[];
  readonly objectives: readonly number[];
  /** Ids of those whose lives they were; all of them ended in this tick. */
  readonly organisms: readonly number[];
  readonly coverage: number;
  readonly qdScore: number;
  readonly elites: number;
}

/** What the run came to at this tick, by `group.measure`; NaN where a measure is not defined. Not part of the fingerprint: what is measured changes no run. */
export interface MeasuresEvent {
  readonly kind: 'measures';
  readonly tick: number;
  readonly values: Readonly<Record<string, number>>;
}

export type LabEvent = TickEvent | ArchiveEvent | MeasuresEvent;

/** Adds an event to a fingerprint. `genomeText` gives the text behind a handle; only changed genomes are read. */
export function absorb(fingerprint: Fingerprint, event: LabEvent, genomeText: (handle: number) => string): void {
  if (event.kind === 'measures') return;
  fingerprint.word(event.tick);
  if (event.kind === 'archive') {
    fingerprint.word(2);
    for (const cell of event.cells) fingerprint.word(cell);
    for (const objective of event.objectives) fingerprint.number(objective);
    fingerprint.number(event.qdScore);
    return;
  }
  const { commands, conceptions, births, deaths } = event;
  fingerprint.word(1);
  fingerprint.word(commands.length);
  for (const { seq, command } of commands) {
    fingerprint.word(seq);
    fingerprint.text(JSON.stringify(command));
  }
  fingerprint.word(conceptions.count);
  for (let i = 0; i < conceptions.count; i++) {
    fingerprint.word(conceptions.child[i]!);
    fingerprint.word(conceptions.parent[i]!);
    fingerprint.word(conceptions.partner[i]!);
    fingerprint.word(conceptions.byModel[i]!);
  }
  fingerprint.word(births.count);
  for (let i = 0; i < births.count; i++) {
    fingerprint.word(births.id[i]!);
    fingerprint.word(births.operator[i]! | (births.outcome[i]! << 8) | (births.tag[i]! << 16) | (births.same[i]! << 24));
    fingerprint.word(births.variation[i]!);
    if (births.same[i] === 0) fingerprint.text(genomeText(births.genome[i]!));
  }
  fingerprint.word(deaths.count);
  for (let i = 0; i < deaths.count; i++) {
    fingerprint.word(deaths.id[i]!);
    fingerprint.word(deaths.cause[i]! | (deaths.children[i]! << 8));
    fingerprint.number(deaths.measure0[i]!);
    fingerprint.number(deaths.measure1[i]!);
  }
  const { thoughts, judgings, messages } = event;
  fingerprint.word(thoughts.count | (judgings.count << 16));
  for (let i = 0; i < thoughts.count; i++) fingerprint.word(thoughts.organism[i]!);
  for (let i = 0; i < judgings.count; i++) fingerprint.word(judgings.organism[i]!);
  for (const { from, hearers } of messages) {
    fingerprint.word(from);
    for (const hearer of hearers) fingerprint.word(hearer);
  }
  fingerprint.word(event.population);
  if (event.digest !== null) fingerprint.word(event.digest);
  if (event.refused > 0) fingerprint.word(event.refused);
}
