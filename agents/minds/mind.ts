import type { Thinker } from '../../core/advance.ts';
import type { TickEvent } from '../../core/events/event.ts';
import type { Thought as ThoughtResult } from '../../core/kernel/delivery.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import { drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import type { Simulation } from '../../core/simulation.ts';
import type { ChatMessage } from '../model/contract.ts';
import { boundedReason } from '../model/reason.ts';
import type { Answer, ModelService, Task } from '../model/task.ts';
import { answerGrammar, answerSchema, type AnswerForm } from './answer-form.ts';
import { readThought, type Thought } from './answer.ts';
import { Archetypes } from './archetypes.ts';
import { Lives } from './life.ts';
import { mindOptions, type MindOptions } from './options.ts';
import { mindPrompt, mindRepair, mindSystem, type Heard, type Memory, type Situation } from './prompt.ts';
import { Stories, type ThoughtStory } from './stories.ts';

/** What is known of an organism's mind: its thoughts, the last one last, and while it lives what it remembers and has heard. */
export interface MindStory { readonly thoughts: readonly ThoughtStory[]; readonly memories: readonly Memory[]; readonly heard: readonly Heard[] }

/** Loaded, they ask again for what is still to be answered. */
export interface Minds extends Thinker, Saveable {
  /** Thoughts that have begun and are not answered yet. */
  readonly inFlight: number;
  /** Thoughts begun so far, and how many of them shared another's deliberation. */
  readonly begun: number;
  readonly shared: number;
  /** Organisms whose life is remembered now. */
  readonly remembered: number;
  storyOf(organism: number): MindStory | undefined;
  /** Stops thinking; what is unanswered ends as fallbacks. The service is its owner's to close. */
  close(): void;
}

export interface MindsOptions {
  simulation: Simulation;
  service: ModelService;
  /** What is left out is as `mindOptions` has it. */
  options?: Partial<MindOptions>;
}

/** One deliberation, whoever shares it: what is asked, for whom, and by when. */
interface Asked { readonly by: number; readonly tick: number; readonly dueAt: number; readonly messages: readonly ChatMessage[]; readonly instincts: string }
interface Deliberation extends Asked {
  readonly answer: Promise<Answer<Thought>>;
  /** The answer once it is there. */
  came: Answer<Thought> | null;
}

/** An organism that waits, and for which deliberation. */
interface Waiting { readonly organism: number; readonly tick: number; readonly dueAt: number; readonly deliberation: Deliberation }

/** Ends one organism's waiting with a result. */
type End = (result: ThoughtResult, model: string, thought: Thought | null) => void;

/** Characters of a reply that are kept to be shown. */
const SHOWN = 2000;
/** Most tokens that a command can say; far above what any answer takes. */
const MOST_TOKENS = 1_000_000;

/**
 * The minds of a world: listens for thoughts that begin, asks the model what comes of each while the world goes on, and has the answer
 * ready when it takes effect. What is asked depends on the events alone, never on when replies came.
 */
