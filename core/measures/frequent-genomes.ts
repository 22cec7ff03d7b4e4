import type { Kernel } from '../kernel/kernel.ts';

/** The genomes that most of the living have, the most frequent first, equal ones in the order of their texts; and how many have each. */
export function frequentGenomes({ pop, genomes }: Pick<Kernel, 'pop' | 'genomes'>, most: number): { texts: string[]; counts: number[] } {
  const counts = new Map<number, number>();
  const { genome } = pop.columns;
  for (let row = 0; row < pop.count; row++) counts.set(genome[row]!, (counts.get(genome[row]!) ?? 0) + 1);
  const least = [...counts.values()].sort((a, b) => b - a)[most - 1] ?? 0;
  const frequent = [...counts].filter(([, n]) => n >= least).map(([handle, n]): [string, number] => [genomes.text(handle), n])
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most);
  return { texts: frequent.map(([text]) => text), counts: frequent.map(([, n]) => n) };
}
