/** Performs tasks without end, recording them, until it is killed. Says on its standard output which replies it has used. */
import { writeSync } from 'node:fs';
import { openDoor } from '../../agents/model/door.ts';
import { createModelService } from '../../agents/model/service.ts';

const [, , baseURL = '', file = '', slots = '50', tasks = '100000'] = process.argv;
const door = await openDoor({ model: 'tester', slots: Number(slots), env: { OPENAI_BASE_URL: baseURL, LICHEN_GRAMMAR: 'off' } });
const service = createModelService({ doors: [door], record: { file, resume: true } });
let next = 0;
async function work(): Promise<void> {
  while (next < Number(tasks)) {
    const i = next++;
    const answer = await service.perform({
      role: 'operator', kind: 'write', due: i, request: { messages: [{ role: 'system', content: 'Count.' }, { role: 'user', content: `task ${i}` }], maxTokens: 9, temperature: 1, seed: i },
      read: ({ text }) => ({ value: text }),
    });
    writeSync(1, `${JSON.stringify({ task: i, value: 'value' in answer ? answer.value : answer.reason })}\n`);
  }
}
await Promise.all(Array.from({ length: Number(slots) }, work));
await service.close();
