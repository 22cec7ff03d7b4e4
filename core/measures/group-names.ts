/** Names of the groups, in the order of the catalogue. */
export const groupNames = [
  'population', 'diversity', 'clusters', 'columns', 'operators', 'selection', 'phylogeny', 'tree', 'sweeps', 'modes', 'activity', 'archive', 'made', 'embedding',
] as const;
export type GroupName = (typeof groupNames)[number];

/** What is measured unless it is said otherwise: together at most a few hundredths of a run's time. */
export const defaultGroups: readonly GroupName[] = ['population', 'diversity', 'operators', 'phylogeny', 'archive'];
