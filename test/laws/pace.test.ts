import { describe, expect, it } from 'vitest';
import type { ModelDoor } from '../../agents/model/contract.ts';
import { createModelService } from '../../agents/model/service.ts';
import { keepPace } from '../../agents/operators/pace.ts';
import { createWriter } from '../../agents/operators/writer.ts';
import { advance } from '../../core/advance.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import type { Simulation } from '../../core/simulation.ts';
import { startMeadow, variedFounders } from '../worlds/meadow-run.ts';

const start = (): Simulation => startMeadow({
  seed: 81, founders: variedFounders(81), parameters: { modelShare: 0.2, gestation: 4, costOfLiving: 0.1, founders: 320, size: 64, capacity: 900 },
}).simulation as unknown as Simulation;

/** A model that takes so many turns of the event loop for a reply. */
function pacedDoor(turns: number): ModelDoor {
  return {
    model: 'paced', where: 'endpoint', slots: 8, close: () => Promise.resolve(),
    async complete({ seed }) {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => { setImmediate(resolve); });
      return { text: `when energy > ${25 + (seed % 20)} -> reproduce\notherwise -> eat`, finish: 'stop', promptTokens: 1, completionTokens: 1, model: 'paced' };
    },
  };
}

async function live(turns: number): Promise<{ record: NumberedCommand[]; fingerprint: string; share: number }> {
  const simulation = start();
  const service = createModelService({ doors: [pacedDoor(turns)] });
  const writer = createWriter({ simulation, service });
  const pace = keepPace(simulation, service);
  const record: NumberedCommand[] = [];
  simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  for (let tick = 0; tick < 160; tick++) {
    if (await advance(simulation, { writer })) pace.waited();
    // a world that is not held up leaves the model the time of a frame
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  writer.close();
  return { record, fingerprint: simulation.fingerprint, share: simulation.kernel.parameter('modelShare') };
}

describe('the pace of a live world', () => {
  it('[G7] the share follows the model: up with a quick one, down with a slow one', async () => {
    const quick = await live(0);
    const slow = await live(40);
    expect(quick.share).toBeGreaterThan(0.2);
    expect(slow.share).toBeLessThan(0.2);
  });

  it('[G7] turned by command, it is on the record, and the record alone replays the run', async () => {
    const { record, fingerprint } = await live(5);
    expect(record.some(({ command }) => command.kind === 'set' && command.key === 'modelShare')).toBe(true);
    const again = start();
    for (let tick = 1; tick <= 160; tick++) {
      for (const { command } of record.filter((each) => each.tick === tick)) again.submit(command);
      await advance(again);
    }
    expect(again.fingerprint).toBe(fingerprint);
  });
});
