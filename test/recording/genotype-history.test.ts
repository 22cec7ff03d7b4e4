import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MULLER_ROOT, MullerRecorder, type MullerData } from '../../core/measures/muller.ts';
import { genotypeHistory, type GenotypeHistory } from '../../core/recording/genotype-history.ts';
import { mullerHistory } from '../../core/recording/muller-history.ts';
import { Queries } from '../../core/recording/queries.ts';
import { createRecorder } from '../../core/recording/recorder.ts';
import { muller } from '../../viewer/report/svg-muller.ts';
import { busyMeadow } from './busy-meadow.ts';

const EVERY = 10;
let folder: string;
let queries: Queries;
let live: MullerData;
const ticks = Array.from({ length: 12 }, (_, i) => 1 + EVERY * i);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lichen-genotypes-'));
  const { simulation, step } = busyMeadow(6);
  const recorder = await createRecorder({ simulation, folder });
  const muller = new MullerRecorder(simulation, { every: EVERY, cutoff: 0 });
  for (let tick = 1; tick <= ticks.at(-1)!; tick++) step();
  await recorder.seal();
  await recorder.close();
  live = muller.data(0);
  queries = await Queries.open(folder);
});
afterAll(() => {
  queries.close();
  rmSync(folder, { recursive: true });
});

describe('genotypes of a record', () => {
  let all: GenotypeHistory[];
  beforeAll(async () => { all = await genotypeHistory(queries, ticks, { cutoff: 0, most: Infinity }); });

  test('[Q4] are counted as while the run goes on, each with its line', () => {
    const recorded = all.flatMap(({ id, counts }) => counts.flatMap((population, k) => (population === 0 ? [] : [{ generation: ticks[k]!, identity: id, population }])));
    expect(recorded.length).toBeGreaterThan(300);
    expect(recorded.sort((a, b) => a.generation - b.generation || a.identity - b.identity)).toEqual(live.population);
    const above = new Map(live.edges.map(({ parent, identity }) => [identity, parent]));
    const sampled = new Set(all.map(({ id }) => id));
    for (const { id, parent } of all) {
      let up = above.get(id) ?? MULLER_ROOT;
      while (up !== MULLER_ROOT && !sampled.has(up)) up = above.get(up) ?? MULLER_ROOT;
      expect([id, parent === -1 ? MULLER_ROOT : all[parent]!.id]).toEqual([id, up]);
    }
    expect(all.some(({ parent }) => parent >= 0)).toBe(true);
  });

  test('[Q4] that were never frequent count with the nearest ancestor that was, and nobody is counted twice', async () => {
    const population = ticks.map((_, k) => all.reduce((sum, { counts }) => sum + counts[k]!, 0));
    const frequent = await genotypeHistory(queries, ticks, { cutoff: 0.03 });
    expect(frequent.map(({ id }) => id)).toEqual(all.filter(({ peak }) => peak > 0.03).map(({ id }) => id));
    for (const [k, n] of population.entries()) {
      const within = frequent.reduce((sum, { counts }) => sum + counts[k]!, 0);
      const roots = new Set(frequent.map(({ id }) => id));
      const expected = all.reduce((sum, one) => {
        let at: GenotypeHistory | undefined = one;
        while (at !== undefined && !roots.has(at.id)) at = all[at.parent];
        return at === undefined ? sum : sum + one.counts[k]!;
      }, 0);
      expect(within).toBe(expected);
      expect(within).toBeLessThanOrEqual(n);
    }
    expect((await genotypeHistory(queries, ticks, { cutoff: 0, most: 3 })).length).toBe(3);
  });

  test('[Q4] are written for a Muller plot with everyone in it: under one root, and the root alone has no parent', async () => {
    const { edges, population } = await mullerHistory(queries, ticks, { cutoff: 0.03 });
    const identities = new Set(edges.map(({ identity }) => identity));
    expect(edges.length).toBeGreaterThan(3);
    expect(edges.filter(({ parent }) => parent !== MULLER_ROOT && !identities.has(parent))).toEqual([]);
    expect(new Set(population.map(({ identity }) => identity))).toEqual(new Set([MULLER_ROOT, ...identities]));
    for (const [k, tick] of ticks.entries()) {
      const everyone = all.reduce((sum, { counts }) => sum + counts[k]!, 0);
      expect(population.reduce((sum, one) => (one.generation === tick ? sum + one.population : sum), 0)).toBe(everyone);
    }
  });

  test('[V4] in a Muller plot have their rules as text, and lie within the one that they come from', () => {
    const kinds = [
      { name: 'first', text: 'when <script> & "x" -> eat', parent: -1, counts: [10, 6, 2] },
      { name: 'second', text: 'otherwise -> eat', parent: 0, counts: [0, 2, 6] },
    ];
    const svg = muller({ title: 'Genotypes', xs: [0, 1, 2], all: [10, 10, 10], kinds });
    expect(svg).not.toContain('<script>');
    expect(svg).toContain('when &#60;script&#62; &#38; &#34;x&#34; -&#62; eat');
    const edges = [...svg.matchAll(/<path d="M([^"]+)Z" class="layer within/g)].map(([, path]) => path!.split('L').map((point) => point.split(' ').map(Number) as [number, number]));
    expect(edges).toHaveLength(2);
    const heightAt = (path: readonly [number, number][], x: number): number => {
      const ys = path.filter(([across]) => across === x).map(([, y]) => y);
      return Math.max(...ys) - Math.min(...ys);
    };
    const [start, , end] = [...new Set(edges[0]!.map(([x]) => x))].sort((a, b) => a - b) as [number, number, number];
    // ten of ten is the whole height, eight of ten four fifths, and six of those eight belong to the second
    expect(heightAt(edges[0]!, end) / heightAt(edges[0]!, start)).toBeCloseTo(0.8, 2);
    expect(heightAt(edges[1]!, end) / heightAt(edges[0]!, end)).toBeCloseTo(0.75, 2);
  });
});
