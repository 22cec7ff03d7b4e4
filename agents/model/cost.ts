import type { Cost } from './task.ts';

export const noCost: Cost = { calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0 };

/** What several things cost together; an account of a service is one of them. */
export function sumOf(costs: readonly Cost[]): Cost {
  return costs.reduce((sum, one) => ({
    calls: sum.calls + one.calls, promptTokens: sum.promptTokens + one.promptTokens, completionTokens: sum.completionTokens + one.completionTokens,
    dollars: sum.dollars + one.dollars,
  }), noCost);
}
