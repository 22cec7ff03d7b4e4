import { Presets, SingleBar } from 'cli-progress';

/** How far something has come, for whoever watches the terminal. */
export interface Progress {
  /** `words` say more than the number does; on a terminal they stand beside the bar. */
  update(done: number, words: string): void;
  /** Prints a line that stays. */
  note(line: string): void;
  stop(): void;
}

export interface ProgressOptions {
  /** What 100 % is; without it there is no bar, and the words are all there is. */
  total?: number | undefined;
  /** Milliseconds between two lines where nobody watches a terminal. */
  lineEveryMs: number;
  /** Begins each line. */
  title: string;
  stream?: NodeJS.WriteStream;
}

const REDRAW_MS = 150;
const CLEAR_LINE = '\r\u001b[K';
/** A bar goes back to where the cursor was saved when it ends: after a line that stays that is the line below. */
const SAVE_CURSOR = '\u001b7';

/** A progress bar, or a line that is written over, on a terminal; elsewhere a plain line now and then. */
export function createProgress({ total, lineEveryMs, title, stream = process.stderr }: ProgressOptions): Progress {
  if (!stream.isTTY) return plainLines(stream, title, total, lineEveryMs);
  if (total === undefined) return oneLine(stream, title);
  const bar = new SingleBar({
    stream, format: '{bar} {percentage}% · {words}', barsize: (stream.columns || 80) < 120 ? 8 : 20, hideCursor: true, clearOnComplete: true, forceRedraw: true, fps: 8, gracefulExit: false,
  }, Presets.shades_classic);
  bar.start(total, 0, { words: title });
  return {
    update: (done, words) => bar.update(Math.min(done, total), { words: `${title} ${words}` }),
    note: (line) => { stream.write(`${CLEAR_LINE}${line}\n${SAVE_CURSOR}`); },
    stop: () => bar.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream, title: string, total: number | undefined, everyMs: number): Progress {
  // the first line comes after a first interval: what is over at once needs none
  let next = performance.now() + everyMs;
  return {
    update(done, words) {
      const now = performance.now();
      if (now < next) return;
      next = now + everyMs;
      const share = total === undefined || total === 0 ? '' : `${Math.floor((100 * done) / total)} % · `;
      stream.write(`${share}${title} ${words}\n`);
    },
    note: (line) => { stream.write(`${line}\n`); },
    stop: () => undefined,
  };
}

function oneLine(stream: NodeJS.WriteStream, title: string): Progress {
  let next = 0;
  return {
    update(_, words) {
      const now = performance.now();
      if (now < next) return;
      next = now + REDRAW_MS;
      // a line that wraps could not be written over
      const text = `${title} ${words}`;
      const room = (stream.columns || 80) - 1;
      stream.write(CLEAR_LINE + (text.length > room ? `${text.slice(0, room - 1)}…` : text));
    },
    note: (line) => { stream.write(`${CLEAR_LINE}${line}\n`); },
    stop: () => { stream.write(CLEAR_LINE); },
  };
}
