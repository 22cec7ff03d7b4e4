import type { Kernel } from '../core/kernel/kernel.ts';
import { writeFrame, writePastFrame } from './frame.ts';
import type { PastTick } from './history.ts';
import type { Hue } from './hues.ts';
import type { Lit } from './lit.ts';
import type { Places } from './places.ts';
import type { ServerMessage } from './protocol.ts';
import { thinField, thinning, type ThinnedField } from './thin-field.ts';
import type { NamedField } from './world-facts.ts';

/** Where messages to one page go. */
export interface ClientPort { message(message: ServerMessage): void; frame(frame: ArrayBuffer): void }

/** What is there to be looked at. */
export interface Scene {
  readonly kernel: Kernel;
  readonly hues: readonly Hue[];
  readonly fields: readonly NamedField[];
  readonly births: Places;
  readonly deaths: Places;
}

/** A page that has not drawn a frame for so long is not looking: its tab is hidden, its machine asleep. */
export const ASLEEP_MS = 10_000;
/** What fields may add to each frame: a share of the organisms' bytes, but not less than this. */
const FIELD_BYTES_PER_ORGANISM = 0.6;
const LEAST_FIELD_BYTES = 6000;

/** One page: what it looks at, and what it is owed. At most one frame is on its way to it. */
export class Watcher {
  readonly port: ClientPort;
  /** Id of the organism in its hand, or -1. */
  inHand = -1;
  lit: Lit | null = null;
  /** The tick that it looks at; null where it looks at the present. */
  lookingAt: number | null = null;
  /** Called when it is shown a past tick. */
  onPast: (() => void) | null = null;
  /** The past that it looks at, or is going to. */
  private past: { tick: PastTick; played: boolean } | null = null;
  /** Whether that is to be sent when the frame before it has been drawn. */
  private isPastDue = false;
  private readonly scene: Scene;
  private hue = 0;
  private shown: number[];
  /** When the frame that it has not drawn yet was sent. */
  private sentAt: number | null = null;
  private asleep = false;
  /** Whether it would see another picture though nothing has happened. */
  private changed = true;
  private tick = -1;
  private birthsSeen: number;
  private deathsSeen: number;
  /** Bytes that fields may take up by now, and which of the shown fields is next. */
  private credit = Infinity;
  private nextField = 0;
  /** Tick at which each field was sent. */
  private readonly fieldTicks: number[];

  constructor(port: ClientPort, scene: Scene) {
    this.port = port;
    this.scene = scene;
    this.shown = scene.fields.map((_, index) => index);
    this.fieldTicks = scene.fields.map(() => -1);
    this.birthsSeen = scene.births.total;
    this.deathsSeen = scene.deaths.total;
  }

  /** Throws an error with one sentence for a hue or a field that there is not. */
  show({ hue, fields }: { hue?: string; fields?: readonly string[] }): void {
    const { scene } = this;
    const chosen = hue === undefined ? this.hue : scene.hues.findIndex(({ facts }) => facts.name === hue);
    if (chosen < 0) throw new Error(`There is no colouring "${hue}"; there are ${scene.hues.map(({ facts }) => facts.name).join(', ')}.`);
    const shown = fields?.map((name) => {
      const index = scene.fields.findIndex((field) => field.name === name);
      if (index < 0) throw new Error(`There is no field "${name}"; there are ${scene.fields.map((field) => field.name).join(', ')}.`);
      return index;
    });
    this.hue = chosen;
    if (shown !== undefined) this.shown = [...new Set(shown)];
    this.refresh();
  }

  /** Sends another picture even where nothing has happened, and all that it shows with it. */
  refresh(): void {
    this.changed = true;
    this.credit = Infinity;
    this.fieldTicks.fill(-1);
  }

  /** Sends another picture, for a ring or lights; of the present without a field. */
  look(now = performance.now()): void {
    this.changed = true;
    if (this.past === null) return;
    this.isPastDue = true;
    this.sendPast(now);
  }

