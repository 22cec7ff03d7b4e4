import type { Draft } from 'immer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lookThroughTime } from '../../viewer/app/looking.ts';
import { Store, type PageState } from '../../viewer/app/state.ts';
import type { ClientMessage } from '../../viewer/protocol.ts';

describe('looking through time', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  function looker(): { said: ClientMessage[]; shows(tick: number | null): void; looking: ReturnType<typeof lookThroughTime> } {
    const store = new Store();
    const said: ClientMessage[] = [];
    store.change((draft) => { draft.totals = { tick: 500, held: { from: 0, to: 500, step: 1 }, recorded: false } as Draft<PageState>['totals']; });
    return {
      said, looking: lookThroughTime(store, (message) => said.push(message)),
      shows: (tick) => store.change((draft) => { draft.past = tick === null ? null : { tick, played: false }; }),
    };
  }

  it('[V11] asks for a tick and for the present, and for neither where it looks already', () => {
    const { said, shows, looking } = looker();
    looking.live();
    vi.advanceTimersByTime(100);
    expect(said).toEqual([]);
    looking.at(100);
    expect(looking.tick).toBe(100);
    shows(100);
    vi.advanceTimersByTime(100);
    looking.live();
    shows(null);
    vi.advanceTimersByTime(100);
    looking.live();
    vi.advanceTimersByTime(100);
    expect(said).toEqual([{ type: 'at', tick: 100 }, { type: 'live' }]);
    expect(looking.tick).toBe(500);
  });

  it('[V11] comes back to the present from a tick that is still on its way, though the present is what is shown', () => {
    const { said, shows, looking } = looker();
    looking.at(100);
    shows(100);
    vi.advanceTimersByTime(100);
    looking.live();
    vi.advanceTimersByTime(100);
    looking.at(200);
    vi.advanceTimersByTime(100);
    // the answer to the question before
    shows(null);
    expect(looking.tick).toBe(200);
    looking.live();
    vi.advanceTimersByTime(100);
    expect(said).toEqual([{ type: 'at', tick: 100 }, { type: 'live' }, { type: 'at', tick: 200 }, { type: 'live' }]);
  });
});
