import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experiment } from '../../core/experiments/experiment.ts';
import { readExperiment } from '../../viewer/cli/experiment-file.ts';
import { hashOf } from '../../viewer/cli/experiment-hash.ts';
import { planExperiment } from '../../viewer/cli/experiment-plan.ts';
import { performRun } from '../../viewer/cli/sweep-run.ts';
import { runSpec, type RunSpec } from '../../viewer/run-spec.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-plan-')); });
afterAll(() => rmSync(folder, { recursive: true }));

const plain = { name: 'Plain', world: 'meadow', base: { ticks: 50, parameters: { size: 64 } }, replicates: 2, factors: [{ key: 'scarcity', values: [0.2, 0.6] }] };

async function planned(changed: object): Promise<ReturnType<typeof planExperiment>> {
  const file = join(folder, 'experiment.json');
  writeFileSync(file, JSON.stringify({ ...plain, ...changed }));
  return planExperiment(await readExperiment(file), 'experiment.json');
}

describe('experiments', () => {
  it('[X6] become runs with every parameter resolved, each point with every seed', async () => {
    const { runs, outcomes } = await planned({ schedules: { crowding: { kind: 'shock', at: 9, value: 0.5, ticks: 2 } }, stop: { extinct: true } });
    expect(runs.map(({ point, seed }) => [point['scarcity'], seed])).toEqual([[0.2, 1], [0.2, 2], [0.6, 1], [0.6, 2]]);
    const { spec } = runs[3]!;
    expect(spec).toMatchObject({ world: 'meadow', seed: 2, ticks: 50, stop: { extinct: true }, parameters: { scarcity: 0.6, size: 64, lifespan: 300 }, record: { events: false } });
    expect(spec.schedules['crowding']).toMatchObject({ kind: 'shock' });
    expect(outcomes).toEqual(['population', 'births', 'coverage', 'qdScore']);
    expect((await planned({ seeds: [7, 3], replicates: undefined })).runs.map(({ seed }) => seed)).toEqual([7, 3, 7, 3]);
    expect((await planned({ seeds: { from: 5, count: 3 }, replicates: undefined, factors: [] })).runs.map(({ seed }) => seed)).toEqual([5, 6, 7]);
  });

  it('[X6] have factors anywhere in a spec', async () => {
    const { runs } = await planned({ replicates: 1, base: { parameters: { modelShare: 0.3 } }, factors: [
      { key: 'operator', values: ['mixed'] }, { key: 'language.style', values: ['few-shot', 'zero-shot'] }] });
    expect(runs.map(({ spec }) => [spec.operator, spec.language.style, spec.parameters['modelShare']])).toEqual([['mixed', 'few-shot', 0.3], ['mixed', 'zero-shot', 0.3]]);
    const seasons = await planned({ schedules: { scarcity: { kind: 'season', mean: 0.5, amplitude: 0, period: 50 } }, factors: [{ key: 'schedules.scarcity.amplitude', from: 0, to: 0.4, levels: 3 }], replicates: 1 });
    expect(seasons.runs.map(({ spec }) => spec.schedules['scarcity'])).toMatchObject([{ amplitude: 0 }, { amplitude: 0.2 }, { amplitude: 0.4 }]);
  });

  it('[X7] name a run by a hash of what decides it: the same through files, keys in any order and defaults written out; another for another seed', async () => {
    const { runs } = await planned({});
    const [first] = runs;
    expect(hashOf(Object.fromEntries(Object.entries(first!.spec).reverse()) as RunSpec)).toBe(first!.hash);
    expect(hashOf(runSpec.parse(JSON.parse(JSON.stringify(first!.spec))))).toBe(first!.hash);
    expect(hashOf({ ...first!.spec, record: { ...first!.spec.record, every: 7 } })).toBe(first!.hash);
    expect((await planned({ name: 'Another name', base: { ticks: 50, parameters: { size: 64, lifespan: 300 }, operator: 'classical' } })).runs.map(({ hash }) => hash)).toEqual(runs.map(({ hash }) => hash));
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(4);
    expect(hashOf({ ...first!.spec, ticks: 51 })).not.toBe(first!.hash);
    expect(hashOf({ ...first!.spec, stop: { births: 3 } })).not.toBe(first!.hash);
  });

  it('[X6] may be TypeScript', async () => {
    const file = join(folder, 'one.ts');
    writeFileSync(file, `const levels: number[] = [0.1, 0.2];\nexport const experiment = ${JSON.stringify(plain).slice(0, -1)}, factors: [{ key: 'scarcity', values: levels }] };\n`);
    expect(planExperiment(await readExperiment(file), file).runs).toHaveLength(4);
    writeFileSync(join(folder, 'none.ts'), 'export const other = 1;\n');
    await expect(readExperiment(join(folder, 'none.ts'))).rejects.toThrow(/exports no experiment; write export const experiment/);
    writeFileSync(join(folder, 'broken.ts'), 'throw new Error("out of order");\n');
    await expect(readExperiment(join(folder, 'broken.ts'))).rejects.toThrow(/cannot be run: out of order/);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown world', { world: 'meado' }, /: world: .*meado/],
    ['an unknown field', { factor: [] }, /"factor"/],
    ['no name', { name: '' }, /: name: /],
    ['an unknown factor', { factors: [{ key: 'scarcty', values: [1] }] }, /: factors\.0\.key: "scarcty" is neither a parameter of meadow nor/],
    ['a value out of range', { factors: [{ key: 'scarcity', values: [0.2, 1.2] }] }, /: factors\.0\.values\.1: scarcity is 1\.2, but must be a number from 0 to 1/],
    ['a word for a number', { factors: [{ key: 'scarcity', values: ['much'] }] }, /: factors\.0\.values\.0: scarcity is "much"/],
    ['a range out of range', { factors: [{ key: 'scarcity', from: 0, to: 3, levels: 2 }] }, /: factors\.0\.to: scarcity is 3/],
    ['a range without levels', { factors: [{ key: 'scarcity', from: 0, to: 1 }] }, /: factors\.0\.levels: how many/],
    ['a range the wrong way', { factors: [{ key: 'scarcity', from: 1, to: 0, levels: 3 }] }, /: factors\.0\.to: must be more than from, which is 1/],
    ['values and a range', { factors: [{ key: 'scarcity', values: [1], from: 0 }] }, /: factors\.0\.from: a factor has either/],
    ['a value twice', { factors: [{ key: 'scarcity', values: [1, 1] }] }, /: factors\.0\.values: a value stands there twice/],
    ['a factor twice', { factors: [{ key: 'scarcity', values: [1] }, { key: 'scarcity', values: [0] }] }, /: factors\.1\.key: scarcity is a factor already/],
    ['a design that is none', { design: 'cube' }, /: design\.kind: /],
    ['a hypercube without samples', { design: 'latinHypercube' }, /: design\.samples: /],
    ['levels in a hypercube', { design: { kind: 'latinHypercube', samples: 4 }, factors: [{ key: 'scarcity', from: 0, to: 1, levels: 3 }] }, /: factors\.0\.levels: a Latin hypercube/],
    ['lists of different lengths', { design: 'list', factors: [{ key: 'scarcity', values: [1] }, { key: 'crowding', values: [0, 1] }] }, /scarcity has 1 and crowding has 2/],
    ['seeds and replicates', { seeds: [1] }, /: replicates: an experiment has either seeds or replicates/],
    ['a seed twice', { replicates: undefined, seeds: [1, 1] }, /: seeds: a seed stands there twice/],
    ['seeds that are none', { replicates: undefined, seeds: 'all' }, /: seeds: must be a list of whole numbers, or \{from, count\}/],
    ['a count of seeds that is none', { replicates: undefined, seeds: { count: 0 } }, /: seeds\.count: /],
    ['an unknown outcome', { outcomes: ['happiness'] }, /: outcomes\.0: there is no measure "happiness" among those that are wanted, which are population\.organisms,/],
    ['an outcome of a group that is not wanted', { outcomes: ['archive.coverage'], measures: { wanted: ['population'] } }, /: outcomes\.0: there is no measure "archive\.coverage"/],
    ['a mean of an end', { outcomes: [{ name: 'population', over: 'mean' }] }, /: outcomes\.0\.over: population is of the run's end alone/],
    ['a stop by an unknown measure', { stop: { measure: { name: 'x.y', above: 1 } } }, /: stop\.measure\.name: there is no measure "x\.y"/],
    ['a schedule out of range', { schedules: { scarcity: { kind: 'ramp', from: 0, to: 2, ticks: 9 } } }, /schedules\.scarcity\.to: scarcity is 2/],
    ['a base that says what is said elsewhere', { base: { seed: 3 } }, /: base\.seed is said by the experiment's seeds/],
    ['a base that is wrong', { base: { ticks: 0 } }, /: base\.ticks: /],
    ['a parameter of the base out of range', { factors: [], base: { parameters: { scarcity: 3 } } }, /: base\.parameters\.scarcity: scarcity is 3/],
    ['a parameter of the base that is a word', { base: { parameters: { scarcity: 'much' } } }, /: base\.parameters\.scarcity: /],
    ['a section of the base that is wrong', { base: { language: { style: 'loud' } } }, /: base\.language\.style: /],
    ['measures that are none', { measures: { wanted: ['charm'] } }, /: measures\.wanted\.0: there is no group of measures "charm"/],
    ['a trait that nobody has', { factors: [], measures: { traits: ['energy', 'charm'] } }, /experiment: measures\.traits\.1: there is no trait "charm"; the traits are size, depth, length, id,/],
    ['a factor\'s value that makes no sense in its field', { factors: [{ key: 'measures.every', values: [5, 0] }] }, /: factors\.0\.values\.1: /],
    ['a newer version', { lichen: 2 }, /experiment\.json is of version 2 and this program reads version 1/],
    ['more founders than room', { factors: [{ key: 'capacity', values: [100, 500] }], base: { parameters: { founders: 300 } } }, /capacity = 100: founders is 300, but capacity is only 100/],
    ['two runs that are the same', { design: 'list', factors: [{ key: 'parameters.scarcity', values: [0.4] }, { key: 'scarcity', values: [0.5] }] }, /factors\.0\.key: "parameters\.scarcity" is neither/],
    ['too many runs', { replicates: 10_000, factors: [{ key: 'scarcity', from: 0, to: 1, levels: 50 }] }, /it has 500000 runs, and may have 100000/],
  ])('[X6] are refused with the field at fault: %s', async (_, changed, sentence) => {
    await expect(planned(changed)).rejects.toThrow(sentence);
    await expect(planned(changed)).rejects.toMatchObject({ name: 'Failure' });
  });

  it('[R10] leave a run of theirs that another version recorded as it is', async () => {
    const { runs: [first] } = await planned({ replicates: 1 });
    const run = join(folder, 'newer');
    const log = '{"format":"lichen-commands","version":2}\n';
    mkdirSync(run);
    writeFileSync(join(run, 'spec.json'), '{}');
    writeFileSync(join(run, 'commands.jsonl'), log);
    await expect(performRun(first!.spec, run, () => undefined)).rejects.toThrow(/are of version 2 and this program reads version 1: use the program that wrote them/);
    expect([readdirSync(run).sort(), readFileSync(join(run, 'commands.jsonl'), 'utf8')]).toEqual([['commands.jsonl', 'spec.json'], log]);
  });

  it('[X6] are refused where there is no such file, or no JSON in it', async () => {
    await expect(readExperiment(join(folder, 'absent.json'))).rejects.toThrow('There is no experiment file');
    await expect(readExperiment(folder)).rejects.toThrow('is a folder');
    writeFileSync(join(folder, 'torn.json'), '{"name": "x",\n "world" }');
    await expect(readExperiment(join(folder, 'torn.json'))).rejects.toThrow(/is not JSON at line 2, column/);
    expect(experiment.safeParse(plain).success).toBe(true);
  });
});
