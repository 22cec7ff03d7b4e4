import { existsSync, statSync } from 'node:fs';
import type { OperatorChoice } from '../../core/spec.ts';
import type { RunSpec } from '../run-spec.ts';
import { Failure } from './failure.ts';
import { modelsOf, replayAccess } from './model-access.ts';
import { planRun } from './plan.ts';
import { openRecorded, openToGoOn } from './recorded-run.ts';

/** What can be said of models wherever they are used. */
export interface ModelFlags {
  with?: string[];
  prices?: string;
  budgetCalls?: number;
  budgetTokens?: number;
  budgetDollars?: number;
  onBudget?: RunSpec['budget']['policy'];
}

export interface RunFlags extends ModelFlags {
  seed?: number;
  ticks?: number;
  operator?: OperatorChoice;
  set: string[];
  model?: string;
  replay?: string;
  /** The older name of `replay`. */
  cassette?: string;
  resume?: boolean;
  cache?: string;
  estimate?: boolean;
  out?: string;
  headless?: boolean;
  json?: boolean;
  port?: number;
  speed?: number;
}

/** `lichen run`: one run, watched or not. Returns the exit code. */
export async function run(target: string, flags: RunFlags): Promise<number> {
  const { replay = flags.cassette, resume = false, model, out } = flags;
  if (replay !== undefined && model !== undefined) throw new Failure(`--model is ${model}, but with --replay the recording ${replay} answers; leave out one of them.`);
  if (replay !== undefined && resume) throw new Failure('--replay plays a run again and --resume goes on with it; leave out one of them.');
  if (resume && out !== undefined) throw new Failure(`--out is ${out}, but --resume goes on in the run's own folder; leave out --out.`);
  const resumed = resume ? openToGoOn(target) : null;
  const spec = planRun(resumed?.spec ?? (isFolder(target) ? openRecorded(target).spec : target), flags);
  if (resumed !== null) checkSame(spec, planRun(resumed.spec, { set: [] }));
  const played = replay !== undefined && isFolder(replay) ? openRecorded(replay) : null;
  // a run without a model has recorded no replies, and its turns are all there is to give again
  const cassette = played !== null && spec.model === 'none' && !existsSync(played.cassette) ? undefined : played?.cassette ?? replay;
  // all that makes a world live is loaded for a run that is to be, not for one that is refused
  const { carryOut } = await import('./carry-out.ts');
  return await carryOut({ spec, ...flags, resumed, played }, async (stop) => (
    cassette === undefined ? await modelsOf(spec, stop.signal) : replayAccess(cassette, spec.model)));
}

/** A run that is gone on with is the same run: what would have made it another is refused. */
function checkSame(wanted: RunSpec, recorded: RunSpec): void {
  const { ticks: _, budget: __, record: ___, model: ____, models: _____, ...decides } = recorded;
  for (const [field, value] of Object.entries(decides)) {
    const now = wanted[field as keyof RunSpec];
    if (JSON.stringify(now) === JSON.stringify(value)) continue;
    throw new Failure(`--resume goes on with a run as it was, and ${field} would be another; leave that out, or begin a run that differs from a tick on with lichen branch.`);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
