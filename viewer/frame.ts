import type { Kernel } from '../core/kernel/kernel.ts';
import type { Hue } from './hues.ts';
import type { Places } from './places.ts';
import type { ThinnedField } from './thin-field.ts';
import { FRAME_FIELD_HEADER_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_ORGANISM_BYTES, FRAME_PLACE_BYTES, FrameFlag, padded } from './frame-layout.ts';

export interface FrameContent {
  hue: Hue;
  hueIndex: number;
  /** Id of the organism in hand, or -1. */
  inHand: number;
  /** Whether the organism in a row is lit; null where nobody is to be. */
  lit: ((row: number) => boolean) | null;
  births: Places;
  deaths: Places;
  /** How many of them have been shown already. */
  birthsSeen: number;
  deathsSeen: number;
  fields: readonly ThinnedField[];
}

/** Writes the organisms as they are now, in the layout of `frame-layout.ts`. */
export function writeFrame(kernel: Kernel, content: FrameContent): ArrayBuffer {
  const { pop, width, height } = kernel;
  const { hue, inHand, lit } = content;
  const n = pop.count;
  const births = content.births.since(content.birthsSeen);
  const deaths = content.deaths.since(content.deathsSeen);
  const litAt = FRAME_HEADER_BYTES + n * FRAME_ORGANISM_BYTES;
  const placesAt = padded(litAt + (lit === null ? 0 : (n + 7) >> 3));
  const fieldsAt = placesAt + (births + deaths) * FRAME_PLACE_BYTES;
  const buffer = new ArrayBuffer(fieldsAt + bytesOfFields(content.fields));
  const bytes = new Uint8Array(buffer);
  const c = pop.columns;
  const perX = 65536 / width;
  const perY = 65536 / height;
  const x = new Uint16Array(buffer, FRAME_HEADER_BYTES, n);
  const y = new Uint16Array(buffer, FRAME_HEADER_BYTES + 2 * n, n);
  for (let row = 0; row < n; row++) x[row] = c.x[row]! * perX;
  for (let row = 0; row < n; row++) y[row] = c.y[row]! * perY;
  const { from, to } = hue.paint(bytes.subarray(FRAME_HEADER_BYTES + 4 * n, FRAME_HEADER_BYTES + 5 * n));
  let at = FRAME_HEADER_BYTES + 5 * n;
  for (let row = 0; row < n; row++) bytes[at++] = c.act[row]! | (c.signal[row]! << 5);
  const perEnergy = 16 / kernel.world.energyFull;
  for (let row = 0; row < n; row++) {
    const energy = c.energy[row]! * perEnergy;
    // headings are rounded to the nearest sixteenth
    bytes[at++] = ((c.heading[row]! + 8) >> 4 & 15) | ((energy < 15 ? energy : 15) << 4);
  }
  if (lit !== null) for (let row = 0; row < n; row++) if (lit(row)) bytes[litAt + (row >> 3)]! |= 1 << (row & 7);
  const places = new Uint16Array(buffer, placesAt, (fieldsAt - placesAt) >> 1);
  content.births.write(places, 0, births);
  content.deaths.write(places, births * 2, deaths);
  writeFields(buffer, fieldsAt, content.fields);
  const header = new DataView(buffer, 0, FRAME_HEADER_BYTES);
  header.setUint32(0, FRAME_MAGIC, true);
  header.setUint32(4, kernel.tick, true);
  header.setUint32(8, n, true);
  header.setUint32(12, inHand < 0 ? 0 : 1 + c.id.subarray(0, n).indexOf(inHand), true);
  header.setUint16(16, births, true);
  header.setUint16(18, deaths, true);
  header.setUint8(20, lit === null ? 0 : FrameFlag.lit);
  header.setUint8(21, content.hueIndex);
  header.setUint8(22, content.fields.length);
  header.setFloat32(24, from, true);
  header.setFloat32(28, to, true);
  header.setFloat32(32, width, true);
  header.setFloat32(36, height, true);
  return buffer;
}

