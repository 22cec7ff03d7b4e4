import { describe, expect, it } from 'vitest';
import { Field } from '../../../core/kernel/field.ts';
import { RandomStream, seedKey } from '../../../core/kernel/random.ts';
import { Fourier } from '../../../worlds/moire/fourier.ts';
import { latticeKinds, type LatticeKind } from '../../../worlds/moire/lattice.ts';
import { LEAST_PERIODS, probe } from '../../../worlds/moire/probe.ts';
import { moirePeriod } from '../../../worlds/moire/twist.ts';
import { ground, paint, paintedAt } from './ground.ts';

const random = (n: number): RandomStream => new RandomStream(seedKey(20 + n, 1), 0);

/** Two layers of sites drawn one over the other and looked at from afar: the product of their densities, blurred by half a lattice constant. */
function drawnLattices(kind: LatticeKind, constant: number, mismatch: number, degrees: number, side: number): Float64Array {
  const directions = kind === 'square' ? [0, 90] : [30, 90, 150];
  const spacing = kind === 'square' ? 1 : Math.sqrt(3) / 2;
  const density = (size: number, turned: number, x: number, y: number): number => directions.reduce((sum, direction) => {
    const angle = ((direction + turned) * Math.PI) / 180;
    return sum + Math.cos((2 * Math.PI * (x * Math.cos(angle) + y * Math.sin(angle))) / (spacing * size));
  }, directions.length);
  const drawn = Float64Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return density(constant, 0, x, y) * density(constant * (1 + mismatch), degrees, x, y);
  });
  const weights = Array.from({ length: 17 }, (_, k) => Math.exp(-((k - 8) ** 2) / (constant ** 2 / 2)));
  const blurred = (values: Float64Array, stride: number): Float64Array => values.map((_, i) => {
    const place = Math.floor(i / stride) % side;
    return weights.reduce((sum, weight, k) => sum + weight * values[i + (((place + k - 8 + side) % side) - place) * stride]!, 0);
  });
  return blurred(blurred(drawn, 1), side);
}

