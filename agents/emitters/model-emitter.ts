import type { z } from 'zod';
import type { Emitter } from '../../core/archive/emitter.ts';
import type { RandomStream } from '../../core/kernel/random.ts';
import type { ModelOperator } from '../../core/kernel/tick-events.ts';
import type { ModelService } from '../model/task.ts';
import type { ArchiveView } from '../operators/archive-view.ts';
import type { GenomeForm } from '../operators/genome-form.ts';
import { languageOptions, type LanguageOptions } from '../operators/options.ts';
import { planChild, possibleOperators, shotOf, taskOf, type ArchiveShot, type Plan } from '../operators/plan-child.ts';
import type { ParentExample } from '../operators/words.ts';
import type { Vary } from './blind-emitter.ts';
import { checkDraws, drawsOf, type DrawOptions } from './draws.ts';

export interface ModelEmitterOptions extends DrawOptions {
  /** Name in reports; the operator's when left out. */
  name?: string;
  /** What a candidate is: `programForm` of a world's vocabulary, `textForm`. */
  form: GenomeForm;
  /** What it does: mutates an elite, crosses some (LMX), or invents for an empty cell. */
  operator: ModelOperator;
  /** The archive as models are shown it (`viewArchive`). */
  view: ArchiveView;
  service: ModelService;
  /** Parents while the archive has no elite. */
  initial: readonly string[];
  /** Style, number of parents, temperature and mutation prompts; `mix` and `bandit` are for worlds, where emitters are for schedulers. */
  language?: z.input<typeof languageOptions>;
  /** A model of the service by name; the operator's when left out. */
  model?: string;
  /** Blind variation that stands in where the model fails; without it the place stays empty. */
  standIn?: Vary;
}

/** A candidate as it is asked for. */
interface Order { plan: Plan; seed: number; random: RandomStream }

/**
 * Candidates that a model writes: programs and texts, by mutation, crossover (LMX; Meyerson et al. 2023) and invention. An operator that
 * is not possible yet, a crossover without a second parent or an invention without an empty cell, is a mutation. A candidate carries the
 * mutation prompt that `language` gives it before its body; `form.bodyOf` is what is to be evaluated of a text.
 *
 * All that is asked for is drawn before the first request goes out. What the model failed to write is stood in for or left out, and a
 * scheduler counts both; why is an event of the service (`ModelService.events$`) and in its accounts.
 */
export class ModelEmitter implements Emitter<string, Promise<readonly string[]>> {
  readonly name: string;
  asked = 0;
  empty = 0;
  standIns: readonly number[] = [];
  private readonly options: ModelEmitterOptions;
  private readonly language: LanguageOptions;
  private readonly beginning: readonly ParentExample[];

  constructor(options: ModelEmitterOptions) {
    checkDraws(options, options.initial);
    this.name = options.name ?? options.operator;
    this.options = options;
    this.language = languageOptions.parse(options.language ?? {});
    this.beginning = options.initial.map((genome) => ({ genome, life: 'nothing is known of it yet' }));
  }

  ask(): Promise<readonly string[]> {
    const shot = this.shot();
    const due = this.asked++;
    return this.write(drawsOf(this.options, due).map((random) => this.order(shot, random)), due);
  }

  keep(genome: string): string {
    return genome;
  }

  private shot(): ArchiveShot {
    const shot = shotOf(this.options.view);
    return shot.elites.length > 0 ? shot : { ...shot, elites: this.beginning };
  }

  private order(shot: ArchiveShot, random: RandomStream): Order {
    const { form, operator } = this.options;
    const seed = random.below(0x8000_0000);
    const parents = [random.pick(shot.elites)];
    const isPossible = possibleOperators(form, parents, shot).includes(operator);
    return { seed, random, plan: planChild(isPossible ? operator : 'llm-mutate', form, parents, shot, this.language, random) };
  }

  private async write(orders: readonly Order[], due: number): Promise<readonly string[]> {
    const { service, form, model, standIn } = this.options;
    const { style, temperature } = this.language;
    const answers = await Promise.all(orders.map(({ plan, seed }) => service.perform(taskOf(plan, form, { style, temperature, seed, due, model }))));
    const genomes: string[] = [];
    const standIns: number[] = [];
    for (const [i, answer] of answers.entries()) {
      if ('value' in answer) genomes.push(answer.value.genome);
      else if (standIn !== undefined) {
        standIns.push(genomes.length);
        const [first, second] = this.shown(orders[i]!);
        genomes.push(standIn(first, second, orders[i]!.random));
      }
    }
    this.standIns = standIns;
    this.empty = orders.length - genomes.length;
    return genomes;
  }

  /** The parents that the model was shown, two at most. */
  private shown({ plan, random }: Order): [string, string | null] {
    const all = plan.operator === 'llm-mutate' ? [plan.input.parent] : plan.operator === 'llm-crossover' ? plan.input.parents : plan.input.near;
    const [first, second] = all;
    return [first?.genome ?? random.pick(this.options.initial), second?.genome ?? null];
  }
}
