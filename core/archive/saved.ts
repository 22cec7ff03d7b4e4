import { z } from 'zod';

export const FORMAT = 'lichen archive';
/** Of the form in which archives are saved. A reader refuses what it does not know. */
export const VERSION = 1;

/** Solutions that are saved, each once however often the archive holds it. */
export class PayloadTable<T> {
  readonly list: T[] = [];
  private readonly known = new Map<T, number>();

  get size(): number { return this.list.length; }

  number(solution: T): number {
    let number = this.known.get(solution);
    if (number === undefined) {
      number = this.list.push(solution) - 1;
      this.known.set(solution, number);
    }
    return number;
  }

  numbers(solutions: readonly T[]): Uint32Array {
    return Uint32Array.from(solutions, (solution) => this.number(solution));
  }
}

const u32 = z.instanceof(Uint32Array);
const f64 = z.instanceof(Float64Array);

/** Slots as they are saved, with the numbers of their solutions. */
const savedSlots = z.object({ slots: u32, objective: f64, measures: f64, changedAt: u32, sums: f64, solutions: u32 });

export const savedArchive = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  kind: z.string(),
  codec: z.string(),
  choices: z.record(z.string(), z.unknown()),
  slots: savedSlots,
  visits: u32,
  objMax: z.custom<number>((value) => typeof value === 'number'),
  best: z.object({ cell: z.number(), solution: z.number(), objective: z.number(), measures: z.array(z.number()) }).nullable(),
  state: z.unknown(),
  payloads: z.number(),
  payload: z.instanceof(Uint8Array),
});
export type SavedArchive = z.infer<typeof savedArchive>;
