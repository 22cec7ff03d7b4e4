import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { weightsFacts } from '../../agents/model/weights.ts';
import { readExperiment } from './experiment-file.ts';
import { planExperiment, pointWords, type ExperimentPlan } from './experiment-plan.ts';
import { asksNobody } from './model-access.ts';
import type { RunResults } from './run-results.ts';
import { say } from './say.ts';
import { listenForStop } from './stop.ts';
import { SweepFolder } from './sweep-folder.ts';
import { performAll } from './sweep-pool.ts';
import { SweepProgress } from './sweep-progress.ts';
import { sweepReport } from './sweep-report.ts';
import { csvOf, resultsOf } from './sweep-results.ts';
import { wholeRun } from './sweep-run.ts';
import { analysisBlocks } from './sweep-words.ts';
import { plainText } from './trial-blocks.ts';
import { counted, proseWidth } from './words.ts';

export interface SweepFlags { out?: string; cores?: number; json?: boolean }

/** `lichen sweep`: all runs of an experiment on all cores, and what they came to. Returns the exit code: 1 when a run failed. */
export async function sweep(file: string, flags: SweepFlags): Promise<number> {
  const plan = planExperiment(await readExperiment(file), file);
  const stop = listenForStop();
  const folder = new SweepFolder(flags.out ?? join('runs', slug(plan.experiment.name)));
  folder.begin(plan.experiment);
  try {
    const problems = await performMissing(plan, folder, flags.cores, stop.signal);
    if (stop.asked !== null) {
      say(`Stopped. Started again, the sweep goes on where it was: lichen sweep ${file} --out ${folder.path}`);
      return stop.code;
    }
    const found = plan.runs.map(({ name }) => wholeRun(folder.run(name)));
    return conclude(plan, folder, found, problems, flags.json === true);
  } finally {
    folder.end();
  }
}

/** Performs what does not stand there whole; returns what failed, by the run's place in the plan. */
async function performMissing({ runs }: ExperimentPlan, folder: SweepFolder, cores: number | undefined, signal: AbortSignal): Promise<Map<number, string>> {
  const isDone = runs.map(({ name }) => wholeRun(folder.run(name)) !== null);
  const missing = runs.flatMap(({ spec, name }, id) => (isDone[id] === true ? [] : [{ id, spec, folder: folder.run(name) }]));
  const problems = new Map<number, string>();
  if (missing.length === 0) return problems;
  // an embedded model takes all cores by itself, and each process would load one of its own
  const embedded = missing.some(({ spec }) => !asksNobody(spec) && spec.model !== 'none' && ([undefined, 'embedded', weightsFacts.name].includes(spec.model) || spec.model!.endsWith('.gguf')) && !process.env['OPENAI_BASE_URL']);
  const workers = Math.min(cores ?? (embedded ? 1 : availableParallelism()), missing.length);
  const done = runs.length - missing.length;
  say(`${counted(runs.length, 'run')}${done > 0 ? `, ${done} of them done already` : ''}; ${workers === 1 ? 'one process performs them' : `${workers} processes perform them`}.`);
  const progress = new SweepProgress(runs, isDone);
  try {
    await performAll(missing, workers, {
      tick: (id, tick) => progress.tick(id, tick),
      done: (id) => progress.over(id),
      failed: (id, sentence) => {
        problems.set(id, sentence);
        const { point, seed } = runs[id]!;
        progress.note(`${pointWords(point)}, seed ${seed} failed: ${sentence}`);
        progress.over(id);
      },
    }, signal);
  } finally {
    progress.stop();
  }
  return problems;
}

function conclude(plan: ExperimentPlan, folder: SweepFolder, found: readonly (RunResults | null)[], problems: ReadonlyMap<number, string>, json: boolean): number {
  const results = resultsOf(plan, found, problems);
  const text = JSON.stringify({ format: 'lichen-sweep-results', version: 1, ...results });
  folder.put('rows', csvOf(results));
  folder.put('results', `${text}\n`);
  folder.put('report', sweepReport(plan, results, found));
  const stream = json ? process.stderr : process.stdout;
  stream.write(plainText([
    { kind: 'title', text: plan.experiment.name },
    { kind: 'paragraph', text: `${counted(plan.runs.length, 'run')} of ${plan.experiment.world}${problems.size > 0 ? `, of which ${problems.size} failed` : ''}. Table, results and report are in ${folder.path}.` },
    ...analysisBlocks(results.analysis, results.outcomes),
  ], proseWidth(stream)));
  if (json) process.stdout.write(`${text}\n`);
  return problems.size > 0 ? 1 : 0;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'sweep';
}
