import type { LogLine } from './protocol.ts';

/** What lines of the log are told apart by where a reader wants some of them only; `notice` is for everybody. */
export type LogGroup = 'people' | 'model' | 'births' | 'thoughts' | 'notice';

const groups: Record<LogLine['kind'], LogGroup> = {
  command: 'people', pace: 'model', model: 'model', fallback: 'model', birth: 'births', thought: 'thoughts', judgement: 'thoughts', reward: 'births', notice: 'notice',
};

export function groupOf({ kind }: Pick<LogLine, 'kind'>): LogGroup {
  return groups[kind];
}

/**
 * The newest lines of each group, in their order: what people did outlasts the hum of thoughts and births.
 * The same array when nothing has to go.
 */
export function newestLines<Line extends Pick<LogLine, 'kind'>>(lines: Line[], mostOfEach: number): Line[] {
  if (lines.length <= mostOfEach) return lines;
  const seen: Partial<Record<LogGroup, number>> = {};
  const kept: Line[] = [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]!;
    const group = groupOf(line);
    const nth = (seen[group] ?? 0) + 1;
    seen[group] = nth;
    if (nth <= mostOfEach) kept.push(line);
  }
  return kept.length === lines.length ? lines : kept.reverse();
}
