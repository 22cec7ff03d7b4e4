import type { z } from 'zod';
import type { GenomeWriter } from '../../core/advance.ts';
import type { ConceptionSlices } from '../../core/kernel/tick-events.ts';
import type { TickEvent } from '../../core/events/event.ts';
import type { Delivery } from '../../core/kernel/delivery.ts';
import type { Packable } from '../../core/kernel/packed.ts';
import { RandomStream, drawn, purpose, seedKey, threefry } from '../../core/kernel/random.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import { NOBODY, modelOperators, type ModelOperator } from '../../core/kernel/tick-events.ts';
import type { Simulation } from '../../core/simulation.ts';
import { boundedReason } from '../model/reason.ts';
import type { Cost, ModelService, Task } from '../model/task.ts';
import type { ArchiveView } from './archive-view.ts';
import { createBandit, type Bandit } from './bandit.ts';
import type { GenomeForm, Written } from './genome-form.ts';
import { languageOptions, type LanguageOptions } from './options.ts';
import { drawOperator, planChild, possibleOperators, shotOf, taskOf, type ArchiveShot, type Plan } from './plan-child.ts';
import { programForm } from './program-form.ts';
import { Stories, type Story } from './stories.ts';
import type { Asking } from './tasks.ts';
import { lifeInWords, type ParentExample } from './words.ts';

export interface WriterOptions {
  simulation: Simulation;
  service: ModelService;
  /** Where elites and empty niches come from (`viewArchive`). It must hear a tick's event before the writer does. */
  archive?: ArchiveView | null;
  language?: z.input<typeof languageOptions>;
  /** The kind of genome; instincts over the world's vocabulary when left out. */
  form?: GenomeForm;
  /** Models that a bandit chooses among; all of the service when left out. */
  models?: readonly string[];
  /** What a bandit had learnt when its run was stopped (`Bandit.state`). */
  learnt?: unknown;
}

/** Who writes children with models, and tells what was asked and answered. Loaded, it asks again for the children that are still to be delivered. */
export interface Writer extends GenomeWriter, Saveable {
  readonly language: LanguageOptions;
  /** Children being written or waiting for their turn. */
  readonly inFlight: number;
  /** Null unless the bandit is on. */
  readonly bandit: Bandit | null;
  /** What was asked for a child, and what came of it; undefined for children the model was not asked for, and long ago. */
  storyOf(child: number): Story | undefined;
  /** Stops asking; what is unwritten is delivered as fallbacks. */
  close(): void;
}

/** What is asked for a child, and of which model where a bandit has chosen one. */
interface Planned { readonly child: number; readonly due: number; readonly plan: Plan; readonly model: string | undefined }

/**
 * Listens for conceptions that are planned for the model, chooses an operator for each child, asks for its genome while the
 * world goes on, and has the answer ready at the birth. What is asked depends on the seed, the child's number and what had
 * happened by its conception, never on what has arrived.
 */
