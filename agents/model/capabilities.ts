import type { ModelDoor } from './contract.ts';

/** What a model was found to do. Null where it could not be told. Plain JSON for a run's manifest. */
export interface Capabilities {
  readonly model: string;
  readonly grammar: boolean | null;
  readonly schema: boolean | null;
  readonly logprobs: boolean | null;
  readonly contextTokens: number | null;
  readonly sameSeedTwiceEqual: boolean | null;
  readonly tokensPerSecond: number | null;
}

/** What can be relied on of a door: what a probe has found, else what is so by construction. */
export function knownOf(door: ModelDoor, probed: Capabilities | undefined): { grammar?: boolean; schema?: boolean; logprobs?: boolean } {
  const grammar = probed?.grammar ?? door.grammar;
  const schema = probed?.schema;
  const logprobs = probed?.logprobs ?? (door.where === 'embedded' ? true : undefined);
  return {
    ...(grammar === undefined ? {} : { grammar }), ...(schema === undefined || schema === null ? {} : { schema }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}
