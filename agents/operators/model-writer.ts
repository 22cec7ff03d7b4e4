import { Subject, from, mergeMap, type Subscription } from 'rxjs';
import type { GenomeWriter } from '../../core/advance.ts';
import type { Delivery } from '../../core/kernel/delivery.ts';
import { drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';
import { NOBODY } from '../../core/kernel/tick-events.ts';
import type { Simulation } from '../../core/simulation.ts';
import { decodingGrammar } from '../instincts/grammar.ts';
import { languagePrompt } from '../instincts/describe.ts';
import { extractProgram } from '../instincts/extract.ts';
import { parseProgram } from '../instincts/parse.ts';
import { printProgram } from '../instincts/print.ts';
import type { ChatMessage, ModelDoor, ModelReply } from '../model/contract.ts';
import { lmxPrompt, repairPrompt, type ParentExample } from './lmx-prompt.ts';

/** What asking the model has cost so far. */
export interface ModelUsage { calls: number; promptTokens: number; completionTokens: number }

export interface ModelWriter extends GenomeWriter {
  readonly usage: Readonly<ModelUsage>;
  /** Children being written or waiting for their turn. */
  readonly inFlight: number;
  /** Stops asking; what is unwritten will be delivered as fallbacks. */
  close(): void;
}

export interface ModelWriterOptions {
  simulation: Simulation;
  door: ModelDoor;
  temperature?: number;
  /** Most tokens in a child. */
  maxTokens?: number;
}

interface Job { child: number; parents: ParentExample[] }

/**
 * The operator of language-model crossover and mutation. It listens for conceptions that are planned for the model, asks
 * the model for each child's program while the world goes on, and has the answer ready at the birth. A reply that is no
 * program is sent back once with the error; after that the child is left to the classical operators, with the reason.
 */
export function createModelWriter({ simulation, door, temperature = 0.8, maxTokens = 160 }: ModelWriterOptions): ModelWriter {
  const { vocabulary } = simulation.world;
  const { genomes } = simulation.kernel;
  const language = languagePrompt(vocabulary);
  const grammar = decodingGrammar(vocabulary, { maxRules: 6 });
  const key = seedKey(simulation.seed, purpose.sampling);
  const usage: ModelUsage = { calls: 0, promptTokens: 0, completionTokens: 0 };
  const answers = new Map<number, Promise<Delivery>>();
  const settle = new Map<number, (delivery: Delivery) => void>();
  const cancel = new AbortController();
  const jobs = new Subject<Job>();

  async function ask(messages: ChatMessage[], child: number, attempt: number): Promise<ModelReply> {
    threefry(key[0], key[1], child, attempt);
    const reply = await door.complete({ messages, grammar, maxTokens, temperature, seed: drawn[0]! >>> 1 }, cancel.signal);
    usage.calls++;
    usage.promptTokens += reply.promptTokens;
    usage.completionTokens += reply.completionTokens;
    return reply;
  }

  async function write({ child, parents }: Job): Promise<Delivery> {
    const asked = lmxPrompt(language, parents);
    try {
      const first = await ask(asked, child, 0);
      const read = readProgram(first.text);
      if (read.program !== null) return { child, outcome: 'ok', genome: read.program, reason: '' };
      const second = await ask(repairPrompt(asked, first.text, read.problem), child, 1);
      const again = readProgram(second.text);
      if (again.program !== null) return { child, outcome: 'repaired', genome: again.program, reason: bounded(read.problem) };
      return { child, outcome: 'fallback', genome: null, reason: bounded(again.problem) };
    } catch (error) {
      return { child, outcome: 'fallback', genome: null, reason: bounded(error instanceof Error ? error.message : String(error)) };
    }
  }

  /** A model's text is data: taken as a program or refused with the reason. */
  function readProgram(text: string): { program: string; problem: '' } | { program: null; problem: string } {
    try {
      return { program: printProgram(parseProgram(extractProgram(text), vocabulary), vocabulary), problem: '' };
    } catch (error) {
      return { program: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  // as many at once as the door has slots; `write` never rejects, so one failure cannot end the stream
  const working: Subscription = jobs.pipe(mergeMap((job) => from(write(job)), door.slots))
    .subscribe((delivery) => {
      settle.get(delivery.child)?.(delivery);
      settle.delete(delivery.child);
    });

  const listening = simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { conceptions } = event;
    for (let i = 0; i < conceptions.count; i++) {
      if (conceptions.byModel[i] !== 1) continue;
      const child = conceptions.child[i]!;
      const parents: ParentExample[] = [{
        genome: genomes.text(conceptions.parentGenome[i]!), age: conceptions.parentAge[i]!,
        energy: conceptions.parentEnergy[i]!, children: conceptions.parentChildren[i]!,
      }];
      if (conceptions.partner[i] !== NOBODY) {
        parents.push({
          genome: genomes.text(conceptions.partnerGenome[i]!), age: conceptions.partnerAge[i]!,
          energy: conceptions.partnerEnergy[i]!, children: conceptions.partnerChildren[i]!,
        });
      }
      answers.set(child, new Promise((resolve) => settle.set(child, resolve)));
      jobs.next({ child, parents });
    }
  });

  return {
    usage,
    get inFlight() { return settle.size; },
    collect(child) {
      const answer = answers.get(child) ?? Promise.resolve<Delivery>({ child, outcome: 'fallback', genome: null, reason: 'nobody was asked' });
      answers.delete(child);
      return answer;
    },
    close() {
      listening.unsubscribe();
      cancel.abort();
      working.unsubscribe();
      for (const [child, resolve] of settle) resolve({ child, outcome: 'fallback', genome: null, reason: 'the run was stopped' });
      settle.clear();
    },
  };
}

function bounded(reason: string): string {
  return reason.length > 300 ? `${reason.slice(0, 299)}…` : reason;
}