export function createWriter({ simulation, service, archive = null, language: given = {}, form: kind, models = service.models, learnt }: WriterOptions): Writer {
  const language = languageOptions.parse(given);
  const form = kind ?? programForm(simulation.world.vocabulary);
  const { genomes } = simulation.kernel;
  const samplingKey = seedKey(simulation.seed, purpose.sampling);
  const choiceKey = seedKey(simulation.seed, purpose.choice);
  let bandit = language.bandit ? createBandit(modelOperators, models, learnt) : null;
  /** Children whose genome has not been delivered, in the order of conception. */
  const planned = new Map<number, Planned>();
  const answers = new Map<number, Promise<Delivery>>();
  const unsettled = new Map<number, (delivery: Delivery) => void>();
  const costs = new Map<number, number>();
  const stories = new Stories();

  function conceive(conceptions: Readonly<ConceptionSlices>, i: number, due: number, shot: ArchiveShot | null): void {
    const child = conceptions.child[i]!;
    const parents = parentsOf(conceptions, i, (handle) => genomes.text(handle));
    const random = new RandomStream(choiceKey, child);
    const possible = possibleOperators(form, parents, shot);
    const arm = bandit?.choose(child, possible, random);
    const plan = planChild(arm?.operator ?? drawOperator(language.mix, possible, random), form, parents, shot, language, random);
    ask({ child, due, plan, model: arm?.model });
  }

  function ask(asked: Planned): void {
    const { child, due, plan, model } = asked;
    planned.set(child, asked);
    threefry(samplingKey[0], samplingKey[1], child, 0);
    const asking: Asking = { style: language.style, temperature: language.temperature, seed: drawn[0]! >>> 1, due, model };
    answers.set(child, new Promise((resolve) => unsettled.set(child, resolve)));
    const task = taskOf(plan, form, asking);
    const story = stories.begin(child, due, plan, task.request.messages);
    void write(child, plan.operator, { ...task, read: (reply) => { story.replies.push(stories.bounded(reply.text)); return task.read(reply); } }, story);
  }

  async function write(child: number, operator: ModelOperator, task: Task<Written>, story: Story): Promise<void> {
    let delivery: Delivery;
    try {
      const answer = await service.perform(task);
      if (bandit !== null) costs.set(child, costOf(answer.cost));
      const written = 'value' in answer ? answer.value : null;
      const reason = boundedReason('value' in answer ? answer.problem : answer.reason);
      delivery = { child, outcome: answer.outcome, operator, genome: written?.genome ?? null, reason };
      Object.assign(story, { model: answer.model, plan: written?.plan ?? '', cost: answer.cost });
    } catch (error) {
      delivery = failed(child, operator, error instanceof Error ? error.message : String(error));
    }
    settle(delivery, story);
  }

  function costOf({ dollars, promptTokens, completionTokens }: Cost): number {
    return language.costWeight * (language.costUnit === 'dollars' ? dollars : (promptTokens + completionTokens) / 1000);
  }

  /** The first answer counts: what comes after a stop is too late. */
  function settle(delivery: Delivery, story: Story | undefined): void {
    const resolve = unsettled.get(delivery.child);
    if (resolve === undefined) return;
    unsettled.delete(delivery.child);
    if (story !== undefined) Object.assign(story, { outcome: delivery.outcome, genome: delivery.genome, reason: delivery.reason });
    resolve(delivery);
  }

  /** What became of earlier children, before anything is chosen for new ones. */
  function learn({ commands, deaths }: TickEvent): void {
    if (bandit === null) return;
    for (const { command } of commands) {
      if (command.kind !== 'deliver') continue;
      // not before, so that what the bandit knows does not depend on when answers come
      bandit.cost(command.child, costs.get(command.child) ?? 0);
      costs.delete(command.child);
      if (command.outcome === 'fallback') bandit.fail(command.child);
      else if (command.outcome === 'budget') bandit.forget(command.child);
    }
    for (let i = 0; i < deaths.count; i++) bandit.reward(deaths.id[i]!, deaths.children[i]!);
  }

  const listening = simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    // not when it is collected: a run that is stopped while it waits for others has not been given it
    for (const { command } of event.commands) if (command.kind === 'deliver') planned.delete(command.child);
    learn(event);
    const { conceptions } = event;
    const due = event.tick + simulation.kernel.parameter('gestation');
    let shot: ArchiveShot | null = null;
    for (let i = 0; i < conceptions.count; i++) {
      if (conceptions.byModel[i] !== 1) continue;
      if (archive !== null) shot ??= shotOf(archive);
      conceive(conceptions, i, due, shot);
    }
  });

  return {
    language,
    get bandit() { return bandit; },
    get inFlight() { return unsettled.size; },
    save: (): Packable => ({ planned: [...planned.values()] as unknown as Packable, bandit: (bandit?.state ?? null) as unknown as Packable }),
    load(saved) {
      const { planned: again, bandit: state } = saved as { planned: Planned[]; bandit: unknown };
      if (bandit !== null) bandit = createBandit(modelOperators, models, state);
      again.forEach(ask);
    },
    collect(child) {
      const answer = answers.get(child) ?? Promise.resolve(failed(child, undefined, 'nobody was asked'));
      answers.delete(child);
      return answer;
    },
    storyOf: (child) => stories.of(child),
    close() {
      listening.unsubscribe();
      for (const child of [...unsettled.keys()]) settle(failed(child, stories.of(child)?.operator, 'the run was stopped'), stories.of(child));
    },
  };
}

/** The parent and, where there is one, its partner. */
function parentsOf(c: Readonly<ConceptionSlices>, i: number, text: (handle: number) => string): ParentExample[] {
  const parent: ParentExample = {
    genome: text(c.parentGenome[i]!), life: lifeInWords({ age: c.parentAge[i]!, energy: c.parentEnergy[i]!, children: c.parentChildren[i]! }),
  };
  if (c.partner[i] === NOBODY) return [parent];
  return [parent, {
    genome: text(c.partnerGenome[i]!), life: lifeInWords({ age: c.partnerAge[i]!, energy: c.partnerEnergy[i]!, children: c.partnerChildren[i]! }),
  }];
}

function failed(child: number, operator: ModelOperator | undefined, reason: string): Delivery {
  return { child, outcome: 'fallback', operator, genome: null, reason: boundedReason(reason) };
}
