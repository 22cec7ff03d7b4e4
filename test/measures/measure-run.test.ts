import { describe, expect, it } from 'vitest';
import { ModelError } from '../../agents/model/contract.ts';
import type { NumberedCommand } from '../../core/events/command.ts';
import { measureOptions } from '../../core/measures/measure-options.ts';
import { NGRAM_EMBEDDING, ngramEmbedding } from '../../core/measures/ngram-embedding.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { measureRun, measuredCsv } from '../../viewer/measure-run.ts';
import { quick } from './watch-all.ts';

const begin = (wanted: string, recorded: readonly NumberedCommand[] = [], more: object = {}): Lab => createLab({
  world: 'meadow', seed: 8, operator: 'classical', parameters: { founders: 120, capacity: 400, size: 64, gestation: 2, lifespan: 40 }, service: null,
  measures: measureOptions.parse({ wanted, ...quick, ...more }), recorded,
});

const play = (lab: Lab, turn?: (tick: number) => void) => async (): Promise<void> => {
  for (let t = 0; t < 50; t++) {
    turn?.(t);
    await lab.tick();
  }
};

describe('measuring a run', () => {
  it('[Q15] from its record tells what was told live, and more where more is asked', async () => {
    const live = begin('all');
    const record: NumberedCommand[] = [];
    live.simulation.events$.subscribe((event) => { if (event.kind === 'tick') record.push(...event.commands); });
    const first = await measureRun(live, play(live, (t) => {
      if (t === 10) live.simulation.submit({ kind: 'set', key: 'scarcity', value: 0.9 });
      if (t === 30) live.simulation.submit({ kind: 'set', key: 'scarcity', value: 0.1 });
    }));
    expect(record.map(({ tick }) => tick)).toEqual([11, 31]);
    const again = begin('all', record);
    expect(await measureRun(again, play(again))).toEqual(first);
    const part = begin('population', record, { every: 1 });
    const second = await measureRun(part, play(part));
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(second.rows).toHaveLength(50);
    for (const { tick, values } of first.rows) {
      if (tick % 3 === 0) expect(second.rows[tick - 1]!.values['population.organisms']).toBe(values['population.organisms']);
    }
    const untold = begin('none');
    await expect(measureRun(untold, play(untold))).rejects.toThrow('Nothing is to be measured in this run; name some groups of measures.');
  });

  it('[Q15] is written as a table with nothing where nothing is known', async () => {
    const lab = begin('population,embedding'.split(',')[1]!);
    const csv = measuredCsv(await measureRun(lab, play(lab)));
    const [head, ...lines] = csv.trimEnd().split('\n');
    expect(head).toBe('tick,embedding.texts,embedding.vendi,embedding.cosineDistance,embedding.illumination,embedding.openEndedness');
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
    // nothing came before the first sample
    expect(lines[0]!.endsWith(',')).toBe(true);
    expect(Number(lines.at(-1)!.split(',').at(-1))).toBeGreaterThan(0.5);
  });

  it('[Q11] a model\'s embeddings take the place of the lexical ones and are named; where it fails, these stay', async () => {
    const measured = async (embedder: Parameters<typeof measureRun>[2], heard: string[] = [], wanted = 'embedding') => {
      const lab = begin(wanted);
      return await measureRun(lab, play(lab), embedder, (sentence) => { heard.push(sentence); });
    };
    const lexical = await measured(null);
    expect(lexical.words).toEqual([`Embeddings are ${NGRAM_EMBEDDING}.`]);
    const spelled = await measured({ name: 'spelling', embed: (texts) => Promise.resolve(texts.map(ngramEmbedding)) });
    expect(spelled.rows).toEqual(lexical.rows);
    expect(spelled.words).toEqual(['Embeddings are spelling.']);
    const alike = await measured({ name: 'one for all', embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(3, 4))) });
    expect(alike.rows.at(-1)!.values).toMatchObject({ 'embedding.vendi': expect.closeTo(1, 9) as number, 'embedding.openEndedness': expect.closeTo(1, 6) as number });
    const elites = await measured({ name: 'one for all', embed: (texts) => Promise.resolve(texts.map(() => Float32Array.of(3, 4))) }, [], 'made');
    expect([elites.words, elites.rows.at(-1)!.values['made.vendi']]).toEqual([['Embeddings of the elites are one for all.'], expect.closeTo(1, 9)]);
    expect((await measured(null, [], 'made')).rows.at(-1)!.values['made.vendi']).toBeGreaterThan(1.5);
    const heard: string[] = [];
    expect(await measured({ name: 'mute', embed: () => Promise.reject(new ModelError('failed', 'It is mute.')) }, heard)).toEqual(lexical);
    expect(heard).toEqual(['It is mute.']);
  });
});
