import type { ModelDoor, ModelProgress } from '../../agents/model/contract.ts';
import { recordingDoor, replayingDoor } from '../../agents/model/cassette.ts';
import { fetchWeights, findWeights, weightsFacts } from '../../agents/model/weights.ts';
import type { Simulation } from '../../core/simulation.ts';
import type { ModelFacts } from '../protocol.ts';
import { createProgress, type Progress } from './progress.ts';
import { megabytes } from './words.ts';

/** A model at hand, or the reason why there is none. */
export interface ModelAccess {
  readonly door: ModelDoor | null;
  readonly facts: ModelFacts;
  /** What a spec says of it. */
  readonly name: string;
}

export const noModel: ModelAccess = {
  door: null, name: 'none', facts: { state: 'none', name: 'none', note: 'This run was asked to go without a language model.' },
};

/** Whether a model was chosen, by flag or by environment, rather than left to us. */
export function isModelChosen(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): boolean {
  return asked !== undefined || Boolean(env['LICHEN_MODEL']) || Boolean(env['OPENAI_BASE_URL']);
}

/**
 * Opens the model that was asked for (`none`, `embedded`, a file, an endpoint's), or the one that the environment names;
 * fetches and loads it with a progress bar. @throws ModelError
 */
export async function accessModel(asked: string | undefined, signal: AbortSignal): Promise<ModelAccess> {
  if (asked === 'none') return noModel;
  const bars = stageBars();
  try {
    if (asked === 'embedded' || !isModelChosen(asked)) await haveWeights(signal, bars);
    // the client is a third of what it takes to start, and most runs that are refused, and all without a model, need none
    const { openDoor } = await import('../../agents/model/door.ts');
    const door = await openDoor({ ...(asked === undefined ? {} : { model: asked }), signal, onProgress: bars.show });
    const name = asked ?? (process.env['LICHEN_MODEL'] || (door.where === 'embedded' ? 'embedded' : door.model));
    const note = door.where === 'embedded'
      ? `${door.model} runs on this machine, embedded, in a process of its own.`
      : `${door.model} answers at ${process.env['OPENAI_BASE_URL'] || 'the endpoint'}.`;
    return { door, name, facts: { state: 'ready', name: door.model, note } };
  } finally {
    bars.stop();
  }
}

/** A model that answers from a recording; a spec calls it as it was called there. @throws ModelError */
export function replayModel(file: string, name: string | undefined): ModelAccess {
  const door = replayingDoor(file);
  return { door, name: name ?? door.model, facts: { state: 'ready', name: door.model, note: `The replies of ${door.model} are replayed from ${file}.` } };
}

/** The same model, each reply on disk before it is used. */
export function recorded(access: ModelAccess, cassette: string): ModelAccess {
  return access.door === null ? access : { ...access, door: recordingDoor(access.door, cassette) };
}

/**
 * Watches a replay for children whose replies the cassette does not hold: from there on it is another run. Call the
 * result to hear what was missing first; null as long as nothing was.
 */
export function watchReplay(simulation: Simulation, access: ModelAccess): () => string | null {
  if (access.door === null) return () => null;
  let missing: string | null = null;
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick' || missing !== null) return;
    for (const { command } of event.commands) {
      if (command.kind === 'deliver' && command.outcome === 'fallback' && command.reason.startsWith('The cassette ')) missing = command.reason;
    }
  });
  return () => missing;
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

