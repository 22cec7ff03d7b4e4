import type { Budget, BudgetState } from './task.ts';

/** Calls, tokens and dollars: what something costs, may cost at worst, or has cost. */
export interface Spending { readonly calls: number; readonly tokens: number; readonly dollars: number }

const WARNING = 0.8;
const BIN_MS = 5_000;
/** The rate is that of the last two minutes. */
const BINS = 24;
const units = ['calls', 'tokens', 'dollars'] as const;

interface Bin { start: number; calls: number; tokens: number; dollars: number }

/**
 * Keeps caps by letting nothing out that could pass one at worst. What is in flight is held back from the caps at its
 * worst case and counted as what it came to when it ends.
 */
export class Purse {
  private caps: Budget;
  private readonly spent = { calls: 0, tokens: 0, dollars: 0 };
  private readonly held = { calls: 0, tokens: 0, dollars: 0 };
  private bins: Bin[] = [];
  private readonly startedAt: number;
  private warned = false;
  private told = false;
  private readonly onLevel: (level: 'warning' | 'spent', sentence: string) => void;
  private readonly now: () => number;

  constructor(caps: Budget, onLevel: (level: 'warning' | 'spent', sentence: string) => void, now: () => number = () => performance.now()) {
    this.caps = caps;
    this.onLevel = onLevel;
    this.now = now;
    this.startedAt = now();
  }

  /** Whether something of this worst case may be let out: now, once what is in flight has ended, or never. */
  admits(worst: Spending): 'now' | 'later' | 'never' {
    let later = false;
    for (const unit of units) {
      const cap = this.caps[unit];
      if (cap === undefined) continue;
      if (this.spent[unit] + worst[unit] > cap) return 'never';
      if (this.spent[unit] + this.held[unit] + worst[unit] > cap) later = true;
    }
    return later ? 'later' : 'now';
  }

  hold(worst: Spending): void {
    for (const unit of units) this.held[unit] += worst[unit];
  }

  /** Ends a hold; `cost` is what it came to. */
  settle(worst: Spending, cost: Spending | null): void {
    for (const unit of units) this.held[unit] = Math.max(0, this.held[unit] - worst[unit]);
    // what rounding leaves of dollars must not hold back the last call for ever
    if (this.held.calls === 0) this.held.dollars = 0;
    if (cost !== null) this.spend(cost);
  }

  spend(cost: Spending): void {
    for (const unit of units) this.spent[unit] += cost[unit];
    const start = Math.floor(this.now() / BIN_MS) * BIN_MS;
    let bin = this.bins.at(-1);
    if (bin?.start !== start) {
      bin = { start, calls: 0, tokens: 0, dollars: 0 };
      this.bins.push(bin);
      if (this.bins.length > BINS) this.bins.shift();
    }
    for (const unit of units) bin[unit] += cost[unit];
    this.look();
  }

  /** What an earlier part of the same run has spent. */
  carryOver(cost: Spending): void {
    for (const unit of units) this.spent[unit] += cost[unit];
    this.look();
  }

  /** Says once that the budget is spent: something had to go without. */
  tell(): void {
    if (this.told) return;
    this.told = true;
    this.onLevel('spent', `The budget is spent: ${this.words()}.`);
  }

  /** Sets other caps; news of them will be told again. */
  raise(caps: Budget): void {
    this.caps = caps;
    this.warned = false;
    this.told = false;
    this.look();
  }

  get state(): BudgetState {
    const { spent, caps } = this;
    const now = this.now();
    const from = now - BINS * BIN_MS;
    const minutes = Math.max(Math.min(now - this.startedAt, BINS * BIN_MS), 1000) / 60_000;
    const perMinute = { calls: 0, tokens: 0, dollars: 0 };
    for (const bin of this.bins) if (bin.start >= from) for (const unit of units) perMinute[unit] += bin[unit] / minutes;
    return { spent: { ...spent }, caps: { ...caps }, used: this.used, perMinute };
  }

  private get used(): number {
    let used = 0;
    for (const unit of units) {
      const cap = this.caps[unit];
      if (cap !== undefined) used = Math.max(used, cap > 0 ? this.spent[unit] / cap : 1);
    }
    return used;
  }

  private look(): void {
    const { used } = this;
    if (used >= WARNING && !this.warned) {
      this.warned = true;
      this.onLevel('warning', `${Math.floor(used * 100)} % of the budget is spent: ${this.words()}.`);
    }
    if (used >= 1) this.tell();
  }

  private words(): string {
    return units.filter((unit) => this.caps[unit] !== undefined).map((unit) => (
      unit === 'dollars' ? `$${this.spent.dollars.toFixed(4)} of $${this.caps.dollars}` : `${this.spent[unit]} of ${this.caps[unit]} ${unit}`
    )).join(', ');
  }
}
