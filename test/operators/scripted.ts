import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from '../../agents/model/contract.ts';
import type { Budget } from '../../agents/model/task.ts';
import { createModelService, type OpenModelService } from '../../agents/model/service.ts';

type Said = string | Partial<ModelReply> | ModelError;

export interface Script {
  /** What is said to a request. */
  say(request: ModelRequest, model: string): Said;
  models?: readonly string[];
  budget?: Budget;
  /** How many turns of the event loop a reply takes. */
  turns?(request: ModelRequest): number;
}

/** Every request that was asked, in order. */
export interface ScriptedService extends OpenModelService { readonly asked: ModelRequest[] }

/** The real service over doors whose replies are said by a function. */
export function scriptedService({ say, models = ['scripted'], turns = () => 0, budget = {} }: Script): ScriptedService {
  const asked: ModelRequest[] = [];
  const doors = models.map((model): ModelDoor => ({
    model, where: 'endpoint', slots: 1000, grammar: true,
    async complete(request) {
      asked.push(request);
      for (let left = turns(request); left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
      const said = say(request, model);
      if (said instanceof ModelError) throw said;
      return { text: '', finish: 'stop', promptTokens: 100, completionTokens: 20, model, ...(typeof said === 'string' ? { text: said } : said) };
    },
    close: () => Promise.resolve(),
  }));
  return Object.assign(createModelService({ doors, retry: { tries: 1 }, budget }), { asked });
}

/** A reply as a task's `read` gets it. */
export function reply(text: string, finish: ModelReply['finish'] = 'stop'): ModelReply {
  return { text, finish, promptTokens: 1, completionTokens: 1, model: 'scripted' };
}
