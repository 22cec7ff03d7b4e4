import { ModelError } from '../../agents/model/contract.ts';
import { weightsFacts } from '../../agents/model/weights.ts';
import { worlds } from '../../worlds/index.ts';
import { carryOut } from './carry-out.ts';
import { accessModels, isModelChosen, noModel, type ModelAccess } from './model-access.ts';
import { planRun } from './plan.ts';
import type { ModelFlags } from './run.ts';
import { say } from './say.ts';
import type { Stop } from './stop.ts';

export interface StartFlags extends ModelFlags { seed?: number; set: string[]; model?: string; out?: string; port?: number; speed?: number }

/** A small model writes one or two children a second: give it time for each, and begin with few; the pace turns the share up. */
const unhurried = ['gestation=90', 'modelShare=0.002'];

/** `lichen start`: the default world, with a model if one can be had. Returns the exit code. */
export async function start(flags: StartFlags): Promise<number> {
  const wants = flags.model === 'none' ? { operator: 'classical' as const, set: flags.set } : { operator: 'mixed' as const, set: [...unhurried, ...flags.set] };
  const errand = { spec: planRun(worlds[0]!.name, { ...flags, ...wants }), ...flags };
  return await carryOut(errand, (stop) => modelOrReason(flags.model, stop));
}

/** A model that a person chose must be there; the one we bring along may be missing, and then the page and the terminal say why. */
async function modelOrReason(asked: string | undefined, stop: Stop): Promise<ModelAccess> {
  try {
    return await accessModels(asked, {}, stop.signal);
  } catch (error) {
    if (stop.asked !== null || isModelChosen(asked) || !(error instanceof ModelError)) throw error;
    say(`${error.message} The world runs on classical operators.`);
    return { ...noModel, facts: { state: 'absent', name: weightsFacts.name, note: `The world runs on classical operators. ${error.message}` } };
  }
}
