import { describe, expect, it } from 'vitest';
import { BlindEmitter, blindPrograms } from '../../agents/emitters/blind-emitter.ts';
import { ModelEmitter } from '../../agents/emitters/model-emitter.ts';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { viewArchive } from '../../agents/operators/archive-view.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import type { Asked } from '../../core/archive/emitter.ts';
import { jsonCodec } from '../../core/archive/codec.ts';
import { Scheduler, type EmitterRecord } from '../../core/archive/scheduler.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { scriptedService } from '../operators/scripted.ts';
import { facts, founders, programArchive, scoreProgram } from './meadow-programs.ts';

/** One model that knows how to live in a meadow, and one that never writes a program. */
function say({ seed, messages }: ModelRequest, model: string): string {
  if (model === 'talker') return 'I would rather speak of the weather.';
  const shown = messages[1]!.content.match(/when energy > \d+/)?.[0] ?? 'when energy > 50';
  const rules = [shown.replace(/\d+/, String(25 + (seed % 30))) + ' -> reproduce', `when grass.here > ${seed % 60}% -> eat`, `when crowd > ${1 + (seed % 5)} -> wander`, 'when chance 20% -> wander'];
  return [...rules.slice(0, 1 + (seed % 4)), seed % 3 === 0 ? 'otherwise -> climb grass' : 'otherwise -> eat'].join('\n');
}

/** MAP-Elites over the programs of the meadow, by blind variation and by models under one bandit. */
async function evolve(turns: (request: ModelRequest) => number): Promise<{ saved: Uint8Array; records: EmitterRecord[]; coverage: number[]; best: number }> {
  const archive = programArchive();
  const service = scriptedService({ models: ['writer', 'talker'], say, turns });
  const view = viewArchive(archive, facts, (genome) => genome);
  const vary = blindPrograms(meadow.vocabulary);
  const common = { seed: 3, batchSize: 4, initial: founders };
  const models = { ...common, form: programForm(meadow.vocabulary), view, service, standIn: vary, language: { mutationPrompts: false } };
  const scheduler = new Scheduler<string, Asked<string>>({
    archive, active: 2, emitters: [
      new BlindEmitter({ ...common, stream: 0, archive, vary }),
      new ModelEmitter({ ...models, stream: 1, operator: 'llm-mutate', model: 'writer' }),
      new ModelEmitter({ ...models, stream: 2, operator: 'llm-crossover', model: 'writer' }),
      new ModelEmitter({ ...models, stream: 3, operator: 'llm-invent', model: 'writer' }),
      new ModelEmitter({ ...models, stream: 4, operator: 'llm-mutate', model: 'talker', name: 'talker' }),
    ],
  });
  const coverage: number[] = [];
  for (let round = 0; round < 14; round++) {
    const scores = (await scheduler.ask()).map(scoreProgram);
    scheduler.tell(scores.map(({ objective }) => objective), scores.flatMap(({ measures }) => measures));
    coverage.push(archive.coverage);
  }
  await service.close();
  return { saved: archive.save(jsonCodec<string>()), records: scheduler.records(), coverage, best: archive.objMax };
}

describe('MAP-Elites over programs of the meadow', () => {
  it('[A22][A28][A30] with blind and model emitters fills an archive, and the bandit leaves a model that writes no program', async () => {
    const { records, coverage, best } = await evolve(() => 0);
    const [blind, mutate, crossover, invent, talker] = records as [EmitterRecord, EmitterRecord, EmitterRecord, EmitterRecord, EmitterRecord];
    expect(coverage.at(-1)!).toBeGreaterThan(coverage[0]!);
    expect(best).toBeGreaterThan(Math.max(...founders.map((founder) => scoreProgram(founder).objective)));
    expect(records.reduce((sum, { candidates }) => sum + candidates, 0)).toBe(14 * 2 * 4);
    for (const one of [blind, mutate, crossover, invent]) {
      expect(one).toMatchObject({ empty: 0, standIns: 0 });
      expect(one.successes).toBeGreaterThan(0);
    }
    expect(talker).toEqual({ name: 'talker', candidates: talker.candidates, successes: 0, empty: 0, standIns: talker.candidates });
    expect(talker.candidates).toBeLessThan(Math.max(...records.map(({ candidates }) => candidates)));
  });

  it('[A28][A29][L1] comes to the same archive, to the bit, whatever the order in which models answer', async () => {
    const first = await evolve(() => 0);
    const again = await evolve(({ seed }) => seed % 5);
    expect(again).toEqual(first);
  });
});
