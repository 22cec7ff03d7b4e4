import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Turns } from '../../viewer/app/turns.ts';

/** Three panels that draw at most every 200, 300 and 0 ms, and what they drew when. */
function threePanels() {
  const turns = new Turns();
  const news = [new Subject<string>(), new Subject<string>(), new Subject<string>()] as const;
  const drawn: string[] = [];
  const listening = [200, 300, 0].map((leastMs, panel) => news[panel]!.pipe(turns.inTurn(leastMs)).subscribe((word) => drawn.push(`${panel} ${word}`)));
  return { turns, news, drawn, listening };
}

describe('panels in turn', () => {
  it('[V21] never draws two on one frame, and each only the newest of what it was told', () => {
    const { turns, news, drawn } = threePanels();
    for (const word of ['old', 'new']) for (const panel of news) panel.next(word);
    expect(drawn).toEqual([]);
    const drew = [0, 16, 32, 48].map((now) => {
      const before = drawn.length;
      expect(turns.take(now)).toBe(drawn.length > before);
      return drawn.length - before;
    });
    expect(drew).toEqual([1, 1, 1, 0]);
    expect([...drawn].sort()).toEqual(['0 new', '1 new', '2 new']);
  });

  it('[V21] lets nobody draw more often than it asks to, and everybody as soon as it may', () => {
    const { turns, news, drawn } = threePanels();
    for (let now = 0; now < 900; now += 15) {
      for (const panel of news) panel.next(String(now));
      turns.take(now);
    }
    const times = (panel: number): number[] => drawn.filter((word) => word.startsWith(`${panel} `)).map((word) => Number(word.slice(2)));
    const gaps = (panel: number): number[] => times(panel).slice(1).map((at, i) => at - times(panel)[i]!);
    expect(Math.min(...gaps(0))).toBeGreaterThanOrEqual(200);
    expect(Math.min(...gaps(1))).toBeGreaterThanOrEqual(300);
    // two frames late at most: the others went first
    expect(Math.max(...gaps(0))).toBeLessThanOrEqual(240);
    expect(Math.max(...gaps(1))).toBeLessThanOrEqual(345);
    expect(times(2).length).toBeGreaterThan(45);
  });

  it('[V21] draws nothing where no frame is drawn, nor where nothing is new, nor for who has gone', () => {
    const { turns, news, drawn, listening } = threePanels();
    expect(turns.take(0)).toBe(false);
    news[0].next('a');
    news[1].next('b');
    listening[0]!.unsubscribe();
    expect(turns.take(10)).toBe(true);
    expect(turns.take(500)).toBe(false);
    expect(drawn).toEqual(['1 b']);
  });
});
