import { describe, expect, it } from 'vitest';
import { letGo, SalonStore } from '../../viewer/app/salon-state.ts';
import { runSalon } from '../../viewer/qdaif.ts';
import type { SalonChange, SalonRun, SalonServerMessage, SalonText } from '../../viewer/salon-protocol.ts';
import { retell } from '../../viewer/salon-retell.ts';
import { createSalonSession, type SalonSession } from '../../viewer/salon-session.ts';
import type { SalonSummary } from '../../viewer/qdaif.ts';
import { domains } from '../../worlds/salon/domains.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import type { Salon } from '../../worlds/salon/salon.ts';
import { syntheticService } from '../salon/synthetic.ts';

const domain = domains.find(({ name }) => name === 'stories-genre-ending')!;
const ITERATIONS = 120;
const service = syntheticService({ noise: 0.4 });

function open(methods: MethodName[], seeds: number[] = [1]): SalonSession {
  return createSalonSession({ domain, methods, seeds, iterations: ITERATIONS, model: { state: 'ready', name: 'synthetic', note: '' }, service });
}

async function made(method: MethodName, seed: number, session?: SalonSession): Promise<{ salon: Salon; summary: SalonSummary }> {
  const run = await runSalon({ domain, method, seed, iterations: ITERATIONS, init: 'seeded', temperature: 0.8, judging: { repeats: 1 }, rejudge: 1 }, { service, watcher: session });
  session?.ended(run!.summary);
  return run!;
}

/** A page that keeps what it is told. */
function page(session: SalonSession): { said: SalonServerMessage[]; ask(message: unknown): SalonServerMessage; text(message: unknown): SalonText; leave(): void } {
  const said: SalonServerMessage[] = [];
  const client = session.join({ message: (message) => said.push(message) });
  const ask = (message: unknown): SalonServerMessage => {
    client.receive(message);
    return said.at(-1)!;
  };
  return {
    said, ask, leave: () => client.leave(),
    text(message) {
      const answer = ask(message);
      if (answer.type !== 'text') throw new Error(JSON.stringify(answer));
      return answer.text;
    },
  };
}
const helloOf = (said: readonly SalonServerMessage[]): Extract<SalonServerMessage, { type: 'hello' }> => {
  const [first] = said;
  if (first?.type !== 'hello') throw new Error('The first message is no greeting.');
  return first;
};

/** What a page has made of a greeting and all changes after it: cells, and how far it has come. */
function together(said: readonly SalonServerMessage[], run: number): { cells: [number, number, number][]; state: SalonRun['state'] } {
  const greeted = helloOf(said).runs[run]!;
  const cells = new Map(greeted.cells.map(({ cell, quality, id }) => [cell, [cell, quality, id] as [number, number, number]]));
  let { state } = greeted;
  const changes = said.flatMap((message): SalonChange[] => (message.type === 'changes' ? message.changes : [])).filter((change) => change.run === run);
  for (const change of changes) {
    state = change.state;
    for (const { cell, quality, id } of change.cells) cells.set(cell, [cell, quality, id]);
  }
  return { cells: [...cells.values()].sort((a, b) => a[0] - b[0]), state };
}

describe('a session of the salon', () => {
  it('[V7] tells a page that joins late all there is, and one that was there from the beginning comes to the same', async () => {
    const session = open(['lmx-near', 'zero-shot'], [1, 2]);
    const early = page(session);
    const { salon } = await made('lmx-near', 2, session);
    const late = page(session);
    const archive = [...salon.archive].map(({ cell, objective, solution: { id } }) => [cell, objective, id]);
    expect(archive.length).toBeGreaterThan(8);
    for (const each of [early, late]) {
      const { cells, state } = together(each.said, 1);
      expect(cells).toEqual(archive);
      expect(state).toMatchObject({ stage: 'done', iteration: ITERATIONS, elites: archive.length, qdScore: salon.archive.qdScore });
      expect(state.corrected?.qdScore).toBeGreaterThan(0);
      expect(together(each.said, 0).state.stage).toBe('waiting');
    }
    const { runs, totals } = helloOf(late.said);
    expect(runs.map(({ method, seed }) => `${method} ${seed}`)).toEqual(['lmx-near 1', 'lmx-near 2', 'zero-shot 1', 'zero-shot 2']);
    expect(runs[1]!.points.at(-1)).toEqual({ iteration: ITERATIONS, qdScore: salon.archive.qdScore, coverage: salon.archive.coverage });
    expect(runs[1]!.lines.map(({ id }) => id)).toEqual(salon.individuals.slice(-60).map(({ id }) => id));
    expect(totals).toMatchObject({ done: ITERATIONS, total: 4 * ITERATIONS });
    session.stop();
  });

  it('[V7] changes nothing of what it watches', async () => {
    const session = open(['lmx-rewrite']);
    page(session);
    const watched = await made('lmx-rewrite', 1, session);
    const alone = await made('lmx-rewrite', 1);
    expect(watched.summary).toEqual(alone.summary);
    session.stop();
  });
});

