import { z } from 'zod';
import type { Bookmark } from './facts.ts';

const MOST_BOOKMARKS = 500;

/** Bookmarks as they are kept in a file: the form has a version. */
export const bookmarksForm = z.strictObject({
  lichen: z.literal(1),
  bookmarks: z.array(z.strictObject({ id: z.int().min(0), tick: z.int().min(0), text: z.string().min(1).max(80) })).max(MOST_BOOKMARKS),
});

/** What people want to find again in one run, by rising tick. */
export class Bookmarks {
  private list: Bookmark[];
  private nextId: number;
  private readonly keep: (bookmarks: readonly Bookmark[]) => void;

  /** `keep` is given all of them whenever they have changed. */
  constructor(known: readonly Bookmark[] = [], keep: (bookmarks: readonly Bookmark[]) => void = () => undefined) {
    this.list = [...known];
    this.nextId = known.reduce((most, { id }) => Math.max(most, id + 1), 0);
    this.keep = keep;
  }

  get all(): Bookmark[] {
    return [...this.list];
  }

  /** Throws an error with one sentence when there are too many, or they cannot be kept. */
  add(tick: number, text: string): void {
    if (this.list.length >= MOST_BOOKMARKS) throw new Error(`There are ${MOST_BOOKMARKS} bookmarks already; remove one first.`);
    this.change([...this.list, { id: this.nextId++, tick, text }].sort((a, b) => a.tick - b.tick || a.id - b.id));
  }

  remove(id: number): void {
    this.change(this.list.filter((bookmark) => bookmark.id !== id));
  }

  private change(next: Bookmark[]): void {
    // what cannot be kept is not there
    this.keep(next);
    this.list = next;
  }
}
