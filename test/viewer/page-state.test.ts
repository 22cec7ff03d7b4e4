import { produce, type Draft } from 'immer';
import { describe, expect, it } from 'vitest';
import { budgetBrief, budgetLines, isNearlySpent, raisedCap, spentUnits } from '../../viewer/app/budget-words.ts';
import { Camera } from '../../viewer/app/camera.ts';
import { doingThen, figuresThen, whenThen } from '../../viewer/app/card-past.ts';
import { applyMessage, EMPTY_STATE, letGo, MAX_LOG_LINES, type PageState } from '../../viewer/app/state.ts';
import { actColour } from '../../viewer/app/palette.ts';
import { shortUnit, stepped, withVisibleControls } from '../../viewer/app/words.ts';
import type { BudgetFacts, LogLine, OrganismFacts, PastOrganismFacts, ServerMessage } from '../../viewer/protocol.ts';

function after(state: PageState, ...messages: ServerMessage[]): PageState {
  return produce(state, (draft) => messages.forEach((message) => applyMessage(draft, message)));
}

const organism: OrganismFacts = {
  id: 7, alive: true, bornAt: 10, age: 5, energy: 20, children: 3, tag: 9, lineage: 1, operator: 'llm', genome: 'otherwise -> eat', firedLine: 0, intent: null, rewritten: false, worth: null,
  mobility: 0.5, diet: 0.25, x: 1, y: 2, parents: [3], parentGenome: null, ancestors: [], ancestorCount: 0, childrenAlive: [], childrenAliveCount: 0, genotype: 7, story: null, thoughts: [],
};

describe('the state of the page', () => {
  it('[V5] keeps the newest lines of each kind of news, and every command as a pin', () => {
    const births = 3 * MAX_LOG_LINES;
    const lines = Array.from({ length: births }, (_, seq): LogLine => ({ seq, tick: seq, kind: seq % 100 === 0 ? 'command' : 'birth', text: '' }));
    const state = after(EMPTY_STATE, { type: 'log', lines: lines.slice(0, 50) }, { type: 'log', lines: lines.slice(50) });
    expect(state.log.map(({ seq }) => seq)).toEqual([0, 100, ...lines.slice(-MAX_LOG_LINES - 1).map(({ seq }) => seq)]);
    expect(state.pins.map(({ seq }) => seq)).toEqual([0, 100, 200]);
  });

  it('keeps on the card what was last seen of an organism that died', () => {
    const dead = { ...organism, alive: false, age: 9, energy: 0, children: 0, tag: 0, mobility: 0, diet: 0, firedLine: -1 };
    const state = after(EMPTY_STATE, { type: 'organism', organism }, { type: 'organism', organism: dead });
    expect(state.hand).toEqual({ kind: 'organism', organism: { ...organism, alive: false, age: 9, energy: 0 } });
    expect(after(state, { type: 'organism', organism: null }).hand).toMatchObject({ organism: { alive: false, children: 3 } });
  });

  it('[V19] says of one who was looked at in the past, and is not among the living, that it is dead', () => {
    const known = { bornAt: 10, diedAt: 40, operator: 'copy', lineage: 1, parents: [3], genome: 'otherwise -> eat', rewritten: false, genotype: 7 };
    const seen = { x: 1, y: 2, hue: 90, act: 'eat', signal: null, energy: { from: 4, to: 8 } };
    const then: PastOrganismFacts = { id: 7, tick: 30, was: 'alive', seen, known, parentGenome: null, ancestors: [], ancestorCount: 0, story: null, thoughts: [] };
    const looking = after(EMPTY_STATE, { type: 'pastOrganism', organism: then });
    expect([figuresThen(then), whenThen(then), doingThen(then)]).toEqual(['age 20 · energy 4.00 to 8.00', 'at tick 30; it died in tick 40', 'did eat']);
    const back = after(produce(looking, (draft) => { draft.totals = { tick: 90 } as Draft<PageState>['totals']; }), { type: 'organism', organism: null });
    expect(back.hand).toEqual({ kind: 'past', organism: { ...then, was: 'dead', tick: 90 } });
    const { organism: now } = back.hand as Extract<PageState['hand'], { kind: 'past' }>;
    expect([figuresThen(now), whenThen(now), doingThen(now)]).toEqual(['died at age 30', 'at tick 90: dead, since tick 40', '']);
    // it is as it was when the past is looked at again, and who lives is a living one
    expect(after(back, { type: 'pastOrganism', organism: then }).hand).toEqual(looking.hand);
    expect(after(looking, { type: 'organism', organism }).hand).toEqual({ kind: 'organism', organism });
    expect(figuresThen({ ...now, known: { ...known, diedAt: null } })).toBe('dead');
  });

  it('[V22] takes nobody in hand again who was let go, whatever of it was on its way; who is taken next is', () => {
    const nobody: ServerMessage = { type: 'organism', organism: null };
    const letGone = produce(after(EMPTY_STATE, { type: 'organism', organism }), letGo);
    expect(after(letGone, { type: 'organism', organism }).hand).toBe(null);
    expect(after(letGone, { type: 'organism', organism }, nobody, { type: 'organism', organism: { ...organism, id: 8 } }).hand).toMatchObject({ organism: { id: 8 } });
  });
});

