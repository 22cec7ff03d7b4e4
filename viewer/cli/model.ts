import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../../agents/model/contract.ts';
import { cacheFolder, checkWeights, fetchWeights, findWeights, weightsFacts } from '../../agents/model/weights.ts';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { printProgram } from '../../agents/instincts/print.ts';
import { programForm } from '../../agents/operators/program-form.ts';
import { mutateTask } from '../../agents/operators/tasks.ts';
import { lifeInWords } from '../../agents/operators/words.ts';
import { worlds } from '../../worlds/index.ts';
import { Failure, messageOf } from './failure.ts';
import { accessModels, endpointName, stageBars } from './model-access.ts';
import { say } from './say.ts';
import { listenForStop } from './stop.ts';
import { megabytes } from './words.ts';

/** `lichen model fetch`: the embedded model's weights, from the cache if they are there. Returns the exit code. */
export async function fetchModel(): Promise<number> {
  const stop = listenForStop();
  const bars = stageBars();
  try {
    if (await findWeights() === null) say(`Fetching ${weightsFacts.name} (${megabytes(weightsFacts.bytes)}) …`);
    const { path } = await fetchWeights({ signal: stop.signal, onProgress: bars.show, onNote: bars.note });
    bars.stop();
    process.stdout.write(`${path} is there and its checksum is right.\n`);
    return 0;
  } catch (error) {
    bars.stop();
    if (stop.asked === null || !(error instanceof ModelError)) throw error;
    say(error.message);
    return stop.code;
  }
}

/** `lichen model show`: which model a run would use, and where the embedded one is kept. */
export async function showModel({ json = false }: { json?: boolean }): Promise<void> {
  const path = join(cacheFolder(), weightsFacts.file);
  const found = await findWeights();
  const bytesThere = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const state = found !== null ? 'ready' : bytesThere > 0 ? 'damaged' : 'absent';
  const env = process.env;
  const endpoint = endpointName();
  const named = env['LICHEN_MODEL'] ?? null;
  if (json) {
    const { name, licence, bytes, sha256 } = weightsFacts;
    process.stdout.write(`${JSON.stringify({ embedded: { name, licence, bytes, sha256, path, state }, endpoint, model: named })}\n`);
    return;
  }
  const words = {
    ready: 'there, its checksum is right', damaged: 'there, but incomplete or damaged; `lichen model fetch` mends it',
    absent: 'not there yet; `lichen model fetch` gets it, and so does the first run that needs it',
  };
  const rows: [string, string][] = [
    ['embedded model', `${weightsFacts.name} (${weightsFacts.licence}, ${megabytes(weightsFacts.bytes)})`],
    ['file', path],
    ['state', words[state]],
    ['SHA-256', weightsFacts.sha256],
    ['OPENAI_BASE_URL', endpoint ?? 'not set'],
    ['LICHEN_MODEL', named ?? 'not set'],
    ['a run uses', named ?? (endpoint === null ? 'the embedded model' : 'the only model of the endpoint')],
  ];
  process.stdout.write(rows.map(([head, text]) => `${head.padEnd(17)}${text}\n`).join(''));
}

/** `lichen model check`: the checksum, then the model itself writes a program through the door that runs use. Returns the exit code. */
export async function checkModel(asked: string): Promise<number> {
  const stop = listenForStop();
  if (asked === 'none') throw new Failure('The model is "none", and there is nothing to check; name embedded, a .gguf file or an endpoint\'s model.');
  if (asked === 'embedded') {
    const path = join(cacheFolder(), weightsFacts.file);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new Failure(`${path} is not there yet; get it with lichen model fetch.`);
    const { bytes } = await checkWeights(path);
    process.stdout.write(`checksum   right (${megabytes(bytes)}, ${path})\n`);
  }
  const { doors: [door], capabilities } = await accessModels(asked, {}, stop.signal);
  if (door === undefined) throw new Failure(`The model ${asked} is not to be had.`);
  try {
    const { vocabulary, founders } = worlds[0]!;
    const parent = { genome: founders[0]!, life: lifeInWords({ age: 120, energy: 40, children: 2 }) };
    const { request } = mutateTask(programForm(vocabulary, { maxRules: 2 }), { parent, instruction: 'make it bolder when energy is high', prompt: null, rewrite: false },
      { style: 'zero-shot', temperature: 0.8, seed: 1, due: 0 });
    const started = performance.now();
    const reply = await door.complete(request, stop.signal);
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`model      ${door.model}, ${door.where}, ${door.slots} at once, ${door.grammar === true ? 'obeys' : 'does not obey'} grammars\n`);
    const { schema, logprobs, contextTokens, sameSeedTwiceEqual, tokensPerSecond } = capabilities[door.model]!;
    const known = (answer: boolean | null): string => (answer === null ? 'not known' : answer ? 'yes' : 'no');
    process.stdout.write(`can        JSON schema ${known(schema)}, log-probabilities ${known(logprobs)}, same seed twice equal ${known(sameSeedTwiceEqual)}, context ${contextTokens ?? 'not known'}, ${tokensPerSecond ?? '?'} tokens/s\n`);
    process.stdout.write(`reply      ${reply.promptTokens} tokens read, ${reply.completionTokens} written in ${seconds.toFixed(1)} s\n`);
    try {
      const program = printProgram(parseProgram(reply.text, vocabulary), vocabulary);
      process.stdout.write(`program    ${program.split('\n').join('\n           ')}\n`);
    } catch (error) {
      throw new Failure(`${door.model} answers, but not with a program (${messageOf(error)}); a run would repair or replace what it writes.`);
    }
    return 0;
  } finally {
    await door.close();
  }
}
