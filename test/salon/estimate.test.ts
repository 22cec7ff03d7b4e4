import { describe, expect, it } from 'vitest';
import { sumOf } from '../../agents/model/cost.ts';
import type { Cost, ModelService } from '../../agents/model/task.ts';
import { qdaifEstimateWords, rehearseQdaif, type QdaifEstimate } from '../../viewer/cli/qdaif-estimate.ts';
import { planQdaif, type QdaifFlags, type QdaifPlan } from '../../viewer/cli/qdaif-plan.ts';
import { runSalon, type SalonSummary } from '../../viewer/qdaif.ts';
import type { MethodName } from '../../worlds/salon/methods.ts';
import { syntheticService } from './synthetic.ts';

const prices = { date: '2026-01-31', models: { synthetic: { input: 1, output: 2 } } };
const small: QdaifFlags = { domain: 'stories-genre', methods: 'lmx-near,zero-shot', iterations: 60, seeds: 2, rejudge: 2 };

interface Run { method: MethodName; seed: number }
const runsOf = ({ methods, seeds }: QdaifPlan): Run[] => methods.flatMap((method) => seeds.map((seed) => ({ method, seed })));

interface Case { flags?: QdaifFlags; can?: ModelService['can']; free?: boolean; model?: string; runs?: (all: Run[]) => Run[] }

async function foresee({ flags = {}, can = () => true, free = false, model = 'synthetic', runs = (all) => all }: Case = {}): Promise<QdaifEstimate> {
  const plan = planQdaif({ ...small, ...flags });
  return await rehearseQdaif({ plan, runs: runs(runsOf(plan)), model, can, prices, free });
}

/** What the same experiment asks of a model whose texts and judgements are its own. */
async function make(flags: QdaifFlags = {}, can: ModelService['can'] = () => true): Promise<SalonSummary[]> {
  const { domain, iterations, init, temperature, rejudge, repeats, ...plan } = planQdaif({ ...small, ...flags });
  return await Promise.all(runsOf(plan as QdaifPlan).map(async (run) => (await runSalon({ domain, ...run, iterations, init, temperature, rejudge, judging: { repeats } }, { service: { ...syntheticService(), can } }))!.summary));
}
const total = (made: readonly SalonSummary[], of: (cost: SalonSummary['cost']) => Cost): number => sumOf(made.map(({ cost }) => of(cost))).calls;
const calls = ({ byKind }: QdaifEstimate): Record<string, number> => Object.fromEntries(byKind.map((each) => [each.kind, each.calls]));

describe('an estimate of an experiment', () => {
  it.each([{}, { init: 'zero-shot' }, { domain: 'stories-genre-ending', methods: 'lmx-replace,random-search' }])('[S13] counts texts and judgements as the experiment makes them: %j', async (flags) => {
    const [found, made] = [await foresee({ flags }), await make(flags)];
    expect(calls(found)['written']).toBe(total(made, (cost) => cost.writing));
    expect(calls(found)['judged']).toBe(total(made, (cost) => cost.judging));
    // how many elites there will be is the model's doing: a rehearsal has more
    expect(calls(found)['judged anew']).toBeGreaterThanOrEqual(total(made, (cost) => cost.rejudging));
    expect(calls(found)['judged anew']).toBeLessThan(6 * total(made, (cost) => cost.rejudging));
    expect(found).toMatchObject({ runs: 4, iterations: 60, rehearsed: 60 });
  });

  it('[S13] knows that a model without log-probabilities is asked several times', async () => {
    const can = (): boolean => false;
    const [found, made] = [await foresee({ can }), await make({}, can)];
    expect(calls(found)['judged']! / total(made, (cost) => cost.judging)).toBeCloseTo(1.1, 9);
    expect(calls(found)['judged']).toBe(Math.round(3 * 480 * 1.1));
  });

  it('[S13] grows with iterations and seeds beyond what was rehearsed', async () => {
    const flags = { methods: 'lmx-near', iterations: 300, seeds: 1, rejudge: 0 };
    const [part, whole] = [await foresee({ flags }), await foresee({ flags: { ...flags, iterations: 3000, seeds: 4 } })];
    expect(whole.rehearsed).toBe(part.rehearsed);
    expect(calls(whole)).toEqual({ written: 12_000, judged: 24_000 });
    expect(whole.tokens / part.tokens).toBeCloseTo(40, 1);
    expect(whole.dollars / part.dollars).toBeCloseTo(40, 1);
  });

  it('[S13] reckons by the price table, and says where a price is not known', async () => {
    const found = await foresee();
    expect(found.dollars).toBeCloseTo((found.promptTokens + 2 * found.completionTokens) / 1e6, 12);
    expect(await foresee({ free: true })).toMatchObject({ dollars: 0, unpriced: [], tokens: found.tokens });
    const strange = await foresee({ model: 'nobody-knows-it' });
    expect(strange).toMatchObject({ dollars: 0, unpriced: ['nobody-knows-it'] });
    expect(qdaifEstimateWords(strange)).toMatch(/tokens, and what nobody-knows-it may cost is not known\.$/);
  });

  it('[S13] is of the runs that are left, and the same whenever it is made', async () => {
    const [all, left] = [await foresee(), await foresee({ runs: (runs) => runs.slice(1) })];
    expect(calls(left)['written']).toBe(calls(all)['written']! * 3 / 4);
    expect(await foresee()).toEqual(all);
    expect(qdaifEstimateWords(all)).toMatch(/^Estimate for 4 runs of 60 texts, from a rehearsal of 60 a method with texts of about 450 characters: about \d{3} calls \(240 written, 480 judged, \d+ judged anew\), [\d,]+ tokens, \$0\.\d{4}\.$/);
    expect(qdaifEstimateWords(await foresee({ runs: () => [] }))).toBe('All runs of this experiment are made: nothing would be asked.');
  });
});
