/** Where no frames are drawn, as in a hidden tab, news is taken in this often. */
const LONGEST_MS = 250;

/**
 * News as it comes, in its order, taken in a little at a time: much comes at once, and no frame should have to bear all of it.
 */
export class Inbox<Message> {
  readonly #heard: (message: Message) => void;
  readonly #clock: () => number;
  readonly #waiting: Message[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `clock` tells milliseconds. */
  constructor(heard: (message: Message) => void, clock: () => number = () => performance.now()) {
    this.#heard = heard;
    this.#clock = clock;
  }

  add(message: Message): void {
    this.#waiting.push(message);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.take(Infinity);
    }, LONGEST_MS);
  }

  /** Takes in one message, and more until so much time has gone; answers whether there was any. */
  take(mostMs: number): boolean {
    if (this.#waiting.length === 0) return false;
    const began = this.#clock();
    do this.#heard(this.#waiting.shift()!);
    while (this.#waiting.length > 0 && this.#clock() - began < mostMs);
    if (this.#waiting.length === 0 && this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
    }
    return true;
  }
}
