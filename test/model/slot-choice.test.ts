import { expect, test } from 'vitest';
import { chooseSlot, type SlotFacts } from '../../agents/model/slot-choice.ts';

const slot = (common: number, lastUsed: number, busy = false): SlotFacts => ({ common, lastUsed, busy });

test.each<[string, SlotFacts[], number]>([
  ['that has read most of the prompt', [slot(300, 1), slot(340, 2)], 1],
  ['not used for longest, among equals', [slot(300, 5), slot(300, 4), slot(300, 6)], 1],
  ['not used for longest, where what is common is an accident', [slot(9, 5), slot(0, 4)], 1],
  ['that has read the shared prefix, however lately it was used', [slot(9, 1), slot(250, 9)], 1],
  ['that is free', [slot(300, 1, true), slot(0, 2)], 1],
  ['that was never used, before one that was', [slot(3, 1), slot(0, 0)], 1],
])('a prompt goes to the slot %s', (_, slots, choice) => {
  expect(chooseSlot(slots, 250)).toBe(choice);
});

test('no slot is chosen while all are busy', () => {
  expect(chooseSlot([slot(300, 1, true)], 250)).toBe(-1);
  expect(chooseSlot([], 250)).toBe(-1);
});

test('three kinds of prompt in turn on three slots each keep their own', () => {
  const state = [0, 1, 2].map(() => ({ kind: '', lastUsed: 0 }));
  for (let i = 0; i < 30; i++) {
    const kind = 'abc'[i % 3] ?? '';
    const at = chooseSlot(state.map((one) => slot(one.kind === kind ? 250 : 4, one.lastUsed)), 250);
    if (i >= 3) expect(state[at]?.kind).toBe(kind);
    state[at] = { kind, lastUsed: i + 1 };
  }
});
