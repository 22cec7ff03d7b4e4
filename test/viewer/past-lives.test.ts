import { describe, expect, it } from 'vitest';
import { huesOf } from '../../viewer/hues.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { writePastFrame } from '../../viewer/frame.ts';
import { History } from '../../viewer/history.ts';
import { IdLog } from '../../viewer/id-log.ts';
import { createLab, type Lab } from '../../viewer/lab.ts';
import { lightClade } from '../../viewer/lit.ts';
import { lineThen, nearestThen, pastFacts } from '../../viewer/past-facts.ts';
import { PastLives } from '../../viewer/past-lives.ts';
import { Places } from '../../viewer/places.ts';

const meadow = (): Lab => createLab({ world: 'meadow', seed: 5, operator: 'classical', service: null, parameters: { size: 64, founders: 60, capacity: 300, gestation: 3, mutationRate: 0.4, scarcity: 0.4 } });

/** Everyone who lives, as the kernel has it. */
function living({ simulation: { kernel }, phylogeny }: Lab) {
  const c = kernel.pop.columns;
  return Array.from({ length: kernel.pop.count }, (_, row) => ({
    id: c.id[row]!, x: c.x[row]!, y: c.y[row]!, energy: c.energy[row]!, hue: c.tag[row]!, bornAt: c.bornAt[row]!, lineage: c.lineage[row]!, genome: kernel.genomes.text(c.genome[row]!),
    parents: phylogeny.taxon(c.id[row]!)!.parents, line: phylogeny.ancestors(c.id[row]!, 3).map(({ id }) => id),
  }));
}
type Seen = ReturnType<typeof living>;

/** A meadow that was watched from a tick on, what was held of it, and how it was. */
async function watched({ from = 0, ticks = 160, wantedTicks = 500, mostBytes = 1 << 24 } = {}) {
  const lab = meadow();
  while (lab.simulation.kernel.tick < from) await lab.tick();
  const lives = new PastLives(lab.simulation, lab.phylogeny);
  const history = new History(lab.simulation.kernel, new Places(), new Places(), { wantedTicks, mostBytes, lives });
  const truth = new Map<number, Seen>();
  /** Ids of the living, of every tick. */
  const alive = new Map<number, number[]>();
  for (let i = 0; i < ticks; i++) {
    await lab.tick();
    history.note();
    const { kernel: { tick, pop } } = lab.simulation;
    if (tick % 10 === 0) truth.set(tick, living(lab));
    alive.set(tick, [...pop.columns.id.subarray(0, pop.count)]);
  }
  return { lab, lives, history, truth, alive };
}

describe('which organism was where', () => {
  it('[V19] is known for every tick that was noted, whatever was born and died between', () => {
    const log = new IdLog();
    const truth = new Map<number, number[]>();
    let ids: number[] = [];
    let next = 0;
    let random = 1;
    const below = (n: number): number => { random = (Math.imul(random, 1103515245) + 12345) >>> 0; return (random >>> 8) % n; };
    for (let tick = 3; tick < 600; tick += 1 + below(3)) {
      // now and then all die, or very many are born
      if (below(40) === 0) ids = [];
      for (let births = below(50) === 0 ? 400 : below(6); births > 0; births--) ids.push(next++);
      for (let deaths = below(6); deaths > 0 && ids.length > 0; deaths--) {
        const row = below(ids.length);
        ids[row] = ids.at(-1)!;
        ids.pop();
      }
      log.note(tick, Uint32Array.from([...ids, 999_999]), ids.length);
      truth.set(tick, [...ids]);
    }
    expect([...log.at(2)]).toEqual([]);
    for (const [tick, then] of truth) expect([...log.at(tick)], `tick ${tick}`).toEqual(then);
    const before = log.bytes;
    log.forget(500);
    expect(log.bytes).toBeLessThan(before / 2);
    for (const [tick, then] of truth) if (tick >= 500) expect([...log.at(tick)], `tick ${tick}`).toEqual(then);
  });
});

