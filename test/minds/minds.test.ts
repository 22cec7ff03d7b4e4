import { describe, expect, it } from 'vitest';
import { Archetypes } from '../../agents/minds/archetypes.ts';
import { createMinds, type Minds } from '../../agents/minds/mind.ts';
import type { MindOptions } from '../../agents/minds/options.ts';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { advance } from '../../core/advance.ts';
import type { Command } from '../../core/events/command.ts';
import type { TickEvent } from '../../core/events/event.ts';
import { BY_INTENT } from '../../core/kernel/deliberation.ts';
import { drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';
import type { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { startMeadow } from '../worlds/meadow-run.ts';
import { heldDoor, plainService, scriptedDoor, type Script } from './plain-service.ts';

type Think = Extract<Command, { kind: 'think' }>;
const still = 'when chance 0% -> wander\notherwise -> rest';

interface Run { simulation: Simulation; minds: Minds; asked: ModelRequest[]; thoughts: (Think & { tick: number })[]; begun: { tick: number; organism: number; dueAt: number }[] }

function start(script: Script, given: { founders?: string[]; parameters?: Record<string, number>; options?: Partial<MindOptions>; seed?: number } = {}): Run {
  const { simulation } = startMeadow({
    seed: given.seed ?? 5, founders: given.founders ?? [still],
    parameters: { founders: 30, deliberation: 0.05, reactionTime: 4, costOfThought: 1, costOfLiving: 0, crowding: 0, lifespan: 10_000, mutationRate: 0, ...given.parameters },
  });
  return watch(simulation as unknown as Simulation, script, given.options);
}

function watch(simulation: Simulation, script: Script, options: Partial<MindOptions> = {}): Run {
  const door = scriptedDoor(script);
  const minds = createMinds({ simulation, service: plainService(door), options });
  const run: Run = { simulation, minds, asked: door.asked, thoughts: [], begun: [] };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    for (const { tick, command } of event.commands) if (command.kind === 'think') run.thoughts.push({ tick, ...command });
    const { thoughts }: TickEvent = event;
    for (let i = 0; i < thoughts.count; i++) run.begun.push({ tick: event.tick, organism: thoughts.organism[i]!, dueAt: thoughts.dueAt[i]! });
  });
  return run;
}

async function ticks({ simulation, minds }: Run, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await advance(simulation, { thinker: minds });
}

const row = (simulation: Simulation, organism: number): number => simulation.kernel.rowOf(organism);

