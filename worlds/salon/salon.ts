import { AddStatus, type Archive } from '../../core/archive/archive.ts';
import { Fingerprint } from '../../core/kernel/fingerprint.ts';
import { RandomStream, drawn, seedKey, threefry } from '../../core/kernel/random.ts';
import { drawDistinct, drawWeighted, nearness } from './choice.ts';
import { SHOTS, type Domain } from './domain.ts';
import { findMethod, type Method, type MethodName } from './methods.ts';
import { binsOf, dimsOf, emptyArchive, mostQdScore, pointOf, qualityRange } from './niches.ts';
import { Pool, type PoolText } from './pool.ts';
import { fewShotPrompt, rewritePrompt } from './prompts.ts';

/**
 * The salon: a world in which texts are the organisms and the cells of an archive the niches. A text lives where its
 * measures put it, holds its niche by its quality, and has children by language-model crossover. After QDAIF (Bradley et
 * al. 2023, "Quality-diversity through AI feedback", arXiv 2310.13032), controls included.
 *
 * It is a machine without a model: `ask` says what is to be written next, `wrote` and `tell` say what was, and what judges
 * thought of it. What it becomes is a function of its options and of what it is told for each ticket, in whatever order.
 */

export type Beginning = 'seeded' | 'zero-shot';

export interface SalonOptions {
  domain: Domain;
  method: MethodName;
  /** A whole number from 0. */
  seed: number;
  /** Texts that are asked for after the pool is there. */
  iterations: number;
  /** Begin with the domain's texts, or with what the model makes of the bare template. */
  beginning?: Beginning | undefined;
  /** Iterations whose prompts show the pool only. */
  initIterations?: number | undefined;
  /** Most texts in the pool. */
  poolSize?: number | undefined;
}

/** One text that is wanted. */
export interface Ask {
  /** Its number, counted from 0; asks are handed out and settled in this order. */
  readonly ticket: number;
  /** −1 for the texts of a pool that begins with nothing. */
  readonly iteration: number;
  /** What it is counted as. */
  readonly kind: MethodName;
  readonly prompt: string;
  /** Ids of those that the prompt shows, in its order. */
  readonly parents: readonly number[];
  /** For the model's sampling: 0 to 2³¹ − 1. */
  readonly seed: number;
  /** Whether judges are to be asked about it. */
  readonly judged: boolean;
}

/** What judges said of a text, or why they said nothing. */
export type Verdict = { readonly quality: number; readonly measures: readonly number[] } | { readonly reason: string };

/**
 * What became of a text. `seed` and `pool`: it was there before the first iteration; `kept`: it entered its cell behind the
 * elite; `empty`: nothing was written; `failed`: the model gave no answer; `unjudged`: the judges gave none.
 */
export type Outcome = 'seed' | 'pool' | 'new' | 'improved' | 'kept' | 'notAdded' | 'empty' | 'failed' | 'unjudged';

/** One text on record. */
export interface Individual {
  /** Its place in `individuals`. */
  readonly id: number;
  readonly iteration: number;
  readonly text: string;
  readonly parents: readonly number[];
  readonly outcome: Outcome;
  readonly quality: number | null;
  readonly measures: readonly number[] | null;
  /** −1 where it has none. */
  readonly cell: number;
  /** Why it failed or was not judged; else empty. */
  readonly reason: string;
}

/** What the archive holds of a text. */
export interface Resident { readonly id: number; readonly iteration: number; readonly text: string; readonly parents: readonly number[] }

/** Texts of a pool that begins with nothing: fewer for QDAIF than for the controls. */
const poolTexts = { archive: 5, other: 10 } as const;
/** Times in a row that a text of the pool may come back empty. */
const MOST_ATTEMPTS = 20;
const INIT_ITERATIONS = 50;
const POOL_SIZE = 100;
/** Separate the salon's draws from all others of a seed; the method is added. */
const CHOICE = 0x6c000000;
const SAMPLING = 0x6d000000;

interface Pending { readonly ask: Ask; text?: string; verdict?: Verdict }

