import { afterEach, describe, expect, it } from 'vitest';
import { createModelService, type OpenModelService, type ServiceOptions } from '../../agents/model/service.ts';
import { createLab, type Lab, type LabOptions } from '../../viewer/lab.ts';
import type { BudgetFacts, LogLine, OrganismFacts, ServerMessage } from '../../viewer/protocol.ts';
import { createSession, type Session, type SessionClient, type SessionOptions } from '../../viewer/session.ts';
import { scriptedDoor, type Script } from '../minds/plain-service.ts';

const child = 'when energy > 45 -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass';
const say: Script = ({ messages }) => {
  const asked = messages.at(-1)!.content;
  return asked.includes('Rating:') ? '8' : asked.startsWith('Your instincts') ? 'do: rest for 4 ticks' : child;
};

interface Watched { lab: Lab; service: OpenModelService; session: Session; client: SessionClient; said: ServerMessage[]; lines(): LogLine[]; budget(): BudgetFacts }

const open: { session: Session; lab: Lab; service: OpenModelService; running: Promise<void> }[] = [];
afterEach(async () => {
  for (const { session, lab, service, running } of open.splice(0)) {
    session.stop();
    lab.close();
    await service.close();
    await running;
  }
});

/** A running session that a page watches, over a scripted model. */
function watch(parameters: Record<string, number>, options: Partial<ServiceOptions> = {}, more: Partial<SessionOptions> = {}, labOptions: Partial<LabOptions> = {}): Watched {
  const service = createModelService({ doors: [scriptedDoor(say)], retry: { tries: 1 }, ...options });
  const lab = createLab({
    world: 'meadow', seed: 3, operator: 'llm', service, judge: { way: 'structured', repeats: 1 },
    parameters: { size: 32, founders: 60, capacity: 300, gestation: 4, reactionTime: 3, judgingTime: 3, scarcity: 0.1, ...parameters }, ...labOptions,
  });
  const session = createSession({ lab, model: { state: 'ready', name: 'scripted', note: '' }, ticksPerSecond: 0, raise: (caps) => service.raise(caps), ...more });
  const said: ServerMessage[] = [];
  const client = session.join({ message: (message) => void said.push(message), frame: () => queueMicrotask(() => client.receive({ type: 'drawn' })) });
  open.push({ session, lab, service, running: session.run() });
  return {
    lab, service, session, client, said,
    lines: () => said.flatMap((message) => message.type === 'log' ? message.lines : []),
    budget: () => said.findLast((message) => message.type === 'totals')!.totals.budget!,
  };
}

const until = (what: () => boolean): Promise<void> => expect.poll(what, { timeout: 60_000, interval: 10 }).toBe(true);

