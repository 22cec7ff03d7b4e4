import { commonColumns } from '../kernel/population.ts';
import { clusters, columns, diversity, operators, population, selection } from './groups/living-groups.ts';
import { phylogeny, sweeps, tree } from './groups/descent-groups.ts';
import type { MeasureFact, MeasureGroup, MeasuredWorld } from './groups/group.ts';
import { archive, embedding, made } from './groups/made-groups.ts';
import { activity, modes } from './groups/open-ended-groups.ts';
import { groupNames, type GroupName } from './group-names.ts';
import type { MeasureOptions } from './measure-options.ts';

/** All that can be measured of a run, by group. */
export const catalogue: Readonly<Record<GroupName, MeasureGroup>> = {
  population, diversity, clusters, columns, operators, selection, phylogeny, tree, sweeps, modes, activity, archive, made, embedding,
};

/** Traits that are read in the genome. */
const ofGenomes = ['size', 'depth', 'length'];

/** Throws an error with one sentence that names the field, when a trait is wanted that no organism of the world has. */
export function checkTraits({ columns: own }: Pick<MeasuredWorld, 'columns'>, { traits }: MeasureOptions): void {
  const known = [...ofGenomes, ...Object.keys({ ...commonColumns, ...own })];
  const strange = traits.findIndex((trait) => !known.includes(trait));
  if (strange >= 0) throw new Error(`measures.traits.${strange}: there is no trait "${traits[strange]!}"; the traits are ${known.join(', ')}.`);
}

/** The measures of the groups that are wanted, in the order of the catalogue, with their whole names and the ticks from one to the next. */
export function measuresOf(world: MeasuredWorld, options: MeasureOptions): (MeasureFact & { readonly every: number })[] {
  return groupNames.filter((name) => options.wanted.includes(name)).flatMap((name) => {
    const group = catalogue[name];
    return group.facts(world, options).map(({ shadow, ...each }) => (
      { ...each, name: `${name}.${each.name}`, ...(shadow === undefined ? {} : { shadow: `${name}.${shadow}` }), every: options[group.pace] }));
  });
}
