/**
 * Sine and cosine in plain arithmetic: engines differ in the last bit of `Math.sin` (law L1), these do not. Angles are
 * parts of a full turn, because there finding the quadrant is exact and no digit is lost however often one has been round.
 */

/** Taylor's coefficients of sin x and cos x, ±1/n!, from the highest used (17 and 16) down; at an eighth of a turn what follows is below 1e-17. */
const sines: number[] = [];
const cosines: number[] = [];
for (let n = 0, factor = 1; n <= 17; n++) {
  if (n > 0) factor /= n;
  (n % 2 === 1 ? sines : cosines).unshift(n % 4 < 2 ? factor : -factor);
}

function series(coefficients: readonly number[], square: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * square + coefficients[i]!;
  return sum;
}

/** The sine of an angle that lies `ahead` quarters of a turn further on. */
function wave(turns: number, ahead: number): number {
  const part = turns - Math.round(turns);
  const quarters = Math.round(part * 4);
  const x = (part - quarters / 4) * 6.283185307179586;
  const quadrant = (quarters + ahead) & 3;
  const value = (quadrant & 1) === 0 ? x * series(sines, x * x) : series(cosines, x * x);
  return quadrant < 2 ? value : -value;
}

/** sin(2π · turns), within 4e-16 of the true value, for any finite number of turns; exactly 0 and ±1 at the quarters. */
export function sineOfTurn(turns: number): number {
  return wave(turns, 0);
}

/** cos(2π · turns), within 4e-16 of the true value, for any finite number of turns; exactly 0 and ±1 at the quarters. */
export function cosineOfTurn(turns: number): number {
  return wave(turns, 1);
}
