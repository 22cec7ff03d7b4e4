import { describe, expect, it } from 'vitest';
import { createWriter, type Writer, type WriterOptions } from '../../agents/operators/writer.ts';
import { viewArchive } from '../../agents/operators/archive-view.ts';
import { ModelError, type ModelRequest } from '../../agents/model/contract.ts';
import { advance } from '../../core/advance.ts';
import { archiveLives } from '../../core/archive/life-archive.ts';
import type { Command } from '../../core/events/command.ts';
import type { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { startMeadow, variedFounders } from '../worlds/meadow-run.ts';
import { scriptedService, type Script, type ScriptedService } from './scripted.ts';

type Delivered = Extract<Command, { kind: 'deliver' }>;

interface Run { simulation: Simulation; writer: Writer; service: ScriptedService; delivered: Delivered[] }

interface RunOptions extends Partial<Script> { seed?: number; archived?: boolean; language?: WriterOptions['language']; parameters?: Record<string, number> }

/** A child whose rules are told by the request, as a model that is always right would write it. */
const children = ['when energy > 31 -> reproduce\nwhen grass.here > 20% -> eat\notherwise -> climb grass', 'when energy > 33 -> reproduce\notherwise -> eat'];
const good = ({ seed, grammar }: ModelRequest): string => `Plan: more children.\n${grammar?.includes('"mutation prompt: "') ? `mutation prompt: have children at ${seed % 90}\n` : ''}${children[seed % 2]}`;

function start({ say = good, seed = 5, archived = true, language = {}, parameters = {}, ...script }: RunOptions = {}): Run {
  const started = startMeadow({ seed, founders: variedFounders(3), parameters: { modelShare: 1, ...parameters } });
  const simulation = started.simulation as unknown as Simulation;
  const archive = archived ? viewArchive(archiveLives(simulation), meadow, ({ genome }) => started.genomes.text(genome)) : null;
  const service = scriptedService({ say, ...script });
  const writer = createWriter({ simulation, service, archive, language });
  const delivered: Delivered[] = [];
  simulation.events$.subscribe((event) => {
    if (event.kind === 'tick') for (const { command } of event.commands) if (command.kind === 'deliver') delivered.push(command);
  });
  return { simulation, writer, service, delivered };
}

async function run(options: RunOptions = {}, ticks = 90): Promise<Run> {
  const one = start(options);
  while (one.simulation.kernel.tick < ticks) await advance(one.simulation, { writer: one.writer });
  return one;
}

const shares = (delivered: readonly Delivered[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { operator } of delivered) counts[operator ?? 'none'] = (counts[operator ?? 'none'] ?? 0) + 1 / delivered.length;
  return counts;
};

describe('a writer', () => {
  it('[O4] chooses operators by the weights of the mix, and says which it was', async () => {
    const { delivered } = await run({ language: { mix: { mutate: 2, crossover: 1, invent: 1 } } });
    expect(delivered.length).toBeGreaterThan(200);
    const share = shares(delivered);
    // the first children have no archive yet, so that some crossovers and inventions are mutations
    expect(share['llm-mutate']).toBeGreaterThan(0.42);
    expect(share['llm-crossover']).toBeGreaterThan(0.18);
    expect(share['llm-invent']).toBeGreaterThan(0.18);
    expect(delivered.every(({ outcome, genome }) => outcome === 'ok' && genome !== null)).toBe(true);
  });

  it('[O4] without an archive an invention is a mutation, and so is a crossover without a second parent', async () => {
    const invented = await run({ archived: false, language: { mix: { mutate: 0, crossover: 0, invent: 1 } } }, 40);
    expect(shares(invented.delivered)).toEqual({ 'llm-mutate': expect.closeTo(1, 6) as number });
    const { delivered, service } = await run({ archived: false, language: { mix: { mutate: 0, crossover: 1, invent: 0 } } }, 60);
    const share = shares(delivered);
    expect(share['llm-mutate']).toBeGreaterThan(0);
    // those that mate
    expect(share['llm-crossover']).toBeGreaterThan(0);
    for (const { messages } of service.asked) expect(messages[1]!.content).not.toContain('Program 3');
  });

  it.each([2, 3, 4])('[O4] fills up with elites to %i parents, none twice', async (parents) => {
    const { service } = await run({ language: { parents, mix: { mutate: 0, crossover: 1, invent: 0 } } }, 80);
    const counts = service.asked.map(({ messages }) => {
      const bodies = messages[1]!.content.split(/\n\n/).filter((block) => /^Program/.test(block)).map((block) => block.slice(block.indexOf('\n')));
      expect(new Set(bodies).size).toBe(bodies.length);
      return bodies.length;
    });
    expect(Math.max(...counts)).toBe(parents);
    expect(service.asked.at(-1)!.messages[1]!.content).toMatch(/offspring conceived \d+, mobility [\d.]+, diet [\d.]+\)|age \d+ ticks/);
  });

  it('[O4][L1] whatever the order in which replies come, the same is asked and the run is the same', async () => {
    const language = { parents: 3, mix: { mutate: 1, crossover: 1, invent: 0.5 }, promptRate: 0.3, style: 'few-shot' } as const;
    const plain = await run({ language });
    const shuffled = await run({ language, turns: ({ seed }) => seed % 7 });
    expect(shuffled.simulation.fingerprint).toBe(plain.simulation.fingerprint);
    const asked = ({ service }: Run): string[] => service.asked.map((request) => JSON.stringify(request)).sort();
    expect(asked(shuffled)).toEqual(asked(plain));
    const other = await run({ language, seed: 6 });
    expect(other.simulation.fingerprint).not.toBe(plain.simulation.fingerprint);
  });

  it('[O4][O5] a bandit chooses from rewards known at the conception, in any order of arrival', async () => {
    const language = { bandit: true, costWeight: 0.5 };
    // one of the models knows no language
    const say = (request: ModelRequest): string => (request.seed % 3 === 0 ? 'I cannot.' : good(request));
    const models = ['one', 'other'];
    const plain = await run({ language, say, models }, 150);
    const shuffled = await run({ language, say, models, turns: ({ seed }) => seed % 5 }, 150);
    expect(shuffled.simulation.fingerprint).toBe(plain.simulation.fingerprint);
    expect(shuffled.writer.bandit!.state).toEqual(plain.writer.bandit!.state);
    const { arms } = plain.writer.bandit!;
    expect(arms.map(({ model }) => model)).toEqual(['one', 'one', 'one', 'other', 'other', 'other']);
    expect(arms.reduce((sum, { rewarded }) => sum + rewarded, 0)).toBeGreaterThan(100);
    expect(arms.reduce((sum, { fallbacks }) => sum + fallbacks, 0)).toBe(plain.delivered.filter(({ outcome }) => outcome === 'fallback').length);
    for (const { chosen } of arms) expect(chosen).toBeGreaterThan(0);
    const dear = await run({ language: { bandit: true, costWeight: 100 }, models }, 80);
    for (const { mean, rewarded } of dear.writer.bandit!.arms) if (rewarded > 0) expect(mean).toBeLessThan(0);
    // every child goes to the model that was chosen for it
    for (const { child } of plain.delivered.slice(-100)) expect(models).toContain(plain.writer.storyOf(child)!.model);
  });

  it('[O3] mutation prompts spread and change where they are heritable, and there are none where they are not', async () => {
    const { delivered, simulation, writer } = await run({ language: { promptRate: 0.3, mix: { mutate: 1, crossover: 0, invent: 0 } } }, 120);
    const lines = delivered.map(({ genome }) => /^mutation prompt: (.*)\n/.exec(genome ?? '')?.[1] ?? null);
    const carried = lines.filter((line) => line !== null);
    expect(carried.length).toBeGreaterThan(0.9 * delivered.length);
    expect(carried.filter((line) => line.startsWith('have children at')).length).toBeGreaterThan(0.3 * delivered.length);
    expect(simulation.kernel.pop.count).toBeGreaterThan(20);
    // a rewritten prompt is followed for the next generation
    const followed = delivered.filter(({ child }) => writer.storyOf(child)?.instruction?.startsWith('have children at')).length;
    expect(followed).toBeGreaterThan(20);
    const off = await run({ language: { mutationPrompts: false } }, 60);
    for (const { genome } of off.delivered) expect(genome).not.toContain('mutation prompt');
  });

  it('[G3][L4] what the model cannot write is a fallback with the reason, and the child is born', async () => {
    const { delivered, simulation, writer } = await run({ say: ({ seed }) => (seed % 2 === 0 ? `<script>${'x'.repeat(100_000)}</script>` : new ModelError('failed', 'It\nbroke.')) }, 60);
    expect(delivered.length).toBeGreaterThan(50);
    for (const { outcome, operator, genome, reason, child } of delivered) {
      expect({ outcome, genome }).toEqual({ outcome: 'fallback', genome: null });
      expect(operator).toMatch(/^llm-/);
      expect(reason).toMatch(/^(line 1, column 1: expected a line that begins with|It broke\.)/);
      expect(reason.length).toBeLessThanOrEqual(300);
      expect(writer.storyOf(child)).toMatchObject({ outcome: 'fallback', reason });
    }
    expect(simulation.kernel.pop.count).toBeGreaterThan(20);
  });

  it('[L4] children for whom the budget has nothing left are born by blind operators, and no arm of a bandit is to blame', async () => {
    const { delivered, writer } = await run({ budget: { calls: 20 }, language: { bandit: true } }, 60);
    expect(delivered.filter(({ outcome }) => outcome === 'ok').length).toBe(20);
    const spent = delivered.filter(({ outcome }) => outcome === 'budget');
    expect(spent.length).toBe(delivered.length - 20);
    for (const { genome, reason } of spent) expect([genome, reason.length > 0]).toEqual([null, true]);
    const { arms, state } = writer.bandit!;
    expect(arms.map(({ fallbacks }) => fallbacks)).toEqual([0, 0, 0]);
    const unborn = state.open.filter(([child]) => !delivered.some((one) => one.child === child)).length;
    expect(arms.reduce((sum, { chosen }) => sum + chosen, 0)).toBe(20 + unborn);
  });

  it('[G5] a repair is one, and its story has both replies', async () => {
    const say = (request: ModelRequest): string => (request.messages.length === 2 ? 'when enrgy > 3 -> eat\notherwise -> rest' : good(request));
    const { delivered, writer } = await run({ say, language: { style: 'chain-of-thought' } }, 40);
    const [first] = delivered;
    expect(first).toMatchObject({ outcome: 'repaired', reason: expect.stringContaining('perhaps "energy" was meant') as string });
    const story = writer.storyOf(first!.child)!;
    expect(story.replies).toEqual(['when enrgy > 3 -> eat\notherwise -> rest', expect.stringMatching(/^Plan: more children\./) as string]);
    expect(story).toMatchObject({ child: first!.child, operator: first!.operator, model: 'scripted', plan: 'more children.', genome: first!.genome, outcome: 'repaired' });
    expect(story.cost).toMatchObject({ calls: 2, promptTokens: 200, completionTokens: 40 });
    expect(story.asked[1]!.content).toContain('"Plan: "');
  });

  it('keeps the stories of the last 2,000 children, with replies cut', async () => {
    const { delivered, writer } = await run({ say: (request) => `${good(request)}\n${'and so on '.repeat(10_000)}`, parameters: { size: 80, founders: 300, capacity: 1500 } }, 190);
    expect(delivered.length).toBeGreaterThan(2300);
    const known = delivered.filter(({ child }) => writer.storyOf(child) !== undefined);
    expect(known.length).toBeLessThanOrEqual(2000);
    expect(known.length).toBeGreaterThan(1500);
    expect(writer.storyOf(delivered.at(-1)!.child)!.replies[0]!.length).toBe(4000);
    expect(writer.storyOf(delivered[0]!.child)).toBeUndefined();
  });

  it('that is closed answers for the unwritten with fallbacks, and what comes later is too late', async () => {
    const one = start({ turns: () => 1_000_000 });
    while (one.writer.inFlight === 0) await advance(one.simulation, { writer: one.writer });
    const waiting = one.writer.inFlight;
    expect(waiting).toBeGreaterThan(0);
    one.writer.close();
    expect(one.writer.inFlight).toBe(0);
    while (one.delivered.length < waiting) await advance(one.simulation, { writer: one.writer });
    expect(one.delivered[0]).toMatchObject({ outcome: 'fallback', reason: 'the run was stopped', operator: expect.stringMatching(/^llm-/) as string });
    await one.service.close();
  });

  it('refuses senseless options in a sentence', () => {
    expect(() => start({ language: { mix: { mutate: 0, crossover: 0, invent: 0 } } })).toThrow('one of the operators needs a weight above 0');
    expect(() => start({ language: { parents: 5 } })).toThrow();
  });
});
