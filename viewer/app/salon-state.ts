import { animationFrameScheduler, auditTime, map, distinctUntilChanged, startWith, Subject, type Observable } from 'rxjs';
import type { ModelFacts } from '../protocol.ts';
import type { SalonCell, SalonDomain, SalonLine, SalonPoint, SalonRun, SalonServerMessage, SalonText, SalonTotals } from '../salon-protocol.ts';

const MOST_LINES = 60;
/** Beyond this every second point of a curve is let go. */
const MOST_POINTS = 3000;

/** A run as the page holds it; what grows is replaced, not changed, so that who looks on sees that it did. */
export interface RunView extends Omit<SalonRun, 'cells'> { cells: ReadonlyMap<number, SalonCell> }

export interface SalonState {
  link: 'opening' | 'open' | 'lost';
  domain: SalonDomain | null;
  model: ModelFacts | null;
  runs: RunView[];
  /** Index of the run that is drawn large. */
  chosen: number;
  totals: SalonTotals | null;
  /** The text that is read. */
  hand: SalonText | null;
  /** A text was let go, and the server has not said yet that it knows. */
  isLettingGo: boolean;
  /** Stays until another comes. */
  notice: string;
  trouble: string;
}

/** No text is read any more, whatever of it is still on its way; the server is to be told by the message `release`. */
export function letGo(state: SalonState): void {
  state.hand = null;
  state.isLettingGo = true;
}

/** A cell that a text has just taken. */
export interface Pulse { run: number; cell: number }

/** The state of the page, and word of its changes once a frame. */
export class SalonStore {
  readonly now: SalonState = { link: 'opening', domain: null, model: null, runs: [], chosen: 0, totals: null, hand: null, isLettingGo: false, notice: '', trouble: '' };
  readonly #changes = new Subject<void>();
  readonly #pulses = new Subject<Pulse>();
  readonly pulses$: Observable<Pulse> = this.#pulses.asObservable();

  change(turn: (state: SalonState) => void): void {
    turn(this.now);
    this.#changes.next();
  }

  /** A part of the state now and whenever it is another. */
  watch<T>(part: (state: SalonState) => T): Observable<T> {
    return this.#changes.pipe(auditTime(0, animationFrameScheduler), startWith(undefined), map(() => part(this.now)), distinctUntilChanged());
  }

  get run(): RunView | null { return this.now.runs[this.now.chosen] ?? null; }

  accept(message: SalonServerMessage): void {
    const { now } = this;
    switch (message.type) {
      case 'hello': {
        const { domain, model, totals, notice } = message;
        const runs = message.runs.map((run): RunView => ({ ...run, cells: new Map(run.cells.map((each) => [each.cell, each])) }));
        Object.assign(now, { domain, model, totals, notice, runs, chosen: Math.min(now.chosen, runs.length - 1), hand: null, isLettingGo: false, trouble: '' });
        break;
      }
      case 'changes':
        for (const { run: at, state, cells, points, lines } of message.changes) {
          const run = now.runs[at];
          if (run === undefined) continue;
          now.runs[at] = {
            ...run, state, points: points.length === 0 ? run.points : grown(run.points, points), lines: lines.length === 0 ? run.lines : newest(run.lines, lines),
            cells: cells.length === 0 ? run.cells : new Map([...run.cells, ...cells.map(({ fresh: _, ...each }): [number, SalonCell] => [each.cell, each])]),
          };
          for (const { cell, fresh } of cells) if (fresh) this.#pulses.next({ run: at, cell });
        }
        break;
      case 'totals': now.totals = message.totals; break;
      case 'text':
        if (now.isLettingGo) break;
        now.hand = message.text;
        now.chosen = message.text.run;
        break;
      case 'released': now.isLettingGo = false; break;
      case 'notice': now.notice = message.sentence; break;
      case 'refused': now.trouble = message.sentence; break;
    }
    this.#changes.next();
  }
}

function grown(points: readonly SalonPoint[], more: readonly SalonPoint[]): SalonPoint[] {
  const all = [...points, ...more];
  return all.length <= MOST_POINTS ? all : all.filter((_, i) => i % 2 === 1 || i === all.length - 1);
}

function newest(lines: readonly SalonLine[], more: readonly SalonLine[]): SalonLine[] {
  return [...lines, ...more].slice(-MOST_LINES);
}
