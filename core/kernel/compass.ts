/**
 * Directions without trigonometry, so that every engine agrees to the last bit. A heading is a "diamond angle", 0-255:
 * how far along the square |x| + |y| = 1 a direction points, clockwise from east with y down. It differs from the true
 * angle by at most 4.1 degrees, grows with it, and costs a division.
 */
export const headingX = new Float64Array(256);
export const headingY = new Float64Array(256);

for (let h = 0; h < 256; h++) {
  const side = h / 64;
  const t = side - Math.floor(side);
  const quadrant = Math.floor(side);
  const x = quadrant === 0 ? 1 - t : quadrant === 1 ? -t : quadrant === 2 ? t - 1 : t;
  const y = quadrant === 0 ? t : quadrant === 1 ? 1 - t : quadrant === 2 ? -t : t - 1;
  const length = Math.sqrt(x * x + y * y);
  headingX[h] = x / length;
  headingY[h] = y / length;
}

/** The heading of a direction; 0 for the zero vector. */
export function headingOf(dx: number, dy: number): number {
  const sum = Math.abs(dx) + Math.abs(dy);
  if (sum === 0) return 0;
  const along = dy >= 0 ? (dx >= 0 ? dy / sum : 1 - dx / sum) : (dx < 0 ? 2 - dy / sum : 3 + dx / sum);
  return Math.floor(along * 64) & 255;
}
