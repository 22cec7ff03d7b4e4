/** How well a model judges: `npx tsx test/judges/agreement.ts [model]`, both ways, on texts that were labelled by hand. */
import { agreement } from '../../agents/judges/agreement.ts';
import { createJudge } from '../../agents/judges/judge.ts';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService } from '../../agents/model/service.ts';
import { labelledSets } from './labelled.ts';

const door = await openDoor({ model: process.argv[2] ?? 'embedded' });
const service = createModelService({ doors: [door] });
console.log(`${door.model}: agreement with labels given by hand`);
for (const { question, texts } of labelledSets) {
  for (const way of ['logprobs', 'structured'] as const) {
    const started = performance.now();
    const { accuracy, kappa, ordering, unanswered, ways, confusion } = await agreement(createJudge(service, { way }), question, texts);
    console.log(`${question.name.padEnd(12)} ${way.padEnd(11)} accuracy ${accuracy.toFixed(2)}  kappa ${kappa.toFixed(2)}  ordering ${(ordering ?? Number.NaN).toFixed(2)}  of ${texts.length}, unanswered ${unanswered}, `
      + `served by ${JSON.stringify(ways)}, confusion ${JSON.stringify(confusion)}, ${Math.round(performance.now() - started)} ms`);
  }
}
await service.close();
