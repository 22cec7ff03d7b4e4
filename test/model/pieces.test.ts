import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { Occurrences } from '../../agents/model/accounts.ts';
import { DueQueue, type Waiting } from '../../agents/model/queue.ts';
import { Meter, parseWait, readRate, retryAfter } from '../../agents/model/rate.ts';

describe('[M9] the queue', () => {
  test('gives the soonest due first and equals in order, whoever is hastened meanwhile', () => {
    const step = fc.oneof(fc.record({ push: fc.nat(9) }), fc.constant('shift' as const), fc.record({ hasten: fc.nat(30), due: fc.nat(9) }));
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = new DueQueue<Waiting>();
      const plain: Waiting[] = [];
      const before = (a: Waiting, b: Waiting): number => a.due - b.due || a.order - b.order;
      let order = 0;
      for (const one of steps) {
        if (one === 'shift') {
          const expected = plain.sort(before).shift();
          expect(queue.first).toBe(expected);
          expect(queue.shift()).toBe(expected);
        } else if ('push' in one) {
          const waiting: Waiting = { due: one.push, order: order++, place: -1 };
          queue.push(waiting);
          plain.push(waiting);
        } else if (plain.length > 0) {
          queue.hasten(plain[one.hasten % plain.length]!, one.due);
        }
        expect(queue.size).toBe(plain.length);
      }
      expect(queue.clear().length).toBe(plain.length);
    }));
  });
});

describe('[M9] rate limits', () => {
  test.each([
    ['1s', 1000], ['20ms', 20], ['6m0s', 360_000], ['1h2m3.5s', 3_723_500], ['1.5', 1500], ['0', 0], ['2d', 172_800_000],
    ['1700000010', 10_000], ['1700000010000', 10_000], ['2023-11-14T22:13:30Z', 10_000], ['Tue, 14 Nov 2023 22:13:30 GMT', 10_000],
    ['', undefined], ['soon', undefined], ['-5', undefined], ['1x', undefined], ['1s or so', undefined],
  ])('a wait of "%s" is %s ms', (text, expected) => {
    expect(parseWait(text, 1_700_000_000_000)).toBe(expected);
  });

  test('are read from headers', () => {
    expect(retryAfter(new Headers({ 'retry-after': '7', 'retry-after-ms': '250' }))).toBe(250);
    expect(retryAfter(new Headers({ 'retry-after': '7' }))).toBe(7000);
    expect(retryAfter(new Headers())).toBeUndefined();
    expect(readRate(new Headers({ 'x-ratelimit-remaining-tokens': '1500', 'x-ratelimit-limit-tokens': '2000', 'x-ratelimit-reset-tokens': '15s' }), 3))
      .toEqual({ at: 3, tokens: { remaining: 1500, limit: 2000, resetMs: 15_000 } });
    expect(readRate(new Headers({ 'x-ratelimit-remaining-requests': 'many' }), 3)).toBeUndefined();
  });

  test('make those wait for whom nothing is left, as long as it takes to grow back', () => {
    const meter = new Meter();
    expect(meter.wait(1e9, 0)).toBe(0);
    meter.learn({ remaining: 5, limit: 10, resetMs: 1000 }, 2, 100);
    expect(meter.wait(3, 100)).toBe(0);
    meter.take(3);
    expect(meter.wait(1, 100)).toBe(200);
    expect(meter.wait(1, 300)).toBe(0);
    expect(meter.wait(100, 100)).toBe(1000);
    expect(meter.wait(100, 1100)).toBe(0);
    meter.learn({ remaining: 0, resetMs: 500 }, 0, 2000);
    expect(meter.wait(1, 2100)).toBe(400);
    meter.learn({ remaining: 0 }, 0, 3000);
    expect(meter.wait(1, 3000)).toBe(0);
  });
});

test('[M10] equal requests of one tick are numbered, and ticks long past are forgotten', () => {
  const seen = new Occurrences(3);
  expect([seen.next(1, 'a'), seen.next(1, 'a'), seen.next(2, 'a'), seen.next(1, 'b')]).toEqual([0, 1, 0, 0]);
  seen.next(3, 'a');
  seen.next(4, 'a');
  expect(seen.next(2, 'a')).toBe(1);
});