  /** The past tick that it sees; null where it sees the present. */
  get pastSeen(): PastTick | null {
    return this.lookingAt === null ? null : this.past?.tick ?? null;
  }

  get isAwake(): boolean {
    return !this.asleep;
  }

  /** Says something, if the page is awake. */
  say(message: ServerMessage): void {
    if (!this.asleep) this.port.message(message);
  }

  /** Whether it has slept until now; what it was not told is then gone. */
  drawn(): { slept: boolean } {
    const slept = this.asleep;
    this.asleep = false;
    this.sentAt = null;
    if (slept) this.goLive();
    return { slept };
  }

  /** The last tick that it was shown. */
  get seenTick(): number {
    return this.tick;
  }

  goLive(): void {
    this.lookingAt = null;
    this.past = null;
    this.isPastDue = false;
    // its fields are those of the past
    this.refresh();
    this.birthsSeen = this.scene.births.total;
    this.deathsSeen = this.scene.deaths.total;
  }

  showPast(tick: PastTick, played: boolean, now: number): void {
    this.past = { tick, played };
    this.isPastDue = true;
    this.sendPast(now);
  }

  /** Fields are sent at once: somebody has turned something and waits to see it. */
  hasten(): void {
    this.credit = Infinity;
  }

  /** Sends what the page has not seen, when it has drawn what it was sent before. */
  send(now: number): void {
    if (this.sentAt !== null) {
      if (now - this.sentAt > ASLEEP_MS) this.asleep = true;
      return;
    }
    if (this.isPastDue) this.sendPast(now);
    else if (this.past === null) this.sendPresent(now);
  }

  private sendPresent(now: number): void {
    const { scene, inHand, lit } = this;
    const { kernel, births, deaths } = scene;
    if (kernel.tick === this.tick && !this.changed) return;
    this.changed = false;
    this.tick = kernel.tick;
    const content = {
      hue: scene.hues[this.hue]!, hueIndex: this.hue, inHand, lit: lit === null ? null : (row: number) => lit.has(row),
      births, deaths, birthsSeen: this.birthsSeen, deathsSeen: this.deathsSeen, fields: this.dueFields(),
    };
    this.birthsSeen = births.total;
    this.deathsSeen = deaths.total;
    this.sentAt = now;
    this.port.frame(writeFrame(kernel, content));
  }

  private sendPast(now: number): void {
    if (this.past === null || this.sentAt !== null) return;
    const { tick: { tick, frame, fields, ids, lives }, played } = this.past;
    this.isPastDue = false;
    this.lookingAt = tick;
    this.sentAt = now;
    const isMember = this.lit === null ? null : lives?.membersOf(this.lit.clade) ?? null;
    this.port.frame(writePastFrame(frame, {
      fields: fields.filter(({ index }) => this.shown.includes(index)), played, hue: this.scene.hues[this.hue]!, hueIndex: this.hue,
      inHand: this.inHand < 0 ? -1 : ids.indexOf(this.inHand), lit: isMember === null ? null : (place) => isMember(ids[place]!),
    }));
    this.onPast?.();
  }

  /** The fields that this frame has room for, in turn. */
  private dueFields(): ThinnedField[] {
    const { scene, shown } = this;
    const { kernel } = scene;
    const due: ThinnedField[] = [];
    this.credit += Math.max(LEAST_FIELD_BYTES, kernel.pop.count * FIELD_BYTES_PER_ORGANISM);
    let most = 0;
    for (let i = 0; i < shown.length; i++) {
      const index = shown[this.nextField % shown.length]!;
      if (this.fieldTicks[index] === kernel.tick) break;
      const { field } = scene.fields[index]!;
      const { columns, rows } = thinning(field);
      most = Math.max(most, columns * rows);
      if (columns * rows > this.credit) break;
      due.push(thinField(field, index));
      this.fieldTicks[index] = kernel.tick;
      this.credit -= columns * rows;
      this.nextField++;
    }
    // credit of a world that was still is no flood later; and all that was due at once has been sent
    this.credit = this.credit === Infinity ? 0 : Math.min(this.credit, most);
    return due;
  }
}