describe('reading', () => {
  it('reads a text with all that belongs to it', async () => {
    const session = open(['lmx-near']);
    const { salon } = await made('lmx-near', 1, session);
    const reader = page(session);
    const elite = [...salon.archive].at(-1)!;
    const text = reader.text({ type: 'readCell', run: 0, cell: elite.cell });
    const individual = salon.individuals[elite.solution.id]!;
    expect(text).toMatchObject({ id: individual.id, text: individual.text, isElite: true, quality: individual.quality, measures: individual.measures, cell: elite.cell });
    expect(text.parents.map(({ id }) => id)).toEqual(individual.parents);
    expect(text.depth[0]!.id).toBe(individual.id);
    expect(text.judgements.map(({ name, how }) => [name, how.startsWith('synthetic, by log-probabilities')])).toEqual([['quality', true], ['genre', true], ['ending', true]]);
    for (const parent of individual.parents) expect(text.prompt).toContain(salon.individuals[parent]!.text);
    const parent = reader.text({ type: 'read', run: 0, id: individual.parents[0]! });
    expect(parent.childCount).toBe(salon.individuals.filter(({ parents }) => parents.includes(parent.id)).length);
    session.stop();
  });

  it('[V22] puts a text away for good: the page shows what was still on its way of it no more, and then the next', async () => {
    const session = open(['lmx-near'], [1]);
    await made('lmx-near', 1, session);
    const reader = page(session);
    const store = new SalonStore();
    store.accept(helloOf(reader.said));
    const late = reader.ask({ type: 'read', run: 0, id: 0 });
    store.change(letGo);
    store.accept(late);
    expect(store.now.hand).toBe(null);
    store.accept(reader.ask({ type: 'release' }));
    store.accept(reader.ask({ type: 'read', run: 0, id: 1 }));
    expect(store.now.hand).toMatchObject({ id: 1 });
    session.stop();
  });

  it('shows the very prompt of every method, whether it was kept or is made again', async () => {
    for (const method of ['lmx-near', 'lmx-rewrite', 'lmx-replace', 'zero-shot'] as const) {
      const session = open([method]);
      const { salon } = await made(method, 1, session);
      const asked: string[] = [];
      retell({ domain, method, seed: 1, iterations: ITERATIONS }, salon.individuals, { onAsked: ({ prompt }) => asked.push(prompt) });
      const reader = page(session);
      const first = salon.individuals.findIndex(({ outcome }) => outcome !== 'seed');
      expect(asked.map((_, ticket) => reader.text({ type: 'read', run: 0, id: (first < 0 ? 0 : first) + ticket }).prompt)).toEqual(asked);
      session.stop();
    }
  });

  it('[V3] refuses what it does not know, and what is not there, with one sentence', async () => {
    const session = open(['lmx-near'], [1, 2]);
    await made('lmx-near', 1, session);
    const { ask } = page(session);
    for (const message of [null, 'read', { type: 'read' }, { type: 'read', run: 0, id: -1 }, { type: 'read', run: 0, id: 1.5 }, { type: 'read', run: 0, id: 1, more: true }, { type: 'set' }]) {
      expect(ask(message)).toEqual({ type: 'refused', sentence: 'That message is not one that the salon knows.' });
    }
    expect(ask({ type: 'read', run: 7, id: 0 })).toEqual({ type: 'refused', sentence: 'There is no run 7; there are 2.' });
    expect(ask({ type: 'read', run: 1, id: 0 })).toEqual({ type: 'refused', sentence: 'The run lmx-near, seed 2, has not begun.' });
    expect(ask({ type: 'read', run: 0, id: 999 })).toEqual({ type: 'refused', sentence: 'There is no text 999 in this run yet.' });
    expect(ask({ type: 'readCell', run: 0, cell: 12_345 })).toEqual({ type: 'refused', sentence: 'Cell 12345 is empty.' });
    session.stop();
  });
});

describe('telling again', () => {
  it('[V8] makes the same salon from its texts alone, whatever the method and the beginning', async () => {
    const failing = { ...service, perform: ((task) => {
      const at = task.due;
      if (task.role === 'operator' && at % 17 === 9) return Promise.resolve({ outcome: 'fallback', reason: 'It said nothing.', model: 'synthetic', cost: { calls: 1, promptTokens: 1, completionTokens: 0, dollars: 0 } });
      return service.perform(task);
    }) as typeof service.perform };
    for (const [method, init] of [['lmx-near', 'seeded'], ['lmx-replace', 'zero-shot'], ['lmx-rewrite', 'seeded'], ['nsaif-quality', 'seeded'], ['zero-shot', 'zero-shot']] as const) {
      const done = await runSalon({ domain, method, seed: 4, iterations: 90, init, temperature: 0.8, judging: {}, rejudge: 0 }, { service: failing });
      const recorded = JSON.parse(JSON.stringify(done!.salon.individuals)) as Salon['individuals'];
      const again = retell({ domain, method, seed: 4, iterations: 90, beginning: init }, recorded);
      expect(again.isDone).toBe(true);
      expect(again.fingerprint).toBe(done!.salon.fingerprint);
      expect([...again.archive]).toEqual([...done!.salon.archive]);
    }
  });

  it('[V8] shows a page what it showed live: the latest texts, and who was written from whom', async () => {
    const live = open(['lmx-near']);
    const { salon, summary } = await made('lmx-near', 1, live);
    const again = open(['lmx-near']);
    retell({ domain, method: 'lmx-near', seed: 1, iterations: ITERATIONS }, salon.individuals, { onAsked: (...facts) => again.asked(...facts), onSettled: (...facts) => again.settled(...facts) });
    again.ended(summary);
    const [one, other] = [page(live), page(again)];
    expect(helloOf(other.said).runs).toEqual(helloOf(one.said).runs);
    expect(helloOf(other.said).runs[0]!.lines).toHaveLength(60);
    expect(helloOf(other.said).totals.done).toBe(ITERATIONS);
    const parent = salon.individuals.at(-1)!.parents[0]!;
    const [lived, told] = [one, other].map((reader) => reader.text({ type: 'read', run: 0, id: parent }));
    expect(told!.children).toEqual(lived!.children);
    expect(told!.childCount).toBeGreaterThan(0);
    for (const session of [live, again]) session.stop();
  });
});
