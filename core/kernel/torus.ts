/** Squared distance, in steps, of two places on a torus: the shorter way around, each way. */
export function squaredDistance(x0: number, y0: number, x1: number, y1: number, width: number, height: number): number {
  let dx = Math.abs(x0 - x1);
  let dy = Math.abs(y0 - y1);
  if (dx > width / 2) dx = width - dx;
  if (dy > height / 2) dy = height - dy;
  return dx * dx + dy * dy;
}
