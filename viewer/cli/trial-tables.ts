import type { TrialRun } from './trial-run.ts';
import { tallyOf } from './trial-questions.ts';
import { ledgerGroups } from '../../core/measures/operator-tally.ts';

/** Comma-separated values after RFC 4180; what is not known is empty. */
function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string => {
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
    return typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);
  };
  return `${[head, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

/** A row for each run. */
export function runsCsv(runs: readonly TrialRun[]): string {
  return csv([
    'arm', 'seed', 'births', 'ended', 'ticks_before', 'ticks_counting', 'ticks_after', 'living_start', 'living_end', 'genomes_start', 'genomes_end',
    'coverage', 'qd_score', 'elites', 'model', 'calls', 'prompt_tokens', 'completion_tokens', 'seconds_a_call', 'dollars', 'seconds', 'fingerprint',
  ], runs.map(({ arm, seed, births, ended, ticks, population, diversity, archive, model, seconds, fingerprint }) => [
    arm, seed, births, ended, ticks.before, ticks.counting, ticks.after, population.start, population.end, diversity.start, diversity.end,
    archive.coverage, archive.qdScore, archive.elites, model?.name ?? null, model?.calls ?? 0, model?.promptTokens ?? 0, model?.completionTokens ?? 0,
    model === null ? null : model.seconds / model.live, model === null ? 0 : model.dollars, seconds, fingerprint,
  ]));
}

/** A row for each run and operator. */
export function operatorsCsv(runs: readonly TrialRun[]): string {
  const moments = ['objective', 'measure0', 'measure1', 'age'] as const;
  return csv([
    'arm', 'seed', 'operator', 'births', 'copies', 'novel', 'asked', 'repaired', 'fallbacks', 'written', 'offspring', 'births_share', 'genomes_share',
    'reproduction_ratio', 'living_lineages', 'lives', ...moments.flatMap((name) => [`${name}_mean`, `${name}_sd`]),
  ], runs.flatMap((run) => ledgerGroups.map((group) => {
    const tally = tallyOf(run, group);
    return [
      run.arm, run.seed, group, tally.births, tally.copies, tally.novel, tally.asked, tally.repaired, tally.fallbacks, tally.written, tally.offspring,
      tally.birthsShare, tally.genomesShare, tally.reproductionRatio, tally.livingLineages, tally.objective.n,
      ...moments.flatMap((name) => [tally[name].mean, tally[name].deviation]),
    ];
  })));
}
