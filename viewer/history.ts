import type { Kernel } from '../core/kernel/kernel.ts';
import type { HeldTicks } from './facts.ts';
import { writeFrame } from './frame.ts';
import { huesOf, type Hue } from './hues.ts';
import { IdLog } from './id-log.ts';
import type { PastLives } from './past-lives.ts';
import type { Places } from './places.ts';
import { thinField, type ThinnedField } from './thin-field.ts';
import { fieldsOf } from './world-facts.ts';

/** The world as it was: a frame without fields, in the default hue, and the fields as they last were before it. */
export interface PastTick {
  readonly tick: number;
  readonly frame: Uint8Array;
  readonly fields: readonly ThinnedField[];
  /** Whose each organism of the frame is, in its order. */
  readonly ids: Uint32Array;
  /** What is known of them; null where nobody listened. */
  readonly lives: PastLives | null;
}

export interface HistoryOptions {
  /** Bytes of frames and fields that are kept. */
  mostBytes?: number;
  /** Ticks that are to be held; where they do not fit, every second, fourth, … is. */
  wantedTicks?: number;
  /** Keeps in mind who lives in a tick that is held; told what is held no more. */
  lives?: PastLives;
}

interface Kept { readonly tick: number; readonly frame: Uint8Array }
interface KeptFields { readonly tick: number; readonly fields: readonly ThinnedField[]; readonly bytes: number }

/** Fields change slowly: they are kept this often. */
const FIELDS_EVERY = 16;
/** What keeping a frame costs beside its bytes. */
const BYTES_BESIDE = 256;

/**
 * Frames of the latest ticks, kept as they would be sent, in a bounded number of bytes. The oldest go when there are
 * more than enough ticks; else every second of all that are kept goes, so that they always reach back far enough.
 */
export class History {
  private readonly kernel: Kernel;
  private readonly births: Places;
  private readonly deaths: Places;
  private readonly hue: Hue;
  private readonly mostBytes: number;
  private readonly wantedTicks: number;
  /** By rising tick, from `first` on. */
  private kept: Kept[] = [];
  private first = 0;
  private fields: KeptFields[] = [];
  private readonly ids = new IdLog();
  private readonly lives: PastLives | null;
  private bytesHeld = 0;
  private birthsSeen = 0;
  private deathsSeen = 0;
  /** Every so many ticks are kept from now on; a power of two. */
  private step = 1;

  constructor(kernel: Kernel, births: Places, deaths: Places, { mostBytes = 256 << 20, wantedTicks = 2000, lives }: HistoryOptions = {}) {
    this.kernel = kernel;
    this.births = births;
    this.deaths = deaths;
    this.hue = huesOf(kernel)[0]!;
    this.mostBytes = mostBytes;
    this.wantedTicks = wantedTicks;
    this.lives = lives ?? null;
  }

  /** Of frames and fields; which organism was where takes a tenth as many, or so. */
  get bytes(): number {
    return this.bytesHeld;
  }

  /** Keeps the world as it is, if this tick is to be kept. */
  note(): void {
    const { kernel, births, deaths, birthsSeen, deathsSeen } = this;
    const { tick } = kernel;
    if (tick % this.step !== 0) return;
    const frame = new Uint8Array(writeFrame(kernel, { hue: this.hue, hueIndex: 0, inHand: -1, lit: null, births, deaths, birthsSeen, deathsSeen, fields: [] }));
    this.birthsSeen = births.total;
    this.deathsSeen = deaths.total;
    this.kept.push({ tick, frame });
    this.bytesHeld += frame.length + BYTES_BESIDE;
    this.noteFields(tick);
    this.ids.note(tick, kernel.pop.columns.id, kernel.pop.count);
    const enough = this.wantedTicks * (frame.length + BYTES_BESIDE);
    // what cannot fit as it is now need not be tried
    while (enough > this.mostBytes * this.step && this.kept.length - this.first > 2) this.halve();
    while (this.bytesHeld > this.mostBytes && this.kept.length - this.first > 1) this.makeRoom();
    // fewer live than did: there is room for more ticks
    if (this.step > 1 && enough * 1.5 < this.mostBytes * (this.step / 2)) this.step /= 2;
    const from = this.kept[this.first]!.tick;
    this.ids.forget(from);
    this.lives?.forget(from);
  }

  /** What is held; null before anything is. `step` is the longest gap. */
  get held(): HeldTicks | null {
    const { kept, first } = this;
    if (first >= kept.length) return null;
    let step = 1;
    for (let i = first + 1; i < kept.length; i++) step = Math.max(step, kept[i]!.tick - kept[i - 1]!.tick);
    return { from: kept[first]!.tick, to: kept.at(-1)!.tick, step };
  }

  /** The world after a tick, or after the last one before it that is held; null where none is. */
  at(tick: number): PastTick | null {
    const index = lastUpTo(this.kept, tick);
    if (index < this.first) return null;
    const { tick: found, frame } = this.kept[index]!;
    const { fields } = this.fields[Math.max(0, lastUpTo(this.fields, found))]!;
    return { tick: found, frame, fields, ids: this.ids.at(found), lives: this.lives };
  }

  private noteFields(tick: number): void {
    const last = this.fields.at(-1);
    if (last !== undefined && tick - last.tick < FIELDS_EVERY) return;
    const now = fieldsOf(this.kernel).map(({ field }, index) => {
      const thinned = thinField(field, index);
      const before = last?.fields[index];
      return before !== undefined && isSame(before.bytes, thinned.bytes) ? before : thinned;
    });
    // what has not changed is held once
    const bytes = now.reduce((sum, field, index) => sum + (field === last?.fields[index] ? 0 : field.bytes.length), BYTES_BESIDE);
    this.fields.push({ tick, fields: now, bytes });
    this.bytesHeld += bytes;
  }

  private makeRoom(): void {
    const { kept, first } = this;
    if (kept.at(-1)!.tick - kept[first + 1]!.tick >= this.wantedTicks) {
      this.bytesHeld -= kept[first]!.frame.length + BYTES_BESIDE;
      // an empty one in its place, until there are many
      kept[first] = { tick: kept[first]!.tick, frame: NOTHING };
      this.first++;
      if (this.first > 1024 && this.first * 2 > kept.length) {
        this.kept = kept.slice(this.first);
        this.first = 0;
      }
    } else this.halve();
    this.letFieldsGo();
  }

  /** Of what is kept every second goes, and only every second is kept from now on. */
  private halve(): void {
    this.step *= 2;
    const all = this.kept.slice(this.first);
    this.kept = all.filter((one) => one.tick % this.step === 0 || one === all.at(-1));
    const bytesOf = (list: readonly Kept[]): number => list.reduce((sum, { frame }) => sum + frame.length + BYTES_BESIDE, 0);
    this.bytesHeld -= bytesOf(all) - bytesOf(this.kept);
    this.first = 0;
  }

  /** Fields from before all that is kept. */
  private letFieldsGo(): void {
    const oldest = this.kept[this.first]!.tick;
    let past = 0;
    while (past + 1 < this.fields.length && this.fields[past + 1]!.tick <= oldest) this.bytesHeld -= this.fields[past++]!.bytes;
    if (past > 0) this.fields.splice(0, past);
  }
}

const NOTHING = new Uint8Array(0);

/** Index of the last that is not after a tick; -1 where all are. */
function lastUpTo(list: readonly { readonly tick: number }[], tick: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.tick <= tick) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
