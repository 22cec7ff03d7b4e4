import type { Elite } from '../core/archive/archive.ts';
import { DepthArchive } from '../core/archive/depth-archive.ts';
import { fewShotPrompt } from '../worlds/salon/prompts.ts';
import type { Individual, Resident, Salon } from '../worlds/salon/salon.ts';
import type { SalonJudgement, SalonRelative, SalonText } from './salon-protocol.ts';

/** Characters of a text where it is only named. */
const EXCERPT = 160;
const MOST_CHILDREN = 60;

/** How one judge came to what it said of a text. */
export interface JudgementFacts {
  readonly outcome: string;
  readonly model: string;
  readonly way?: string | undefined;
  readonly mass?: number | null | undefined;
  readonly repeats?: number | undefined;
  readonly reason?: string | undefined;
}

/** What a session keeps of a run beside the salon itself. */
export interface TextRecords {
  /** Prompts that cannot be made again from the record, by ticket. */
  readonly prompts: ReadonlyMap<number, string>;
  /** By ticket, quality first. */
  readonly judgements: ReadonlyMap<number, readonly JudgementFacts[]>;
  /** Ids of the texts written from each, the oldest first. */
  readonly children: ReadonlyMap<number, readonly number[]>;
  readonly judgedBy: string;
}

/** The beginning of a text, to name it by. */
export function excerptOf(text: string, most = EXCERPT): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`;
}

/** Tickets are counted after the texts that were there before. */
export function ticketOf(salon: Salon, id: number): number {
  return id - firstId(salon);
}

function firstId({ individuals }: Salon): number {
  const at = individuals.findIndex(({ outcome }) => outcome !== 'seed');
  return at < 0 ? individuals.length : at;
}

function relative({ individuals }: Salon, id: number): SalonRelative {
  const { iteration, outcome, cell, quality, text } = individuals[id]!;
  return { id, iteration, outcome, cell, quality, excerpt: excerptOf(text) };
}

/** All that is known of a text of a salon. Throws an error with one sentence when there is none with this id. */
export function salonText(run: number, salon: Salon, id: number, { prompts, judgements, children, judgedBy }: TextRecords): SalonText {
  const individual = salon.individuals[id];
  if (individual === undefined) throw new Error(`There is no text ${id} in this run yet.`);
  const { iteration, text, outcome, reason, quality, measures, cell, parents } = individual;
  const ticket = ticketOf(salon, id);
  const members = cell < 0 ? [] : membersOf(salon, cell);
  const from = children.get(id) ?? [];
  return {
    run, id, iteration, text, outcome, reason, quality, measures: measures === null ? null : [...measures], cell,
    isElite: cell >= 0 && salon.archive.solution(cell)?.id === id,
    judgements: judgedOf(salon, individual, judgements.get(ticket)), judgedBy: quality === null ? '' : judgedBy,
    depth: members.map(({ solution }) => relative(salon, solution.id)), held: members.length,
    parents: parents.map((parent) => relative(salon, parent)),
    children: from.slice(-MOST_CHILDREN).reverse().map((child) => relative(salon, child)), childCount: from.length,
    prompt: outcome === 'seed' ? '' : prompts.get(ticket) ?? promptOf(salon, individual),
  };
}

function membersOf({ archive }: Salon, cell: number): Elite<Resident>[] {
  if (archive instanceof DepthArchive) return (archive as DepthArchive<Resident>).members(cell);
  const elite = archive.elite(cell);
  return elite === null ? [] : [elite];
}

function promptOf({ domain, method, individuals }: Salon, { iteration, parents }: Individual): string {
  if (iteration < 0 || method.prompt === 'template') return domain.template;
  return method.prompt === 'few-shot' ? fewShotPrompt(domain, parents.map((parent) => individuals[parent]!.text)) : '';
}

function judgedOf({ domain: { quality, measures: facts } }: Salon, { quality: found, measures }: Individual, how: readonly JudgementFacts[] | undefined): SalonJudgement[] {
  if (found === null && how === undefined) return [];
  const good = found === null ? '' : quality.scale === 'rating' ? `${figure(found)} of 10` : `${figure(found)} ${quality.labels[0]!}`;
  return [
    { name: 'quality', question: quality.question, value: good, how: howOf(how?.[0]) },
    ...facts.map((each, m) => {
      const value = measures?.[m];
      const words = value === undefined ? '' : 'categories' in each ? each.categories[value]! : `${figure(value)} ${each.labels[0]!}, ${figure(1 - value)} ${each.labels[1]!}`;
      return { name: each.name, question: each.question, value: words, how: howOf(how?.[m + 1]) };
    }),
  ];
}

/** Probabilities near an end are told apart by their distance from it. */
function figure(value: number): string {
  return String(Number(value.toFixed(value > 0.98 || value < 0.02 ? 4 : 3)));
}

const ways: Readonly<Record<string, string>> = { logprobs: 'log-probabilities', rating: 'ratings', votes: 'votes' };

/** A way of judging in words. */
export function wayInWords(way: string): string {
  return ways[way] ?? way;
}

function howOf(facts: JudgementFacts | undefined): string {
  if (facts === undefined) return '';
  const { model, way, mass, repeats = 1, reason } = facts;
  if (way === undefined) return `${model} gave no answer: ${reason ?? facts.outcome}`;
  const many = repeats > 1 ? `${repeats} ` : '';
  const sure = mass === null || mass === undefined ? '' : `, which had ${(mass * 100).toFixed(mass > 0.1 ? 0 : 1)} % of the first token`;
  return `${model}, by ${many}${wayInWords(way)}${sure}`;
}
