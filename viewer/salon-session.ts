import type { BudgetState, ModelService } from '../agents/model/task.ts';
import type { Domain } from '../worlds/salon/domain.ts';
import { findMethod, type MethodName } from '../worlds/salon/methods.ts';
import { dimsOf, mostQdScore, qualityRange } from '../worlds/salon/niches.ts';
import type { Ask, Individual, Salon } from '../worlds/salon/salon.ts';
import type { ModelFacts } from './protocol.ts';
import type { SalonSummary } from './qdaif.ts';
import {
  SALON_PROTOCOL_VERSION, salonClientMessage, type SalonCell, type SalonChange, type SalonClientMessage, type SalonDomain, type SalonLine, type SalonPoint,
  type SalonRun, type SalonRunState, type SalonServerMessage, type SalonTotals,
} from './salon-protocol.ts';
import { excerptOf, salonText, wayInWords, type JudgementFacts } from './salon-text.ts';
import type { SessionClient } from './session.ts';

/** Where a session's messages to one page go. */
export interface SalonPort { message(message: SalonServerMessage): void }

/** An experiment with texts, watched by any number of pages. It looks on and never changes what it sees. */
export interface SalonSession {
  join(port: SalonPort): SessionClient;
  /** A text has been asked for. */
  asked(ask: Pick<Ask, 'ticket' | 'prompt'>, salon: Salon): void;
  /** Judges have said something of a ticket's text, or why they did not. */
  judged(ticket: number, how: readonly JudgementFacts[], salon: Salon): void;
  /** A text is settled. */
  settled(text: Individual, salon: Salon): void;
  /** A run has come to its end. */
  ended(summary: SalonSummary): void;
  /** A sentence that stays on the page. */
  notice(sentence: string): void;
  totals(): SalonTotals;
  stop(): void;
}

export interface SalonSessionOptions {
  domain: Domain;
  methods: readonly MethodName[];
  seeds: readonly number[];
  iterations: number;
  model: ModelFacts;
  /** Null where texts come from a record. */
  service: Pick<ModelService, 'budget' | 'accounts'> | null;
}

const TELL_MS = 120;
const TOTALS_MS = 500;
const MOST_LINES = 60;
/** Points of a curve that a page is told of when it joins. */
const MOST_POINTS = 500;
/** Points that it is told of at once after that. */
const MOST_NEW_POINTS = 12;
/** What the pace is reckoned from. */
const WINDOW_MS = 30_000;
const LOG_EXCERPT = 240;

interface Run {
  method: MethodName;
  seed: number;
  salon: Salon | null;
  summary: SalonSummary | null;
  prompts: Map<number, string>;
  judgements: Map<number, readonly JudgementFacts[]>;
  children: Map<number, number[]>;
  lines: SalonLine[];
  /** What pages have not been told. */
  news: { dirty: boolean; cells: Map<number, boolean>; lines: SalonLine[]; point: number };
}

interface Client { port: SalonPort; inHand: { run: number; id: number } | null; shown: string }

