import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { NOBODY } from '../kernel/tick-events.ts';
import type { Simulation } from '../simulation.ts';
import { ActivityRecord, classifyActivity, type ActivityVerdict } from './activity-class.ts';
import type { ActivityWeight } from './activity.ts';
import type { GenotypePhylogeny } from './genotypes.ts';
import { NeutralShadow } from './shadow.ts';

export interface ActivityOptions {
  /** Ticks from sample to sample; about a generation. */
  every: number;
  /** Shadows that run beside the real population; with 39 the least chance that can be told is 1 in 40. */
  shadows?: number;
  weight?: ActivityWeight;
  seed?: number;
}

export interface ActivityWatch extends Saveable {
  readonly real: ActivityRecord;
  readonly shadows: readonly ActivityRecord[];
  /** The class so far. `of` takes that shadow for the real population and the rest for its shadows, which must come out as class 1. */
  verdict(level?: number, of?: number): ActivityVerdict;
}

/** Components of shadows are numbered from here, beyond all ids. */
const FIRST_OF_SHADOWS = 2 ** 32;

/**
 * Evolutionary activity of genotypes (see `GenotypePhylogeny`, which must have been made before, and which sees every
 * mutation as a new one, as a shadow does) with neutral shadows run beside them: same births, deaths and mutations at
 * the same times. From events alone. Parents that must be grown before they breed, or die at an age, make a real
 * population drift otherwise than its shadow; short samples in a world of long lives show that as activity.
 */
export function watchActivity(simulation: Simulation, genotypes: GenotypePhylogeny, options: ActivityOptions): ActivityWatch {
  const { every, shadows: number = 39, weight = 'share', seed = simulation.seed } = options;
  const key = seedKey(seed, purpose.sampling);
  const populations = Array.from({ length: number }, (_, i) => new NeutralShadow([], FIRST_OF_SHADOWS, new RandomStream(key, 0x73686100 + i)));
  const real = new ActivityRecord(weight);
  const shadows = populations.map(() => new ActivityRecord(weight));
  const { tree } = genotypes;
  const old = new Set<number>();
  const arrive = (component: number, organisms: number): void => {
    old.add(component);
    for (const shadow of populations) for (let n = 0; n < organisms; n++) shadow.arrive(component);
  };
  for (const slot of tree.slots()) if (tree.organisms[slot]! > 0) arrive(tree.id[slot]!, tree.organisms[slot]!);
  const isNew = (component: number): boolean => !old.has(component);
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { births, deaths } = event;
    for (let i = 0; i < births.count; i++) {
      const component = genotypes.born[i]!;
      if (births.parent[i] === NOBODY) arrive(component, 1);
      else for (const shadow of populations) shadow.birth(component === births.id[i]);
    }
    for (const shadow of populations) for (let i = 0; i < deaths.count; i++) shadow.death();
    if (event.tick % every !== 0) return;
    const counts = new Map<number, number>();
    for (const slot of tree.slots()) if (tree.organisms[slot]! > 0) counts.set(tree.id[slot]!, tree.organisms[slot]!);
    real.observe(event.tick, counts, isNew);
    populations.forEach((shadow, i) => shadows[i]!.observe(event.tick, shadow.counts(), isNew));
  });

  return {
    real, shadows,
    save: () => ({ old: Uint32Array.from(old), real: real.save(), shadows: shadows.map((record) => record.save()), populations: populations.map((shadow) => shadow.save()) }),
    load(saved) {
      const state = saved as { old: Uint32Array; real: unknown; shadows: unknown[]; populations: unknown[] };
      old.clear();
      for (const component of state.old) old.add(component);
      real.load(state.real);
      shadows.forEach((record, i) => record.load(state.shadows[i]));
      populations.forEach((shadow, i) => shadow.load(state.populations[i]));
    },
    verdict: (level = 0.025, of) => (of === undefined ? classifyActivity(real, shadows, level) : classifyActivity(shadows[of]!, shadows.filter((_, i) => i !== of), level)),
  };
}
