import { pressure } from '../../core/kernel/parameters.ts';

/** Pressures that every world of grazers has beside those on its ground. */
export const grazingPressures = {
  costOfLiving: pressure({ title: 'Cost of living', sentence: 'Energy that a tick of life costs.', min: 0, max: 5, default: 0.4, step: 0.01, unit: 'energy' }),
  costOfMoving: pressure({ title: 'Cost of moving', sentence: 'Energy that a step costs on top of living.', min: 0, max: 5, default: 0.2, step: 0.01, unit: 'energy' }),
  crowding: pressure({ title: 'Crowding', sentence: 'Energy that each other organism in the same small square costs in a tick.', min: 0, max: 1, default: 0.02, step: 0.005, unit: 'energy' }),
  attackDamage: pressure({ title: 'Damage of attack', sentence: 'Most energy that one bite takes from its victim.', min: 0, max: 50, default: 6, step: 0.5, unit: 'energy' }),
  attackYield: pressure({ title: 'Yield of attack', sentence: 'Share of the bitten energy that the attacker gains.', min: 0, max: 1, default: 0.6, step: 0.01 }),
  lifespan: pressure({ title: 'Lifespan', sentence: 'Mean age at which an organism dies if nothing else kills it.', min: 10, max: 10_000, default: 300, step: 1, unit: 'ticks' }),
};
