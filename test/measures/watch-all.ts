import { archiveLives } from '../../core/archive/life-archive.ts';
import { measureOptions, type MeasureOptions } from '../../core/measures/measure-options.ts';
import type { z } from 'zod';
import { createMeasures, type Measures } from '../../core/measures/measures.ts';
import { Phylogeny } from '../../core/measures/phylogeny.ts';
import { countTotals } from '../../core/measures/totals.ts';
import type { MeasuresEvent } from '../../core/events/event.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import type { Simulation } from '../../core/simulation.ts';

/** Everything that is short enough to happen often in a small run. */
export const quick = { every: 3, slowEvery: 5, modesEvery: 4, modesSnapshots: 2, activityEvery: 5, shadows: 4, situations: 20 };

/** A simulation with its archive, totals and phylogeny, and measures behind them; what they emit. */
export function watchAll(simulation: Simulation, given: z.input<typeof measureOptions> = { wanted: 'all', ...quick }): { measures: Measures; events: MeasuresEvent[]; options: MeasureOptions; parts: Record<string, Saveable> } {
  const options = measureOptions.parse(given);
  const totals = countTotals(simulation);
  const archive = archiveLives(simulation);
  const phylogeny = new Phylogeny(simulation);
  const measures = createMeasures({ simulation, archive, totals, phylogeny }, options);
  const events: MeasuresEvent[] = [];
  simulation.events$.subscribe((event) => { if (event.kind === 'measures') events.push(event); });
  return { measures, events, options, parts: { totals, archive: archive.lives, phylogeny, measures } };
}
