import { Subject } from 'rxjs';
import type { ModelDoor, ModelReply, ModelRequest } from '../../agents/model/contract.ts';
import type { Answer, Cost, ModelEvent, ModelService, Task } from '../../agents/model/task.ts';

/** What a scripted model says: text, or a whole reply, or a failure. */
export type Script = (request: ModelRequest, nth: number) => string | Partial<ModelReply> | Error | Promise<string | Partial<ModelReply> | Error>;

/** A door whose other side is a function of the test. A reply costs 100 tokens of prompt and 20 written unless it says otherwise. */
export function scriptedDoor(script: Script): ModelDoor & { readonly asked: ModelRequest[] } {
  const asked: ModelRequest[] = [];
  return {
    model: 'scripted', where: 'endpoint', slots: 4, asked,
    async complete(request) {
      asked.push(request);
      const said = await script(request, asked.length - 1);
      if (said instanceof Error) throw said;
      return { text: '', finish: 'stop', promptTokens: 100, completionTokens: 20, model: 'scripted', ...(typeof said === 'string' ? { text: said } : said) };
    },
    close: () => Promise.resolve(),
  };
}

/** The least that is a service: asks at once, repairs once, adds up what it cost. No scheduler, no budget, no retries. */
export function plainService(door: ModelDoor, can: Partial<Record<'grammar' | 'schema' | 'logprobs', boolean>> = {}): ModelService & { readonly tasks: Task<unknown>[] } {
  const tasks: Task<unknown>[] = [];
  let inFlight = 0;
  const none: Cost = { calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0 };
  async function perform<T>(task: Task<T>): Promise<Answer<T>> {
    tasks.push(task);
    inFlight++;
    let cost = none;
    const ask = async (messages: ModelRequest['messages']): Promise<ModelReply> => {
      const reply = await door.complete({ ...task.request, messages });
      cost = { calls: cost.calls + 1, promptTokens: cost.promptTokens + reply.promptTokens, completionTokens: cost.completionTokens + reply.completionTokens, dollars: 0 };
      return reply;
    };
    try {
      const first = await ask(task.request.messages);
      const read = task.read(first);
      if ('value' in read) return { outcome: 'ok', value: read.value, problem: '', model: door.model, cost };
      if (task.repair === undefined) return { outcome: 'fallback', reason: read.problem, model: door.model, cost };
      const again = task.read(await ask(task.repair(first.text, read.problem)));
      if ('value' in again) return { outcome: 'repaired', value: again.value, problem: read.problem, model: door.model, cost };
      return { outcome: 'fallback', reason: again.problem, model: door.model, cost };
    } catch (error) {
      // how a service with a budget ends a task that it cannot pay for
      const outcome = error instanceof Error && error.message === 'The budget is spent.' ? 'budget' : 'fallback';
      return { outcome, reason: error instanceof Error ? error.message : String(error), model: door.model, cost };
    } finally {
      inFlight--;
    }
  }
  return {
    models: [door.model], slots: door.slots, accounts: [], accountsUpTo: () => [], carryOver: () => undefined, events$: new Subject<ModelEvent>(), tasks, perform,
    get inFlight() { return inFlight; },
    budget: { spent: { calls: 0, tokens: 0, dollars: 0 }, caps: {}, used: 0, perMinute: { calls: 0, tokens: 0, dollars: 0 } },
    can: (_, what) => can[what],
    close: () => door.close(),
  };
}

/** A door whose replies are held back until they are let go, in whatever order the test wants. */
export function heldDoor(script: Script): { door: ModelDoor & { readonly asked: ModelRequest[] }; held: (() => void)[] } {
  const held: (() => void)[] = [];
  const door = scriptedDoor(async (request, nth) => {
    await new Promise<void>((resolve) => held.push(resolve));
    return await script(request, nth);
  });
  return { door, held };
}
