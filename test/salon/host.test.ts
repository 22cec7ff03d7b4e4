import { describe, expect, it } from 'vitest';
import { MOST_IN_VAIN, hostTexts } from '../../agents/salon/host.ts';
import { createJury } from '../../agents/salon/jury.ts';
import { readText, writingTask } from '../../agents/salon/writing.ts';
import type { ModelRequest } from '../../agents/model/contract.ts';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { runSalon } from '../../viewer/qdaif.ts';
import { Salon, type Individual } from '../../worlds/salon/salon.ts';
import { methodNames, type MethodName } from '../../worlds/salon/methods.ts';
import { plainService, scriptedDoor, type Script } from '../minds/plain-service.ts';
import { poetry, stories } from './drive.ts';
import { syntheticReply, syntheticService } from './synthetic.ts';

const settings = (method: MethodName, iterations = 80) => ({ domain: stories, method, seed: 2, iterations, init: 'seeded' as const, temperature: 0.8, judging: {}, rejudge: 2 });

/** The synthetic model with every answer late by a time that depends on how many came before. */
function unevenService(seed: number): ReturnType<typeof plainService> {
  const random = new RandomStream(seedKey(seed, 1), 0);
  return plainService(scriptedDoor(async (request) => {
    for (let turns = random.below(9); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    return syntheticReply(request, { noise: 0.5 });
  }), { logprobs: true });
}

describe('a host of texts', () => {
  it.each(['lmx-near', 'lmx-replace', 'random-search', 'zero-shot', 'nsaif'] as const)('[S2] brings %s to the same end however late the answers come', async (method) => {
    const made = await runSalon(settings(method), { service: syntheticService({ noise: 0.5 }) });
    for (const seed of [1, 2]) {
      const again = await runSalon(settings(method), { service: unevenService(seed) });
      expect(again!.summary).toEqual(made!.summary);
    }
    expect(made!.summary.cost.calls).toBe(80 * 4 + made!.summary.elites * 2 * 3);
  });

  it('[S2] no two requests of an experiment are the same, so that none can be given another\'s answer', async () => {
    const asked = new Set<string>();
    let count = 0;
    const door = scriptedDoor((request) => {
      count++;
      asked.add(JSON.stringify(request));
      return syntheticReply(request);
    });
    for (const method of methodNames) for (const seed of [1, 2]) await runSalon({ ...settings(method, 30), seed }, { service: plainService(door, { logprobs: true }) });
    expect(asked.size).toBe(count);
  });

  it('[S9] ends a run in which thirty texts in a row could not be judged, and skips fewer', async () => {
    const never: Script = (request) => (request.topLogprobs === undefined ? 'some words' : { text: 'Perhaps', logprobs: [{ token: 'Perhaps', logprob: -0.1, top: [{ token: 'Perhaps', logprob: -0.1 }] }] });
    await expect(runSalon(settings('lmx-near'), { service: plainService(scriptedDoor(never)) }))
      .rejects.toThrow(`${MOST_IN_VAIN} texts in a row came to nothing, the last at iteration 29 because of this: quality: there is no rating from 1 to 10 in it.`);
    const seldom: Script = (request, nth) => (nth % 3 === 0 && request.topLogprobs === undefined && /^Go on/.test(request.messages[0]!.content) ? '' : syntheticReply(request));
    const { summary } = (await runSalon(settings('zero-shot'), { service: plainService(scriptedDoor(seldom), { logprobs: true }) }))!;
    expect(summary.outcomes.empty).toBeGreaterThan(3);
    expect(Object.values(summary.outcomes).reduce((sum, n) => sum + n, 0)).toBe(80);
    const broken: Script = () => new Error('the endpoint is away');
    await expect(runSalon(settings('zero-shot'), { service: plainService(scriptedDoor(broken)) })).rejects.toThrow('because of this: the endpoint is away');
  });

  it('stops at once when it is told to, and tells nothing that comes later', async () => {
    const halt = new AbortController();
    const settled: Individual[] = [];
    const world = new Salon({ domain: stories, method: 'lmx-near', seed: 1, iterations: 500 });
    const hosted = await hostTexts<Individual>({
      world, facts: stories, service: unevenService(1), signal: halt.signal,
      onSettled(text) {
        if (settled.push(text) === 7) halt.abort();
      },
    });
    expect(hosted.done).toBe(false);
    const then = world.iteration;
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(world.iteration).toBe(then);
  });

  it('[S6] judges a poem by rating, form and tone', async () => {
    const script: Script = (request) => {
      const asked = request.messages.at(-1)!.content;
      if (asked.includes('whole number from 1')) return String(6 + (request.seed % 2));
      if (asked.includes('Which form')) return 'ballad';
      return asked.includes('Which tone') ? 'Dark.' : 'A ship went out / and out it stayed\n\n### more';
    };
    const said = await createJury(plainService(scriptedDoor(script)), poetry, { repeats: 3 }).judge('x', 5, 0);
    expect(said.ways).toEqual(['rating', 'votes', 'votes']);
    expect(said.said).toMatchObject({ measures: [2, 1] });
    const { salon, summary } = (await runSalon({ ...settings('lmx-rewrite', 12), domain: poetry }, { service: plainService(scriptedDoor(script)) }))!;
    expect(summary).toMatchObject({ elites: 1, cells: 25, maxQdScore: 250 });
    expect(salon.archive.elite(11)!.solution.text).toBe('A ship went out / and out it stayed');
    expect(summary.qdScore).toBeGreaterThanOrEqual(6);
    expect(summary.qdScore).toBeLessThanOrEqual(7);
  });
});

describe('a text', () => {
  it('[S8] ends with its line or at a separator, is bounded, and holds nothing that hides or passes for a separator', () => {
    const read = (reply: string, maxCharacters = 900): string => readText(reply, { ...stories, maxCharacters });
    expect(read('\n\n One line.\nAnother.')).toBe('One line.');
    expect(read('A text ### and another')).toBe('A text');
    expect(read('A text @@@ end')).toBe('A text');
    expect(read('#\u200b## hidden')).toBe('');
    expect(read('a #\u202e#\u202c# b')).toBe('a');
    expect(read('###\nlate')).toBe('');
    expect(read('')).toBe('');
    expect(read(`${stories.template} Once upon`)).toBe('Once upon');
    expect(read('ring\u0007 \u001b[31mred\u202e back')).toBe('ring [31mred back');
    expect(read('one two three four', 12)).toBe('one two');
    expect(read('x'.repeat(5000))).toHaveLength(900);
    expect(read(`${'y'.repeat(19)}\u{1f642}`, 20)).toBe('y'.repeat(19));
    expect(readText('Snow\r\non  it\n\n\nfalls @@@ x', poetry)).toBe('Snow / on it / falls');
    expect(readText(Array.from({ length: 300 }, (_, i) => `l${i}`).join('\n'), poetry).split(' / ')).toHaveLength(40);
  });

  it('[S8] is asked for with its marks forbidden and its length bounded', () => {
    const { request } = writingTask(stories, { ticket: 3, kind: 'lmx-near', prompt: 'T:', seed: 9, judged: true }, 0.8) as { request: ModelRequest };
    expect(request).toMatchObject({ seed: 9, temperature: 0.8, maxTokens: 300 });
    expect(request.grammar).toContain('[^\\x00-\\x1f#@]');
  });
});
