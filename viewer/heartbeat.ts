/** How fast a world lives, as people have set it. */
export interface Beat {
  /** One tick; `playing` is false afterwards when it was the last. */
  tick(): Promise<void>;
  /** Called between ticks, many times a second. */
  between(now: number): void;
}

/** Longest stretch of ticks without letting messages in. */
const SLICE_MS = 12;
/** While a tick waits, and while nothing is played, somebody looks this often. */
const LOOK_MS = 200;

/** Ticks a world at a person's pace: playing, paused, by single steps. */
export class Heartbeat {
  playing: boolean;
  /** 0 is as fast as the machine goes. */
  ticksPerSecond: number;
  private toStep = 0;
  private stopped = false;
  private wake: (() => void) | null = null;
  private readonly beat: Beat;

  constructor(beat: Beat, { playing, ticksPerSecond }: { playing: boolean; ticksPerSecond: number }) {
    this.beat = beat;
    this.playing = playing;
    this.ticksPerSecond = ticksPerSecond;
  }

  step(ticks: number): void {
    this.playing = false;
    this.toStep += ticks;
  }

  /** Neither plays nor steps. */
  pause(): void {
    this.playing = false;
    this.toStep = 0;
  }

  /** Looks at once whether there is something to do. */
  stir(): void {
    this.wake?.();
  }

  stop(): void {
    this.stopped = true;
    this.wake?.();
  }

  /** Runs until `stop`. */
  async run(): Promise<void> {
    // a tick may wait for the model, or for a person to raise its budget: pages go on hearing what is the case
    const telling = setInterval(() => this.beat.between(performance.now()), LOOK_MS);
    try {
      await this.live();
    } finally {
      clearInterval(telling);
    }
  }

  private async live(): Promise<void> {
    let due = performance.now();
    while (!this.stopped) {
      const now = performance.now();
      this.beat.between(now);
      if (!this.playing && this.toStep === 0) {
        await this.rest(LOOK_MS);
        due = performance.now();
      } else if (this.toStep > 0 || this.ticksPerSecond === 0) {
        await this.hurry(now + SLICE_MS);
        await this.rest(0);
        due = performance.now();
      } else if (now < due) {
        await this.rest(Math.min(due - now, 50));
      } else {
        await this.beat.tick();
        // when the machine cannot keep up, lost time is not made up for
        due = Math.max(due + 1000 / this.ticksPerSecond, performance.now() - 100);
        if (performance.now() - now > SLICE_MS) await this.rest(0);
      }
    }
  }

  /** As many ticks as are to be stepped, or as fit. */
  private async hurry(until: number): Promise<void> {
    do {
      await this.beat.tick();
      if (this.toStep > 0) this.toStep--;
    } while (!this.stopped && performance.now() < until && (this.toStep > 0 || (this.playing && this.ticksPerSecond === 0)));
  }

  /** Waits, but no longer than until somebody says something. */
  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => { clearTimeout(timer); this.wake = null; resolve(); };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
