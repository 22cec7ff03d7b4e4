import { FRAME_FIELD_HEADER_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_MOST_PLACES, FRAME_ORGANISM_BYTES, FRAME_PLACE_BYTES, FrameFlag, padded } from '../frame-layout.ts';

/** Bytes an organism that the graphics card reads. */
export const POINT_BYTES = 8;

/** One field of a frame: amounts row by row, 255 = full. */
export interface FrameField { readonly index: number; readonly columns: number; readonly rows: number; readonly amounts: Uint8Array<ArrayBuffer> }

/** A frame taken apart. Layout of the bytes that came: see frame-layout.ts. */
export interface Frame {
  readonly tick: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Whether it shows the world as it was, and whether that was played back from a record. */
  readonly past: boolean;
  readonly played: boolean;
  /** Index into `WorldFacts.hues`, and what 0 and 255 of the hue stand for. */
  readonly hue: number;
  readonly hueFrom: number;
  readonly hueTo: number;
  /** Whether some organisms are lit, so that the others should step back. */
  readonly hasLit: boolean;
  /**
   * 8 bytes an organism, as the GPU reads them: u16 x, u16 y, then u8 hue, u8 energy (17 for each sixteenth), u8 look
   * (act in bits 0-4, signal in bits 5-7), u8 with the heading in bits 4-7 and whether it is lit in bit 0.
   */
  readonly organisms: Uint8Array<ArrayBuffer>;
  readonly birthCount: number;
  /** x and y of each birth, 65536 = the whole width or height; of each death. */
  readonly births: Uint16Array;
  readonly deathCount: number;
  readonly deaths: Uint16Array;
  readonly fields: readonly FrameField[];
  /** Index of the organism in hand, or -1. */
  readonly inHand: number;
}

/**
 * Memory for the organisms of one frame after another. Without it each frame of 100,000 would leave 800 kB to be collected,
 * thirty times a second.
 */
export class PointRoom {
  #words = new Uint32Array(0);

  /** Two words an organism, of what is held already where that is enough; grows by half as much again as is needed. */
  for(count: number): Uint32Array<ArrayBuffer> {
    const words = count * (POINT_BYTES / 4);
    if (this.#words.length < words) this.#words = new Uint32Array(Math.ceil(words * 1.5));
    return this.#words.subarray(0, words);
  }
}

/**
 * @param room where the organisms are put: those of the frame before in the same room are gone then.
 * @throws a sentence when the bytes are not a whole frame.
 */
export function parseFrame(bytes: ArrayBuffer, room = new PointRoom()): Frame {
  if (bytes.byteLength < FRAME_HEADER_BYTES) {
    throw new Error(`A frame of ${bytes.byteLength} bytes is shorter than its header of ${FRAME_HEADER_BYTES}.`);
  }
  const header = new DataView(bytes, 0, FRAME_HEADER_BYTES);
  const magic = header.getUint32(0, true);
  if (magic !== FRAME_MAGIC) {
    throw new Error(`A frame begins with 0x${magic.toString(16)} instead of 0x${FRAME_MAGIC.toString(16)}; the page and the simulation differ in version.`);
  }
  const count = header.getUint32(8, true);
  const birthCount = header.getUint16(16, true);
  const deathCount = header.getUint16(18, true);
  const flags = header.getUint8(20);
  const hasLit = (flags & FrameFlag.lit) !== 0;
  const litAt = FRAME_HEADER_BYTES + count * FRAME_ORGANISM_BYTES;
  const placesAt = padded(litAt + (hasLit ? (count + 7) >> 3 : 0));
  const fieldsAt = placesAt + (birthCount + deathCount) * FRAME_PLACE_BYTES;
  if (birthCount > FRAME_MOST_PLACES || deathCount > FRAME_MOST_PLACES || fieldsAt > bytes.byteLength) {
    throw new Error(`A frame of ${bytes.byteLength} bytes is too short for ${count} organisms, ${birthCount} births and ${deathCount} deaths.`);
  }
  return {
    tick: header.getUint32(4, true),
    count,
    width: header.getFloat32(32, true),
    height: header.getFloat32(36, true),
    past: (flags & FrameFlag.past) !== 0,
    played: (flags & FrameFlag.played) !== 0,
    hue: header.getUint8(21),
    hueFrom: header.getFloat32(24, true),
    hueTo: header.getFloat32(28, true),
    hasLit,
    organisms: spread(bytes, room.for(count), hasLit ? litAt : null),
    birthCount,
    births: new Uint16Array(bytes, placesAt, birthCount * 2),
    deathCount,
    deaths: new Uint16Array(bytes, placesAt + birthCount * FRAME_PLACE_BYTES, deathCount * 2),
    fields: fieldsOf(bytes, fieldsAt, header.getUint8(22)),
    inHand: header.getUint32(12, true) - 1,
  };
}

/** The columns of a frame as the rows that the graphics card reads. */
function spread(bytes: ArrayBuffer, points: Uint32Array<ArrayBuffer>, litAt: number | null): Uint8Array<ArrayBuffer> {
  const count = points.length / (POINT_BYTES / 4);
  const x = new Uint16Array(bytes, FRAME_HEADER_BYTES, count);
  const y = new Uint16Array(bytes, FRAME_HEADER_BYTES + 2 * count, count);
  const traits = new Uint8Array(bytes, FRAME_HEADER_BYTES + 4 * count, 3 * count);
  const [lookAt, vigourAt] = [count, 2 * count];
  // whole words: the graphics card is little-endian, and so is every machine that runs a browser
  for (let i = 0; i < count; i++) {
    const vigour = traits[vigourAt + i]!;
    points[2 * i] = x[i]! | (y[i]! << 16);
    points[2 * i + 1] = traits[i]! | ((vigour >> 4) * 17 << 8) | (traits[lookAt + i]! << 16) | ((vigour & 15) << 28);
  }
  if (litAt !== null) {
    const lit = new Uint8Array(bytes, litAt, (count + 7) >> 3);
    for (let i = 0; i < count; i++) if ((lit[i >> 3]! >> (i & 7) & 1) === 1) points[2 * i + 1]! |= 1 << 24;
  }
  return new Uint8Array(points.buffer, points.byteOffset, points.byteLength);
}

function fieldsOf(bytes: ArrayBuffer, start: number, count: number): FrameField[] {
  const fields: FrameField[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + FRAME_FIELD_HEADER_BYTES > bytes.byteLength) throw new Error(`A frame of ${bytes.byteLength} bytes is too short for its ${count} fields.`);
    const header = new DataView(bytes, at, FRAME_FIELD_HEADER_BYTES);
    const columns = header.getUint16(2, true);
    const rows = header.getUint16(4, true);
    const from = at + FRAME_FIELD_HEADER_BYTES;
    at = from + padded(columns * rows);
    if (at > bytes.byteLength) throw new Error(`A frame of ${bytes.byteLength} bytes is too short for a field of ${columns} by ${rows} cells.`);
    fields.push({ index: header.getUint8(0), columns, rows, amounts: new Uint8Array(bytes, from, columns * rows) });
  }
  return fields;
}