/** Makes a session of an experiment's runs, none of them begun. */
export function createSalonSession({ domain, methods, seeds, iterations, model, service }: SalonSessionOptions): SalonSession {
  const runs: Run[] = methods.flatMap((method) => seeds.map((seed): Run => ({
    method, seed, salon: null, summary: null, prompts: new Map(), judgements: new Map(), children: new Map(), lines: [],
    news: { dirty: false, cells: new Map(), lines: [], point: 0 },
  })));
  const clients = new Set<Client>();
  const facts = domainFacts(domain);
  const marks: { at: number; done: number }[] = [{ at: performance.now(), done: 0 }];
  let done = 0;
  let said = '';
  let lastTotalsAt = 0;

  function runOf({ method, seed }: { method: { name: string } | string; seed: number }): Run {
    const name = typeof method === 'string' ? method : method.name;
    const run = runs.find((each) => each.method === name && each.seed === seed);
    if (run === undefined) throw new Error(`The run ${name}, seed ${seed}, is not one of this session's.`);
    return run;
  }

  function known(salon: Salon): Run {
    const run = runOf(salon);
    if (run.salon === salon) return run;
    run.salon = salon;
    run.news.dirty = true;
    for (const text of salon.individuals) learn(run, text);
    return run;
  }

  function learn(run: Run, { id, parents, outcome, iteration, cell, quality, text, reason }: Individual): void {
    for (const parent of new Set(parents)) {
      const list = run.children.get(parent);
      if (list === undefined) run.children.set(parent, [id]);
      else list.push(id);
    }
    if (iteration < 0) return;
    const line = { id, iteration, outcome, cell, quality, excerpt: excerptOf(text, LOG_EXCERPT), reason };
    keep(run.lines, line);
    keep(run.news.lines, line);
    if (outcome === 'new' || outcome === 'improved') run.news.cells.set(cell, true);
    run.news.dirty = true;
  }

  function stateOf({ salon, summary }: Run): SalonRunState {
    if (salon === null) return { stage: 'waiting', iteration: 0, elites: 0, coverage: 0, qdScore: 0, best: null, corrected: null };
    const { archive, iteration } = salon;
    const corrected = summary?.corrected ?? null;
    return {
      stage: summary !== null ? 'done' : salon.isDone ? 'judging' : 'writing', iteration,
      elites: archive.numElites, coverage: archive.coverage, qdScore: archive.qdScore, best: Number.isFinite(archive.objMax) ? archive.objMax : null,
      corrected: corrected === null ? null : { qdScore: corrected.qdScore, coverage: corrected.coverage, illusion: corrected.illusion },
    };
  }

  function cellOf({ salon }: Run, cell: number): SalonCell | null {
    const elite = salon?.archive.elite(cell) ?? null;
    return elite === null ? null : { cell, quality: elite.objective, id: elite.solution.id, excerpt: excerptOf(elite.solution.text) };
  }

  function pointAt({ curve: { qdScore, coverage } }: Salon, at: number): SalonPoint {
    return { iteration: at + 1, qdScore: qdScore[at]!, coverage: coverage[at]! };
  }

  function runFacts(run: Run): SalonRun {
    const { salon, method, seed, lines } = run;
    const length = salon?.curve.qdScore.length ?? 0;
    const points = Math.min(length, MOST_POINTS);
    return {
      method, sentence: findMethod(method).sentence, seed, iterations, maxQdScore: mostQdScore(domain), state: stateOf(run),
      cells: salon === null ? [] : [...salon.archive].map(({ cell }) => cellOf(run, cell)!),
      points: Array.from({ length: points }, (_, i) => pointAt(salon!, Math.round(((i + 1) * length) / points) - 1)), lines: [...lines],
    };
  }

  function totals(): SalonTotals {
    const total = runs.length * iterations;
    const now = performance.now();
    const from = marks[0]!;
    const perSecond = now - from.at > 1500 ? (done - from.done) / ((now - from.at) / 1000) : 0;
    const accounts = service?.accounts ?? [];
    const spent = service?.budget.spent;
    return {
      done, total, perSecond: done === total ? 0 : perSecond, secondsLeft: done < total && perSecond > 0 ? (total - done) / perSecond : null,
      budget: service === null ? null : budgetFacts(service.budget),
      calls: spent?.calls ?? sumOf((summary) => summary.cost.calls), tokens: spent?.tokens ?? sumOf((summary) => summary.cost.tokens),
      dollars: spent?.dollars ?? sumOf((summary) => summary.cost.dollars), fallbacks: accounts.reduce((sum, { fallback }) => sum + fallback, 0),
    };
  }

  function sumOf(get: (summary: SalonSummary) => number): number {
    return runs.reduce((sum, { summary }) => sum + (summary === null ? 0 : get(summary)), 0);
  }

  function broadcast(message: SalonServerMessage): void {
    for (const { port } of clients) port.message(message);
  }

  /** What is new of a run, which then is new no more. */
  function changeOf(run: Run, at: number): SalonChange {
    const { salon, news } = run;
    const length = salon?.curve.qdScore.length ?? 0;
    const more = Math.min(length - news.point, MOST_NEW_POINTS);
    const points = Array.from({ length: more }, (_, i) => pointAt(salon!, news.point + Math.round(((i + 1) * (length - news.point)) / more) - 1));
    const cells = [...news.cells].flatMap(([cell, fresh]) => {
      const facts = cellOf(run, cell);
      return facts === null ? [] : [{ ...facts, fresh }];
    });
    const change = { run: at, state: stateOf(run), cells, points, lines: news.lines };
    run.news = { dirty: false, cells: new Map(), lines: [], point: length };
    return change;
  }

  function tell(): void {
    const now = performance.now();
    const mark = marks.at(-1)!;
    if (now - mark.at > 500) {
      marks.push({ at: now, done });
      while (marks.length > 2 && now - marks[0]!.at > WINDOW_MS) marks.shift();
    }
    const dirty = runs.flatMap((run, at) => (run.news.dirty ? [at] : []));
    if (dirty.length > 0) broadcast({ type: 'changes', changes: dirty.map((at) => changeOf(runs[at]!, at)) });
    for (const client of clients) if (client.inHand !== null && dirty.includes(client.inHand.run)) show(client);
    if (now - lastTotalsAt < TOTALS_MS) return;
    lastTotalsAt = now;
    broadcast({ type: 'totals', totals: totals() });
  }

  /** Tells a page of the text that it reads, if there is anything new of it. */
  function show(client: Client): void {
    if (client.inHand === null) return;
    const { run: at, id } = client.inHand;
    const run = runs[at]!;
    const text = salonText(at, run.salon!, id, { ...run, judgedBy: judgedBy(run) });
    const key = JSON.stringify(text);
    if (key === client.shown) return;
    client.shown = key;
    client.port.message({ type: 'text', text });
  }

  function judgedBy({ summary, judgements }: Run): string {
    if (judgements.size > 0 || summary === null) return '';
    const ways = Object.entries(summary.ways).map(([way, times]) => `${wayInWords(way)} ${times} times`);
    return ways.length === 0 ? '' : `In this run ${model.name} answered by ${ways.join(', by ')}; which way each went is not on the record.`;
  }

  function begun(at: number): Run & { salon: Salon } {
    const run = runs[at];
    if (run === undefined) throw new Error(`There is no run ${at}; there are ${runs.length}.`);
    if (run.salon === null) throw new Error(`The run ${run.method}, seed ${run.seed}, has not begun.`);
    return run as Run & { salon: Salon };
  }

  function obey(client: Client, message: SalonClientMessage): void {
    if (message.type === 'release') {
      client.inHand = null;
      client.port.message({ type: 'released' });
      return;
    }
    const { salon } = begun(message.run);
    let id: number;
    if (message.type === 'readCell') {
      const elite = message.cell < facts.cells ? salon.archive.elite(message.cell) : null;
      if (elite === null) throw new Error(`Cell ${message.cell} is empty.`);
      ({ id } = elite.solution);
    } else {
      if (message.id >= salon.individuals.length) throw new Error(`There is no text ${message.id} in this run yet.`);
      ({ id } = message);
    }
    client.inHand = { run: message.run, id };
    client.shown = '';
    show(client);
  }

  const timer = setInterval(tell, TELL_MS);
  timer.unref();

  return {
    totals,
    stop: () => clearInterval(timer),
    asked(ask, salon) {
      // the others can be made again from the record
      const { prompts } = known(salon);
      if (salon.method.prompt === 'rewrite') prompts.set(ask.ticket, ask.prompt);
    },
    judged(ticket, how, salon) { known(salon).judgements.set(ticket, how); },
    settled(text, salon) {
      const run = runOf(salon);
      if (run.salon === null) known(salon);
      else learn(run, text);
      if (text.iteration >= 0) done++;
    },
    ended(summary) {
      const run = runOf(summary);
      run.summary = summary;
      run.news.dirty = true;
    },
    notice(sentence) {
      said = sentence;
      broadcast({ type: 'notice', sentence });
    },
    join(port) {
      // what others are about to hear is in the greeting
      tell();
      const client: Client = { port, inHand: null, shown: '' };
      clients.add(client);
      port.message({ type: 'hello', version: SALON_PROTOCOL_VERSION, domain: facts, model, runs: runs.map(runFacts), totals: totals(), notice: said });
      return {
        receive(message) {
          const read = salonClientMessage.safeParse(message);
          try {
            if (!read.success) throw new Error('That message is not one that the salon knows.');
            obey(client, read.data);
          } catch (error) {
            port.message({ type: 'refused', sentence: error instanceof Error ? error.message : String(error) });
          }
        },
        leave() { clients.delete(client); },
      };
    },
  };
}

function keep(lines: SalonLine[], line: SalonLine): void {
  lines.push(line);
  if (lines.length > MOST_LINES) lines.shift();
}

function budgetFacts({ spent, caps, used, perMinute }: BudgetState): SalonTotals['budget'] {
  return { spent, caps: { ...caps }, used, perMinute, over: null };
}

function domainFacts(domain: Domain): SalonDomain {
  const { name, noun, form, quality, measures, depth } = domain;
  const [least, most] = qualityRange(domain);
  const dims = dimsOf(domain);
  return {
    name, noun, form, quality: { question: quality.question, labels: [...quality.labels], least, most }, depth,
    cells: dims.reduce((product, bins) => product * bins, 1),
    measures: measures.map((each, m) => ('categories' in each
      ? { name: each.name, question: each.question, labels: [], ticks: [], names: [...each.categories], bins: dims[m]! }
      : { name: each.name, question: each.question, labels: [...each.labels], ticks: [...each.ticks], names: [], bins: dims[m]! })),
  };
}
