import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Bus } from '../../core/events/bus.ts';
import { type LabEvent, type TickEvent } from '../../core/events/event.ts';
import type { Command, NumberedCommand } from '../../core/events/command.ts';
import { parameterFacts, resolveParameters, checkParameter } from '../../core/kernel/parameters.ts';
import { archiveLives } from '../../core/archive/life-archive.ts';
import { plainWorld, startPlain } from './plain-world.ts';

describe('the bus', () => {
  it('[E1] lets everyone hear an event before the one that an observer answers it with', () => {
    const bus = new Bus<number>();
    const heard: Record<string, number[]> = { first: [], second: [], third: [] };
    bus.events$.subscribe((event) => {
      heard['first']!.push(event);
      if (event === 1) { bus.emit(10); bus.emit(11); }
    });
    bus.events$.subscribe((event) => {
      heard['second']!.push(event);
      if (event === 10) bus.emit(100);
      if (event === 1) bus.emit(12);
    });
    bus.events$.subscribe((event) => heard['third']!.push(event));
    bus.emit(1);
    bus.emit(2);
    const order = [1, 10, 11, 12, 100, 2];
    expect(heard).toEqual({ first: order, second: order, third: order });
  });

  it('[E1] a bare subject would turn effect and cause round for later observers: what the bus is for', () => {
    const subject = new Subject<number>();
    const late: number[] = [];
    subject.subscribe((event) => { if (event === 1) subject.next(10); });
    subject.subscribe((event) => late.push(event));
    subject.next(1);
    expect(late).toEqual([10, 1]);
  });

  it('[E1] an observer that comes during an event hears the next, and nobody hears anything after the end', () => {
    const bus = new Bus<number>();
    const late: number[] = [];
    bus.events$.subscribe((event) => { if (event === 1) { bus.events$.subscribe((each) => late.push(each)); bus.emit(2); } });
    bus.emit(1);
    bus.complete();
    bus.emit(3);
    expect(late).toEqual([2]);
  });

  it('[E1] an archive event follows the tick whose deaths caused it, for every observer', () => {
    const { simulation } = startPlain({ founders: ['leave', 'rest'] });
    const before: string[] = [];
    const after: string[] = [];
    simulation.events$.subscribe(({ kind, tick }) => before.push(`${kind} ${tick}`));
    archiveLives(simulation);
    simulation.events$.subscribe(({ kind, tick }) => after.push(`${kind} ${tick}`));
    simulation.step();
    simulation.step();
    expect(before).toEqual(['tick 1', 'archive 1', 'tick 2']);
    expect(after).toEqual(before);
  });
});

function ticks(run: (keep: (event: LabEvent) => void) => void): Pick<TickEvent, 'tick' | 'commands'>[] {
  const list: Pick<TickEvent, 'tick' | 'commands'>[] = [];
  run((event) => { if (event.kind === 'tick') list.push({ tick: event.tick, commands: event.commands }); });
  return list;
}

