/** Logarithm and exponential in plain arithmetic: engines differ in the last bit of `Math.log` and `Math.exp` (law L1), these do not. */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LN2 = 0.6931471805599453;

/** Natural logarithm of a positive finite number, within about two units in the last place: x = 2^k · m, ln m by the series of atanh. */
export function exactLn(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x === Infinity ? Infinity : NaN;
  let k = 0;
  let m = x;
  while (m > 1.4142135623730951) { m *= 0.5; k++; }
  while (m < 0.7071067811865476) { m *= 2; k--; }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  // |s| < 0.1716, so that eleven terms are past the last bit
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return k * LN2_HIGH + (2 * s * sum + k * LN2_LOW);
}

/** 1/n!, n from 0 to 14; and 2^k, k from −1022 to 1023. */
const inverseFactorials = new Float64Array(15).fill(1);
for (let n = 1; n < 15; n++) inverseFactorials[n] = inverseFactorials[n - 1]! / n;
const powersOfTwo = new Float64Array(2046);
for (let k = 0, low = 1, high = 1; k <= 1023; k++, low /= 2, high *= 2) {
  powersOfTwo[1022 + k] = high;
  if (k <= 1022) powersOfTwo[1022 - k] = low;
}

/** e to the power of a number, within about two units in the last place where it is neither denormal nor infinite. */
export function exactExp(x: number): number {
  if (!(x > -745.2)) return x <= -745.2 ? 0 : NaN;
  if (x > 709.7) return x === Infinity || x > 709.782712893384 ? Infinity : exactExp(x - LN2) * 2;
  const k = Math.round(x / LN2);
  const r = (x - k * LN2_HIGH) - k * LN2_LOW;
  // |r| < 0.35, so that fourteen terms are past the last bit
  let sum = inverseFactorials[14]!;
  for (let n = 13; n >= 0; n--) sum = sum * r + inverseFactorials[n]!;
  return k < -1000 ? sum * powersOfTwo[1222 + k]! * powersOfTwo[822]! : sum * powersOfTwo[1022 + k]!;
}

/** A number to the power of a whole number that is not negative, by squaring. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let n = exponent; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
