import { GenomeError, quoted } from './genome-error.ts';

/** Characters of a reply that are looked at; a program is far shorter. */
const longestReply = 16_384;

const ruleLine = /^[ \t]*(?:when|otherwise)\b/i;
const lastLine = /^[ \t]*otherwise\b/i;
const promptLine = /^[ \t]*mutation[ \t]+prompt[ \t]*:/i;
const fence = /^[ \t]*(?:```|~~~)/;

/**
 * Takes the program out of a model's reply: from the first line that begins with `when` or `otherwise` to the first
 * that begins with `otherwise`, of the first code block that has such a line if one has; before it the nearest line above
 * that begins with `mutation prompt:`, if there is one. Reads the start of a long reply only. Mends nothing: whether it is
 * a program, the parser says. Throws a `GenomeError` when no line begins a rule.
 */
export function extractProgram(reply: string): string {
  const lines = reply.slice(0, longestReply).split(/\r\n|\n|\r/);
  const [from, to] = fencedBlock(lines) ?? [0, lines.length];
  const first = lines.findIndex((line, index) => index >= from && index < to && ruleLine.test(line));
  if (first < 0) {
    const found = `${quoted(reply.slice(0, longestReply).trimStart())}${lengthNote(reply)}`;
    throw new GenomeError(1, 1, 'a line that begins with "when" or "otherwise"', found);
  }
  const rest = lines.slice(first, to);
  const last = rest.findIndex((line) => lastLine.test(line));
  if (last < 0 && reply.length > longestReply) {
    throw new GenomeError(lines.length, 1, `an "otherwise" rule in the first ${longestReply} characters`, `a reply of ${reply.length}`);
  }
  const closing = rest.findIndex((line) => fence.test(line));
  const end = last >= 0 ? last + 1 : closing >= 0 ? closing : rest.length;
  const prompt = lines.slice(0, first).findLast((line) => promptLine.test(line));
  return [...(prompt === undefined ? [] : [prompt]), ...rest.slice(0, end)].join('\n').trim();
}

/** Where the first block between code fences begins and ends in which a rule begins; one without an end goes to the last line. */
function fencedBlock(lines: readonly string[]): readonly [from: number, to: number] | null {
  const fences = lines.flatMap((line, index) => fence.test(line) ? [index] : []);
  for (let index = 0; index < fences.length; index += 2) {
    const [from, to] = [fences[index] + 1, fences[index + 1] ?? lines.length];
    if (lines.slice(from, to).some((line) => ruleLine.test(line))) return [from, to];
  }
  return null;
}

function lengthNote(reply: string): string {
  return reply.length > longestReply ? ` in the first ${longestReply} of ${reply.length} characters` : '';
}