export interface PastFrameContent {
  fields: readonly ThinnedField[];
  played: boolean;
  hue: Hue;
  hueIndex: number;
  /** Place in the frame of the organism in hand, or -1. */
  inHand: number;
  /** Whether the organism in a place of the frame is lit; null where nobody is to be. */
  lit: ((place: number) => boolean) | null;
}

/**
 * A frame of the past: the organisms of a frame without fields and lights, with the flag that says so, fields, lights, and
 * another hue where what is kept of the organisms tells it.
 */
export function writePastFrame(kept: Uint8Array, { fields, played, hue, hueIndex, inHand, lit }: PastFrameContent): ArrayBuffer {
  const n = new DataView(kept.buffer, kept.byteOffset).getUint32(8, true);
  const litAt = FRAME_HEADER_BYTES + n * FRAME_ORGANISM_BYTES;
  const placesAt = padded(litAt + (lit === null ? 0 : (n + 7) >> 3));
  const places = kept.subarray(padded(litAt));
  const buffer = new ArrayBuffer(placesAt + places.length + bytesOfFields(fields));
  const bytes = new Uint8Array(buffer);
  bytes.set(kept.subarray(0, litAt));
  bytes.set(places, placesAt);
  if (lit !== null) for (let i = 0; i < n; i++) if (lit(i)) bytes[litAt + (i >> 3)]! |= 1 << (i & 7);
  writeFields(buffer, placesAt + places.length, fields);
  const header = new DataView(buffer, 0, FRAME_HEADER_BYTES);
  header.setUint32(12, inHand + 1, true);
  header.setUint8(20, FrameFlag.past | (played ? FrameFlag.played : 0) | (lit === null ? 0 : FrameFlag.lit));
  header.setUint8(22, fields.length);
  if (hue.ofKept === undefined) return buffer;
  const at = FRAME_HEADER_BYTES + 4 * n;
  for (let i = at; i < at + n; i++) bytes[i] = hue.ofKept(bytes[i + n]!, bytes[i + 2 * n]!);
  header.setUint8(21, hueIndex);
  header.setFloat32(24, hue.facts.lower ?? 0, true);
  header.setFloat32(28, hue.facts.upper ?? 0, true);
  return buffer;
}

/** What a frame without fields says of one organism. `energy` is in sixteenths of what is full, 15 for more. */
export interface KeptOrganism { x: number; y: number; hue: number; act: number; signal: number; energy: number }

/** Reads one organism of a frame that is kept; places in steps. */
export function readKept(kept: Uint8Array, place: number): KeptOrganism {
  const view = new DataView(kept.buffer, kept.byteOffset, kept.length);
  const n = view.getUint32(8, true);
  const traits = FRAME_HEADER_BYTES + 4 * n + place;
  const look = view.getUint8(traits + n);
  return {
    x: view.getUint16(FRAME_HEADER_BYTES + 2 * place, true) / 65536 * view.getFloat32(32, true),
    y: view.getUint16(FRAME_HEADER_BYTES + 2 * (n + place), true) / 65536 * view.getFloat32(36, true),
    hue: view.getUint8(traits), act: look & 31, signal: look >> 5, energy: view.getUint8(traits + 2 * n) >> 4,
  };
}

function bytesOfFields(fields: readonly ThinnedField[]): number {
  return fields.reduce((sum, { bytes }) => sum + FRAME_FIELD_HEADER_BYTES + padded(bytes.length), 0);
}

function writeFields(buffer: ArrayBuffer, start: number, fields: readonly ThinnedField[]): void {
  let at = start;
  for (const { index, columns, rows, bytes } of fields) {
    const header = new DataView(buffer, at, FRAME_FIELD_HEADER_BYTES);
    header.setUint8(0, index);
    header.setUint16(2, columns, true);
    header.setUint16(4, rows, true);
    new Uint8Array(buffer, at + FRAME_FIELD_HEADER_BYTES, bytes.length).set(bytes);
    at += FRAME_FIELD_HEADER_BYTES + padded(bytes.length);
  }
}
