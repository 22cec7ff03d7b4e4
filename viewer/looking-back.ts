import type { History } from './history.ts';
import type { Playback } from './playback.ts';
import type { Watcher } from './watcher.ts';

/** Ticks that are played back for pages, one page after another. */
export class LookingBack {
  private readonly history: History;
  private readonly playback: Playback | null;
  private readonly now: () => number;
  /** The tick that each page waits for; what it asks for last counts. */
  private readonly wanted = new Map<Watcher, number>();
  private playing: Watcher | null = null;

  /** `now` is the tick of the living world. */
  constructor(history: History, playback: Playback | null, now: () => number) {
    this.history = history;
    this.playback = playback;
    this.now = now;
  }

  /** Shows a tick to a page, at once where it is held. Throws an error with one sentence when it cannot be shown. */
  show(watcher: Watcher, tick: number): void {
    this.forget(watcher);
    const { held } = this.history;
    if (held === null) throw new Error('There is no past yet: nothing has happened.');
    if (tick >= held.from || this.playback === null) {
      const past = this.history.at(tick);
      if (past === null) throw new Error(`Tick ${tick} is no longer held: ticks from ${held.from} on are, and what was before is not on record.`);
      watcher.showPast(past, false, performance.now());
      return;
    }
    this.wanted.set(watcher, tick);
    void this.pump();
  }

  /** A page that looks elsewhere, or has gone, waits for nothing. */
  forget(watcher: Watcher): void {
    const tick = this.wanted.get(watcher);
    if (tick === undefined) return;
    this.wanted.delete(watcher);
    watcher.say({ type: 'seeking', tick, at: null });
  }

  /** Lets go of what was played when nobody looks at it. */
  settle(watchers: Iterable<Watcher>): void {
    if (this.playing === null && this.wanted.size === 0 && ![...watchers].some(({ lookingAt }) => lookingAt !== null)) this.playback?.rest();
  }

  private async pump(): Promise<void> {
    if (this.playing !== null) return;
    for (let next = first(this.wanted); next !== undefined; next = first(this.wanted)) {
      const [watcher, tick] = next;
      this.playing = watcher;
      const isStill = (): boolean => this.wanted.get(watcher) === tick;
      try {
        watcher.say({ type: 'seeking', tick, at: 0 });
        const past = await this.playback!.seek(Math.min(tick, this.now()), (at) => {
          if (isStill()) watcher.say({ type: 'seeking', tick, at });
          else this.playback!.giveUp();
        });
        if (!isStill()) continue;
        if (past !== null) watcher.showPast(past, true, performance.now());
      } catch (error) {
        if (isStill()) watcher.say({ type: 'refused', sentence: error instanceof Error ? error.message : String(error) });
      } finally {
        if (isStill()) this.forget(watcher);
        this.playing = null;
      }
    }
  }
}

function first<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return map.entries().next().value;
}
