import type { Capabilities } from '../../agents/model/capabilities.ts';
import type { ModelDoor, ModelProgress } from '../../agents/model/contract.ts';
import type { PriceTable } from '../../agents/model/prices.ts';
import type { OpenModelService } from '../../agents/model/service.ts';
import { roles } from '../../agents/model/task.ts';
import { fetchWeights, findWeights, weightsFacts } from '../../agents/model/weights.ts';
import { modelOperators } from '../../core/kernel/tick-events.ts';
import type { ModelFacts } from '../protocol.ts';
import type { RunSpec } from '../run-spec.ts';
import { Failure } from './failure.ts';
import { createProgress, type Progress } from './progress.ts';
import { megabytes } from './words.ts';

/** The models of a run at hand, or the reason why there is none. */
export interface ModelAccess {
  /** The default one first, each once; none in a replay. */
  readonly doors: readonly ModelDoor[];
  /** Which model a role or a kind goes to, by the door's name. */
  readonly routes: Readonly<Record<string, string>>;
  /** What probes found that the models can do, by model. */
  readonly capabilities: Readonly<Record<string, Capabilities>>;
  /** The cassette that answers instead of models. */
  readonly replay: string | null;
  readonly facts: ModelFacts;
  /** What a spec says of the default model. */
  readonly name: string;
}

export const noModel: ModelAccess = {
  doors: [], routes: {}, capabilities: {}, replay: null, name: 'none', facts: { state: 'none', name: 'none', note: 'This run was asked to go without a language model.' },
};

/** Whether a model was chosen, by flag or by environment, rather than left to us. */
export function isModelChosen(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): boolean {
  return asked !== undefined || Boolean(env['LICHEN_MODEL']) || Boolean(env['OPENAI_BASE_URL']);
}

/** Whether a run without a model of its own choice needs none. */
export function asksNobody({ model, operator, parameters }: RunSpec): boolean {
  return model === undefined && operator === 'classical' && !(parameters['deliberation']! > 0) && !(parameters['judging']! > 0);
}

/** Opens the models that a spec names; none where it asks nobody. @throws ModelError */
export async function modelsOf(spec: RunSpec, signal: AbortSignal): Promise<ModelAccess> {
  return asksNobody(spec) ? noModel : await accessModels(spec.model, spec.models, signal);
}

/** What models can be given to, besides the run as a whole. */
const assignable: readonly string[] = [...roles, ...modelOperators];

/**
 * Opens the model that was asked for (`none`, `embedded`, a file, an endpoint's), or the one that the environment names,
 * and those that roles and kinds are given to; fetches and loads with a progress bar. @throws ModelError
 */
