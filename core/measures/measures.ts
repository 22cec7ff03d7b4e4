import type { Packable } from '../kernel/packed.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { catalogue } from './catalogue.ts';
import { GenotypePhylogeny } from './genotypes.ts';
import type { GroupWatch, MeasureContext, TextSample } from './groups/group.ts';
import { groupNames, type GroupName } from './group-names.ts';
import type { MeasureOptions } from './measure-options.ts';
import { wholeGenome } from './modes.ts';

export type MeasuresGiven = Pick<MeasureContext, 'simulation' | 'archive' | 'totals' | 'phylogeny'> & Partial<Pick<MeasureContext, 'componentOf'>>;

/** Measures at work; saved and loaded, they go on as if they had never stopped. */
export interface Measures extends Saveable {
  readonly options: MeasureOptions;
  /** Hears what is embedded. */
  onTexts: ((sample: TextSample) => void) | null;
  /** What it came to so far, a sentence each. */
  words(): string[];
}

/**
 * Measures a simulation as its options say, and puts what it finds into the event stream, in the ticks in which something
 * is due. Listens behind the archive, the totals and the phylogeny that it is given. It changes nothing of the run, and
 * no measure depends on which others are wanted. Throws an error with one sentence for a trait that there is not.
 */
export function createMeasures({ simulation, archive, totals, phylogeny, componentOf = wholeGenome }: MeasuresGiven, options: MeasureOptions): Measures {
  const wanted = groupNames.filter((name) => options.wanted.includes(name));
  let genotypes: GenotypePhylogeny | null = null;
  const context: MeasureContext = { simulation, archive, totals, phylogeny, options, componentOf, onTexts: (sample) => measures.onTexts?.(sample), genotypes: () => (genotypes ??= new GenotypePhylogeny(simulation)) };
  const watches = wanted.map((name): [GroupName, GroupWatch] => [name, catalogue[name].create(context)]);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { tick } = event;
    const values: Record<string, number> = {};
    let due = false;
    for (const [name, watch] of watches) {
      if (tick % options[catalogue[name].pace] !== 0) continue;
      due = true;
      for (const [key, value] of Object.entries(watch.values(tick))) values[`${name}.${key}`] = value;
    }
    if (due) simulation.emit({ kind: 'measures', tick, values });
  });
  const measures: Measures = {
    options, onTexts: null,
    words: () => watches.flatMap(([, watch]) => watch.words?.() ?? []),
    // the genotypes before those who speak of them
    save: () => ({ genotypes: genotypes?.save() ?? null, groups: Object.fromEntries(watches.map(([name, { kept }]): [string, Packable] => [name, kept?.save() ?? null])) }),
    load(saved) {
      const state = saved as { genotypes: unknown; groups: Record<string, unknown> };
      const strange = [...wanted.filter((name) => !(name in state.groups)), ...Object.keys(state.groups).filter((name) => !wanted.some((each) => each === name))];
      if (strange.length > 0) throw new Error(`The saved measures are others than those that are wanted: ${strange.join(', ')}.`);
      if (genotypes !== null) genotypes.load(state.genotypes);
      for (const [name, { kept }] of watches) kept?.load(state.groups[name]);
    },
  };
  return measures;
}
