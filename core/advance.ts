import type { Command } from './events/command.ts';
import type { Delivery } from './kernel/delivery.ts';
import type { Simulation } from './simulation.ts';

/** Whoever writes genomes outside the kernel: told of conceptions by the events, asked for the result at birth. */
export interface GenomeWriter {
  /** What came of the child's genome. Never rejects: a failure is a delivery with the outcome `fallback`. */
  collect(child: number): Promise<Delivery>;
}

/**
 * One tick, waiting first for the genomes of the children that are due, if any are still being written. Deliveries are
 * submitted in the order of the children's ids, whatever the order they arrived in.
 *
 * @returns whether it had to wait for a genome that was not there yet
 */
export async function advance(simulation: Simulation, writer: GenomeWriter | null): Promise<boolean> {
  const due = simulation.due();
  let waited = false;
  if (due.length > 0) {
    if (writer === null) {
      for (const child of due) simulation.submit(undelivered(child, 'no model is at hand'));
    } else {
      const deliveries = await Promise.all(due.map((child) => {
        const answer = writer.collect(child);
        return Promise.race([answer.then((delivery) => ({ delivery, late: false })), late()]).then(async (first) => {
          if (first !== null) return first.delivery;
          waited = true;
          return answer;
        });
      }));
      for (const { child, outcome, genome, reason } of deliveries) simulation.submit({ kind: 'deliver', child, outcome, genome, reason });
    }
  }
  simulation.step();
  return waited;
}

/** Resolves to null after everything that is already settled has had its say. */
async function late(): Promise<null> {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  return null;
}

function undelivered(child: number, reason: string): Command {
  return { kind: 'deliver', child, outcome: 'fallback', genome: null, reason };
}
