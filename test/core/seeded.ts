/** Options for `fc.assert`: the same cases every time, so that a failure comes again. */
export const seeded = (numRuns: number): { seed: number; numRuns: number } => ({ seed: 0x11c4e2, numRuns });
