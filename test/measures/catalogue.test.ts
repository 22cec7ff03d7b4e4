import { describe, expect, it, test } from 'vitest';
import { catalogue, measuresOf } from '../../core/measures/catalogue.ts';
import { defaultGroups, groupNames } from '../../core/measures/group-names.ts';
import { measureOptions } from '../../core/measures/measure-options.ts';
import { operatorNames } from '../../core/kernel/tick-events.ts';
import { diversityOf } from '../../core/measures/abundance.ts';
import { createLab } from '../../viewer/lab.ts';
import { startMeadow } from './small-meadow.ts';
import { quick, watchAll } from './watch-all.ts';

const TICKS = 42;
const run = (given?: Parameters<typeof watchAll>[1]) => {
  const simulation = startMeadow(5);
  const watched = watchAll(simulation, given);
  for (let t = 0; t < TICKS; t++) simulation.step();
  return { ...watched, simulation };
};

describe('the catalogue of measures', () => {
  const all = run();

  it('[Q14] names every measure that is emitted, with a sentence and when it comes, and no other', () => {
    const facts = measuresOf(all.simulation.world, all.options);
    expect(new Set(facts.map(({ name }) => name)).size).toBe(facts.length);
    for (const { sentence } of facts) expect(sentence).toMatch(/^[A-Z].*\.$/);
    for (const { sentence, cost } of Object.values(catalogue)) expect([sentence.endsWith('.'), cost.length > 0]).toEqual([true, true]);
    for (let tick = 1; tick <= TICKS; tick++) {
      const due = facts.filter(({ every }) => tick % every === 0).map(({ name }) => name);
      expect(Object.keys(all.events.find((event) => event.tick === tick)?.values ?? {})).toEqual(due);
    }
    // all of them say something in the end
    const last = Object.assign({}, ...all.events.map(({ values }) => Object.fromEntries(Object.entries(values).filter(([, value]) => !Number.isNaN(value))))) as Record<string, number>;
    const silent = facts.map(({ name }) => name).filter((name) => !(name in last));
    expect(silent.filter((name) => !/^operators\.(llm|classical|immigrant)\.ratio$|^tree\.|^phylogeny\.common|^selection\..*\.(unknown)$|^sweeps\.lastFixed$/.test(name))).toEqual([]);
  });

  it('[Q16] says which measure is the neutral shadow of which', () => {
    const facts = measuresOf(all.simulation.world, all.options);
    const pairs = facts.flatMap(({ name, shadow }) => (shadow === undefined ? [] : [[name, shadow]]));
    expect(pairs).toEqual(['diversity', 'cumulative', 'mean', 'median', 'new'].map((name) => [`activity.${name}`, `activity.shadow${name[0]!.toUpperCase()}${name.slice(1)}`]));
    for (const [own, shadow] of pairs) expect(facts.find(({ name }) => name === shadow)?.unit, own).toBe(facts.find(({ name }) => name === own)?.unit);
    // as many components arise in a shadow; what becomes of them is another matter
    const { values } = all.events.findLast((event) => 'activity.mean' in event.values)!;
    for (const [own, shadow] of pairs.slice(0, 3)) expect([values[own!]! > 0, values[shadow!]! > 0, values[own!] !== values[shadow!]]).toEqual([true, true, true]);
  });

  it('[Q14] does not change a run, whatever is measured', () => {
    const plain = startMeadow(5);
    for (let t = 0; t < TICKS; t++) plain.step();
    // the archive's events are part of the stream, measures are not
    const none = run({ wanted: 'none' });
    expect(none.events).toEqual([]);
    expect(all.simulation.fingerprint).toBe(none.simulation.fingerprint);
    expect(all.simulation.kernel.digest()).toBe(plain.kernel.digest());
  });

  test.each(groupNames)('[Q14] %s alone says what it says among all others', (name) => {
    const alone = run({ ...quick, wanted: name });
    expect(alone.events.length).toBeGreaterThan(5);
    expect(alone.events.map(({ tick, values }) => [tick, values])).toEqual(all.events
      .map(({ tick, values }): [number, Record<string, number>] => [tick, Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith(`${name}.`)))])
      .filter(([, values]) => Object.keys(values).length > 0));
  });

  it('[Q14] is asked for by names, which are checked', () => {
    expect(measureOptions.parse({}).wanted).toEqual(defaultGroups);
    expect(measureOptions.parse({ wanted: 'all' }).wanted).toEqual(groupNames);
    expect(measureOptions.parse({ wanted: 'none' }).wanted).toEqual([]);
    const refused = measureOptions.safeParse({ wanted: ['population', 'charm'] });
    expect(refused.error?.issues[0]?.message).toBe(`there is no group of measures "charm"; the groups are ${groupNames.join(', ')}, or all, or none`);
    expect(() => run({ wanted: 'selection', traits: ['charm'] })).toThrow(/^There is no column "charm"; there are id, genome/);
  });

  it('[Q14] measures what the state says', () => {
    const simulation = startMeadow(6);
    const { events } = watchAll(simulation, { wanted: ['population', 'diversity', 'operators'], every: 4 });
    const births: number[] = [];
    simulation.events$.subscribe((event) => { if (event.kind === 'tick') births.push(event.births.count); });
    for (let t = 0; t < 40; t++) simulation.step();
    const { pop, eggs } = simulation.kernel;
    const { values } = events.at(-1)!;
    const energies = Array.from(pop.columns.energy.subarray(0, pop.count));
    expect(values).toMatchObject({
      'population.organisms': pop.count, 'population.unborn': eggs.count, 'population.births': births.slice(-4).reduce((a, b) => a + b, 0),
      'population.energy': expect.closeTo(energies.reduce((a, b) => a + b, 0) / pop.count, 4) as number,
    });
    expect(events[0]!.values['population.births']).toBe(births.slice(0, 4).reduce((a, b) => a + b, 0));
    const living = new Map<number, number>();
    for (const handle of pop.columns.genome.subarray(0, pop.count)) living.set(handle, (living.get(handle) ?? 0) + 1);
    // nobody's genome is rewritten here, so it is the one that its bearer was born with
    expect(values['diversity.genomeShannon']).toBe(diversityOf(living.values()).shannon);
    expect(values['diversity.genomeRichness']).toBe(living.size);
    const total = (suffix: string): number => Object.entries(values).filter(([name]) => name.startsWith('operators.') && name.endsWith(suffix)).reduce((sum, [, value]) => sum + value, 0);
    expect([total('.birthsShare'), total('.genomesShare')]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
    expect(total('.births')).toBe(values['population.births']);
  });

  it('[A31] tells the corrected scores of the archive as it stands', async () => {
    const lab = createLab({ world: 'meadow', seed: 3, operator: 'classical', parameters: { founders: 100, capacity: 400, size: 64, lifespan: 40 }, service: null, measures: measureOptions.parse({ wanted: 'archive', ...quick }) });
    let told: Readonly<Record<string, number>> = {};
    lab.simulation.events$.subscribe((event) => { if (event.kind === 'measures') told = event.values; });
    for (let t = 0; t < 120; t++) await lab.tick();
    const { corrected, qdScore } = lab.archive;
    expect(corrected!.elites).toBeGreaterThan(3);
    expect(told).toMatchObject({ 'archive.correctedQdScore': corrected!.qdScore, 'archive.correctedCoverage': corrected!.coverage, 'archive.relived': corrected!.elites, 'archive.qdScore': qdScore });
    expect(corrected!.qdScore).toBeLessThan(qdScore);
  });

  it('[Q7] shares of operators are those of a list of all who were ever born and conceived', () => {
    const simulation = startMeadow(9);
    const { events } = watchAll(simulation, { wanted: 'operators', every: 7 });
    const writers = new Map<number, string>();
    const bred: string[] = [];
    simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      const { births, conceptions } = event;
      for (let i = 0; i < births.count; i++) {
        const name = operatorNames[births.operator[i]!]!;
        writers.set(births.id[i]!, births.same[i] === 1 && name !== 'founder' ? 'copy' : name);
      }
      for (let i = 0; i < conceptions.count; i++) bred.push(writers.get(conceptions.parent[i]!)!);
    });
    for (let t = 0; t < 49; t++) simulation.step();
    const share = (list: readonly string[], by: string): number => list.filter((each) => each === by).length / list.length;
    const { values } = events.at(-1)!;
    for (const by of operatorNames) {
      const [births, genomes] = [share(bred, by), share([...writers.values()], by)];
      expect([values[`operators.${by}.birthsShare`], values[`operators.${by}.genomesShare`], values[`operators.${by}.ratio`]]).toEqual([births, genomes, births / genomes]);
    }
    expect(values['operators.copy.ratio']).toBeGreaterThan(0);
  });

  it('[Q13] a lab with measures is saved and loaded with them', async () => {
    const lab = () => createLab({ world: 'meadow', seed: 3, operator: 'classical', parameters: { founders: 100, capacity: 400, size: 64 }, service: null, measures: measureOptions.parse({ wanted: 'all', ...quick }) });
    const [first, again] = [lab(), lab()];
    for (let t = 0; t < 17; t++) await first.tick();
    again.load(first.save());
    const told = [first, again].map(({ simulation }) => {
      const values: unknown[] = [];
      simulation.events$.subscribe((event) => { if (event.kind === 'measures') values.push(event); });
      return values;
    });
    for (let t = 0; t < 30; t++) for (const each of [first, again]) await each.tick();
    expect(told[0]!.length).toBeGreaterThan(10);
    expect(told[1]).toEqual(told[0]);
    expect(again.measures!.words()).toEqual(first.measures!.words());
    expect(createLab({ world: 'meadow', seed: 3, operator: 'classical', parameters: {}, service: null }).measures).toBeNull();
  });
});
