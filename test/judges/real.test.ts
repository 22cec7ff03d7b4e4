import { describe, expect, it } from 'vitest';
import { agreement } from '../../agents/judges/agreement.ts';
import { createJudge } from '../../agents/judges/judge.ts';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService } from '../../agents/model/service.ts';
import { weightsFacts } from '../../agents/model/weights.ts';
import { labelledSets } from './labelled.ts';

// a minute on a busy machine: only where the weights are demanded
const demanded = process.env['LICHEN_REQUIRE_WEIGHTS'] === '1';

describe.skipIf(!demanded)(`${weightsFacts.name} as a judge${demanded ? '' : ' (skipped: set LICHEN_REQUIRE_WEIGHTS=1)'}`, () => {
  it('[J5] answers every question by log-probabilities; how far it agrees with people is told, and nothing is promised', async () => {
    const service = createModelService({ doors: [await openDoor({ model: 'embedded' })] });
    try {
      const judge = createJudge(service);
      for (const { question, texts } of labelledSets) {
        const found = await agreement(judge, question, texts);
        expect(found).toMatchObject({ texts: texts.length, unanswered: 0, ways: { logprobs: texts.length } });
        expect(found.accuracy).toBe((found.confusion[0]![0]! + found.confusion[1]![1]!) / texts.length);
        expect(found.kappa).toBeLessThanOrEqual(1);
        console.log(`${question.name}: accuracy ${found.accuracy.toFixed(2)}, kappa ${found.kappa.toFixed(2)}, ordering ${found.ordering!.toFixed(2)}`);
      }
    } finally {
      await service.close();
    }
  }, 600_000);
});