describe('a session with a model', () => {
  it('[V5] tells a flood of thoughts, judgements and births in one line a tick, with the number', async () => {
    const { lines, lab, service } = watch({ deliberation: 0.05, judging: 1 });
    await until(() => lab.totals.birthsByOperator.llm > 300);
    const kinds = ['thought', 'judgement', 'birth'] as const;
    for (const kind of kinds) {
      const perTick = new Map<number, number>();
      for (const line of lines()) if (line.kind === kind) perTick.set(line.tick, (perTick.get(line.tick) ?? 0) + 1);
      // a line each for three, and for those that are heard as many
      expect(Math.max(...perTick.values()), kind).toBeLessThanOrEqual(3);
    }
    // pages are told now and then, and of a flood the newest lines: which ticks those are is a matter of pace
    const told = (words: RegExp) => (): boolean => lines().some(({ text }) => words.test(text));
    await until(told(/^\d+ thought \(\d+ tokens\): \d+ intend to act$/));
    await until(told(/^\d+ judged interesting: 0\.78 to 0\.78, mean 0\.78$/));
    await until(told(/^\d+ born, written by scripted/));
    expect(service.accounts.map(({ fallback }) => fallback)).toEqual(service.accounts.map(() => 0));
  });

  it('[V6] goes on telling pages what is the case while a tick waits for the model', async () => {
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { free = resolve; });
    const { said, lab } = watch({}, { doors: [scriptedDoor(async (request, nth) => { await held; return await say(request, nth); })] });
    await until(() => lab.simulation.due().length > 0);
    const { tick } = lab.simulation.kernel;
    const heard = said.length;
    await until(() => said.slice(heard).filter((message) => message.type === 'totals').length >= 2);
    expect(lab.simulation.kernel.tick).toBe(tick);
    free();
    await until(() => lab.simulation.kernel.tick > tick);
  });

  it('[V6] says that the budget is spent and pauses, and goes on when a page raises it', async () => {
    const { session, service, client, lines, budget, said, lab } = watch({}, { whenSpent: 'hold', budget: { calls: 20 } }, { pauseWhenSpent: true });
    await until(() => budget().over === 'paused');
    expect(budget()).toMatchObject({ spent: { calls: 20 }, caps: { calls: 20 }, used: 1 });
    expect(said.findLast((message) => message.type === 'totals')!.playing).toBe(false);
    expect(lines().filter(({ kind }) => kind === 'model').map(({ text }) => text)).toEqual(expect.arrayContaining([
      'The budget is spent: 20 of 20 calls.', 'The world is paused; raise the budget to go on.',
    ]));
    const { tick } = lab.simulation.kernel;
    client.receive({ type: 'budget', calls: 5 });
    await until(() => budget().caps.calls === 5);
    expect(budget().over).toBe('paused');
    client.receive({ type: 'budget', calls: 40 });
    await until(() => service.budget.spent.calls === 40);
    expect(lab.simulation.kernel.tick).toBeGreaterThan(tick);
    await until(() => budget().over === 'paused');
    expect(session.totals().model.overBudget).toBe(0);
  });

  it('[V6] says that it goes on blind where the budget is not to pause it', async () => {
    const { budget, lab } = watch({}, { budget: { calls: 20 } });
    await until(() => budget().over === 'blind' && lab.totals.overBudget > 5);
    expect(budget().spent.calls).toBe(20);
  });

  it('[V3] refuses caps that are no numbers', async () => {
    const { client, said, service } = watch({}, { budget: { calls: 1000 } });
    for (const calls of ['9', -1, 1.5, null, Infinity]) client.receive({ type: 'budget', calls });
    expect(said.filter((message) => message.type === 'refused')).toHaveLength(5);
    expect(service.budget.caps).toEqual({ calls: 1000 });
  });
});

describe('what a session says of an organism', () => {
  it('lights the rule that fired, after the mutation prompt that the genome begins with', async () => {
    const founders = ['mutation prompt: be bolder\nwhen energy > 9999 -> eat\notherwise -> rest'];
    const { client, said, lab } = watch({ mutationRate: 0 }, {}, { playing: false }, { operator: 'classical', founders });
    client.receive({ type: 'step', ticks: 2 });
    await until(() => lab.simulation.kernel.tick === 2);
    client.receive({ type: 'inspectId', id: lab.simulation.kernel.pop.columns.id[0]! });
    const shown = said.findLast((message) => message.type === 'organism')!.organism!;
    expect(shown.genome.trimEnd().split('\n')).toEqual(['mutation prompt: be bolder', 'when energy > 9999 -> eat', 'otherwise -> rest']);
    expect(shown.firedLine).toBe(2);
    expect(shown).toMatchObject({ intent: null, rewritten: false, worth: null, story: null, thoughts: [] });
  });

  it('tells an intent, a rewrite and a judgement', async () => {
    const rewriting: Script = (request, nth) => {
      const said = say(request, nth);
      return said === 'do: rest for 4 ticks' ? 'do: rest for 40 ticks\ninstincts:\notherwise -> rest' : said;
    };
    const { client, said, lab } = watch({ deliberation: 0.05, judging: 1 }, { doors: [scriptedDoor(rewriting)] });
    const { kernel } = lab.simulation;
    const found = (): number | undefined => {
      const { columns, count } = kernel.pop;
      return Array.from({ length: count }, (_, row) => row).find((row) => columns.intent[row]! > 0 && lab.judging!.worthOf(columns.id[row]!) !== undefined);
    };
    // looked at in the turn in which there is one: its intent is soon over
    const looked: (OrganismFacts | null)[] = [];
    await until(() => {
      const row = found();
      if (row === undefined) return false;
      client.receive({ type: 'inspectId', id: kernel.pop.columns.id[row]! });
      looked.push(said.findLast((message) => message.type === 'organism')!.organism);
      return true;
    });
    const shown = looked[0]!;
    expect(shown).toMatchObject({ intent: expect.stringMatching(/^rest for \d+ ticks?$/) as string, rewritten: true, genome: expect.stringContaining('otherwise -> rest') as string });
    expect(shown.worth).toBeCloseTo(7 / 9, 6);
    expect(shown.thoughts[0]).toMatchObject({ reply: 'do: rest for 40 ticks\ninstincts:\notherwise -> rest', effect: 'rest for 40 ticks, rewrites its instincts', sharedWith: null });
  });
});
