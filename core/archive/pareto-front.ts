/** A point of a front of two objectives, both the greater the better; `who` is whose it is, −1 for a newcomer. */
export interface FrontPoint { a: number; b: number; who: number }

/** Area above the reference that a front dominates. The front is sorted by rising `a`, so by falling `b`. */
export function area(front: readonly FrontPoint[], [low, floor]: readonly [number, number]): number {
  let sum = 0;
  let from = low;
  for (const { a, b } of front) {
    sum += Math.max(0, a - from) * Math.max(0, b - floor);
    if (a > from) from = a;
  }
  return sum;
}

/**
 * Lets a newcomer into a front, in place: those it beats leave, and if there are then more than `most`, the one that adds
 * the least area, the newcomer before the others and of the others the last in the front.
 *
 * @returns whether the newcomer stayed, and who left
 */
export function enter(front: FrontPoint[], newcomer: FrontPoint, most: number, reference: readonly [number, number]): { kept: boolean; left: number[] } {
  const left: number[] = [];
  if (front.some(({ a, b }) => a >= newcomer.a && b >= newcomer.b)) return { kept: false, left };
  for (let i = front.length - 1; i >= 0; i--) {
    const { a, b, who } = front[i]!;
    if (a > newcomer.a || b > newcomer.b) continue;
    left.push(who);
    front.splice(i, 1);
  }
  const place = front.findIndex(({ a }) => a > newcomer.a);
  front.splice(place < 0 ? front.length : place, 0, newcomer);
  if (front.length <= most) return { kept: true, left };
  const shares = front.map(({ a, b }, i) => {
    const from = Math.max(reference[0], front[i - 1]?.a ?? -Infinity);
    const floor = Math.max(reference[1], front[i + 1]?.b ?? -Infinity);
    return Math.max(0, a - from) * Math.max(0, b - floor);
  });
  const least = Math.min(...shares);
  const newest = front.indexOf(newcomer);
  const out = shares[newest] === least ? newest : shares.lastIndexOf(least);
  const [gone] = front.splice(out, 1);
  if (gone === newcomer) return { kept: false, left: [] };
  left.push(gone!.who);
  return { kept: true, left };
}
