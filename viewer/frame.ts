import type { Kernel } from '../core/kernel/kernel.ts';
import { FRAME_BIRTH_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_MAX_BIRTHS, FRAME_ORGANISM_BYTES } from './protocol.ts';

/** Fields larger than this along a side are thinned for the page. */
const MOST_FIELD_CELLS = 320;

/** Births since the last frame, as places; kept up to what a frame holds. */
export class BirthPlaces {
  count = 0;
  readonly x = new Float32Array(FRAME_MAX_BIRTHS);
  readonly y = new Float32Array(FRAME_MAX_BIRTHS);

  add(count: number, x: Float32Array, y: Float32Array): void {
    const room = Math.min(count, FRAME_MAX_BIRTHS - this.count);
    for (let i = 0; i < room; i++) {
      this.x[this.count] = x[i]!;
      this.y[this.count++] = y[i]!;
    }
  }
}

/** Writes a frame in the layout of `protocol.ts`. `inHand` is an organism's id, or -1. */
export function writeFrame(kernel: Kernel, births: BirthPlaces, withField: boolean, inHand: number): ArrayBuffer {
  const { pop, parts, width, height } = kernel;
  const { field } = parts;
  const n = pop.count;
  const thin = Math.ceil(Math.max(field.cols, field.rows) / MOST_FIELD_CELLS);
  const cols = withField ? Math.floor(field.cols / thin) : 0;
  const rows = withField ? Math.floor(field.rows / thin) : 0;
  const birthsAt = FRAME_HEADER_BYTES + n * FRAME_ORGANISM_BYTES;
  const fieldAt = birthsAt + births.count * FRAME_BIRTH_BYTES;
  const buffer = new ArrayBuffer(fieldAt + cols * rows);
  const shorts = new Uint16Array(buffer, 0, fieldAt >> 1);
  const bytes = new Uint8Array(buffer);
  const { x, y, tag, energy, act, signal, heading, id } = pop.columns;
  const perX = 65536 / width;
  const perY = 65536 / height;
  const perEnergy = 255 / kernel.world.energyFull;
  let held = 0;
  let s = FRAME_HEADER_BYTES >> 1;
  let b = FRAME_HEADER_BYTES + 4;
  for (let row = 0; row < n; row++, s += 4, b += 8) {
    shorts[s] = x[row]! * perX;
    shorts[s + 1] = y[row]! * perY;
    bytes[b] = tag[row]!;
    const e = energy[row]! * perEnergy;
    bytes[b + 1] = e > 255 ? 255 : e;
    bytes[b + 2] = act[row]! | (signal[row]! << 5);
    bytes[b + 3] = heading[row]!;
    if (id[row] === inHand) held = row + 1;
  }
  s = birthsAt >> 1;
  for (let i = 0; i < births.count; i++, s += 2) {
    shorts[s] = births.x[i]! * perX;
    shorts[s + 1] = births.y[i]! * perY;
  }
  for (let r = 0, at = fieldAt; r < rows; r++) {
    const start = r * thin * field.cols;
    for (let c = 0; c < cols; c++) bytes[at++] = field.amount[start + c * thin]! * 255;
  }
  const header = new DataView(buffer);
  header.setUint32(0, FRAME_MAGIC, true);
  header.setUint32(4, kernel.tick, true);
  header.setUint32(8, n, true);
  header.setUint32(12, births.count, true);
  header.setFloat32(16, width, true);
  header.setFloat32(20, height, true);
  header.setUint16(24, cols, true);
  header.setUint16(26, rows, true);
  header.setUint32(28, held, true);
  return buffer;
}
