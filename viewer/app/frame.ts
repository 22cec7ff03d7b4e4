import { FRAME_BIRTH_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_MAX_BIRTHS, FRAME_ORGANISM_BYTES } from '../protocol.ts';

/** A frame taken apart without copying: the arrays are views of the bytes that came. Layout: see protocol.ts. */
export interface Frame {
  readonly tick: number;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** 8 bytes an organism, as the GPU reads them. */
  readonly organisms: Uint8Array;
  readonly birthCount: number;
  /** x and y of each birth, 65536 = the whole width or height. */
  readonly births: Uint16Array;
  readonly fieldColumns: number;
  readonly fieldRows: number;
  readonly field: Uint8Array | null;
  /** Index of the organism in hand, or -1. */
  readonly inHand: number;
}

/** @throws a sentence when the bytes are not a whole frame. */
export function parseFrame(bytes: ArrayBuffer): Frame {
  if (bytes.byteLength < FRAME_HEADER_BYTES) {
    throw new Error(`A frame of ${bytes.byteLength} bytes is shorter than its header of ${FRAME_HEADER_BYTES}.`);
  }
  const header = new DataView(bytes, 0, FRAME_HEADER_BYTES);
  const magic = header.getUint32(0, true);
  if (magic !== FRAME_MAGIC) {
    throw new Error(`A frame begins with 0x${magic.toString(16)} instead of 0x${FRAME_MAGIC.toString(16)}; the page and the simulation differ in version.`);
  }
  const count = header.getUint32(8, true);
  const birthCount = header.getUint32(12, true);
  const fieldColumns = header.getUint16(24, true);
  const fieldRows = header.getUint16(26, true);
  const birthsAt = FRAME_HEADER_BYTES + count * FRAME_ORGANISM_BYTES;
  const fieldAt = birthsAt + birthCount * FRAME_BIRTH_BYTES;
  const fieldBytes = fieldColumns * fieldRows;
  if (birthCount > FRAME_MAX_BIRTHS || fieldAt + fieldBytes > bytes.byteLength) {
    throw new Error(`A frame of ${bytes.byteLength} bytes is too short for ${count} organisms, ${birthCount} births and a field of ${fieldBytes} cells.`);
  }
  return {
    tick: header.getUint32(4, true),
    count,
    width: header.getFloat32(16, true),
    height: header.getFloat32(20, true),
    organisms: new Uint8Array(bytes, FRAME_HEADER_BYTES, count * FRAME_ORGANISM_BYTES),
    birthCount,
    births: new Uint16Array(bytes, birthsAt, birthCount * 2),
    fieldColumns,
    fieldRows,
    field: fieldBytes === 0 ? null : new Uint8Array(bytes, fieldAt, fieldBytes),
    inHand: header.getUint32(28, true) - 1,
  };
}
