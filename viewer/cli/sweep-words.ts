import type { Analysis } from '../../core/experiments/analysis.ts';
import { intervalText, isMarked, methodWords, pText } from '../report/analysis-sections.ts';
import { figure } from '../report/svg-text.ts';
import type { Block } from './trial-blocks.ts';

/** What was compared, as pieces of a report for a terminal: a table for each outcome. */
export function analysisBlocks(analysis: Analysis, outcomes: readonly string[]): Block[] {
  const { levels, correlations } = analysis;
  const tables = outcomes.flatMap((outcome): Block[] => {
    const rows = correlations.length > 0
      ? correlations.filter((one) => one.outcome === outcome).map(({ factor, pairs, rho, pAdjusted }) => [factor, String(pairs.length), figure(rho?.estimate ?? null), intervalText(rho), pText(pAdjusted), pAdjusted !== null && pAdjusted < 0.05 ? '★' : ''])
      : levels.filter((one) => one.outcome === outcome).map((one) => [
        one.factor, String(one.level), String(one.values.length), figure(one.mean), intervalText(one.interval),
        ...(one.contrast === null ? ['', '', '', ''] : [figure(one.contrast.difference), figure(one.contrast.effect?.estimate ?? null), pText(one.contrast.pAdjusted), isMarked(one) ? '★' : '']),
      ]);
    if (rows.length === 0) return [];
    const head = correlations.length > 0 ? ['factor', 'samples', 'rho', '95 % interval', 'p (Holm)', ''] : ['factor', 'level', 'runs', 'mean', '95 % interval', 'difference', 'g', 'p (Holm)', ''];
    return [{ kind: 'heading', text: outcome }, { kind: 'table', head, rows, left: correlations.length > 0 ? 1 : 2 }];
  });
  return tables.length === 0 ? [] : [...tables, { kind: 'paragraph', text: methodWords(analysis) }];
}
