import type { BudgetState } from '../../agents/model/task.ts';
import { modelTotals, type Lab, type RunSummary } from '../lab.ts';
import { count, counted, percent } from './words.ts';

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 });

/** A number in few characters: 12k. */
function short(value: number): string {
  return compact.format(value).replace('K', 'k');
}

/** Spent, left and the rate, where there are caps; else the dollars, if there are any. */
export function budgetWords({ spent, caps, used, perMinute }: BudgetState): string {
  const money = (dollars: number): string => `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
  const parts = [
    ...(caps.calls === undefined ? [] : [`${short(spent.calls)} of ${short(caps.calls)} calls (${short(perMinute.calls)}/min)`]),
    ...(caps.tokens === undefined ? [] : [`${short(spent.tokens)} of ${short(caps.tokens)} tokens (${short(perMinute.tokens)}/min)`]),
    ...(caps.dollars === undefined ? [] : [`${money(spent.dollars)} of ${money(caps.dollars)} (${money(perMinute.dollars)}/min)`]),
  ];
  if (parts.length > 0) return `budget ${Math.floor(used * 100)} % spent: ${parts.join(', ')}`;
  return spent.dollars > 0 ? `${money(spent.dollars)} spent` : '';
}

/** What is happening, for one line of a terminal. The founders are not counted among the births. */
export function statusWords(lab: Lab, narrow: boolean): string {
  const { simulation, totals, archive, service } = lab;
  const { founder, copy, classical, llm, immigrant } = totals.birthsByOperator;
  const { calls, tokens, fallbacks } = modelTotals(lab);
  const living = simulation.kernel.pop.count;
  const words = narrow
    ? [`${short(living)} alive`, `births ${short(totals.births - founder)} (${count(llm)} llm)`, `archive ${Math.round(archive.coverage * 100)} %`]
    : [`${count(living)} alive`, `births: ${count(llm)} llm, ${count(classical)} classical, ${count(copy)} copy${immigrant > 0 ? `, ${counted(immigrant, 'immigrant')}` : ''}`, `archive ${percent(archive.coverage)}`];
  if (service !== null) words.push(narrow ? `${counted(calls, 'call')}, ${short(tokens)} tok` : `model: ${counted(calls, 'call')}, ${counted(tokens, 'token')}`);
  if (fallbacks > 0) words.push(counted(fallbacks, 'fallback'));
  const budget = service === null ? '' : budgetWords(service.budget);
  if (budget !== '') words.push(budget);
  return words.join(' · ');
}

/** One paragraph on what a run came to. */
export function summaryWords(summary: RunSummary, lab: Lab, modelName: string): string {
  const { birthsByOperator: by, archive, model } = summary;
  const born = summary.births - by.founder;
  const parts = [
    `${summary.world}, seed ${summary.seed}, ran for ${counted(summary.ticks, 'tick')}.`,
    `From ${counted(by.founder, 'founder')} came ${counted(born, 'birth')} (${count(by.llm)} llm, ${count(by.classical)} classical, ${count(by.copy)} copy${by.immigrant > 0 ? `, ${counted(by.immigrant, 'immigrant')}` : ''}) `
      + `and ${counted(summary.deaths, 'death')}; ${counted(summary.population, 'organism')} of ${counted(lab.totals.lineages, 'lineage')} live.`,
    `The archive holds ${counted(archive.elites, 'elite')} in ${percent(archive.coverage)} of its cells, QD-score ${count(archive.qdScore)}.`,
  ];
  if (lab.service !== null) {
    parts.push(`${modelName} answered ${counted(model.calls, 'call')} with ${counted(model.tokens, 'token')}: ${count(model.repaired)} repaired, `
      + `${counted(model.fallbacks, 'fallback')}, ${count(model.copies)} equal to a parent.`
      + (model.overBudget > 0 ? ` ${counted(model.overBudget, 'child', 'children')} went without, because the budget was spent.` : ''));
    const others = model.accounts.filter(({ role }) => role !== 'operator');
    for (const { kind, ok, repaired, fallback, budget, shared } of others) {
      parts.push(`${kind}: ${count(ok)} as asked, ${count(repaired)} repaired, ${counted(fallback, 'fallback')}`
        + `${budget > 0 ? `, ${count(budget)} over budget` : ''}${shared > 0 ? `, ${count(shared)} shared` : ''}.`);
    }
    const budget = budgetWords(lab.service.budget);
    if (budget !== '') parts.push(`${budget.charAt(0).toUpperCase()}${budget.slice(1)}.`);
  } else if (model.fallbacks > 0) {
    parts.push(`There was no model: ${counted(model.fallbacks, 'child', 'children')} planned for it came from the classical operators.`);
  }
  if (summary.ended !== null) parts.push(`It ended there because ${summary.ended.words}.`);
  parts.push(`${count(summary.organismStepsPerSecond)} organism-steps a second. Fingerprint ${summary.fingerprint}.`);
  return parts.join(' ');
}