describe('an organism of the past', () => {
  it('[V19] is found where it was, with the genome, parents, lineage, age and energy that it had, dead and forgotten or not', async () => {
    const { lab, history, truth } = await watched({ from: 40 });
    const { phylogeny, simulation: { world } } = lab;
    let forgotten = 0;
    for (const tick of [50, 80, 120, 200]) {
      const past = history.at(tick)!;
      for (const [i, was] of truth.get(tick)!.entries()) {
        if (i % 9 !== 0) continue;
        // two may stand as close together as a frame tells places apart
        const found = truth.get(tick)!.find(({ id }) => id === nearestThen(lab, past, was.x, was.y, 0.01))!;
        expect(Math.hypot(found.x - was.x, found.y - was.y)).toBeLessThan(0.003);
        const facts = pastFacts(lab, past, was.id);
        const { bornAt, lineage, genome, parents } = was;
        expect(facts).toMatchObject({ id: was.id, tick, was: 'alive', seen: { hue: was.hue }, known: { bornAt, lineage, genome, parents, rewritten: false } });
        const { from, to } = facts.seen!.energy;
        expect(was.energy).toBeGreaterThanOrEqual(from);
        expect(was.energy).toBeLessThan(to ?? Infinity);
        expect(to ?? world.energyFull).toBeCloseTo(from + world.energyFull / 16, 9);
        expect(facts.ancestors.slice(0, 3).map(({ id }) => id)).toEqual(was.line);
        if (!phylogeny.has(was.id)) forgotten++;
      }
    }
    expect(forgotten).toBeGreaterThan(5);
    // between two organisms nobody is hit
    expect(nearestThen(lab, { ...history.at(50)!, ids: new Uint32Array(0) }, 3, 3, Infinity)).toBe(-1);
    const someone = truth.get(50)![0]!;
    expect(nearestThen(lab, history.at(50)!, someone.x + 32, someone.y, 1e-6)).toBe(-1);
  });

  it('[V19] is said to be unborn or dead where it was not there, and no more is said than is known', async () => {
    const { lab, history, truth, alive } = await watched();
    const [first, last] = [truth.get(10)!, truth.get(160)!];
    const child = last.find(({ bornAt }) => bornAt > 10)!;
    expect(pastFacts(lab, history.at(10)!, child.id)).toMatchObject({ was: 'unborn', seen: null, known: { bornAt: child.bornAt } });
    const dead = first.find(({ id }) => !last.some((each) => each.id === id))!;
    const then = pastFacts(lab, history.at(160)!, dead.id);
    expect(then).toMatchObject({ was: 'dead', seen: null, known: { genome: dead.genome } });
    expect(alive.get(then.known!.diedAt!)!.includes(dead.id)).toBe(false);
    expect(alive.get(then.known!.diedAt! - 1)!.includes(dead.id)).toBe(true);
    expect(pastFacts(lab, history.at(160)!, 4_000_000)).toMatchObject({ was: 'unknown', known: null, ancestors: [], parentGenome: null });
    // a parent that lived then is told as one that lives
    const ofLiving = truth.get(60)!.find(({ line }) => first.length > 0 && truth.get(60)!.some(({ id }) => id === line[0]))!;
    expect(lineThen(history.at(60)!, ofLiving.id, 0).ancestors[0]).toMatchObject({ id: ofLiving.line[0], diedAt: null });
  });

  it('[V19] is lit with its clade as it was lit then', async () => {
    const lab = meadow();
    const lives = new PastLives(lab.simulation, lab.phylogeny);
    const history = new History(lab.simulation.kernel, new Places(), new Places(), { lives });
    const { kernel } = lab.simulation;
    for (let i = 0; i < 90; i++) {
      await lab.tick();
      history.note();
    }
    const { columns, count } = kernel.pop;
    const clades = [...Array.from({ length: 20 }, (_, i) => ({ genotype: lives.genotypeOf(columns.id[i * 3]!) })), { lineage: columns.lineage[0]! }];
    const lit = clades.map((clade) => Array.from({ length: count }, (_, row) => lightClade(lab, clade).has(row)));
    expect(new Set(lit.flat()).size).toBe(2);
    for (let i = 0; i < 120; i++) {
      await lab.tick();
      history.note();
    }
    const past = history.at(90)!;
    const hue = huesOf(kernel)[0]!;
    clades.forEach((clade, i) => {
      const isMember = lives.membersOf(clade);
      const frame = parseFrame(writePastFrame(past.frame, { fields: [], played: false, hue, hueIndex: 0, inHand: 7, lit: (place) => isMember(past.ids[place]!) }));
      expect(frame).toMatchObject({ hasLit: true, inHand: 7, past: true, count });
      expect(Array.from({ length: count }, (_, row) => (frame.organisms[row * 8 + 7]! & 1) === 1)).toEqual(lit[i]);
    });
  });

  it('[V19] is forgotten with the ticks in which it lived, but for ancestors of those who are seen, and changes nothing of the run', async () => {
    const { lab, lives, history, alive } = await watched({ ticks: 200, wantedTicks: 20, mostBytes: 40_000 });
    const from = history.held!.from;
    expect(from).toBeGreaterThan(120);
    const needed = new Set<number>();
    for (const [tick, then] of alive) if (tick >= from) for (const id of then) needed.add(id);
    for (const id of needed) expect(lives.of(id)).not.toBeNull();
    const ancestors = [...needed].flatMap((id) => lives.lineOf(id, 0, 1000).line.map((life) => life.id));
    // and a few whose eggs are still to hatch
    expect(lives.size - new Set([...needed, ...ancestors]).size).toBeLessThan(12);
    const alone = meadow();
    for (let i = 0; i < 200; i++) await alone.tick();
    expect(lab.simulation.fingerprint).toBe(alone.simulation.fingerprint);
    expect(lab.simulation.kernel.genomes.distinct).toBe(alone.simulation.kernel.genomes.distinct);
  });
});
