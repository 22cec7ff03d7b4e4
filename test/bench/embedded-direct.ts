/**
 * The other side of `embedded.ts`: llama.cpp through its library and nothing of ours between, in a process of its own.
 * Each slot is one sequence that takes the next prompt when it is free; what a prompt shares with the one before it in
 * the same sequence is kept, as the library's own documentation shows it.
 */
import { getLlama, LlamaGrammarEvaluationState, LlamaLogLevel, type LlamaContextSequence, type Token } from 'node-llama-cpp';
import type { Batch, Measured } from './embedded.ts';

let sequences: LlamaContextSequence[] = [];

async function load(path: string, slots: number): Promise<void> {
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 0, progressLogs: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
  const context = await model.createContext({ sequences: slots, contextSize: 4096, threads: 1, batchSize: 512 });
  sequences = Array.from({ length: slots }, () => context.getSequence());
}

async function run({ prompts, maxTokens, temperature }: Batch): Promise<Measured> {
  const { model } = sequences[0]!;
  const grammar = prompts[0]?.grammar;
  const compiled = grammar === undefined ? undefined : await model.llama.createGrammar({ grammar });
  const queue = [...prompts];
  const result: Measured = { seconds: 0, prompt: 0, written: 0 };
  const from = performance.now();
  await Promise.all(sequences.map(async (sequence) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      // ChatML with the marks as special tokens, which is the template in the file of the embedded model.
      const tokens = [...next.messages.flatMap(({ role, content }) => [
        ...model.tokenize('<|im_start|>', true), ...model.tokenize(`${role}\n${content}`, false), ...model.tokenize('<|im_end|>', true), ...model.tokenize('\n', false),
      ]), ...model.tokenize('<|im_start|>', true), ...model.tokenize('assistant\n', false)];
      await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
      const state = compiled === undefined ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar: compiled }) };
      const written: Token[] = [];
      for await (const token of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), { temperature, topK: 40, topP: 0.95, seed: next.seed, ...state })) {
        written.push(token);
        if (written.length >= maxTokens) break;
      }
      model.detokenize(written);
      result.prompt += tokens.length;
      result.written += written.length;
    }
  }));
  result.seconds = (performance.now() - from) / 1000;
  return result;
}

process.on('message', (order: { kind: 'load'; path: string; slots: number } | { kind: 'run'; batch: Batch }) => {
  void (order.kind === 'load' ? load(order.path, order.slots) : run(order.batch)).then((done) => process.send?.(done ?? 'ready'));
});
process.on('disconnect', () => process.exit(0));
