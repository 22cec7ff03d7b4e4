/** A wish to stop: Ctrl-C, or a signal from whoever started us. */
export interface Stop {
  /** The signal that came, or null. */
  readonly asked: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | null;
  /** Aborts when it comes. */
  readonly signal: AbortSignal;
  /** Settles when it comes. */
  readonly when: Promise<void>;
  /** The exit code by which shells tell that a signal ended a program. */
  readonly code: number;
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** One Ctrl-C can arrive twice, from the terminal and from npm; only a later one is impatience. */
const ECHO_MS = 800;
const PARENT_LOOK_MS = 500;

/** Takes the signals over from now on: the first is a wish that the program grants, one more ends it at once. */
export function listenForStop(): Stop {
  const controller = new AbortController();
  let asked: Stop['asked'] = null;
  let askedAt = 0;
  const when = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve(), { once: true }));
  const ask = (name: keyof typeof numbers): void => {
    asked = name;
    askedAt = performance.now();
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (asked === null) ask(name);
      else if (performance.now() - askedAt > ECHO_MS) process.exit(128 + numbers[name]);
    });
  }
  if (process.env['npm_lifecycle_event'] !== undefined) {
    // npm, or the shell between it and us, can end without a word
    const parent = process.ppid;
    setInterval(() => { if (asked === null && process.ppid !== parent) ask('SIGTERM'); }, PARENT_LOOK_MS).unref();
  }
  return {
    get asked() { return asked; },
    get code() { return asked === null ? 0 : 128 + numbers[asked]; },
    signal: controller.signal,
    when,
  };
}