describe('the probe', () => {
  it('[D3] agrees with the formula within 2 % for both lattices, δ = 0 and 0.02, from 1° to 30°, and says where the period does not fit', () => {
    const angles = [1, 1.1, 1.5, 2, 3, 5, 7.341, 10, 12, 15, 20, 21.787, 25, 28, 30];
    const unfit: string[] = [];
    for (const lattice of latticeKinds) {
      for (const mismatch of [0, 0.02]) {
        const landscape = ground({ lattice, mismatch, constant: 3, width: 256, height: 256, centre: [100, 200] });
        for (const degrees of angles) {
          landscape.turnTo(degrees * 1000);
          const { first } = paint(landscape);
          const reading = probe(first, 256, landscape.interior, 1);
          const formula = moirePeriod({ constant: 3, mismatch }, degrees * 1000);
          expect(reading.fits).toBe(formula * LEAST_PERIODS <= 256);
          if (reading.fits) {
            expect(Math.abs(reading.period / formula - 1)).toBeLessThan(0.02);
            expect(reading.shape).toBe(lattice);
            expect(reading.confidence).toBeGreaterThan(0.85);
          } else {
            unfit.push(`${lattice} δ=${mismatch} ${degrees}°`);
            expect(reading.reason).toMatch(/^[0-2]\.\d\d periods fit the square, and it takes 3$/);
          }
        }
      }
    }
    // on 256 cells with a = 3: periods above 85.3 steps
    expect(unfit).toEqual(latticeKinds.flatMap((lattice) => [
      ...[1, 1.1, 1.5, 2].map((degrees) => `${lattice} δ=0 ${degrees}°`), ...[1, 1.1, 1.5].map((degrees) => `${lattice} δ=0.02 ${degrees}°`)]));
  });

  it('[D3] agrees at 1° too, on a world that has room for it', () => {
    for (const lattice of latticeKinds) {
      const { landscape, first } = paintedAt(1000, { lattice, constant: 2, width: 384, height: 384, centre: [192, 192] });
      const reading = probe(first, 384, landscape.interior, 1);
      expect(landscape.period).toBeCloseTo(114.59, 2);
      expect(reading.fits).toBe(true);
      expect(Math.abs(reading.period / landscape.period - 1)).toBeLessThan(0.02);
    }
  });

  it('[D3] finds in two lattices drawn over each other the period that their landscape has', () => {
    for (const kind of latticeKinds) {
      for (const [mismatch, degrees] of [[0, 4], [0.02, 6], [0, 12], [0.02, 15]] as const) {
        const side = 240;
        const reading = probe(drawnLattices(kind, 5, mismatch, degrees, side), side, { col: 0, row: 0, side }, 1);
        expect(reading.shape).toBe(kind);
        expect(Math.abs(reading.period / moirePeriod({ constant: 5, mismatch }, degrees * 1000) - 1)).toBeLessThan(0.02);
      }
    }
  });

  it('[D3] measures what stands on the ground, half of it grazed bare at random, and on a rotor', () => {
    const { landscape } = paintedAt(12_000, { centre: [30, 40], radius: 60, width: 160, height: 160 });
    const field = new Field(160, 160, 1);
    landscape.paint(field.richness, new Uint8Array(160 * 160));
    field.fill();
    const stream = random(1);
    for (let i = 0; i < field.amount.length; i++) if (stream.chance(0.5)) field.amount[i] = 0;
    const reading = probe(field.amount, 160, landscape.interior, 1);
    expect(landscape.interior).toEqual({ col: 149, row: 159, side: 82 });
    expect(reading.fits).toBe(true);
    expect(Math.abs(reading.period / landscape.period - 1)).toBeLessThan(0.02);
    expect(reading.confidence).toBeGreaterThan(0.3);
    expect(reading.confidence).toBeLessThan(0.9);
  });

  it('[D3] counts periods in steps, whatever the grain', () => {
    const { landscape, first } = paintedAt(6000, { grain: 2, width: 320, height: 256, centre: [7, 250] });
    expect(first.length).toBe(160 * 128);
    expect(Math.abs(probe(first, 160, landscape.interior, 2).period / landscape.period - 1)).toBeLessThan(0.02);
  });

  it('[D3] finds nothing in noise, in stripes, in even ground or on too small a square, and refuses a square larger than the torus', () => {
    const whole = { col: 0, row: 0, side: 64 };
    for (let n = 0; n < 5; n++) {
      const stream = random(n);
      const reading = probe(Float64Array.from({ length: 64 * 64 }, () => stream.next()), 64, whole, 1);
      expect(reading.fits).toBe(false);
      expect(reading.confidence).toBeLessThan(0.2);
    }
    const stripes = Float64Array.from({ length: 64 * 64 }, (_, i) => Math.sin(((i % 64) * 2 * Math.PI) / 9));
    expect(probe(stripes, 64, whole, 1)).toMatchObject({ fits: false, reason: 'nothing repeats in two directions', period: NaN });
    for (const value of [0, 200, 0.1]) {
      expect(probe(new Float64Array(64 * 64).fill(value), 64, whole, 1)).toMatchObject({ fits: false, reason: 'the ground is even', period: NaN });
    }
    expect(probe(stripes, 64, { col: 3, row: 3, side: 5 }, 1)).toMatchObject({ fits: false, reason: 'the square has 5 cells a side, and it takes 8' });
    expect(() => probe(stripes, 64, { col: 0, row: 0, side: 65 }, 1)).toThrow('A probe of 65 cells a side is larger than the torus of 64 × 64 cells; choose a smaller square.');
  });

  it('[D3] rests on a Fourier transform that is its definition, and goes back', () => {
    const side = 8;
    const stream = random(9);
    const re = Float64Array.from({ length: side * side }, () => stream.next());
    const im = Float64Array.from({ length: side * side }, () => stream.next());
    const [outRe, outIm] = [re.slice(), im.slice()];
    new Fourier(side).forward(outRe, outIm);
    for (const [kx, ky] of [[0, 0], [1, 0], [3, 5], [7, 2]] as const) {
      let [sumRe, sumIm] = [0, 0];
      re.forEach((value, i) => {
        const angle = (-2 * Math.PI * (kx * (i % side) + ky * Math.floor(i / side))) / side;
        sumRe += value * Math.cos(angle) - im[i]! * Math.sin(angle);
        sumIm += value * Math.sin(angle) + im[i]! * Math.cos(angle);
      });
      expect(outRe[ky * side + kx]).toBeCloseTo(sumRe, 12);
      expect(outIm[ky * side + kx]).toBeCloseTo(sumIm, 12);
    }
    new Fourier(side).backward(outRe, outIm);
    outRe.forEach((value, i) => { expect(value).toBeCloseTo(re[i]!, 14); });
    outIm.forEach((value, i) => { expect(value).toBeCloseTo(im[i]!, 14); });
    expect(() => new Fourier(48)).toThrow('A Fourier transform has a side that is a power of two, at least 2, and not 48.');
  });
});
