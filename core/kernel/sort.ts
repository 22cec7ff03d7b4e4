/** Sorts the first `n` rows of a list by the id of the organism in them, in place and without allocating. */
export function sortRowsById(rows: Uint32Array, n: number, id: Uint32Array, spare: Uint32Array): void {
  if (n < 48) {
    for (let i = 1; i < n; i++) {
      const row = rows[i];
      const key = id[row];
      let j = i - 1;
      while (j >= 0 && id[rows[j]] > key) { rows[j + 1] = rows[j]; j--; }
      rows[j + 1] = row;
    }
    return;
  }
  // bottom-up merge sort: stable, n log n whatever the input, one spare list
  let from = rows;
  let to = spare;
  for (let width = 1; width < n; width *= 2) {
    for (let left = 0; left < n; left += 2 * width) {
      const middle = Math.min(left + width, n);
      const right = Math.min(left + 2 * width, n);
      let a = left;
      let b = middle;
      for (let k = left; k < right; k++) {
        to[k] = b >= right || (a < middle && id[from[a]] <= id[from[b]]) ? from[a++] : from[b++];
      }
    }
    const swap = from; from = to; to = swap;
  }
  if (from !== rows) for (let i = 0; i < n; i++) rows[i] = from[i];
}