export class Salon {
  readonly domain: Domain;
  readonly method: Method & { readonly name: MethodName };
  readonly seed: number;
  readonly iterations: number;
  readonly archive: Archive<Resident>;
  readonly maxQdScore: number;
  /** All that was written and all that was there before, by id. */
  readonly individuals: Individual[] = [];
  /** QD-score and coverage after each iteration. */
  readonly curve: { qdScore: number[]; coverage: number[] } = { qdScore: [], coverage: [] };
  private readonly initIterations: number;
  private readonly pool: Pool;
  private readonly dims: readonly number[];
  private readonly choiceKey: [number, number];
  private readonly samplingKey: [number, number];
  /** Tickets below this one fill the pool. */
  private readonly poolTickets: number;
  /** Id of ticket 0. */
  private readonly firstId: number;
  private readonly pending = new Map<number, Pending>();
  /** How often the texts of the pool have come back empty. */
  private readonly attempts = new Map<number, number>();
  private readonly again: Ask[] = [];
  private readonly print = new Fingerprint();
  private handed = 0;
  /** The text of every ticket below is known. */
  private texted = 0;
  private settled = 0;

  constructor({ domain, method, seed, iterations, beginning = 'seeded', initIterations = INIT_ITERATIONS, poolSize = POOL_SIZE }: SalonOptions) {
    if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`The seed is ${seed}; it must be a whole number from 0.`);
    if (!Number.isInteger(iterations) || iterations < 1) throw new RangeError(`The iterations are ${iterations}; they must be a whole number, at least 1.`);
    if (!Number.isInteger(initIterations) || initIterations < 0) throw new RangeError(`The first iterations are ${initIterations}; they must be a whole number from 0.`);
    if (!Number.isInteger(poolSize) || poolSize < SHOTS) throw new RangeError(`The pool is to hold ${poolSize} texts; it must be a whole number, at least ${SHOTS}.`);
    this.domain = domain;
    this.method = findMethod(method);
    this.seed = seed;
    this.iterations = iterations;
    this.initIterations = initIterations;
    this.archive = emptyArchive<Resident>(domain);
    this.maxQdScore = mostQdScore(domain);
    this.dims = dimsOf(domain);
    this.pool = new Pool(poolSize, this.method.admission, this.method.qualityFilter);
    let at = 0;
    for (const char of this.method.name) at = (at * 31 + char.charCodeAt(0)) & 0xffff;
    this.choiceKey = seedKey(seed, CHOICE + at);
    this.samplingKey = seedKey(seed, SAMPLING + at);
    this.poolTickets = beginning === 'seeded' || this.method.prompt === 'template' ? 0 : this.method.parents === 'archive' ? poolTexts.archive : poolTexts.other;
    if (beginning === 'seeded' && this.method.prompt !== 'template') {
      for (const text of domain.seeds) {
        this.pool.put({ id: this.individuals.length, text });
        this.record({ iteration: -1, text, parents: [], outcome: 'seed', quality: null, measures: null, cell: -1, reason: '' });
      }
    }
    this.firstId = this.individuals.length;
  }

  /** Texts wanted in all. */
  get tickets(): number { return this.poolTickets + this.iterations; }
  get isDone(): boolean { return this.settled === this.tickets; }
  /** Iterations that are settled. */
  get iteration(): number { return Math.max(0, this.settled - this.poolTickets); }
  /** Of everything on record, in its order. */
  get fingerprint(): string { return this.print.digest(); }

  /** Texts that can be asked for now without changing what becomes of the salon, at most `limit`; each is handed out once. */
  ask(limit = Infinity): Ask[] {
    const asks: Ask[] = this.again.splice(0, Math.min(limit, this.again.length));
    while (asks.length < limit && this.handed < this.tickets && this.canAsk(this.handed)) {
      const ask = this.makeAsk(this.handed, 0);
      this.pending.set(this.handed++, { ask });
      asks.push(ask);
    }
    return asks;
  }

  /** Takes what was written for a ticket; an empty text is none. Returns what was settled by it, in the order of tickets. */
  wrote(ticket: number, text: string): Individual[] {
    const entry = this.open(ticket);
    if (entry.text !== undefined) throw new Error(`The text of ticket ${ticket} is known already.`);
    if (text === '' && !entry.ask.judged) return this.askAgain(entry.ask, 'it was empty');
    entry.text = text;
    return this.settle();
  }

  /** Takes what judges said of a ticket's text, or why there is no text or no judgement. Returns what was settled by it, in the order of tickets. */
  tell(ticket: number, verdict: Verdict): Individual[] {
    const entry = this.open(ticket);
    if (entry.verdict !== undefined) throw new Error(`The judgement of ticket ${ticket} is known already.`);
    if (!('reason' in verdict)) this.check(ticket, entry, verdict);
    else if (!entry.ask.judged) return this.askAgain(entry.ask, verdict.reason);
    entry.text ??= '';
    entry.verdict = verdict;
    return this.settle();
  }

  private open(ticket: number): Pending {
    const entry = this.pending.get(ticket);
    if (entry === undefined) throw new Error(`Ticket ${ticket} is not open: it was not handed out, or it is settled.`);
    return entry;
  }

  private check(ticket: number, { ask, text }: Pending, { quality, measures }: Exclude<Verdict, { reason: string }>): void {
    if (!ask.judged) throw new Error(`Ticket ${ticket} is of the pool, which is not judged.`);
    if (text === undefined || text === '') throw new Error(`Ticket ${ticket} is judged, but has no text.`);
    const [least, most] = qualityRange(this.domain);
    if (!(quality >= least && quality <= most)) throw new RangeError(`The quality of ticket ${ticket} is ${quality}; it must lie between ${least} and ${most}.`);
    this.domain.measures.forEach((facts, m) => {
      const value = measures[m]!;
      const fits = 'categories' in facts ? Number.isInteger(value) && value >= 0 && value < facts.categories.length : value >= 0 && value <= 1;
      if (!fits) throw new RangeError(`The measure ${facts.name} of ticket ${ticket} is ${value}; it must ${'categories' in facts ? `be a category from 0 to ${facts.categories.length - 1}` : 'lie between 0 and 1'}.`);
    });
  }

  private askAgain(ask: Ask, reason: string): Individual[] {
    const attempt = (this.attempts.get(ask.ticket) ?? 0) + 1;
    if (attempt >= MOST_ATTEMPTS) {
      throw new Error(`No pool came about: text ${ask.ticket + 1} of ${this.poolTickets} was asked for ${MOST_ATTEMPTS} times, the last time in vain because ${reason}; begin seeded, or take another model.`);
    }
    this.attempts.set(ask.ticket, attempt);
    const next = this.makeAsk(ask.ticket, attempt);
    this.pending.set(ask.ticket, { ask: next });
    this.again.push(next);
    return [];
  }

  /** Whether all is known that a ticket's prompt depends on. */
  private canAsk(ticket: number): boolean {
    if (ticket < this.poolTickets) return true;
    const { needs, admission } = this.method;
    if (this.settled < this.poolTickets) return false;
    if (needs === 'nothing') return true;
    if (needs === 'texts') return this.texted === ticket;
    // a pool that nobody joins is all that the first prompts show
    return this.settled === ticket || (admission === 'nobody' && ticket - this.poolTickets < this.initIterations);
  }

  private makeAsk(ticket: number, attempt: number): Ask {
    const { domain, method } = this;
    const iteration = ticket - this.poolTickets;
    threefry(...this.samplingKey, ticket, attempt);
    const common = { ticket, kind: method.name, seed: drawn[0]! >>> 1 };
    if (iteration < 0) return { ...common, iteration: -1, prompt: domain.template, parents: [], judged: false };
    if (method.prompt === 'template') return { ...common, iteration, prompt: domain.template, parents: [], judged: true };
    const random = new RandomStream(this.choiceKey, ticket);
    const { examples, prompt } = method.prompt === 'rewrite' ? this.rewriting(iteration, random) : this.crossing(iteration, random);
    return { ...common, iteration, prompt, parents: examples.map(({ id }) => id), judged: true };
  }

  private isBeginning(iteration: number): boolean {
    return iteration < this.initIterations || this.archive.numElites < SHOTS;
  }

  private crossing(iteration: number, random: RandomStream): { examples: PoolText[]; prompt: string } {
    const examples = this.examples(iteration, random);
    return { examples, prompt: fewShotPrompt(this.domain, examples.map(({ text }) => text)) };
  }

  private examples(iteration: number, random: RandomStream): PoolText[] {
    const { method, pool, archive, dims } = this;
    if (method.parents === 'seeds') return pool.texts.slice(0, SHOTS);
    if (method.parents === 'pool' || this.isBeginning(iteration)) return drawDistinct(pool.texts, SHOTS, random);
    if (method.name === 'lmx-near') {
      const elites = [...archive];
      const bins = elites.map(({ cell }) => binsOf(cell, dims));
      const centre = bins[random.below(bins.length)]!;
      return drawWeighted(bins.map((each) => nearness(centre, each)), SHOTS, random).map((i) => elites[i]!.solution);
    }
    const { parents } = archive.solution(archive.sampleCell(random))!;
    // a list of its own: the elite's stays as it is
    const examples = parents.map((id): PoolText => ({ id, text: this.individuals[id]!.text }));
    examples[random.below(examples.length)] = random.pick(pool.texts);
    return examples;
  }

  private rewriting(iteration: number, random: RandomStream): { examples: PoolText[]; prompt: string } {
    const elite = this.isBeginning(iteration) ? null : this.archive.elite(this.archive.sampleCell(random))!;
    const text = elite?.solution ?? random.pick(this.pool.texts);
    const target = this.dims.map((_, m) => {
      const facts = this.domain.measures[m]!;
      return random.pick('categories' in facts ? facts.categories : facts.labels);
    });
    return { examples: [text], prompt: rewritePrompt(this.domain, text.text, elite?.measures ?? null, target) };
  }

  /** Carries out, in the order of tickets, whatever can be. */
  private settle(): Individual[] {
    for (; this.pending.get(this.texted)?.text !== undefined; this.texted++) {
      const { ask, text } = this.pending.get(this.texted)!;
      if (this.method.needs === 'texts' && ask.judged && text !== '') this.pool.offer({ id: this.firstId + this.texted, text: text! }, null, false);
    }
    const settled: Individual[] = [];
    for (let entry = this.pending.get(this.settled); entry !== undefined && isComplete(entry); entry = this.pending.get(this.settled)) {
      this.pending.delete(this.settled);
      settled.push(this.settleOne(entry));
      this.settled++;
      if (this.settled <= this.poolTickets) continue;
      this.curve.qdScore.push(this.archive.qdScore);
      this.curve.coverage.push(this.archive.coverage);
    }
    return settled;
  }

  private settleOne({ ask: { iteration, parents, judged }, text = '', verdict }: Pending): Individual {
    const id = this.individuals.length;
    const head = { iteration, text, parents };
    const unplaced = { ...head, quality: null, measures: null, cell: -1, reason: '' };
    if (!judged) {
      this.pool.put({ id, text });
      return this.record({ ...unplaced, outcome: 'pool' });
    }
    if (verdict === undefined) return this.record({ ...unplaced, outcome: 'empty' });
    if ('reason' in verdict) return this.record({ ...unplaced, outcome: text === '' ? 'failed' : 'unjudged', reason: verdict.reason });
    const { quality } = verdict;
    const measures = verdict.measures.slice(0, this.dims.length);
    const { archive, domain } = this;
    const status = archive.add({ id, ...head }, quality, measures);
    const cell = archive.cellOf(measures);
    const elite = status !== AddStatus.notAdded && archive.solution(cell)!.id === id;
    const outcome = status === AddStatus.notAdded ? 'notAdded' : status === AddStatus.new ? 'new' : elite ? 'improved' : 'kept';
    if (this.method.needs === 'judgements') {
      const [least, most] = qualityRange(domain);
      this.pool.offer({ id, text }, { quality, share: (quality - least) / (most - least), point: pointOf(domain, measures) }, elite);
    }
    return this.record({ ...head, outcome, quality, measures, cell, reason: '' });
  }

  private record(facts: Omit<Individual, 'id'>): Individual {
    const individual: Individual = { id: this.individuals.length, ...facts };
    this.individuals.push(individual);
    const { print } = this;
    print.word(individual.iteration);
    print.text(individual.text);
    print.text(individual.outcome);
    for (const parent of individual.parents) print.word(parent);
    print.word(individual.cell);
    if (individual.quality !== null) print.number(individual.quality);
    for (const measure of individual.measures ?? []) print.number(measure);
    return individual;
  }
}

function isComplete({ ask: { judged }, text, verdict }: Pending): boolean {
  return verdict !== undefined || text === '' || (text !== undefined && !judged);
}
