import type { ModelDoor, ModelRequest } from '../../agents/model/contract.ts';
import { createModelService } from '../../agents/model/service.ts';
import { serviceFacts } from '../../viewer/cli/trial-model.ts';
import { planTrial, shareOf, type ArmName, type TrialFlags, type TrialPlan } from '../../viewer/cli/trial-plan.ts';
import { runTrial, type TrialRun } from '../../viewer/cli/trial-run.ts';

export const flags: TrialFlags = { arms: 'blind,llm,mixed', budgetBirths: 60, seeds: 1, firstSeed: 1, burnIn: 120, share: 0.5, mutationRate: 1, gardens: 20, set: [], with: [] };

export function planOf(changed: Partial<TrialFlags> = {}): TrialPlan {
  return planTrial('meadow', { ...flags, ...changed }).plan;
}

/** A model whose replies are a function of what it is asked; it counts how often it was. */
export interface Author { door: ModelDoor; asked: ModelRequest[] }

export function author(write: (request: ModelRequest, nth: number) => string): Author {
  const asked: ModelRequest[] = [];
  return {
    asked,
    door: {
      model: 'author', where: 'endpoint', local: true, slots: 4,
      complete(request) {
        asked.push(request);
        return Promise.resolve({ text: write(request, asked.length - 1), finish: 'stop', promptTokens: 100, completionTokens: 20, model: 'author' });
      },
      close: () => Promise.resolve(),
    },
  };
}

/** What lives well in a meadow: breeds soon, and leaves only bare ground. Few requests are given the same. */
export const goodProgram = ({ seed }: ModelRequest): string =>
  `when energy > ${25 + (seed % 900) / 100} -> reproduce\nwhen grass.here < ${4 + (seed % 3)}% -> climb grass\notherwise -> eat`;
/** What has no children. */
export const sterileProgram = ({ seed }: ModelRequest): string => `when energy > ${20 + (seed % 70)} -> rest\notherwise -> eat`;
/** The first parent, as it was shown. */
export function copied({ messages }: ModelRequest): string {
  const text = messages.at(-1)!.content;
  return text.slice(text.search(/^(when|otherwise)/m));
}

export async function run(arm: ArmName, seed: number, { door }: Author = author(goodProgram), plan: TrialPlan = planOf(), signal: AbortSignal = new AbortController().signal): Promise<TrialRun | null> {
  const service = shareOf(arm, plan) > 0 ? createModelService({ doors: [door] }) : null;
  try {
    return await runTrial({ plan, arm, seed, service, signal, onTick: () => undefined, modelFacts: () => serviceFacts(service!, { live: 0, seconds: 0 }) });
  } finally {
    await service?.close();
  }
}
