import { FRAME_FIELD_HEADER_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_ORGANISM_BYTES, FRAME_PLACE_BYTES, padded } from '../../viewer/frame-layout.ts';

const FIELD_SIDE = 256;
const BIRTHS = 64;
const DEATHS = 64;
const ACTS = 3;
const FIELDS = 2;

/** A generator of numbers in [0, 1) that is the same every time. */
export function drawer(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Frames of organisms that walk, turn and gain energy on a torus of `side` steps, with births, deaths, somebody in hand and two
 * fields that drift, which come in turn as a real session sends them: the layout of frame-layout.ts in full.
 */
export function crowdFrames(organisms: number, frames: number, side: number): ArrayBuffer[] {
  const random = drawer(20_250_101);
  const x = Float32Array.from({ length: organisms }, () => random() * 65_536);
  const y = Float32Array.from({ length: organisms }, () => random() * 65_536);
  const heading = Float32Array.from({ length: organisms }, () => random() * 256);
  const tag = Uint8Array.from({ length: organisms }, () => random() * 256);
  const stepLength = 65_536 / side;
  const placesAt = padded(FRAME_HEADER_BYTES + organisms * FRAME_ORGANISM_BYTES);
  const fieldAt = placesAt + (BIRTHS + DEATHS) * FRAME_PLACE_BYTES;
  return Array.from({ length: frames }, (_, tick) => {
    const bytes = new ArrayBuffer(fieldAt + FRAME_FIELD_HEADER_BYTES + FIELD_SIDE * FIELD_SIDE);
    const header = new DataView(bytes);
    [FRAME_MAGIC, tick, organisms, 1].forEach((value, index) => header.setUint32(index * 4, value, true));
    header.setUint16(16, BIRTHS, true);
    header.setUint16(18, DEATHS, true);
    header.setUint8(22, 1);
    header.setFloat32(28, 255, true);
    header.setFloat32(32, side, true);
    header.setFloat32(36, side, true);
    header.setUint8(fieldAt, tick % FIELDS);
    header.setUint16(fieldAt + 2, FIELD_SIDE, true);
    header.setUint16(fieldAt + 4, FIELD_SIDE, true);
    const across = new Uint16Array(bytes, FRAME_HEADER_BYTES, organisms);
    const down = new Uint16Array(bytes, FRAME_HEADER_BYTES + 2 * organisms, organisms);
    const traits = new Uint8Array(bytes, FRAME_HEADER_BYTES + 4 * organisms, 3 * organisms);
    for (let i = 0; i < organisms; i++) {
      heading[i] = (heading[i]! + random() * 32 - 16 + 256) % 256;
      const angle = heading[i]! / 256 * 2 * Math.PI;
      x[i] = (x[i]! + Math.cos(angle) * stepLength + 65_536) % 65_536;
      y[i] = (y[i]! + Math.sin(angle) * stepLength + 65_536) % 65_536;
      across[i] = x[i]!;
      down[i] = y[i]!;
      traits[i] = tag[i]!;
      traits[organisms + i] = random() * ACTS;
      traits[2 * organisms + i] = (heading[i]! >> 4) | ((4 + random() * 12) << 4);
    }
    const places = new Uint16Array(bytes, placesAt, (BIRTHS + DEATHS) * 2);
    for (let i = 0; i < places.length; i++) places[i] = random() * 65_536;
    const field = new Uint8Array(bytes, fieldAt + FRAME_FIELD_HEADER_BYTES);
    for (let cell = 0; cell < field.length; cell++) {
      const acrossTurn = (cell % FIELD_SIDE) / FIELD_SIDE * 2 * Math.PI;
      const downTurn = Math.floor(cell / FIELD_SIDE) / FIELD_SIDE * 2 * Math.PI;
      field[cell] = 128 + 100 * Math.sin(3 * acrossTurn + tick / 8 + (tick % FIELDS)) * Math.cos(2 * downTurn);
    }
    return bytes;
  });
}
