import { squaredDistance } from '../core/kernel/torus.ts';
import { readKept } from './frame.ts';
import type { PastTick } from './history.ts';
import type { Lab } from './lab.ts';
import { modelFacts } from './organism-facts.ts';
import type { PastLife } from './past-lives.ts';
import type { Ancestor, PastOrganismFacts } from './facts.ts';

const MOST_ANCESTORS = 12;
const ANCESTORS_A_PAGE = 50;

/** Id of the organism nearest to a place at a past tick, no farther than `within` steps; -1 where nobody was. */
export function nearestThen({ simulation: { kernel: { width, height } } }: Lab, { frame, ids }: PastTick, x: number, y: number, within: number): number {
  let best = -1;
  let least = within * within;
  for (let place = 0; place < ids.length; place++) {
    const there = readKept(frame, place);
    const apart = squaredDistance(there.x, there.y, x, y, width, height);
    if (apart <= least) { least = apart; best = ids[place]!; }
  }
  return best;
}

/** A part of the line of first parents as it was after a tick: who has died since lives. */
export function lineThen({ tick, lives }: PastTick, id: number, from: number, most = ANCESTORS_A_PAGE): { ancestors: Ancestor[]; count: number } {
  const known = lives?.lineOf(id, from, most) ?? { line: [], count: 0 };
  return {
    count: known.count,
    ancestors: known.line.map((life) => ({ id: life.id, genome: lives!.genomeAt(life.id, tick).genome, operator: life.operator, bornAt: life.bornAt, diedAt: diedBy(life, tick) })),
  };
}

function diedBy({ diedAt }: PastLife, tick: number): number | null {
  return diedAt === null || diedAt > tick ? null : diedAt;
}

/** What is known of an organism as it was after a past tick. */
export function pastFacts(lab: Lab, past: PastTick, id: number): PastOrganismFacts {
  const { simulation: { world } } = lab;
  const { tick, frame, ids, lives } = past;
  const life = lives?.of(id) ?? null;
  const place = ids.indexOf(id);
  const seen = place < 0 ? null : readKept(frame, place);
  const { story, thoughts } = modelFacts(lab, id);
  const known = lives === null || life === null ? null : {
    ...lives.genomeAt(id, tick), bornAt: life.bornAt, diedAt: life.diedAt, operator: life.operator, lineage: life.lineage, parents: life.parents, genotype: lives.genotypeOf(id),
  };
  const { ancestors, count } = lineThen(past, id, 0, MOST_ANCESTORS);
  return {
    id, tick,
    was: seen !== null ? 'alive' : life === null ? 'unknown' : life.bornAt > tick ? 'unborn' : 'dead',
    seen: seen === null ? null : {
      x: seen.x, y: seen.y, hue: seen.hue, act: world.vocabulary.acts[seen.act]?.name ?? '', signal: seen.signal === 0 ? null : world.vocabulary.signals[seen.signal - 1] ?? null,
      energy: { from: seen.energy * world.energyFull / 16, to: seen.energy === 15 ? null : (seen.energy + 1) * world.energyFull / 16 },
    },
    known, parentGenome: ancestors[0]?.genome ?? null, ancestors, ancestorCount: count, story, thoughts: thoughts.filter((thought) => thought.tick <= tick),
  };
}
