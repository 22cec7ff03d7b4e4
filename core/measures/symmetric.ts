/**
 * Eigenvalues of a symmetric matrix, rising: Householder's reduction to three diagonals, then implicit QL with Wilkinson's shifts
 * (Wilkinson & Reinsch 1971, "Linear Algebra", contributions II/2 and II/3). n³ · 2/3 multiplications; the matrix is overwritten.
 *
 * @param a n × n numbers, row by row; only the lower triangle is read
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  if (a.length !== n * n) throw new RangeError(`A matrix of ${n} × ${n} has ${n * n} entries; got ${a.length}.`);
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  // squares of very small and very large numbers are no numbers any more
  let scale = 0;
  for (const value of a) scale = Math.max(scale, Math.abs(value));
  if (scale === 0) return diagonal;
  for (let i = 0; i < a.length; i++) a[i]! /= scale;
  reduce(a, n, diagonal, beside);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(diagonal[i]!), Math.abs(beside[i]!));
  for (let l = 0; l < n; l++) {
    for (let turns = 0; ; turns++) {
      let m = l;
      while (m < n - 1 && !(Math.abs(beside[m + 1]!) <= Number.EPSILON * Math.max(Math.abs(diagonal[m]!) + Math.abs(diagonal[m + 1]!), 0.01 * largest))) m++;
      if (m === l) break;
      if (turns === 60) throw new Error('The eigenvalues of a matrix do not converge; it holds numbers that are not finite.');
      sweep(diagonal, beside, l, m);
    }
  }
  return diagonal.map((value) => value * scale).sort();
}

/** After it, `diagonal` and `beside` (entry i couples i − 1 and i) have the same eigenvalues as the matrix. */
function reduce(a: Float64Array, n: number, diagonal: Float64Array, beside: Float64Array): void {
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = i * n;
    let squares = 0;
    for (let k = 0; k < i; k++) squares += a[row + k]! * a[row + k]!;
    diagonal[i] = a[row + i]!;
    if (squares - a[row + i - 1]! * a[row + i - 1]! <= 1e-300) {
      beside[i] = a[row + i - 1]!;
      continue;
    }
    const f = a[row + i - 1]!;
    const g = f >= 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    beside[i] = g;
    const h = squares - f * g;
    a[row + i - 1] = f - g;
    // the reflection 1 − u uᵀ / h with u in the row's first i places turns A into A − q uᵀ − u qᵀ
    let along = 0;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += a[j * n + k]! * a[row + k]!;
      for (let k = j + 1; k < i; k++) sum += a[k * n + j]! * a[row + k]!;
      p[j] = sum / h;
      along += p[j]! * a[row + j]!;
    }
    const half = along / (2 * h);
    for (let j = 0; j < i; j++) p[j]! -= half * a[row + j]!;
    for (let j = 0; j < i; j++) for (let k = 0; k <= j; k++) a[j * n + k]! -= a[row + j]! * p[k]! + p[j]! * a[row + k]!;
  }
  if (n > 0) diagonal[0] = a[0]!;
}

/** One implicit QL step on the block from l to m. */
function sweep(d: Float64Array, e: Float64Array, l: number, m: number): void {
  let g = (d[l + 1]! - d[l]!) / (2 * e[l + 1]!);
  let r = Math.sqrt(g * g + 1);
  g = d[m]! - d[l]! + e[l + 1]! / (g + (g >= 0 ? r : -r));
  let s = 1;
  let c = 1;
  let p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * e[i + 1]!;
    const b = c * e[i + 1]!;
    r = Math.sqrt(f * f + g * g);
    if (i + 2 < e.length) e[i + 2] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      if (m + 1 < e.length) e[m + 1] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    r = (d[i]! - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
  }
  d[l]! -= p;
  e[l + 1] = g;
  if (m + 1 < e.length) e[m + 1] = 0;
}
