import { z } from 'zod';
import { modelOperators } from '../kernel/tick-events.ts';

const outcome = z.enum(['ok', 'repaired', 'fallback', 'budget']);
const came = (given: z.infer<typeof outcome>): boolean => given === 'ok' || given === 'repaired';
const reason = z.string().max(500);
const genome = z.string().max(4096).nullable();

/**
 * What can be done to a running simulation. A command is applied at the start of a tick and stands in that tick's event,
 * so the list of commands is all that a replay needs beside spec and seed.
 */
export const command = z.discriminatedUnion('kind', [
  /** A parameter gets a new value: turned while the world ran, or as the spec has it (`by`). */
  z.strictObject({ kind: z.literal('set'), key: z.string(), value: z.number(), by: z.enum(['schedule', 'branch']).exactOptional() }),
  /** The genome of an unborn child: what an operator wrote, or that none came of it. */
  z.strictObject({
    kind: z.literal('deliver'),
    child: z.int().min(0),
    outcome,
    operator: z.enum(modelOperators).optional(),
    genome,
    reason,
  }).refine((given) => came(given.outcome) === (given.genome !== null), {
    path: ['genome'], message: 'a fallback has no genome, and every other outcome has one',
  }),
  /** What came of a thought. What it cost is reckoned from its tokens, whatever came of it. */
  z.strictObject({
    kind: z.literal('think'),
    organism: z.int().min(0),
    outcome,
    tokens: z.int().min(0).max(1_000_000),
    /** What to do for the next ticks instead of what instinct says: indices into the vocabulary. */
    intent: z.strictObject({ act: z.int().min(0).max(254), target: z.int().min(0).max(255), ticks: z.int().min(1).max(50) }).nullable(),
    /** Said once, to those within hearing. */
    message: z.string().min(1).max(200).nullable(),
    /** Its instincts, rewritten. */
    genome,
    reason,
  }).refine((given) => came(given.outcome) || (given.intent === null && given.message === null && given.genome === null), {
    path: ['outcome'], message: 'a thought that failed has no effect',
  }),
  /** What a judge said of an organism. */
  z.strictObject({ kind: z.literal('judge'), organism: z.int().min(0), outcome, worth: z.number().min(0).max(1).nullable(), reason })
    .refine((given) => came(given.outcome) === (given.worth !== null), {
      path: ['worth'], message: 'a judgement that failed has no worth, and every other has one',
    }),
  /** An elite of the archive enters the world: its cell, the organism whose life it was, its genome. */
  z.strictObject({ kind: z.literal('immigrate'), cell: z.int().min(0), elite: z.int().min(0), genome: z.string().max(4096) }),
  /** Organisms, by rising id, gain energy, or lose it where that is negative, down to nothing. */
  z.strictObject({ kind: z.literal('reward'), organisms: z.array(z.int().min(0)), energies: z.array(z.number()) })
    .refine(({ organisms, energies }) => organisms.length === energies.length, { path: ['energies'], message: 'each organism has one' })
    .refine(({ organisms }) => organisms.every((id, i) => i === 0 || id > organisms[i - 1]!), { path: ['organisms'], message: 'ids rise' }),
]);
export type Command = z.infer<typeof command>;

/** Whether a command is a turn that somebody made while the world ran: a replay is given it again. What the spec, observers and models bring comes again by itself. */
export function isTurn(given: Command): boolean {
  return given.kind === 'set' && given.by === undefined;
}

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
