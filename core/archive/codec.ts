import { bytesOfText, textOfBytes } from '../kernel/packed.ts';

/** How solutions become bytes and come back. */
export interface PayloadCodec<T> {
  /** Stands in what is saved, so that it is not read with another. */
  readonly name: string;
  encode(solutions: readonly T[]): Uint8Array;
  /** As many solutions as were encoded. */
  decode(bytes: Uint8Array, count: number): T[];
}

/** Anything that JSON has: texts, numbers, plain objects and lists. */
export function jsonCodec<T>(): PayloadCodec<T> {
  return {
    name: 'json',
    encode(solutions) {
      // a string of Latin letters is ASCII already; what is not is escaped, and so are halves of surrogate pairs
      return bytesOfText(JSON.stringify(solutions).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
    },
    decode: (bytes) => JSON.parse(textOfBytes(bytes)) as T[],
  };
}

/** Vectors of one length, to the bit. */
export function vectorCodec(length: number): PayloadCodec<Float64Array> {
  return {
    name: `vector ${length}`,
    encode(solutions) {
      const flat = new Float64Array(solutions.length * length);
      solutions.forEach((solution, i) => {
        if (solution.length !== length) throw new RangeError(`Solution ${i} has ${solution.length} numbers; the codec was made for ${length}.`);
        flat.set(solution, i * length);
      });
      return new Uint8Array(flat.buffer);
    },
    decode(bytes, count) {
      const flat = new Float64Array(bytes.slice().buffer);
      // views of one buffer: a buffer each takes several times as long to make
      return Array.from({ length: count }, (_, i) => flat.subarray(i * length, (i + 1) * length));
    },
  };
}
