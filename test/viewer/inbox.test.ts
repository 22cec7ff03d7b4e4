import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Inbox } from '../../viewer/app/inbox.ts';

/** Every message takes so long to be taken in. */
const EACH_MS = 2;

function inbox() {
  const heard: number[] = [];
  let now = 0;
  const box = new Inbox<number>((message) => {
    heard.push(message);
    now += EACH_MS;
  }, () => now);
  return { box, heard };
}

describe('news', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('[V21] is taken in a little at a time, in its order, and none is lost', () => {
    const { box, heard } = inbox();
    for (let message = 0; message < 7; message++) box.add(message);
    expect(heard).toEqual([]);
    const taken = Array.from({ length: 5 }, () => {
      const before = heard.length;
      expect(box.take(3)).toBe(before < 7);
      return heard.length - before;
    });
    expect(taken).toEqual([2, 2, 2, 1, 0]);
    expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6]);
    vi.advanceTimersByTime(1000);
    expect(heard.length).toBe(7);
  });

  it('[V21] is taken in where no frames are drawn, too', () => {
    const { box, heard } = inbox();
    for (let message = 0; message < 3; message++) box.add(message);
    vi.advanceTimersByTime(250);
    box.add(3);
    expect(heard).toEqual([0, 1, 2]);
    vi.advanceTimersByTime(250);
    expect(heard).toEqual([0, 1, 2, 3]);
  });
});
