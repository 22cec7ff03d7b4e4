import { vi } from 'vitest';

/** Turns of the event loop, as many as it takes; what never comes, the test's own time limit ends. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => { setImmediate(resolve); });
}

/**
 * Stops the clock by which our own code gives up, rests and waits, and nothing else: what travels travels, and how long it
 * takes on this machine is no matter. Time passes when the test says so. `vi.useRealTimers` starts it again.
 */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  // no clock that anything was measured by stands at nought
  vi.advanceTimersByTime(1000);
}

/** Lets time pass, and what was due in it happen. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
