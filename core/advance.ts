import type { Command } from './events/command.ts';
import type { Delivery, Judgement, Thought } from './kernel/delivery.ts';
import type { Simulation } from './simulation.ts';

/** Whoever writes genomes outside the kernel: told of conceptions by the events, asked for the result at birth. */
export interface GenomeWriter {
  /** What came of the child's genome. Never rejects: a failure is a delivery with the outcome `fallback`. */
  collect(child: number): Promise<Delivery>;
}

/** Whoever thinks for organisms: told of thoughts by the events, asked for what came of them when they take effect. Never rejects. */
export interface Thinker { collect(organism: number): Promise<Thought> }

/** Whoever judges newborns: told of them by the events, asked for the judgement when it takes effect. Never rejects. */
export interface Judging { collect(organism: number): Promise<Judgement> }

/** Those who answer for models; who is not there answers with fallbacks. */
export interface Answerers { readonly writer?: GenomeWriter | null; readonly thinker?: Thinker | null; readonly judging?: Judging | null }

/**
 * One tick, waiting first for the genomes, thoughts and judgements that are due, if any are still to come. They are
 * submitted in the order of children and organisms, whatever the order they arrived in.
 *
 * @returns whether it had to wait for something that was not there yet
 */
export async function advance(simulation: Simulation, { writer, thinker, judging }: Answerers = {}): Promise<boolean> {
  const asked: Promise<Command>[] = [
    ...simulation.due().map(async (child): Promise<Command> => {
      if (!writer) return { kind: 'deliver', child, outcome: 'fallback', genome: null, reason: NO_MODEL };
      const { outcome, operator, genome, reason } = await writer.collect(child);
      return { kind: 'deliver', child, outcome, ...(operator === undefined ? {} : { operator }), genome, reason };
    }),
    ...simulation.unanswered('thoughts').map(async (organism): Promise<Command> => {
      if (!thinker) return { kind: 'think', organism, outcome: 'fallback', tokens: 0, intent: null, message: null, genome: null, reason: NO_MODEL };
      return { kind: 'think', ...await thinker.collect(organism) };
    }),
    ...simulation.unanswered('judgements').map(async (organism): Promise<Command> => {
      if (!judging) return { kind: 'judge', organism, outcome: 'fallback', worth: null, reason: NO_MODEL };
      return { kind: 'judge', ...await judging.collect(organism) };
    }),
  ];
  let waited = false;
  if (asked.length > 0) {
    const all = Promise.all(asked);
    const first = await Promise.race([all, late()]);
    waited = first === null;
    for (const command of first ?? await all) simulation.submit(command);
  }
  simulation.step();
  return waited;
}

const NO_MODEL = 'no model is at hand';

/** Resolves to null after everything that is already settled has had its say. */
async function late(): Promise<null> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
  return null;
}
