import { columns, diversity, operators, population, selection } from './groups/living-groups.ts';
import { phylogeny, sweeps, tree } from './groups/descent-groups.ts';
import type { MeasureFact, MeasureGroup, MeasuredWorld } from './groups/group.ts';
import { archive, embedding, made } from './groups/made-groups.ts';
import { activity, modes } from './groups/open-ended-groups.ts';
import { groupNames, type GroupName } from './group-names.ts';
import type { MeasureOptions } from './measure-options.ts';

/** All that can be measured of a run, by group. */
export const catalogue: Readonly<Record<GroupName, MeasureGroup>> = {
  population, diversity, columns, operators, selection, phylogeny, tree, sweeps, modes, activity, archive, made, embedding,
};

/** The measures of the groups that are wanted, in the order of the catalogue, with their whole names and the ticks from one to the next. */
export function measuresOf(world: MeasuredWorld, options: MeasureOptions): (MeasureFact & { readonly every: number })[] {
  return groupNames.filter((name) => options.wanted.includes(name)).flatMap((name) => {
    const group = catalogue[name];
    return group.facts(world, options).map(({ shadow, ...each }) => (
      { ...each, name: `${name}.${each.name}`, ...(shadow === undefined ? {} : { shadow: `${name}.${shadow}` }), every: options[group.pace] }));
  });
}
