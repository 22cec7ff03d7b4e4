import { cosineOfTurn, sineOfTurn } from '../../core/kernel/trigonometry.ts';

/**
 * Discrete Fourier transform of a square of complex numbers, its side a power of two, in place and in plain arithmetic
 * (Cooley & Tukey 1965, radix 2). Forward is Σ z e^(−2πi…), backward is its inverse.
 */
export class Fourier {
  readonly side: number;
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;
  private readonly swapped: Uint32Array;
  private readonly lineRe: Float64Array;
  private readonly lineIm: Float64Array;

  constructor(side: number) {
    if (side < 2 || (side & (side - 1)) !== 0) throw new Error(`A Fourier transform has a side that is a power of two, at least 2, and not ${side}.`);
    this.side = side;
    this.cosines = Float64Array.from({ length: side / 2 }, (_, k) => cosineOfTurn(k / side));
    this.sines = Float64Array.from({ length: side / 2 }, (_, k) => sineOfTurn(k / side));
    this.swapped = new Uint32Array(side);
    for (let i = 1; i < side; i++) this.swapped[i] = (this.swapped[i >> 1] >> 1) | (i & 1 ? side >> 1 : 0);
    this.lineRe = new Float64Array(side);
    this.lineIm = new Float64Array(side);
  }

  forward(re: Float64Array, im: Float64Array): void {
    this.square(re, im);
  }

  /** Backward is forward with the parts exchanged, which are scaled to make it the inverse. */
  backward(re: Float64Array, im: Float64Array): void {
    this.square(im, re);
    const scale = 1 / (this.side * this.side);
    for (let i = 0; i < re.length; i++) { re[i] *= scale; im[i] *= scale; }
  }

  private square(re: Float64Array, im: Float64Array): void {
    const { side } = this;
    for (let line = 0; line < side; line++) this.line(re, im, line * side, 1);
    for (let line = 0; line < side; line++) this.line(re, im, line, side);
  }

  private line(re: Float64Array, im: Float64Array, start: number, stride: number): void {
    const { side, cosines, sines, swapped, lineRe, lineIm } = this;
    for (let i = 0; i < side; i++) {
      lineRe[swapped[i]] = re[start + i * stride];
      lineIm[swapped[i]] = im[start + i * stride];
    }
    for (let half = 1; half < side; half *= 2) {
      const turn = side / (2 * half);
      for (let first = 0; first < side; first += 2 * half) {
        for (let k = 0; k < half; k++) {
          const i = first + k;
          const j = i + half;
          const c = cosines[k * turn];
          const s = sines[k * turn];
          const partRe = lineRe[j] * c + lineIm[j] * s;
          const partIm = lineIm[j] * c - lineRe[j] * s;
          lineRe[j] = lineRe[i] - partRe;
          lineIm[j] = lineIm[i] - partIm;
          lineRe[i] += partRe;
          lineIm[i] += partIm;
        }
      }
    }
    for (let i = 0; i < side; i++) {
      re[start + i * stride] = lineRe[i];
      im[start + i * stride] = lineIm[i];
    }
  }
}
