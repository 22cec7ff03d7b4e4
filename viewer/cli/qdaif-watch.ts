import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModelService } from '../../agents/model/task.ts';
import type { Individual } from '../../worlds/salon/salon.ts';
import type { ModelFacts } from '../protocol.ts';
import type { SalonSummary } from '../qdaif.ts';
import { retell } from '../salon-retell.ts';
import { createSalonSession, type SalonSession } from '../salon-session.ts';
import { serveViewer } from '../server.ts';
import { Failure, asFailure, fileProblem, messageOf } from './failure.ts';
import { buildPage, pageFolder } from './page.ts';
import { DEFAULT_PORT, checkPort } from './port.ts';
import { openQdaif, runName } from './qdaif-folder.ts';
import type { QdaifPlan } from './qdaif-plan.ts';
import { say } from './say.ts';
import { listenForStop } from './stop.ts';
import { counted } from './words.ts';

/** How an experiment is watched. */
export interface WatchFlags { headless?: boolean; json?: boolean; port?: number }

/** An experiment with its page. */
export interface QdaifWatch {
  readonly session: SalonSession;
  /** Lets every page go and frees the port. */
  close(): Promise<void>;
}

/** Finds whatever stands in the way of a page, before anything slow is begun. Returns whether there is to be one. */
export async function readyPage({ headless = false, json = false, port = DEFAULT_PORT }: WatchFlags): Promise<boolean> {
  if (headless || json) return false;
  await checkPort(port);
  await buildPage(say);
  return true;
}

/** Serves the page of an experiment that is about to begin. */
export async function watchQdaif({ domain, methods, seeds, iterations }: QdaifPlan, model: ModelFacts, service: Pick<ModelService, 'budget' | 'accounts'> | null, { port = DEFAULT_PORT }: WatchFlags): Promise<QdaifWatch> {
  const session = createSalonSession({ domain, methods, seeds, iterations, model, service });
  const server = await serveViewer({ session, dist: pageFolder, page: 'salon.html', port }).catch((error: unknown) => { throw asFailure(error); });
  process.stdout.write(`The salon is open at ${server.url} (Ctrl-C closes it)\n`);
  return {
    session,
    async close() {
      session.stop();
      // pages that do not let go do not hold us up
      await Promise.race([server.close(), new Promise((resolve) => { setTimeout(resolve, 1000).unref(); })]);
    },
  };
}

const individual = z.looseObject({
  id: z.int().min(0), iteration: z.int().min(-1), text: z.string(), parents: z.array(z.int().min(0)), cell: z.int().min(-1), reason: z.string(),
  outcome: z.enum(['seed', 'pool', 'new', 'improved', 'kept', 'notAdded', 'empty', 'failed', 'unjudged']),
  quality: z.number().nullable(), measures: z.array(z.number()).nullable(),
});

/** `lichen qdaif --view DIR`: a recorded experiment is looked at again, from its texts alone: no model is asked, and nothing is written. */
export async function viewQdaif(folder: string, flags: WatchFlags): Promise<number> {
  const { path, plan } = openQdaif(folder);
  const stop = listenForStop();
  const runs = plan.methods.flatMap((method) => plan.seeds.map((seed) => ({ method, seed })));
  const made = runs.filter((run) => existsSync(join(path, 'runs', runName(run), 'summary.json')));
  if (made.length === 0) throw new Failure(`No run in ${folder} is finished yet; go on with: lichen qdaif --out ${folder} --resume`);
  await readyPage({ ...flags, headless: false, json: false });
  const names = modelsOf(path);
  const watch = await watchQdaif(plan, { state: 'ready', name: names, note: `Texts that ${names} wrote and judged, as they are recorded in ${path}; nobody is asked now.` }, null, flags);
  try {
    for (const run of made) {
      retellRun(path, run, plan, watch.session);
      if (stop.asked !== null) break;
      // pages that wait are answered between runs
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    if (made.length < runs.length) watch.session.notice(`${counted(runs.length - made.length, 'run')} of ${runs.length} not finished`);
    await stop.when;
  } finally {
    await watch.close();
  }
  return 0;
}

function retellRun(path: string, run: Pick<SalonSummary, 'method' | 'seed'>, { domain, init }: QdaifPlan, session: SalonSession): void {
  const own = join(path, 'runs', runName(run));
  const summary = read(join(own, 'summary.json'), (text) => JSON.parse(text) as SalonSummary);
  const texts = read(join(own, 'individuals.jsonl'), (text) => text.split('\n').filter((line) => line !== '').map((line): Individual => individual.parse(JSON.parse(line))));
  try {
    const salon = retell({ domain, ...run, iterations: summary.iterations, beginning: init }, texts, { onAsked: (ask, of) => session.asked(ask, of), onSettled: (text, of) => session.settled(text, of) });
    if (salon.fingerprint !== summary.fingerprint) throw new Error(`it comes to the fingerprint ${salon.fingerprint}, but ${summary.fingerprint} is recorded`);
    session.ended(summary);
  } catch (error) {
    throw new Failure(`The run in ${own} cannot be shown: ${messageOf(error)}; it was recorded by another version, or its files were changed.`);
  }
}

function read<T>(file: string, as: (text: string) => T): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${fileProblem(error)}.`);
  }
  try {
    return as(text);
  } catch {
    throw new Failure(`${file} is damaged: it does not hold what lichen qdaif writes there.`);
  }
}

/** Names of the models of a recorded experiment. */
function modelsOf(path: string): string {
  try {
    const manifest = z.looseObject({ models: z.array(z.looseObject({ model: z.string() })) }).parse(JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')));
    return manifest.models.map(({ model }) => model).join(', ');
  } catch {
    return 'a model';
  }
}
