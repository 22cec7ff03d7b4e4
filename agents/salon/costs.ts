import type { Cost } from '../model/task.ts';

export const noCost: Cost = { calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0 };

export function sumOf(a: Cost, b: Cost): Cost {
  return { calls: a.calls + b.calls, promptTokens: a.promptTokens + b.promptTokens, completionTokens: a.completionTokens + b.completionTokens, dollars: a.dollars + b.dollars };
}
