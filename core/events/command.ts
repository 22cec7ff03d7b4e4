import { z } from 'zod';

/**
 * What can be done to a running simulation. A command is applied at the start of a tick and stands in that tick's event,
 * so the list of commands is all that a replay needs beside spec and seed.
 */
export const command = z.discriminatedUnion('kind', [
  /** A parameter gets a new value. */
  z.strictObject({ kind: z.literal('set'), key: z.string(), value: z.number() }),
  /** The genome of an unborn child: what an operator wrote, or that none came of it. */
  z.strictObject({
    kind: z.literal('deliver'),
    child: z.int().min(0),
    outcome: z.enum(['ok', 'repaired', 'fallback']),
    genome: z.string().max(4096).nullable(),
    reason: z.string().max(500),
  }).refine(({ outcome, genome }) => (outcome === 'fallback') === (genome === null), {
    path: ['genome'], message: 'a fallback has no genome, and every other outcome has one',
  }),
]);
export type Command = z.infer<typeof command>;

/** What is given, as a command. Throws an error with one sentence when it is none. */
export function parseCommand(given: unknown): Command {
  const result = command.safeParse(given);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const where = path.length === 0 ? '' : ` at ${path.join('.')}`;
  throw new Error(`The command ${clipped(String(JSON.stringify(given)))} is malformed${where}: ${clipped(message)}.`);
}

const clipped = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

/** A command with its number in the run and the tick at whose start it was applied. */
export const numberedCommand = z.strictObject({ seq: z.int().min(0), tick: z.int().min(1), command });
export type NumberedCommand = z.infer<typeof numberedCommand>;
