import type { Account, Role } from './task.ts';

/** Running counts by role, kind and model, in the order in which they first occurred. */
export class Accounts {
  readonly all: Account[] = [];
  private readonly byName = new Map<string, Account>();

  of(role: Role, kind: string, model: string): Account {
    const name = `${role}\n${kind}\n${model}`;
    let account = this.byName.get(name);
    if (account === undefined) {
      account = {
        role, kind, model, ok: 0, repaired: 0, fallback: 0, budget: 0, calls: 0, promptTokens: 0, completionTokens: 0, dollars: 0, shared: 0, retries: 0,
      };
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
