import { hostTexts, type Hosted } from '../agents/salon/host.ts';
import type { JuryOptions } from '../agents/salon/jury.ts';
import { rejudge } from '../agents/salon/rejudge.ts';
import { noCost, sumOf } from '../agents/model/cost.ts';
import type { Judgement } from '../agents/judges/judge.ts';
import type { Cost, ModelService } from '../agents/model/task.ts';
import type { Domain } from '../worlds/salon/domain.ts';
import type { MethodName } from '../worlds/salon/methods.ts';
import { Salon, type Ask, type Beginning, type Individual, type Outcome } from '../worlds/salon/salon.ts';

/** Everything that decides what becomes of one salon, but for the model. */
export interface SalonSettings {
  domain: Domain;
  method: MethodName;
  seed: number;
  iterations: number;
  init: Beginning;
  /** Of writing. */
  temperature: number;
  judging: JuryOptions;
  /** Judgements of each elite after the run; 0 for none. */
  rejudge: number;
}

export interface SalonDoings {
  service: ModelService;
  signal?: AbortSignal | undefined;
  /** Hears of each text that is settled, in the salon's order. */
  onSettled?(text: Individual, salon: Salon): void;
  /** Hears how many of the elites' new judgements have come. */
  onRejudged?(done: number, total: number, salon: Salon): void;
  /** Looks on, and changes nothing. */
  watcher?: SalonWatcher | undefined;
}

/** Who sees each text asked for, and how judges came to what they said of it, besides what becomes of it. */
export interface SalonWatcher {
  asked(ask: Pick<Ask, 'ticket' | 'prompt'>, salon: Salon): void;
  judged(ticket: number, judgements: readonly Judgement[], salon: Salon): void;
  settled(text: Individual, salon: Salon): void;
}

/** What a salon came to. Plain JSON; the same live and replayed. */
export interface SalonSummary {
  domain: string;
  method: MethodName;
  seed: number;
  iterations: number;
  qdScore: number;
  /** The QD-score that no archive of the domain can pass. */
  maxQdScore: number;
  coverage: number;
  /** Null where no text was judged. */
  bestQuality: number | null;
  elites: number;
  cells: number;
  outcomes: Partial<Record<Outcome, number>>;
  /** After judging each elite anew; null where that was not asked for. Illusion is the share of the QD-score that was luck. */
  corrected: { qdScore: number; coverage: number; illusion: number; coverageIllusion: number; qualitySpread: number | null; unanswered: number } | null;
  /** In which ways judges answered, and how often. */
  ways: Readonly<Record<string, number>>;
  cost: { writing: Cost; judging: Cost; rejudging: Cost; calls: number; tokens: number; dollars: number };
  fingerprint: string;
  /** QD-score and coverage at up to 101 iterations, the last among them. */
  curve: { iteration: number; qdScore: number; coverage: number }[];
}

/** Runs one salon with a model to its end and has its elites judged anew. Null when it was stopped. @throws Error with one sentence */
export async function runSalon(settings: SalonSettings, { service, signal, onSettled, onRejudged, watcher }: SalonDoings): Promise<{ salon: Salon; summary: SalonSummary } | null> {
  const { domain, method, seed, iterations, init, temperature, judging, rejudge: repeats } = settings;
  const salon = new Salon({ domain, method, seed, iterations, beginning: init });
  const hosted = await hostTexts<Individual>({
    world: salon, facts: domain, service, temperature, judging, signal,
    onAsked: (ask) => watcher?.asked(ask, salon),
    onJudged: (ticket, judgements) => watcher?.judged(ticket, judgements, salon),
    onSettled: (text) => {
      onSettled?.(text, salon);
      watcher?.settled(text, salon);
    },
  });
  if (!hosted.done) return null;
  const again = repeats === 0 ? undefined : await rejudge({ archive: salon.archive, facts: domain, service, judging, repeats, seed, due: salon.tickets, signal, onJudged: (done, total) => onRejudged?.(done, total, salon) });
  return again === null ? null : { salon, summary: summarise(salon, hosted, again) };
}

function summarise(salon: Salon, { writing, judging, ways }: Hosted, again: Awaited<ReturnType<typeof rejudge>> | undefined): SalonSummary {
  const { archive, domain, method, seed, iterations, maxQdScore, individuals, fingerprint } = salon;
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome } of individuals) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const noise = again?.noise;
  const rejudging = again?.cost ?? noCost;
  const { calls, promptTokens, completionTokens, dollars } = sumOf([writing, judging, rejudging]);
  return {
    domain: domain.name, method: method.name, seed, iterations,
    qdScore: archive.qdScore, maxQdScore, coverage: archive.coverage, bestQuality: Number.isFinite(archive.objMax) ? archive.objMax : null,
    elites: archive.numElites, cells: archive.cells, outcomes,
    corrected: noise === undefined ? null : {
      ...noise.corrected, illusion: orZero(noise.illusion.qdScore), coverageIllusion: orZero(noise.illusion.coverage),
      qualitySpread: Number.isFinite(noise.spread.objective) ? noise.spread.objective : null, unanswered: again!.unanswered,
    },
    ways,
    cost: { writing, judging, rejudging, calls, tokens: promptTokens + completionTokens, dollars },
    fingerprint, curve: curveOf(salon),
  };
}

/** Of an archive without elites nothing can be luck. */
function orZero(share: number): number {
  return Number.isFinite(share) ? share : 0;
}

function curveOf({ curve: { qdScore, coverage } }: Salon): SalonSummary['curve'] {
  const n = qdScore.length;
  const points = Math.min(n, 101);
  return Array.from({ length: points }, (_, i) => {
    const at = points === n ? i : Math.round(((i + 1) * n) / points) - 1;
    return { iteration: at + 1, qdScore: qdScore[at]!, coverage: coverage[at]! };
  });
}
