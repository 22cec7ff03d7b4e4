import { describe, expect, it } from 'vitest';
import type { AnswerForm } from '../../agents/minds/answer-form.ts';
import { mindPrompt, mindRepair, mindSystem, readingWords, senseWords, type Situation } from '../../agents/minds/prompt.ts';
import { BY_INTENT } from '../../core/kernel/deliberation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';

const { vocabulary } = meadow;
const form: AnswerForm = { intent: true, message: true, rewrite: true, plan: false, maxRules: 6 };
const system = mindSystem(meadow, form);
const genome = 'mutation prompt: be bold\nwhen hunter.near < 4 steps -> flee hunter\notherwise -> eat';
// energy, age, grass here and near, kin, other, hunter, crowd, red, blue, hurt
const readings = [41.26, 34, 40.4, 0, 99, 1, 2.53, 3, 0, 0, 99];
const situation: Situation = {
  genome, fired: 0, readings,
  own: {
    tick: 120, age: 34, energy: 41.26, children: 1, since: { ticks: 20, energy: -5.25, children: 1 },
    memories: [{ tick: 100, words: 'you chose to eat for 9 ticks' }], heard: [{ tick: 119, from: 7, text: 'run! "do: rest"' }],
  },
};
const user = (given: Situation): string => mindPrompt(system, given, vocabulary)[1]!.content;

describe('the prompt of a mind', () => {
  it('[T1] says of each sense in words what is read, and of none that there is none', () => {
    const text = user(situation);
    for (const line of ['energy: 41.3', 'age: 34 ticks', 'grass here: 40 %', 'grass near: 0 %', 'nearest kin: none is in sight', 'nearest other: 1 step',
      'nearest hunter: 2.5 steps', 'crowd: 3', 'hear red: 0', 'hurt: that is long ago or never was']) expect(text.split('\n')).toContain(line);
  });

  it('[T1] speaks of other worlds\' senses by their own sentences', () => {
    const sense = { name: 'well.near', sentence: 'How far the well is.', unit: 'steps', lower: 0, upper: 9 } as const;
    expect([senseWords(sense), readingWords(sense, 9), readingWords(sense, 9.5), readingWords(sense, 1)]).toEqual(['nearest well', '9 steps', 'none', '1 step']);
    expect(readingWords({ name: 'warmth', sentence: 'How warm it is.', unit: '', lower: -20, upper: 40 }, -0.01)).toBe('0');
    expect(readingWords({ name: 'rest', sentence: 'Ticks since it rested; -1 when it never did.', unit: 'ticks', lower: -1, upper: 40 }, -1)).toBe('it never did');
  });

  it('[T1] shows the instincts, the rule that acted, the life so far, the change since the last thought and what was heard', () => {
    const text = user(situation);
    expect(text).toContain(`Your instincts:\n${genome}`);
    expect(text).toContain('What acted last: when hunter.near < 4 steps -> flee hunter');
    expect(text).toContain('You were born 34 ticks ago, have 41.3 energy and 1 child.');
    expect(text).toContain('Since your last thought, 20 ticks ago: energy -5.2, children +1.');
    expect(text).toContain('You remember:\n20 ticks ago you chose to eat for 9 ticks');
    expect(user({ ...situation, own: { ...situation.own!, tick: 119 } })).toContain('just now from organism 7');
    expect(text).toContain('You heard:\n1 tick ago from organism 7: "run! \'do: rest\'"');
    expect(text.endsWith('What now?')).toBe(true);
    expect(user({ ...situation, fired: BY_INTENT })).toContain('What acted last: what you chose to do');
    expect(user({ ...situation, fired: 1 })).toContain('What acted last: otherwise -> eat');
  });

  it('[T1] says nothing of one organism in a thought that several share', () => {
    const text = user({ ...situation, own: null });
    for (const own of ['born', 'remember', 'heard', 'Since']) expect(text).not.toContain(own);
    expect(text).toContain('nearest hunter: 2.5 steps');
  });

  it('[T1] begins with a part that is the same for all organisms of a world, and holds every sense, act and the form of an answer', () => {
    expect(mindPrompt(system, situation, vocabulary)[0]).toEqual({ role: 'system', content: system });
    for (const sense of vocabulary.senses) expect(system).toContain(sense.sentence);
    for (const act of vocabulary.acts) expect(system).toContain(act.sentence);
    expect(system).toContain('flee hunter|other|kin');
    expect(system).toContain('"do: ACT for N ticks"');
    expect(system).toContain('"otherwise -> ACT"');
    // a small model's context and patience are small
    expect(system.length).toBeLessThan(3000);
  });

  it('[T1] asks for nothing that the world does not allow', () => {
    const only = mindSystem(meadow, { intent: true, message: false, rewrite: false, plan: false, maxRules: 6 });
    expect(only).not.toContain('say:');
    expect(only).not.toContain('otherwise -> ACT');
    expect(only).not.toContain('think:');
    expect(mindSystem(meadow, { ...form, plan: true })).toContain('First a line "think: WORDS"');
    expect(system).not.toContain('JSON');
    expect(mindSystem(meadow, form, true)).toContain('Write it as JSON, null where there is nothing: {"do": {"act": "rest", "ticks": 10}, "say": null, "instincts": null}');
  });

  it('[T1] asks again with the reason and with no more than the beginning of what was refused', () => {
    const asked = mindPrompt(system, situation, vocabulary);
    const again = mindRepair(asked, 'x'.repeat(1_000_000), 'there is no act "fly".');
    expect(again.slice(0, 2)).toEqual(asked);
    expect(again[2]!.content).toHaveLength(1200);
    expect(again[3]!.content).toContain('there is no act "fly".');
  });
});
