import type { WorldDefinition } from '../core/kernel/world.ts';
import { meadow } from './meadow/meadow.ts';
import { moire } from './moire/moire.ts';

/** Every world there is; the first is the default. */
export const worlds: readonly WorldDefinition[] = [moire as unknown as WorldDefinition, meadow as unknown as WorldDefinition];

/** Throws an error with one sentence when there is no such world. */
export function findWorld(name: string): WorldDefinition {
  const world = worlds.find((candidate) => candidate.name === name);
  if (world === undefined) {
    throw new Error(`There is no world "${name}"; the worlds are ${worlds.map((each) => each.name).join(' and ')}.`);
  }
  return world;
}