describe('commands', () => {
  it('[E2] are numbered, take effect at the start of the next tick and stand in its event', () => {
    const { simulation } = startPlain();
    const seen = ticks((keep) => {
      simulation.events$.subscribe(keep);
      simulation.step();
      expect(simulation.submit({ kind: 'set', key: 'income', value: 1 })).toBe(0);
      expect(simulation.submit({ kind: 'set', key: 'income', value: 1.5 })).toBe(1);
      expect(simulation.kernel.parameter('income')).toBe(0);
      const before = simulation.kernel.pop.columns.energy[0]!;
      simulation.step();
      expect(simulation.kernel.pop.columns.energy[0]).toBeCloseTo(before + 1.5, 5);
      expect(simulation.submit({ kind: 'set', key: 'mutationRate', value: 0 })).toBe(2);
      simulation.step();
    });
    const numbered = (seq: number, tick: number, key: string, value: number): NumberedCommand => ({ seq, tick, command: { kind: 'set', key, value } });
    expect(seen).toEqual([
      { tick: 1, commands: [] },
      { tick: 2, commands: [numbered(0, 2, 'income', 1), numbered(1, 2, 'income', 1.5)] },
      { tick: 3, commands: [numbered(2, 3, 'mutationRate', 0)] },
    ]);
  });

  it('[E2] that an observer issues on an event wait for the next tick', () => {
    const { simulation } = startPlain();
    const seen = ticks((keep) => {
      simulation.events$.subscribe((event) => { if (event.tick === 1) simulation.submit({ kind: 'set', key: 'income', value: 2 }); });
      simulation.events$.subscribe(keep);
      simulation.step();
      simulation.step();
    });
    expect(seen.map(({ commands }) => commands.length)).toEqual([0, 1]);
  });

  it('[E5] count in the fingerprint by what they say, not by the order of their fields', () => {
    const prints = [{ kind: 'set', key: 'income', value: 0 }, { value: -0, key: 'income', kind: 'set' }].map((given) => {
      const { simulation } = startPlain();
      simulation.submit(given as Command);
      simulation.step();
      return simulation.fingerprint;
    });
    expect(prints[1]).toBe(prints[0]);
  });

  it.each<[string, unknown, RegExp]>([
    ['of an unknown kind', { kind: 'kill', id: 3 }, /kill|kind/],
    ['that is nothing', null, /command/i],
    ['with a field too many', { kind: 'set', key: 'income', value: 1, by: 'me' }, /by/],
    ['with text for a number', { kind: 'set', key: 'income', value: '1' }, /value/],
    ['with a value that is not finite', { kind: 'set', key: 'income', value: Number.NaN }, /value/],
    ['for an unknown parameter', { kind: 'set', key: 'constructor', value: 1 }, /no parameter "constructor"; the parameters are capacity, /],
    ['out of range', { kind: 'set', key: 'income', value: 6 }, /^income is 6, but must be a number from -5 to 5\.$/],
    ['for what is fixed by now', { kind: 'set', key: 'capacity', value: 100 }, /^capacity can only be chosen before the run; give it with --set capacity=… when you start\.$/],
    ['that delivers to nobody', { kind: 'deliver', child: -1, outcome: 'ok', genome: 'rest', reason: '' }, /child/],
    ['that delivers ten kilobytes', { kind: 'deliver', child: 1, outcome: 'ok', genome: 'x'.repeat(10_000), reason: '' }, /genome/],
    ['that delivers what is no genome', { kind: 'deliver', child: 1, outcome: 'ok', genome: 'dance', reason: '' }, /^"dance" names no act; the acts are /],
    ['that says ok and delivers nothing', { kind: 'deliver', child: 1, outcome: 'ok', genome: null, reason: '' }, /a fallback has no genome, and every other outcome has one/],
    ['that says fallback and delivers a genome', { kind: 'deliver', child: 1, outcome: 'fallback', genome: 'rest', reason: '' }, /a fallback has no genome/],
    ['with an unknown outcome', { kind: 'deliver', child: 1, outcome: 'great', genome: null, reason: '' }, /outcome/],
  ])('[E3] %s are refused with one sentence, and nothing is taken', (_, bad, sentence) => {
    const { simulation } = startPlain();
    const seen = ticks((keep) => {
      simulation.events$.subscribe(keep);
      const refusal = (() => {
        try { simulation.submit(bad as Command); } catch (error) { return (error as Error).message; }
        return 'taken';
      })();
      expect(refusal).toMatch(sentence);
      expect(refusal).not.toContain('\n');
      expect(refusal).toMatch(/\.$/);
      simulation.submit({ kind: 'set', key: 'income', value: 1 });
      simulation.step();
    });
    expect(seen[0]!.commands.map(({ seq }) => seq)).toEqual([0]);
  });
});

describe('parameters', () => {
  it('[E4] are the defaults with the given ones over them', () => {
    const defaults = Object.fromEntries(parameterFacts(plainWorld.parameters).map(({ key, initial }) => [key, initial]));
    expect(resolveParameters(plainWorld.parameters, {})).toEqual(defaults);
    expect(resolveParameters(plainWorld.parameters, { income: -5, founders: 0 })).toEqual({ ...defaults, founders: 0, income: -5 });
  });

  it.each<[string, unknown, string]>([
    ['incom', 1, `There is no parameter "incom"; the parameters are ${Object.keys(plainWorld.parameters.shape).join(', ')}.`],
    ['__proto__', 1, 'There is no parameter "__proto__"'],
    ['toString', 1, 'There is no parameter "toString"'],
    ['income', 5.5, 'income is 5.5, but must be a number from -5 to 5.'],
    ['income', '1', 'income is "1", but must be a number from -5 to 5.'],
    ['income', undefined, 'income is undefined, but must be a number from -5 to 5.'],
    ['founders', 2.5, 'founders is 2.5, but must be a whole number from 0 to 1000000.'],
    ['founders', -1, 'founders is -1, but must be a whole number from 0 to 1000000.'],
    ['gestation', 0, 'gestation is 0, but must be a whole number from 1 to 1000.'],
  ])('[E4] %s = %j is refused with the value, the place and the range', (key, value, sentence) => {
    expect(() => checkParameter(plainWorld.parameters, key, value, false)).toThrow(sentence);
  });

  it.each([Number.NaN, Infinity, -Infinity])('[E4] %d is refused by its own name', (value) => {
    expect(() => checkParameter(plainWorld.parameters, 'income', value, false)).toThrow(`income is ${value}, but must be a number from -5 to 5.`);
  });

  it('[E4] describe themselves for help, sliders and prompts', () => {
    const facts = parameterFacts(plainWorld.parameters);
    expect(facts.at(-1)).toEqual({
      key: 'income', title: 'Income', sentence: 'Energy gained in a tick.', unit: '', min: -5, max: 5, step: 0.5, initial: 0, pressure: true, live: true,
      ofModel: false,
    });
    expect(facts.filter(({ live }) => !live).map(({ key }) => key)).toEqual(['capacity', 'gestation', 'appraisalAge', 'reactionTime', 'judgingTime', 'founders']);
    for (const { initial, min, max, sentence } of facts) {
      expect(initial >= min && initial <= max).toBe(true);
      expect(sentence).toMatch(/\.$/);
    }
  });
});
