import { readFileSync } from 'node:fs';
import { numberedCommand, type NumberedCommand } from '../../core/events/command.ts';
import { OtherVersion } from '../../core/recording/checkpoint.ts';
import { parsedJson } from '../../core/recording/parsed-json.ts';
import { Failure, fileProblem } from './failure.ts';

const FORMAT = 'lichen-commands';
const VERSION = 1;

/** How a log of commands begins; then one numbered command a line. */
export const writtenCommands = { header: `${JSON.stringify({ format: FORMAT, version: VERSION })}\n` };

/** The commands of a recorded run in the order of their numbers, up to the end of the last whole line. */
export interface CommandLog { readonly commands: readonly NumberedCommand[]; readonly wholeBytes: number }

/** Reads a log; a last line that was cut short is left out. Throws a failure with one sentence when it is damaged before that. */
export function readCommands(file: string): CommandLog {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new Failure(`The commands ${file} cannot be read: ${fileProblem(error)}.`);
  }
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const [first, ...lines] = bytes.toString('utf8', 0, wholeBytes).split('\n');
  lines.pop();
  const head = parsedJson(first ?? '');
  if (typeof head !== 'object' || head === null || !('format' in head) || head.format !== FORMAT || !('version' in head)) {
    throw new Failure(`${file} is not a log of commands: its line 1 is not the header that logs begin with.`);
  }
  if (head.version !== VERSION) {
    const sentence = `The commands ${file} are of version ${String(head.version)} and this program reads version ${VERSION}: use the program that wrote them.`;
    throw new Failure(sentence, { cause: new OtherVersion(sentence) });
  }
  const commands = lines.map((line, i) => {
    const one = numberedCommand.safeParse(parsedJson(line));
    if (!one.success || one.data.seq !== i) throw new Failure(`The commands ${file} are damaged at line ${i + 2}: command ${i} is expected there; restore the file from a copy.`);
    return one.data;
  });
  return { commands, wholeBytes };
}
