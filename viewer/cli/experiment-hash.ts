import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/experiments/canonical.ts';
import type { RunSpec } from '../run-spec.ts';

/** Of what a run comes to from its spec: raised whenever the same spec gives another run, or a record holds other things. */
const VERSION = 1;
/** Letters of a hash in the name of a folder. */
const SHORT = 16;

/** SHA-256, as 64 letters, of what decides a run: its resolved spec but for how it is kept, and the version of what comes of it. */
export function hashOf({ record: _, ...decides }: RunSpec): string {
  return createHash('sha256').update(canonicalJson({ format: 'lichen-run', version: VERSION, spec: decides })).digest('hex');
}

/** The name of a run's folder. */
export function folderName(hash: string): string {
  return hash.slice(0, SHORT);
}
