import { createHash } from 'node:crypto';
import type { ModelDoor } from '../../agents/model/contract.ts';
import { knownPrices } from '../../agents/model/prices.ts';
import { noModel, type ModelAccess } from '../../viewer/cli/model-access.ts';
import { perform, type Performed, type Stage } from '../../viewer/cli/perform.ts';
import { planRun } from '../../viewer/cli/plan.ts';
import { openRecorded, openToGoOn } from '../../viewer/cli/recorded-run.ts';
import type { RunSpec } from '../../viewer/run-spec.ts';

export const TICKS = 240;
const ground = ['size=64', 'founders=60', 'capacity=400', 'gestation=12', 'mutationRate=0.5'];
const thinking = ['modelShare=0.2', 'deliberation=0.01', 'reactionTime=9', 'judging=0.2', 'acclaim=3'];

/** A spec of a small meadow with a checkpoint every 50 ticks. */
export function smallSpec(more: { model?: boolean; set?: string[]; with?: string[] } = {}): RunSpec {
  return planRun('meadow', {
    seed: 11, ticks: TICKS, operator: more.model ? 'mixed' : 'classical', ...(more.model ? { model: 'echo' } : {}),
    set: [...ground, ...more.model ? thinking : [], ...more.set ?? []], with: ['record.every=50', ...more.with ?? []],
  });
}

/** A model whose replies are a function of what it is asked: a program, a thought or a judgement, and now and then nonsense. Slow by turns, so that some are on their way at any moment. */
export function echoDoor(): ModelDoor {
  return {
    model: 'echo', where: 'endpoint', local: true, slots: 6,
    async complete(request) {
      const hash = createHash('sha256').update(JSON.stringify([request.messages, request.seed])).digest();
      await new Promise((resolve) => setTimeout(resolve, hash[0]! & 7));
      const energy = 40 + hash[1]! / 8;
      const text = hash[2]! < 20 ? 'I would rather not.' : `when energy > ${energy.toFixed(0)} -> reproduce\nwhen grass.here > ${hash[3]! % 90}% -> eat\notherwise -> wander`;
      return { text, finish: 'stop', promptTokens: 90, completionTokens: 20, model: 'echo' };
    },
    close: () => Promise.resolve(),
  };
}

export function echoAccess(): ModelAccess {
  return { ...noModel, doors: [echoDoor()], name: 'echo', facts: { state: 'ready', name: 'echo', note: '' } };
}

export interface SmallRun { spec: RunSpec; out?: string; resume?: string; played?: string; model?: boolean; until?: number; each?(stage: Stage): void; say?(line: string): void }

/** Performs a small run, or goes on with one, as the command line does. */
export async function performSmall({ spec, out, resume, played, model = false, until = TICKS, each, say = () => undefined }: SmallRun): Promise<Performed> {
  const resumed = resume === undefined ? null : openToGoOn(resume);
  try {
    return await perform({ spec, model: model ? echoAccess() : noModel, prices: knownPrices, out, resumed, played: played === undefined ? null : openRecorded(played), say }, async (stage) => {
      while (stage.lab.simulation.kernel.tick < until) {
        each?.(stage);
        await stage.lab.tick();
        stage.check();
      }
      return 1;
    });
  } finally {
    resumed?.lock.release();
  }
}

/** The spec of a recorded run. */
export function specOf(folder: string): RunSpec {
  return planRun(openRecorded(folder).spec, { set: [] });
}
