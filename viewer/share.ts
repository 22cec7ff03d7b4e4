import { parameterFacts } from '../core/kernel/parameters.ts';
import type { ShareFacts } from './facts.ts';
import type { Lab } from './lab.ts';

/**
 * How a lab's run is begun again, from what the lab itself knows. What has been turned since it began is on its record,
 * and is not given again.
 */
export function shareOf({ simulation: { world, seed, begun }, operator }: Pick<Lab, 'simulation' | 'operator'>): ShareFacts {
  // the share of the model follows from the operator where that fixes it
  const changed = parameterFacts(world.parameters).filter(({ key, initial }) => begun[key] !== initial && (key !== 'modelShare' || operator === 'mixed'));
  const parameters = Object.fromEntries(changed.map(({ key }) => [key, begun[key]!]));
  const settings = Object.entries(parameters).map(([key, value]) => ` --set ${key}=${value}`).join('');
  return {
    command: `lichen run ${world.name} --seed ${seed}${operator === 'classical' ? '' : ` --operator ${operator}`}${settings}`,
    spec: { lichen: 1, world: world.name, seed, operator, parameters },
    branch: null,
  };
}