describe('minds in a meadow', () => {
  it('[T5] a thought begun at t takes effect at t + reaction time, instinct acts meanwhile, and the intent as long as it said', async () => {
    const run = start(() => 'do: climb grass for 3 ticks');
    const { simulation } = run;
    const fired = new Map<string, number>();
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { pop } = simulation.kernel;
      for (let r = 0; r < pop.count; r++) fired.set(`${pop.columns.id[r]!} ${event.tick}`, pop.columns.fired[r]!);
    });
    await ticks(run, 20);
    expect(run.begun.length).toBeGreaterThan(10);
    for (const { tick, dueAt } of run.begun) expect(dueAt).toBe(tick + 4);
    const [first] = run.begun;
    expect(run.thoughts.find(({ organism }) => organism === first!.organism)).toMatchObject({ tick: first!.dueAt, outcome: 'ok', tokens: 120, intent: { act: 3, target: 0, ticks: 3 } });
    const acted = Array.from({ length: 8 }, (_, i) => fired.get(`${first!.organism} ${first!.tick + i}`));
    expect(acted).toEqual([1, 1, 1, 1, BY_INTENT, BY_INTENT, BY_INTENT, 1]);
  });

  it('[T6] thinking costs energy by the tokens of prompt and reply, whatever came of it', async () => {
    for (const [reply, tokens] of [['do: rest for 1 ticks', 120], ['gibberish', 240]] as const) {
      const run = start(() => reply, { parameters: { costOfThought: 2 } });
      const energy = (organism: number): number => run.simulation.kernel.pop.columns.energy[row(run.simulation, organism)]!;
      while (run.begun.length === 0) await ticks(run, 1);
      const { organism } = run.begun[0]!;
      const before = energy(organism);
      await ticks(run, 4);
      expect(run.thoughts[0]).toMatchObject({ organism, tokens, outcome: reply === 'gibberish' ? 'fallback' : 'ok' });
      expect(energy(organism)).toBeCloseTo(before - (tokens / 100) * 2, 3);
    }
  });

  it.each([[0, 'otherwise -> rest'], [1, 'when energy > 1 -> reproduce\notherwise -> rest']])('[T7] with the switch at %i children are born with "%s"', async (inheritRewrites, inherited) => {
    const rewritten = 'when energy > 1 -> reproduce\notherwise -> rest';
    const run = start(() => `instincts:\n${rewritten}`, { founders: ['otherwise -> rest'], parameters: { inheritRewrites, founders: 6, gestation: 3, costOfThought: 0 } });
    const { genomes } = run.simulation.kernel;
    const born = new Set<string>();
    run.simulation.events$.subscribe((event) => {
      if (event.kind === 'tick' && event.tick > 1) for (let i = 0; i < event.births.count; i++) born.add(genomes.text(event.births.genome[i]!));
    });
    for (let i = 0; i < 12 && born.size === 0; i++) await ticks(run, 5);
    expect([...born]).toEqual([inherited]);
  });

  it('[T8] the dead think no more: what comes of their thoughts changes nothing', async () => {
    const run = start(() => `do: eat for 9 ticks\nsay: farewell\ninstincts:\notherwise -> eat`, { parameters: { founders: 12, reactionTime: 6 } });
    while (run.begun.length < 3) await ticks(run, 1);
    const population = run.simulation.kernel.pop.count;
    expect(run.minds.remembered).toBeGreaterThan(0);
    run.simulation.submit({ kind: 'set', key: 'costOfLiving', value: 5 });
    await ticks(run, 20);
    expect([run.simulation.kernel.pop.count, population]).toEqual([0, 12]);
    expect(run.thoughts).toHaveLength(run.begun.length);
    expect(run.simulation.kernel.genomes.distinct).toBeLessThan(3);
    expect([run.minds.remembered, run.minds.inFlight]).toEqual([0, 0]);
  });

  it('[T1][L4] what comes of a thought is remembered in the next, from the record; a failed one too', async () => {
    const replies = ['do: eat for 9 ticks\nsay: grass!', 'gibberish', 'gibberish', 'instincts:\nwhen energy > 3 -> eat\notherwise -> rest'];
    const run = start((_, nth) => replies[Math.min(nth, 3)]!, { parameters: { founders: 1, deliberation: 0.05 } });
    while (run.begun.length < 4) await ticks(run, 20);
    const words = (nth: number): string => run.asked[nth]!.messages[1]!.content;
    expect(words(0)).not.toContain('You remember');
    expect(words(1)).toMatch(/You remember:\n\d+ ticks? ago you chose to eat for 9 ticks and said "grass!"/);
    expect(words(1)).toMatch(/Since your last thought, \d+ ticks ago: energy [+-]\d/);
    expect(words(3)).toContain('you thought, but nothing came of it');
    expect(run.thoughts[1]).toMatchObject({ outcome: 'fallback', intent: null, message: null, genome: null });
    expect(run.thoughts[1]!.reason).toContain('there is no line');
    expect(words(4)).toContain('you rewrote your instincts');
    expect(words(4)).toContain('Your instincts:\nwhen energy > 3 -> eat');
  });

  it('[T4][T9] messages come to those within hearing, once, bounded, and are forgotten with the dead', async () => {
    const run = start((_, nth) => `say: word ${nth}`, { parameters: { founders: 40, size: 16, capacity: 100 } });
    await ticks(run, 60);
    const heard = run.asked.filter(({ messages }) => messages[1]!.content.includes('You heard:')).map(({ messages }) => messages[1]!.content);
    expect(heard.length).toBeGreaterThan(10);
    for (const text of heard) {
      const lines = /You heard:\n([^]*?)\n\n/.exec(text)![1]!.split('\n');
      expect(lines.length).toBeLessThanOrEqual(5);
      for (const line of lines) expect(line).toMatch(/^(\d+ ticks? ago|just now) from organism \d+: "word \d+"$/);
      expect((/You remember:\n([^]*?)\n\n/.exec(text)?.[1] ?? '').split('\n').length).toBeLessThanOrEqual(8);
    }
    for (const organism of run.simulation.kernel.pop.columns.id.subarray(0, 40)) {
      const story = run.minds.storyOf(organism);
      expect(story?.heard.length ?? 0).toBeLessThanOrEqual(5);
      expect(story?.memories.length ?? 0).toBeLessThanOrEqual(8);
    }
    expect(run.minds.remembered).toBe(40);
    run.simulation.submit({ kind: 'set', key: 'costOfLiving', value: 5 });
    await ticks(run, 60);
    expect(run.minds.remembered).toBe(run.simulation.kernel.pop.count);
  });

  it('[T2][L2] a model that means harm changes nothing but what a thought may', async () => {
    const hostile = ['do: fly for 3 ticks', '<script>alert(1)</script>', 'x'.repeat(2_000_000), 'do: eat for 1000000000 ticks', 'say: \u202e\u0000gnp.exe', '\ud800', '{"do":{"act":"__proto__"}}',
      'instincts:\n' + 'when energy > 1 -> eat\n'.repeat(5000), 'ignore all rules; system: set costOfThought 0'];
    const run = start((_, nth) => hostile[nth % hostile.length]!, { parameters: { founders: 60 } });
    await ticks(run, 50);
    expect(run.thoughts.length).toBeGreaterThan(20);
    expect(run.thoughts.some(({ outcome }) => outcome === 'fallback')).toBe(true);
    for (const { intent, message, genome, reason } of run.thoughts) {
      expect(genome).toBeNull();
      if (intent !== null) expect(intent).toEqual({ act: 1, target: 0, ticks: 50 });
      if (message !== null) expect(message).toBe('gnp.exe');
      expect(reason.length).toBeLessThanOrEqual(300);
    }
  });

  it('[L1][T10] replies that come in another order give the same run; seeds are drawn by organism and tick', async () => {
    const script: Script = ({ seed }) => (['do: eat for 7 ticks', 'say: hello there', 'instincts:\nwhen energy > 50 -> reproduce\notherwise -> eat', 'nonsense'])[seed % 4]!;
    const go = async (order: (held: (() => void)[]) => void): Promise<{ fingerprint: string; seeds: number[] }> => {
      const { door, held } = heldDoor(script);
      const { simulation } = startMeadow({ seed: 9, founders: [still], parameters: { founders: 80, deliberation: 0.05, reactionTime: 5, costOfThought: 0.2, lifespan: 10_000 } });
      const minds = createMinds({ simulation: simulation as unknown as Simulation, service: plainService(door), options: { archetypes: 3 } });
      const letGo = setInterval(() => order(held), 1);
      try {
        for (let i = 0; i < 40; i++) await advance(simulation as unknown as Simulation, { thinker: minds });
      } finally {
        clearInterval(letGo);
      }
      return { fingerprint: simulation.fingerprint, seeds: door.asked.filter(({ messages }) => messages.length === 2).slice(0, 20).map(({ seed }) => seed) };
    };
    const first = await go((held) => held.splice(0).forEach((release) => release()));
    const backward = await go((held) => held.splice(0).reverse().forEach((release) => release()));
    const oneByOne = await go((held) => held.splice(Math.floor(held.length / 2), 1).forEach((release) => release()));
    expect(new Set(first.seeds).size).toBe(20);
    expect(backward.fingerprint).toBe(first.fingerprint);
    expect(oneByOne.fingerprint).toBe(first.fingerprint);
  });

  it('[T10] the sampling seed of a thought is drawn by organism and tick, and nothing else', async () => {
    const run = start(() => 'do: rest for 1 ticks');
    await ticks(run, 10);
    const [a, b] = seedKey(5, purpose.deliberation);
    expect(run.asked.map(({ seed }) => seed)).toEqual(run.begun.map(({ organism, tick }) => {
      threefry(a, b, organism, tick);
      return drawn[0]! >>> 1;
    }));
  });

  it('[T11] an archetype is a genome and a level of each sense, beyond its range a level of its own; it is shared to the last tick', () => {
    const { vocabulary } = meadow;
    const archetypes = new Archetypes<string>(vocabulary, 4, 20);
    const at = (index: number, reading: number): number[] => vocabulary.senses.map((_, i) => (i === index ? reading : 0));
    const same = (index: number, one: number, other: number): boolean => archetypes.nameOf(still, at(index, one)) === archetypes.nameOf(still, at(index, other));
    // energy, 0 to 100: levels of 25
    expect([same(0, 0, 24.9), same(0, 24.9, 25), same(0, 75, 100), same(0, 100, 101), same(0, 101, 999), same(0, -1, 0)]).toEqual([true, false, true, false, true, false]);
    // the nearest hunter, 0 to 5: far is not none
    expect([same(6, 4, 5), same(6, 5, 99)]).toEqual([true, false]);
    expect(archetypes.nameOf('otherwise -> eat', at(0, 1))).not.toBe(archetypes.nameOf(still, at(0, 1)));
    expect(new Archetypes(vocabulary, 0, 20).nameOf(still, at(0, 1))).toBeNull();
    archetypes.begin('a', 100, 1, 'first');
    archetypes.begin('b', 110, 2, 'second');
    expect([archetypes.shared('a', 120), archetypes.shared('a', 121), archetypes.shared('c', 100)]).toEqual(['first', undefined, undefined]);
    archetypes.prune(121);
    expect([archetypes.size, archetypes.shared('b', 121)]).toEqual([1, 'second']);
  });

  it('[T11] organisms of one genome in the same situation share a deliberation for so many ticks, and each pays for it', async () => {
    const share = (archetypes: number, archetypeTicks: number): Promise<Run> => {
      const run = start(() => 'do: eat for 2 ticks', { parameters: { founders: 80 }, options: { archetypes, archetypeTicks, message: false } });
      return ticks(run, 40).then(() => run);
    };
    const [alone, one, few] = await Promise.all([share(0, 20), share(1, 1000), share(2, 10)]);
    expect([alone.minds.shared, alone.asked.length]).toEqual([0, alone.begun.length]);
    // with one level hardly anything tells organisms apart: only who is in sight and who was never hurt
    expect(one.asked.length).toBeLessThan(12);
    expect(one.minds.shared).toBe(one.begun.length - one.asked.length);
    expect(few.asked.length).toBeGreaterThan(one.asked.length);
    expect(few.asked.length).toBeLessThan(alone.asked.length);
    for (const { tokens, intent } of one.thoughts) expect([tokens, intent?.act]).toEqual([120, 1]);
    const sharing = one.begun.map(({ organism }) => one.minds.storyOf(organism)!.thoughts[0]!).find(({ organism, sharedWith }) => organism !== sharedWith)!;
    expect(sharing.messages).toBe(one.minds.storyOf(sharing.sharedWith)!.thoughts[0]!.messages);
    expect(sharing).toMatchObject({ outcome: 'ok', model: 'scripted', tokens: 120 });
  });

  it('[T11] who has heard something thinks alone, and a deliberation that failed is not shared after it is known to have', async () => {
    const told = start((_, nth) => (nth === 0 ? 'say: hear me' : 'do: rest for 1 ticks'), { parameters: { founders: 40, size: 16, capacity: 100 }, options: { archetypes: 1, archetypeTicks: 1000 } });
    await ticks(told, 30);
    const hearing = told.asked.filter(({ messages }) => messages[1]!.content.includes('You heard:'));
    expect(hearing.length).toBeGreaterThan(5);
    const failing = start(() => 'gibberish', { parameters: { founders: 80 }, options: { archetypes: 1, archetypeTicks: 1000 } });
    await ticks(failing, 40);
    // asked twice each, once more every time a failure takes effect
    expect(failing.asked.length).toBeGreaterThan(12);
    expect(failing.minds.shared).toBeGreaterThan(10);
  });

  it('[T12] the story of a mind shows prompt, reply and what came of it, also after death, and memory stays bounded', async () => {
    const run = start((_, nth) => (nth % 2 === 0 ? 'think: hm\ndo: eat for 4 ticks' : 'nothing'), { parameters: { founders: 3, reactionTime: 1 }, options: { style: 'chain-of-thought' } });
    await ticks(run, 400);
    const [{ organism }] = run.begun as [Run['begun'][number]];
    const { thoughts } = run.minds.storyOf(organism)!;
    expect(thoughts.length).toBe(6);
    expect(thoughts.at(-1)!.tick).toBeGreaterThan(thoughts[0]!.tick);
    const good = thoughts.find(({ outcome }) => outcome === 'ok' || outcome === 'repaired')!;
    expect(good).toMatchObject({ model: 'scripted', thought: { plan: 'hm', intent: { act: 1 } } });
    expect(good.reply).toContain('do: eat');
    expect(good.messages[0]!.content).toContain('"think: WORDS"');
    expect(run.minds.storyOf(4_000_000)).toBeUndefined();
  });

  it('[T8] a mind that is closed answers what is due with fallbacks, and thinks no more', async () => {
    const { door } = heldDoor(() => 'do: eat for 2 ticks');
    const { simulation } = startMeadow({ seed: 5, founders: [still], parameters: { founders: 80, deliberation: 0.05, reactionTime: 2, costOfLiving: 0 } });
    const minds = createMinds({ simulation: simulation as unknown as Simulation, service: plainService(door) });
    simulation.step();
    expect(minds.inFlight).toBeGreaterThan(0);
    const waiting = advance(simulation as unknown as Simulation, { thinker: minds }).then(() => advance(simulation as unknown as Simulation, { thinker: minds }));
    setTimeout(() => minds.close(), 5);
    await waiting;
    expect(minds.inFlight).toBe(0);
    for (let i = 0; i < 5; i++) await advance(simulation as unknown as Simulation, { thinker: minds });
    expect(await minds.collect(0)).toEqual({ organism: 0, outcome: 'fallback', tokens: 0, intent: null, message: null, genome: null, reason: 'nobody was asked' });
  });

  it('[E3] senseless options are refused', () => {
    expect(() => start(() => '', { options: { intent: false, message: false, rewrite: false } })).toThrow('a thought must be allowed to come to something');
    expect(meadow.hearing).toBeGreaterThan(0);
  });
});
