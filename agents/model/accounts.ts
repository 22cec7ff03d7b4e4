import type { Account, Role } from './task.ts';

/** Tasks that are kept apart until somebody asks; far more than are in flight. */
const MOST_LATE = 8192;

/** What one task came to. */
export type Entry = Omit<Account, 'role' | 'kind' | 'model'>;

const amounts = ['ok', 'repaired', 'fallback', 'budget', 'calls', 'promptTokens', 'completionTokens', 'dollars', 'shared', 'retries'] as const satisfies readonly (keyof Entry)[];

export function emptyEntry(): Entry {
  return { ok: 0, repaired: 0, fallback: 0, budget: 0, calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0, shared: 0, retries: 0 };
}

/** Running counts by role, kind and model, in the order in which they first occurred. */
export class Accounts {
  readonly all: Account[] = [];
  private readonly byName = new Map<string, Account>();
  /** Tasks that are entered and due later than anybody has asked about. */
  private late: { readonly account: Account; readonly due: number; readonly entry: Entry }[] = [];

  /** Enters what a task came to that is due at a tick. */
  enter(account: Account, due: number, entry: Entry): void {
    for (const amount of amounts) account[amount] += entry[amount];
    if (!Number.isFinite(due)) return;
    this.late.push({ account, due, entry });
    // nobody asks; what was due first is behind us by now
    if (this.late.length > MOST_LATE) this.late = this.late.sort((a, b) => a.due - b.due).slice(MOST_LATE / 2);
  }

  /** The counts of all that was due by a tick: what is due later will be asked and entered again by whoever goes on from there. Ticks asked about rise. */
  upTo(tick: number): Account[] {
    this.late = this.late.filter(({ due }) => due > tick);
    const counts = new Map(this.all.map((account) => [account, { ...account }]));
    for (const { account, entry } of this.late) for (const amount of amounts) counts.get(account)![amount] -= entry[amount];
    return [...counts.values()];
  }

  /** Begins with the counts of an earlier part of the run. */
  carryOver(earlier: readonly Account[]): void {
    for (const one of earlier) Object.assign(this.of(one.role, one.kind, one.model), one);
  }

  of(role: Role, kind: string, model: string): Account {
    const name = `${role}\n${kind}\n${model}`;
    let account = this.byName.get(name);
    if (account === undefined) {
      account = { role, kind, model, ...emptyEntry() };
      this.byName.set(name, account);
      this.all.push(account);
    }
    return account;
  }
}

/** Equal requests that are due at the same tick are told apart by number. Forgets ticks long past, so that a long run keeps no memory. */
export class Occurrences {
  private readonly byDue = new Map<number, Map<string, number>>();
  private readonly most: number;

  constructor(most = 1024) {
    this.most = most;
  }

  next(due: number, key: string): number {
    let counts = this.byDue.get(due);
    if (counts === undefined) {
      counts = new Map();
      this.byDue.set(due, counts);
      if (this.byDue.size > this.most) this.byDue.delete(Math.min(...this.byDue.keys()));
    }
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    return nth;
  }
}
