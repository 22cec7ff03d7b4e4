import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProgram, printProgram } from '../../agents/instincts/index.ts';
import { ModelError, type ModelDoor, type ModelReply, type ModelRequest } from '../../agents/model/contract.ts';
import { createModelService, replayModelService } from '../../agents/model/service.ts';
import type { ModelService } from '../../agents/model/task.ts';
import { createWriter, type Writer } from '../../agents/operators/writer.ts';
import { advance } from '../../core/advance.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import type { Outcome } from '../../core/kernel/tick-events.ts';
import { countTotals, type Totals } from '../../core/measures/totals.ts';
import type { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { restless, startMeadow, variedFounders } from '../worlds/meadow-run.ts';

const SEED = 71;
const TICKS = 60;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-replay-')); });
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A model as wayward as models are, that answers by the request alone but takes its time as `turns` says: programs good
 * and bad, programs mended when asked again, text that would be code or markup if anyone took it for that, and failures.
 */
function waywardDoor(turns: (asked: number) => number): ModelDoor & { asked: number } {
  const door = {
    model: 'wayward', where: 'endpoint' as const, slots: 3, asked: 0,
    async complete(request: ModelRequest): Promise<ModelReply> {
      const asked = door.asked++;
      for (let turn = 0; turn < turns(asked); turn++) await new Promise((resolve) => { setImmediate(resolve); });
      const again = request.messages.some(({ role }) => role === 'assistant');
      const kind = (again ? request.seed >>> 3 : request.seed) % 6;
      if (kind === 5) throw new ModelError('refused', `It will not hear of request ${request.seed}.`);
      const text = [
        `when energy > ${20 + (request.seed % 40)} -> reproduce\notherwise -> eat`,
        `when grass.here > ${request.seed % 100}% -> eat\nwhen energy > 30 -> mate other\notherwise -> climb grass`,
        'Here is the child:\n```\nwhen energy > 25 -> reproduce\notherwise -> eat\n```',
        'process.exit(1); <img src=x onerror=alert(1)>',
        'when energy > lots -> reproduce',
      ][kind]!;
      return { text, finish: 'stop', promptTokens: 100, completionTokens: text.length, model: 'wayward' };
    },
    close: () => Promise.resolve(),
  };
  return door;
}

interface Played { fingerprint: string; prints: string[]; record: NumberedCommand[]; totals: Totals; writer: Writer | null }

/** Plays a meadow whose every other child a model writes, or one whose commands are all given. */
async function play(service: ModelService | null, { ticks = TICKS, given }: { ticks?: number; given?: readonly NumberedCommand[] } = {}): Promise<Played> {
  const { simulation: started } = startMeadow({ seed: SEED, founders: variedFounders(SEED), parameters: { modelShare: 0.5, gestation: 4, costOfLiving: 0.1, founders: 320, size: 64 } });
  const simulation = started as unknown as Simulation;
  const totals = countTotals(simulation);
  const writer = service === null ? null : createWriter({ simulation, service });
  const record: NumberedCommand[] = [];
  const prints: string[] = [];
  simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
  const interventions = restless(SEED);
  for (let tick = 1; tick <= ticks; tick++) {
    const commands = given?.filter((each) => each.tick === tick).map(({ command }) => command) ?? interventions(tick);
    for (const command of commands) simulation.submit(command);
    await advance(simulation, { writer });
    prints.push(simulation.fingerprint);
  }
  writer?.close();
  return { fingerprint: simulation.fingerprint, prints, record, totals, writer };
}

describe('a run with a model', () => {
  let first: Played;
  const tape = (): string => join(folder, 'first.jsonl');
  beforeAll(async () => {
    const service = createModelService({ doors: [waywardDoor(() => 0)], record: { file: tape() }, retry: { tries: 1 } });
    first = await play(service);
    await service.close();
  });

  it('[L4] counts what the model wrote, what had to be mended, and what a classical operator served instead, each with a reason', () => {
    const { totals, record } = first;
    const deliveries = record.flatMap(({ command }) => (command.kind === 'deliver' ? [command] : []));
    const of = (outcome: keyof typeof Outcome): number => deliveries.filter((each) => each.outcome === outcome).length;
    expect(Math.min(of('ok'), of('repaired'), of('fallback'))).toBeGreaterThan(2);
    expect([totals.birthsByOperator.llm, totals.repaired, totals.fallbacks]).toEqual([of('ok') + of('repaired'), of('repaired'), of('fallback')]);
    for (const { outcome, reason, genome } of deliveries) {
      expect(reason === '').toBe(outcome === 'ok');
      expect(genome === null).toBe(outcome === 'fallback');
    }
  });

  it('[L2] takes from a model programs of the language and nothing else', () => {
    const { vocabulary } = meadow;
    for (const { command } of first.record) {
      if (command.kind !== 'deliver' || command.genome === null) continue;
      expect(printProgram(parseProgram(command.genome, vocabulary), vocabulary)).toBe(command.genome);
    }
  });

  it('[L1] is the same to the bit whatever time the model takes', async () => {
    const slow = await play(createModelService({ doors: [waywardDoor((asked) => (asked * 7) % 11)], retry: { tries: 1 } }));
    expect(slow.prints).toEqual(first.prints);
  });

  it('[L1] replays from the recorded replies, without the model', async () => {
    expect((await play(replayModelService(tape()))).prints).toEqual(first.prints);
  });

  it('[L1] replays from its commands alone, without model or replies', async () => {
    const again = await play(null, { given: first.record });
    expect(again.prints).toEqual(first.prints);
    expect(again.totals).toEqual(first.totals);
  });

  it.each([0.2, 0.5, 0.9])('[L3] killed after %d of the recording, it is resumed to the same fingerprint, and no reply is paid for twice', async (share) => {
    const file = join(folder, `cut-${share}.jsonl`);
    const whole = readFileSync(tape());
    writeFileSync(file, whole);
    truncateSync(file, Math.floor(whole.length * share));
    const kept = readFileSync(file, 'utf8').split('\n').slice(1, -1);
    const model = waywardDoor((asked) => asked % 3);
    const service = createModelService({ doors: [model], record: { file, resume: true }, retry: { tries: 1 } });
    const resumed = await play(service);
    await service.close();
    expect(resumed.prints).toEqual(first.prints);
    // what had been recorded stands as it was, and no reply was asked for again
    const lines = readFileSync(file, 'utf8').split('\n').slice(1, -1);
    expect(lines.slice(0, kept.length)).toEqual(kept);
    const asked = lines.map((line) => JSON.parse(line) as { key?: string; due: number; nth: number }).flatMap(({ key, due, nth }) => (key === undefined ? [] : [`${key} ${due} ${nth}`]));
    expect(new Set(asked).size).toBe(asked.length);
    expect(model.asked).toBeGreaterThan(0);
    expect((await play(replayModelService(file))).fingerprint).toBe(first.fingerprint);
  });
});