export function createMinds({ simulation, service, options: given = {} }: MindsOptions): Minds {
  const options = mindOptions.parse(given);
  const { world: { title, sentence, vocabulary }, kernel: { genomes } } = simulation;
  const form: AnswerForm = { ...options, plan: options.style === 'chain-of-thought' };
  const honours = (what: 'grammar' | 'schema'): boolean => service.can({ role: 'mind', kind: 'deliberate' }, what) === true;
  const system = mindSystem({ title, sentence, vocabulary }, form, !honours('grammar') && honours('schema'));
  const grammar = answerGrammar(vocabulary, form);
  const schema = answerSchema(vocabulary, form);
  const key = seedKey(simulation.seed, purpose.deliberation);
  const senses = vocabulary.senses.length;
  const lives = new Lives(vocabulary.acts);
  const archetypes = new Archetypes<Deliberation>(vocabulary, options.archetypes, options.archetypeTicks);
  const stories = new Stories();
  /** Thoughts that nobody has collected yet, by organism; one thinks one thought at a time. */
  const pending = new Map<number, Promise<ThoughtResult>>();
  /** What those wait for. */
  const awaited = new Map<number, Waiting>();
  /** Those that are not answered yet, and whose they are. */
  const waiting = new Map<End, number>();
  let begun = 0;
  let shared = 0;

  function hear(event: TickEvent): void {
    const { tick, commands, messages, deaths } = event;
    for (const { command } of commands) {
      if (command.kind !== 'think') continue;
      lives.thought(tick, command);
      // answered, if not by us
      pending.delete(command.organism);
      awaited.delete(command.organism);
      if (command.outcome === 'fallback') archetypes.failed(command.organism);
    }
    for (const { from, hearers, text } of messages) for (const hearer of hearers) lives.hear(hearer, { tick, from, text });
    archetypes.prune(tick);
    beginThoughts(event);
    for (let i = 0; i < deaths.count && lives.size > 0; i++) lives.forget(deaths.id[i]!);
  }

  function beginThoughts({ tick, thoughts }: TickEvent): void {
    for (let i = 0; i < thoughts.count; i++) {
      const organism = thoughts.organism[i]!;
      const dueAt = thoughts.dueAt[i]!;
      const genome = genomes.text(thoughts.genome[i]!);
      const readings = thoughts.readings.slice(i * senses, (i + 1) * senses);
      const name = lives.quiet(organism) ? archetypes.nameOf(genome, readings) : null;
      const own = lives.recall(organism, { tick, age: thoughts.age[i]!, energy: thoughts.energy[i]!, children: thoughts.children[i]! });
      let deliberation = name === null ? undefined : archetypes.shared(name, tick);
      begun++;
      let story: ThoughtStory;
      if (deliberation === undefined) {
        // what others will share says nothing of the one who happened to be first
        const situation: Situation = { genome, fired: thoughts.fired[i]!, readings, own: name === null ? own : null };
        story = storyFrom(organism, tick, dueAt, organism, mindPrompt(system, situation, vocabulary));
        deliberation = deliberate({ by: organism, tick, dueAt, messages: story.messages, instincts: genome }, story);
        if (name !== null) archetypes.begin(name, tick, organism, deliberation);
      } else {
        shared++;
        story = storyFrom(organism, tick, dueAt, deliberation.by, deliberation.messages);
      }
      stories.add(story);
      waitFor(deliberation, story);
    }
  }

  function deliberate(asked: Asked, story: ThoughtStory): Deliberation {
    const { by, tick, dueAt, messages, instincts } = asked;
    threefry(key[0], key[1], by, tick);
    const task: Task<Thought> = {
      role: 'mind', kind: 'deliberate', due: dueAt,
      request: { messages: [...messages], grammar, schema, maxTokens: options.maxTokens, temperature: options.temperature, seed: drawn[0]! >>> 1 },
      read(reply) {
        story.reply = reply.text.slice(0, SHOWN);
        return readThought(reply.text, vocabulary, options, instincts);
      },
      repair: (refused, problem) => mindRepair(messages, refused, problem),
    };
    const deliberation: Deliberation = { ...asked, answer: service.perform(task), came: null };
    void deliberation.answer.then((came) => { deliberation.came = came; });
    return deliberation;
  }

  /** Has an organism wait for a deliberation, its own or another's. */
  function waitFor(deliberation: Deliberation, story: ThoughtStory): void {
    const { answer } = deliberation;
    const { organism, tick, dueAt } = story;
    awaited.set(organism, { organism, tick, dueAt, deliberation });
    let settle: (result: ThoughtResult) => void = () => undefined;
    pending.set(organism, new Promise<ThoughtResult>((resolve) => { settle = resolve; }));
    const end: End = (result, model, thought) => {
      if (!waiting.delete(end)) return;
      settle(result);
      const { outcome, reason, tokens } = result;
      Object.assign(story, { outcome, reason, model, tokens, thought });
    };
    waiting.set(end, organism);
    answer.then(
      (came) => end(resultOf(organism, came), came.model, 'value' in came ? came.value : null),
      (error: unknown) => end(nothing(organism, error instanceof Error ? error.message : String(error)), '', null),
    );
  }

  function save(): Packable {
    const shown = [...archetypes];
    const all = [...new Set([...shown.map(({ deliberation }) => deliberation), ...[...awaited.values()].map(({ deliberation }) => deliberation)])];
    const now = simulation.kernel.tick;
    return {
      lives: lives.save(), begun, shared,
      // what has been due is answered; what is to come is asked for again, and counted again
      deliberations: all.map(({ by, tick, dueAt, messages, instincts, came }) => ({ by, tick, dueAt, messages, instincts, came: dueAt <= now ? came : null })) as unknown as Packable,
      archetypes: shown.map(({ name, tick, by, deliberation }) => ({ name, tick, by, deliberation: all.indexOf(deliberation) })),
      awaited: [...awaited.values()].map(({ organism, tick, dueAt, deliberation }) => ({ organism, tick, dueAt, deliberation: all.indexOf(deliberation) })),
    };
  }

  function load(saved: unknown): void {
    const state = saved as {
      lives: unknown; begun: number; shared: number; deliberations: (Asked & { came: Answer<Thought> | null })[];
      archetypes: { name: string; tick: number; by: number; deliberation: number }[]; awaited: { organism: number; tick: number; dueAt: number; deliberation: number }[];
    };
    lives.load(state.lives);
    ({ begun, shared } = state);
    const told = new Map<number, ThoughtStory>();
    const all = state.deliberations.map((one): Deliberation => {
      if (one.came !== null) return { ...one, answer: Promise.resolve(one.came) };
      const story = storyFrom(one.by, one.tick, one.dueAt, one.by, one.messages);
      told.set(one.by, story);
      return deliberate(one, story);
    });
    for (const { name, tick, by, deliberation } of state.archetypes) archetypes.begin(name, tick, by, all[deliberation]!);
    for (const { organism, tick, dueAt, deliberation } of state.awaited) {
      const one = all[deliberation]!;
      const own = one.by === organism && one.tick === tick ? told.get(organism) : undefined;
      const story = own ?? storyFrom(organism, tick, dueAt, one.by, one.messages);
      stories.add(story);
      waitFor(one, story);
    }
  }

  const listening = simulation.events$.subscribe((event) => { if (event.kind === 'tick') hear(event); });

  return {
    get inFlight() { return waiting.size; },
    get begun() { return begun; },
    get shared() { return shared; },
    get remembered() { return lives.size; },
    save, load,
    collect(organism) {
      const thought = pending.get(organism);
      pending.delete(organism);
      return thought ?? Promise.resolve(nothing(organism, 'nobody was asked'));
    },
    storyOf(organism) {
      const thoughts = stories.of(organism);
      const life = lives.find(organism);
      if (thoughts.length === 0 && life === undefined) return undefined;
      return { thoughts, memories: life?.memories ?? [], heard: life?.inbox ?? [] };
    },
    close() {
      listening.unsubscribe();
      for (const [end, organism] of [...waiting]) end(nothing(organism, 'the run was stopped'), '', null);
    },
  };
}

function storyFrom(organism: number, tick: number, dueAt: number, sharedWith: number, messages: readonly ChatMessage[]): ThoughtStory {
  return { organism, tick, dueAt, sharedWith, messages, reply: '', outcome: null, reason: '', model: '', tokens: 0, thought: null };
}

/** What came of a thought, as the record has it. */
function resultOf(organism: number, answer: Answer<Thought>): ThoughtResult {
  const tokens = Math.min(MOST_TOKENS, Math.max(0, Math.round(answer.cost.promptTokens + answer.cost.completionTokens)));
  if (!('value' in answer)) return { ...nothing(organism, answer.reason), outcome: answer.outcome, tokens };
  const { intent, message, genome } = answer.value;
  return { organism, outcome: answer.outcome, tokens, intent, message, genome, reason: boundedReason(answer.problem) };
}

function nothing(organism: number, reason: string): ThoughtResult {
  return { organism, outcome: 'fallback', tokens: 0, intent: null, message: null, genome: null, reason: boundedReason(reason) };
}
