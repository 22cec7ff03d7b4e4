import { NEVER } from 'rxjs';
import type { ModelService } from '../../agents/model/task.ts';

/** A service for rehearsals: it answers as it is told to, asks nobody, charges nothing and keeps no accounts. */
export function rehearsalService({ perform, can }: Pick<ModelService, 'perform' | 'can'>): ModelService {
  const nothing = { calls: 0, tokens: 0, dollars: 0 };
  return {
    models: [], slots: 1, inFlight: 0, accounts: [], accountsUpTo: () => [], carryOver: () => undefined,
    budget: { spent: nothing, caps: {}, used: 0, perMinute: nothing }, events$: NEVER, can, perform, close: () => Promise.resolve(),
  };
}
