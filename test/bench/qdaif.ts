import { runSalon, type SalonSummary } from '../../viewer/qdaif.ts';
import { methodRows, tableMarkdown, type RunRow } from '../../viewer/cli/qdaif-table.ts';
import { domains } from '../../worlds/salon/domains.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import { syntheticService } from '../salon/synthetic.ts';

/** LMX-Near and the controls; LMX-Replace and LMX-Rewrite are ways of QDAIF. */
const compared: readonly MethodName[] = [
  'lmx-near', 'lmx-replace', 'fixed-few-shot', 'shuffling-few-shot', 'random-search', 'lmx-quality-only', 'zero-shot', 'rouge-l', 'nsaif', 'rouge-l-quality', 'nsaif-quality',
];

/** One run of a method on stories with two measures, with a model whose truth is known. */
export async function syntheticRun(method: MethodName, seed: number, iterations: number, noise: number, rejudge = 5): Promise<RunRow> {
  const domain = domains.find(({ name }) => name === 'stories-genre-ending')!;
  const began = process.cpuUsage();
  const made = await runSalon({ domain, method, seed, iterations, init: 'seeded', temperature: 0.8, judging: {}, rejudge }, { service: syntheticService({ noise }) });
  const { user, system } = process.cpuUsage(began);
  return { summary: made!.summary, seconds: (user + system) / 1e6 };
}

/** The table of the QDAIF paper with the synthetic text model in the place of a language model. */
export async function benchQdaif(seeds: number, iterations: number): Promise<void> {
  for (const noise of [0, 0.5]) {
    const runs: RunRow[] = [];
    for (const method of noise === 0 ? compared.slice(0, 6) : compared) for (let seed = 1; seed <= seeds; seed++) runs.push(await syntheticRun(method, seed, iterations, noise));
    const first: SalonSummary = runs[0]!.summary;
    console.log(tableMarkdown(methodRows(runs), first, { model: `synthetic text model, judges' noise ${noise} logits`, rejudge: 5 }));
  }
}

if (process.argv[1]?.endsWith('qdaif.ts')) await benchQdaif(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 2000));