export async function accessModels(asked: string | undefined, others: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ModelAccess> {
  const stranger = Object.keys(others).find((key) => !assignable.includes(key));
  if (stranger !== undefined) throw new Failure(`models names "${stranger}", but a model is given to one of ${assignable.join(', ')}.`);
  if (asked === 'none') return noModel;
  const { door, name } = await openOne(asked, signal);
  const doors = [door];
  const routes: Record<string, string> = {};
  const capabilities: Record<string, Capabilities> = {};
  const opened = new Map([[name, door]]);
  try {
    for (const [key, other] of Object.entries(others)) {
      let found = opened.get(other);
      if (found === undefined) {
        found = (await openOne(other, signal)).door;
        opened.set(other, found);
        if (doors.every(({ model }) => model !== found!.model)) doors.push(found);
        else await found.close();
      }
      routes[key] = found.model;
    }
    const { probe } = await import('../../agents/model/capabilities.ts');
    for (const found of await Promise.all(doors.map((each) => probe(each, { signal })))) capabilities[found.model] = found;
  } catch (error) {
    for (const one of doors) await one.close();
    throw error;
  }
  const facts: ModelFacts = { state: 'ready', name: doors.map(({ model }) => model).join(', '), note: doors.map(whereabouts).join(' ') };
  return { doors, routes, capabilities, replay: null, name, facts };
}

function whereabouts({ model, where }: ModelDoor): string {
  return where === 'embedded' ? `${model} runs on this machine, embedded, in a process of its own.` : `${model} answers at ${endpointName() ?? 'the endpoint'}.`;
}

/** The address of the endpoint that the environment names, without what only its owner should know; null where it names none. */
export function endpointName(): string | null {
  const given = process.env['OPENAI_BASE_URL'] ?? '';
  return URL.canParse(given) ? `${new URL(given).origin}${new URL(given).pathname}` : null;
}

async function openOne(asked: string | undefined, signal: AbortSignal): Promise<{ door: ModelDoor; name: string }> {
  const bars = stageBars();
  try {
    if (asked === 'embedded' || !isModelChosen(asked)) await haveWeights(signal, bars);
    // the client is a third of what it takes to start, and most runs that are refused, and all without a model, need none
    const { openDoor } = await import('../../agents/model/door.ts');
    const door = await openDoor({ ...(asked === undefined ? {} : { model: asked }), signal, onProgress: bars.show });
    return { door, name: asked ?? (process.env['LICHEN_MODEL'] || (door.where === 'embedded' ? 'embedded' : door.model)) };
  } finally {
    bars.stop();
  }
}

/** Models that answer from a recording; a spec calls the first as it was called there. */
export function replayAccess(cassette: string, name: string | undefined): ModelAccess {
  return { ...noModel, replay: cassette, name: name ?? 'embedded', facts: { state: 'ready', name: 'recorded replies', note: `Recorded replies are replayed from ${cassette}.` } };
}

export interface ServiceNeeds {
  budget: RunSpec['budget'];
  prices?: PriceTable | undefined;
  /** Where the replies are recorded. */
  record?: { file: string; resume: boolean } | undefined;
  cache?: string | undefined;
}

/** The models behind one scheduler; null without any. @throws ModelError */
export async function openService({ doors, routes, capabilities, replay }: ModelAccess, { budget, prices, record, cache }: ServiceNeeds): Promise<OpenModelService | null> {
  if (replay === null && doors.length === 0) return null;
  const { createModelService, replayModelService } = await import('../../agents/model/service.ts');
  if (replay !== null) return replayModelService(replay);
  const { policy, ...caps } = budget;
  return createModelService({
    doors, routes, capabilities, budget: caps, whenSpent: policy === 'pause' ? 'hold' : 'end',
    ...(prices === undefined ? {} : { prices }), ...(record === undefined ? {} : { record }), ...(cache === undefined ? {} : { cache }),
  });
}

/** Fetches the embedded model's weights with a bar unless they are at hand. @throws ModelError */
async function haveWeights(signal: AbortSignal, bars: StageBars): Promise<void> {
  if (await findWeights() !== null) return;
  bars.note(`Fetching the language model ${weightsFacts.name} (${megabytes(weightsFacts.bytes)}, once) …`);
  await fetchWeights({ signal, onProgress: bars.show, onNote: bars.note });
}

export interface StageBars { show(progress: ModelProgress): void; note(line: string): void; stop(): void }

const stageWords = { download: 'fetching', extract: 'unpacking', verify: 'verifying', load: 'loading the model' } as const;

/** One bar for each stage of a slow start. */
export function stageBars(): StageBars {
  let stage = '';
  let bar: Progress | null = null;
  return {
    show({ stage: now, done, total, source }) {
      if (`${now} ${source}` !== stage) {
        bar?.stop();
        stage = `${now} ${source}`;
        bar = createProgress({ total, lineEveryMs: 3000, title: stageWords[now] });
      }
      bar?.update(done, now === 'load' ? '' : `${megabytes(done)} of ${megabytes(total)}${now === 'download' ? ` from ${source}` : ''}`);
    },
    note(line) {
      if (bar === null) process.stderr.write(`${line}\n`);
      else bar.note(line);
    },
    stop() {
      bar?.stop();
      bar = null;
      stage = '';
    },
  };
}

