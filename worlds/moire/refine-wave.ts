import { cosineOfTurn, sineOfTurn } from '../../core/kernel/trigonometry.ts';

/** A plane wave, by how many times it goes up and down along the two sides of a square. */
export interface Wave { readonly x: number; readonly y: number }

/** Hann's window: a pattern is faded out towards the sides, so that where it is cut off makes no waves of its own. */
export function windowFor(side: number): Float64Array {
  return Float64Array.from({ length: side }, (_, i) => (1 - cosineOfTurn((i + 0.5) / side)) / 2);
}

/** Distances at which the power around a wave is compared, in waves a side, one after the other. */
const NEARER = [0.5, 0.125, 0.03125];

/**
 * The wave next to this one of which a windowed pattern (row-major, `side` × `side`) has most: the vertex of parabolas
 * through its amplitude at three places each way, drawn closer three times.
 */
export function refineWave(pattern: Float64Array, side: number, wave: Wave): Wave {
  let { x, y } = wave;
  for (const apart of NEARER) {
    const strength = strengthsAround(pattern, side, { x, y }, apart);
    x += apart * vertex(strength[3]!, strength[4]!, strength[5]!);
    y += apart * vertex(strength[1]!, strength[4]!, strength[7]!);
  }
  return { x, y };
}

/** Where a parabola through three heights at −1, 0 and 1 is highest, no further than 1 away. */
function vertex(before: number, here: number, after: number): number {
  const bend = before - 2 * here + after;
  return bend < 0 ? Math.max(-1, Math.min(1, (before - after) / (2 * bend))) : 0;
}

/** Amplitudes of the pattern's waves on a grid of 3 × 3 around a wave, row-major. */
function strengthsAround(pattern: Float64Array, side: number, wave: Wave, apart: number): Float64Array {
  const cosines = new Float64Array(3 * side);
  const sines = new Float64Array(3 * side);
  const sumsRe = new Float64Array(9);
  const sumsIm = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < side; i++) {
      cosines[k * side + i] = cosineOfTurn(((wave.x + (k - 1) * apart) * i) / side);
      sines[k * side + i] = sineOfTurn(((wave.x + (k - 1) * apart) * i) / side);
    }
  }
  for (let r = 0; r < side; r++) {
    for (let k = 0; k < 3; k++) {
      let re = 0;
      let im = 0;
      for (let c = 0; c < side; c++) {
        const value = pattern[r * side + c]!;
        re += value * cosines[k * side + c]!;
        im -= value * sines[k * side + c]!;
      }
      for (let j = 0; j < 3; j++) {
        const turns = ((wave.y + (j - 1) * apart) * r) / side;
        const c = cosineOfTurn(turns);
        const s = sineOfTurn(turns);
        sumsRe[j * 3 + k]! += re * c + im * s;
        sumsIm[j * 3 + k]! += im * c - re * s;
      }
    }
  }
  return sumsRe.map((re, i) => Math.sqrt(re * re + sumsIm[i]! * sumsIm[i]!));
}
