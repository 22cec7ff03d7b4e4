import { basename } from 'node:path';
import { checkParameter } from '../../core/kernel/parameters.ts';
import { findWorld } from '../../worlds/index.ts';
import type { RunSpec } from '../run-spec.ts';
import { Failure, orFail } from './failure.ts';
import { modelsOf } from './model-access.ts';
import { planRun, readSettings } from './plan.ts';
import type { ModelFlags } from './run.ts';
import { branchFolder } from './branch-folder.ts';
import { finishedAt, openToGoOn } from './recorded-run.ts';
import { checkFolder } from './run-folder.ts';
import { say } from './say.ts';

export interface BranchFlags extends ModelFlags {
  at: number;
  set: string[];
  ticks?: number;
  model?: string;
  out: string;
  headless?: boolean;
  json?: boolean;
  port?: number;
  speed?: number;
}

/** `lichen branch`: a recorded history once more, from a tick on with something changed. Returns the exit code. */
export async function branch(target: string, flags: BranchFlags): Promise<number> {
  const { at, out, set, ...rest } = flags;
  checkFolder(out);
  const parent = openToGoOn(target);
  let spec: RunSpec;
  try {
    const recorded = planRun(parent.spec, { set: [] });
    const last = finishedAt(parent);
    if (last !== null && at > last) throw new Failure(`--at is ${at}, but the run in ${target} ended at tick ${last}; name a tick up to that.`);
    const ticks = flags.ticks ?? recorded.ticks;
    if (ticks !== undefined && ticks <= at) throw new Failure(`The branch would end at tick ${ticks}, and it begins after tick ${at}; give more with --ticks.`);
    if (set.length === 0) throw new Failure('--set names nothing that is changed; a branch differs from its run, for example --set scarcity=0.8. To go on with a run as it is, lichen run RUN --resume.');
    const values = readSettings(recorded.world, set);
    const { parameters } = findWorld(recorded.world);
    for (const [key, value] of Object.entries(values)) orFail(() => checkParameter(parameters, key, value, true));
    const { with: fields, budgetCalls, budgetTokens, budgetDollars, onBudget, model } = flags;
    const wanted = planRun(parent.spec, { set: [], ticks, model, with: fields, budgetCalls, budgetTokens, budgetDollars, onBudget });
    spec = branchSpecOf(wanted, parent.path, at, values);
    branchFolder(parent, out, spec, at);
  } finally {
    parent.lock.release();
  }
  const { carryOut } = await import('./carry-out.ts');
  const begun = openToGoOn(out);
  try {
    return await carryOut({ ...rest, spec, resumed: begun }, (stop) => modelsOf(spec, stop.signal));
  } finally {
    // whoever recorded has let it go already
    begun.lock.release();
    if (!flags.json) say(`The branch parts from ${parent.path} after tick ${at}.`);
  }
}

/** The spec of a run that parts from another after a tick; where that had parted itself later than that, it never did. */
export function branchSpecOf(spec: RunSpec, parent: string, at: number, set: Record<string, number>): RunSpec {
  return { ...spec, branches: [...spec.branches.filter((one) => one.at < at), { of: basename(parent), at, set }] };
}