describe('text and numbers', () => {
  it('[V4][L2] shows characters that change direction or hide as escapes', () => {
    expect(withVisibleControls('eat \u202e tae \u0000\u200b')).toBe('eat \\u202e tae \\u0000\\u200b');
    expect(withVisibleControls('a\u{e0041}\ufe0f\u3164b\u{1f33f}')).toBe('a\\u{e0041}\\ufe0f\\u3164b\u{1f33f}');
    expect(withVisibleControls(`half ${'\u{1f33f}'.slice(0, 1)}`)).toBe('half \\ud83c');
    expect(withVisibleControls('otherwise -> climb grass\n\tété 草')).toBe('otherwise -> climb grass\n\tété 草');
  });

  it('writes a value with the decimals of its step', () => {
    expect([stepped(0.4200001, 0.01), stepped(3, 1), stepped(0, 0.0001), stepped(0.05, 0.001)]).toEqual(['0.42', '3', '0', '0.05']);
    expect(['degrees', 'degrees a tick', 'per 1,000 ticks', 'energy', '%', ''].map(shortUnit)).toEqual(['°', '°/tick', '/1k ticks', 'energy', '%', '']);
  });
});

describe('colours', () => {
  it.each(['lichen', 'clear'] as const)('of twelve acts are twelve in the palette %s', (palette) => {
    const acts = Array.from({ length: 12 }, (_, act) => actColour(palette, act));
    for (const [i, one] of acts.entries()) {
      for (const other of acts.slice(0, i)) expect(Math.hypot(...one.map((part, c) => part - other[c]!))).toBeGreaterThan(25);
    }
  });
});

describe('a budget in words', () => {
  const budget = (spent: number, cap: number, more: Partial<BudgetFacts> = {}): BudgetFacts => ({
    spent: { calls: spent, tokens: 50, dollars: 0.0123 }, caps: { calls: cap, dollars: 1 }, used: cap === 0 ? 1 : spent / cap, perMinute: { calls: 4.25, tokens: 0, dollars: 0 }, over: null, ...more,
  });

  it('says spent, left and the rate of each cap', () => {
    expect(budgetLines(budget(830, 1000))).toEqual(['calls: 830 of 1\u202f000 spent, 170 left, 4.3 a minute', 'dollars: $0.0123 of $1.00 spent, $0.9877 left, $0.00 a minute']);
    expect(budgetBrief(budget(830, 1000))).toBe('budget 83\u202f%');
    expect(budgetBrief({ ...budget(830, 1000), caps: {} })).toBe('');
  });

  it('warns from 80 % on, and when it is spent', () => {
    expect([799, 800, 1000].map((spent) => isNearlySpent(budget(spent, 1000)))).toEqual([false, true, true]);
    // what is left is too little for another call
    expect(isNearlySpent(budget(1, 1000, { over: 'blind' }))).toBe(true);
    expect(budgetBrief(budget(990, 1000, { over: 'paused' }))).toBe('budget spent');
  });

  it('offers to raise the caps that are spent, and those only', () => {
    expect(spentUnits(budget(1000, 1000))).toEqual(['calls']);
    expect(spentUnits(budget(10, 1000, { over: 'paused' }))).toEqual(['dollars']);
    expect([raisedCap('calls', 400), raisedCap('calls', 0), raisedCap('dollars', 1.234), raisedCap('tokens', 10)]).toEqual([800, 100, 2.5, 10_000]);
  });
});

describe('the camera on a torus', () => {
  it('keeps the place under the pointer while it zooms, and finds it again', () => {
    const camera = new Camera();
    camera.resize(800, 600);
    camera.enter(256, 256);
    const before = camera.placeAt(700, 50);
    camera.zoom(4, 700, 50);
    const place = camera.placeAt(700, 50);
    expect(place.x).toBeCloseTo(before.x, 9);
    expect(place.y).toBeCloseTo(before.y, 9);
    expect(camera.pointOf(place.x, place.y).x).toBeCloseTo(700, 6);
  });

  it('never shows a place twice', () => {
    const camera = new Camera();
    camera.resize(800, 600);
    camera.enter(256, 128);
    camera.zoom(0.01, 400, 300);
    expect(camera.viewWidth / camera.scale).toBeLessThanOrEqual(256);
    expect(camera.viewHeight / camera.scale).toBeLessThanOrEqual(128);
  });
});
