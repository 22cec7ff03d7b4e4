import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BlindEmitter, blindPrograms } from '../../agents/emitters/blind-emitter.ts';
import { ModelEmitter } from '../../agents/emitters/model-emitter.ts';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService, replayModelService, type OpenModelService } from '../../agents/model/service.ts';
import { viewArchive } from '../../agents/operators/archive-view.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { jsonCodec } from '../../core/archive/codec.ts';
import type { Asked } from '../../core/archive/emitter.ts';
import { Scheduler, type EmitterRecord } from '../../core/archive/scheduler.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { startSteadyServer } from '../model/steady-server.ts';
import { facts, founders, programArchive, scoreProgram } from './meadow-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'lichen-emitters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function evolve(service: OpenModelService): Promise<{ saved: Uint8Array; records: EmitterRecord[] }> {
  const archive = programArchive();
  const view = viewArchive(archive, facts, (genome) => genome);
  const vary = blindPrograms(meadow.vocabulary);
  const common = { seed: 8, batchSize: 4, initial: founders };
  const models = { ...common, form: programForm(meadow.vocabulary), view, service, standIn: vary };
  const scheduler = new Scheduler<string, Asked<string>>({
    archive, active: 2, emitters: [
      new BlindEmitter({ ...common, stream: 0, archive, vary }),
      new ModelEmitter({ ...models, stream: 1, operator: 'llm-mutate' }),
      new ModelEmitter({ ...models, stream: 2, operator: 'llm-crossover' }),
      new ModelEmitter({ ...models, stream: 3, operator: 'llm-invent' }),
    ],
  });
  for (let round = 0; round < 8; round++) {
    const scores = (await scheduler.ask()).map(scoreProgram);
    scheduler.tell(scores.map(({ objective }) => objective), scores.flatMap(({ measures }) => measures));
  }
  await service.close();
  return { saved: archive.save(jsonCodec<string>()), records: scheduler.records() };
}

test('[A28][M10] emitters that ask an endpoint come to the same archive from their cassette alone', async () => {
  const server = await startSteadyServer({ delayMs: 1 });
  const file = join(folder, 'cassette.jsonl');
  try {
    const door = await openDoor({ model: 'steady', env: { OPENAI_BASE_URL: server.baseURL } });
    const live = await evolve(createModelService({ doors: [door], record: { file } }));
    expect(server.asked.length).toBeGreaterThan(20);
    expect(live.records.slice(1).some(({ successes }) => successes > 0)).toBe(true);
    const asked = server.asked.length;
    const replay = replayModelService(file);
    expect(await evolve(replay)).toEqual(live);
    expect(replay.missing).toBeNull();
    expect(server.asked.length).toBe(asked);
  } finally {
    await server.close();
  }
});
