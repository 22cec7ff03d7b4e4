import type { Comparison } from '../../core/experiments/compare.ts';
import type { Interval } from '../../core/measures/statistics.ts';
import { LEAST_SEEDS } from '../../core/experiments/compare.ts';
import type { Contrast, TrialResults } from './trial-questions.ts';
import { counted } from './words.ts';

/** A number as a report writes it: a share in percent, another with so many digits that they mean something. */
export function figure(value: number | null, form: 'share' | 'number'): string {
  if (value === null || !Number.isFinite(value)) return '–';
  if (form === 'share') return `${digits(value * 100)} %`;
  return digits(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-9) return '0';
  const text = value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
}

/** `+1.2 [0.4, 2.0]`, of shares in percentage points; without the interval where there are too few seeds for one. */
export function difference(interval: Interval | null, form: 'share' | 'number', seeds: number): string {
  if (interval === null) return '–';
  const scale = form === 'share' ? 100 : 1;
  const estimate = `${interval.estimate > 0 ? '+' : ''}${digits(interval.estimate * scale)}`;
  return seeds < LEAST_SEEDS ? estimate : `${estimate} [${digits(interval.lower * scale)}, ${digits(interval.upper * scale)}]`;
}

/** `p` as a table has it. */
export function chance(p: number | null): string {
  return p === null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3);
}

export const verdictWords = { helps: 'helps', harms: 'is worse', 'no gain': 'does not help', unclear: 'cannot be told' } as const;

/** One finding in words: `children never seen before (98 % against 91 %)`. */
function finding({ title, form, control, treated }: Comparison): string {
  return `${title} (${figure(treated.mean, form)} against ${figure(control.mean, form)})`;
}

/** A share at which the control can gain nothing, and the treatment is as good. */
export function isAtBest({ form, better, control, treated }: Comparison): boolean {
  const best = better === 'more' ? 1 : 0;
  return form === 'share' && control.mean === best && treated.mean === best;
}

function listed(comparisons: readonly Comparison[]): string {
  return comparisons.map(finding).join(', ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What one contrast says, verdict by verdict. */
export function contrastWords({ sentence, comparisons }: Contrast): string {
  const of = (verdict: Comparison['verdict']): Comparison[] => comparisons.filter((one) => one.verdict === verdict);
  const seeds = Math.max(0, ...comparisons.map((one) => one.seeds));
  // where blind variation cannot be bettered, to be its equal is no fault
  const equal = of('no gain').filter(isAtBest);
  const parts = [sentence];
  if (of('helps').length > 0) parts.push(`**The model helps** in: ${listed(of('helps'))}.`);
  if (of('harms').length > 0) parts.push(`**It does not help, it is worse** in: ${listed(of('harms'))}.`);
  const idle = of('no gain').filter((one) => !equal.includes(one));
  if (idle.length > 0) parts.push(`**It does not help**, no gain worth having, in: ${listed(idle)}.`);
  if (equal.length > 0) parts.push(`It is as good as blind variation, which cannot be bettered, in: ${listed(equal)}.`);
  if (of('unclear').length > 0) parts.push(`**It cannot be told from ${counted(seeds, 'seed')}** for: ${listed(of('unclear'))}.`);
  return parts.join(' ');
}

/** The answer to the trial's question, from the primary comparisons alone. */
export function bottomLine({ plan, arms, seeds }: TrialResults, contrasts: readonly Contrast[]): string {
  const model = arms.some((arm) => arm !== 'blind');
  if (!model) return 'There was no arm with a model, so nothing can be said about one; run it again with `--arms blind,llm,mixed`.';
  if (contrasts.length === 0) return 'There was no arm to compare the model with, so nothing can be said about it; run it again with `--arms blind,llm,mixed`.';
  const primary = contrasts.map((contrast) => contrast.comparisons.find(({ key }) => key === contrast.primary)!);
  const told = (verdict: Comparison['verdict']): number => primary.filter((one) => one.verdict === verdict).length;
  const grounds = contrasts.map((contrast, i) => `${contrast.title}: ${verdictWords[primary[i]!.verdict]}, ${finding(primary[i]!)}`).join('; ');
  const few = seeds.length < LEAST_SEEDS ? ` Fewer than ${LEAST_SEEDS} seeds never tell.` : '';
  if (told('helps') > 0 && told('harms') === 0) return `**In this trial the model helped.** What it wrote did better than blind variation at ${counted(plan.births, 'birth')} a run (${grounds}).`;
  if (told('helps') > 0) return `**This trial contradicts itself about the model**, and more seeds are needed (${grounds}).`;
  if (told('unclear') === primary.length) return `**Whether the model helps cannot be told from ${counted(seeds.length, 'seed')}** of ${counted(plan.births, 'birth')} a run (${grounds}).${few}`;
  if (told('harms') > 0) return `**In this trial the model did not help: what it wrote did worse than blind variation** at ${counted(plan.births, 'birth')} a run (${grounds}).`;
  return `**In this trial the model did not help** as far as it can be told: no gain worth having over blind variation at ${counted(plan.births, 'birth')} a run (${grounds}).`;
}

/** What this says, as paragraphs: the answer first. */
export function findings(results: TrialResults, contrasts: readonly Contrast[]): string[] {
  return [
    bottomLine(results, contrasts), ...contrasts.map((contrast) => `${capital(contrast.title)}. ${contrastWords(contrast)}`), ...idleness(contrasts),
  ];
}

/** Difference in the share of copies from which on a garden may be won by leaving genomes alone. */
const MANY_COPIES = 0.1;

function idleness(contrasts: readonly Contrast[]): string[] {
  const copies = contrasts.flatMap(({ comparisons }) => comparisons.filter(({ key }) => key.endsWith(': copies')));
  const most = Math.max(...copies.map(({ control, treated }) => treated.mean - control.mean));
  if (!(most > MANY_COPIES)) return [];
  return ['A caution: the model returns a parent unchanged far more often than blind variation does. Whoever changes less spoils less, so its worlds may do well in the garden for that alone; '
    + 'ratios and chances are of changed children only, and tell whether its changes are any good.'];
}
