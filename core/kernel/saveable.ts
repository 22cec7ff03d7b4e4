import type { Packable } from './packed.ts';

/**
 * What can be stopped and gone on with: `load`, on a fresh one made with the same options, gives it the state that
 * `save` described, so that from there on it does to the bit what the saved one would have done.
 *
 * What `save` returns is to be packed before the next tick: arrays in it may be views of live columns. Genomes are
 * named by their handles, which stand for the same genomes when the simulation has been loaded before; whoever holds
 * handles does not retain them again. `load` takes what the same version has saved and a checksum vouches for; it
 * looks no further.
 */
export interface Saveable {
  save(): Packable;
  load(saved: unknown): void;
}
