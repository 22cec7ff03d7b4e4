import { describe, expect, it } from 'vitest';
import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { drawDistinct, drawWeighted, nearness } from '../../worlds/salon/choice.ts';
import { methodNames, methods } from '../../worlds/salon/methods.ts';
import { emptyArchive } from '../../worlds/salon/niches.ts';
import { Pool } from '../../worlds/salon/pool.ts';
import { rougeL, rougeWords } from '../../core/measures/lexical.ts';
import { Salon, type Ask } from '../../worlds/salon/salon.ts';
import { drive, poetry, stories, truth, written } from './drive.ts';

const stream = (n: number): RandomStream => new RandomStream(seedKey(7, 99), n);

describe('a salon', () => {
  it.each(methodNames)('[S2] of %s becomes the same whatever the order in which it is told, and however many are in work', (method) => {
    const options = { method, seed: 3, iterations: 110 };
    const one = drive(options);
    for (let order = 0; order < 4; order++) expect(drive(options, { random: stream(order), width: 1 + order * 7 }).fingerprint).toBe(one.fingerprint);
    expect(drive({ ...options, seed: 4 }).fingerprint).not.toBe(one.fingerprint);
    expect(one.individuals).toHaveLength(110 + (method === 'zero-shot' ? 0 : 3));
    expect(one.curve.qdScore).toHaveLength(110);
    expect(one.curve.qdScore.at(-1)).toBe(one.archive.qdScore);
  });

  it('[S2] asks for as many at once as its method allows', () => {
    const most = (method: (typeof methodNames)[number]): number => new Salon({ domain: stories, method, seed: 1, iterations: 500 }).ask().length;
    expect(Object.fromEntries(methodNames.map((name) => [name, most(name)]))).toEqual({
      'lmx-near': 50, 'lmx-replace': 1, 'lmx-rewrite': 50, 'zero-shot': 500, 'fixed-few-shot': 500, 'shuffling-few-shot': 500, 'random-search': 1,
      'lmx-quality-only': 1, 'rouge-l': 1, nsaif: 1, 'rouge-l-quality': 1, 'nsaif-quality': 1,
    });
    const search = new Salon({ domain: stories, method: 'random-search', seed: 1, iterations: 500 });
    for (let i = 0; i < 20; i++) {
      const [ask] = search.ask();
      search.wrote(ask!.ticket, written(ask!));
    }
    // the judges of twenty texts are all still at work
    expect(search.iteration).toBe(0);
    expect(search.ask()).toHaveLength(1);
  });

  it('[S2] refuses what it did not ask for and what cannot be', () => {
    const salon = new Salon({ domain: stories, method: 'lmx-near', seed: 1, iterations: 5 });
    expect(() => salon.wrote(0, 'x')).toThrow('Ticket 0 is not open: it was not handed out, or it is settled.');
    const [ask] = salon.ask(1);
    expect(() => salon.tell(ask!.ticket, { quality: 1, measures: [0, 0] })).toThrow('Ticket 0 is judged, but has no text.');
    salon.wrote(0, 'x');
    expect(() => salon.wrote(0, 'y')).toThrow('known already');
    expect(() => salon.tell(0, { quality: Number.NaN, measures: [0, 0] })).toThrow('The quality of ticket 0 is NaN; it must lie between 0 and 1.');
    expect(() => salon.tell(0, { quality: 1, measures: [0] })).toThrow('The measure ending of ticket 0 is undefined; it must lie between 0 and 1.');
    expect(() => new Salon({ domain: stories, method: 'lmx-near', seed: -1, iterations: 5 })).toThrow('The seed is -1');
  });

  it('[S3] shows three different texts of the pool until fifty iterations are over and three niches are filled', () => {
    const seeds = stories.seeds;
    const check = (ask: Ask): void => {
      expect(new Set(ask.parents).size).toBe(3);
      expect(ask.prompt).toBe(`${ask.parents.map((id) => `${stories.template} ${seeds[id]}\n###\n`).join('')}${stories.template}`);
    };
    const orders = new Set<string>();
    drive({ method: 'lmx-near', seed: 2, iterations: 120 }, {
      onAsk(ask) {
        if (ask.iteration < 50) {
          check(ask);
          orders.add(ask.parents.join());
        } else expect(ask.parents.every((id) => id >= 3)).toBe(true);
      },
    });
    expect(orders.size).toBe(6);
    // all in one niche: it never ends
    drive({ method: 'lmx-near', seed: 2, iterations: 90 }, { judge: () => ({ quality: 0.5, measures: [0.1, 0.1] }), onAsk: check });
  });

  it('[S3] fills a pool that begins with nothing from the bare template, and gives up after twenty empty texts', () => {
    const salon = new Salon({ domain: stories, method: 'lmx-near', seed: 1, iterations: 3, beginning: 'zero-shot' });
    const asks = salon.ask();
    expect(asks.map(({ prompt, judged, parents }) => ({ prompt, judged, parents }))).toEqual(Array.from({ length: 5 }, () => ({ prompt: stories.template, judged: false, parents: [] })));
    expect(new Set(asks.map(({ seed }) => seed)).size).toBe(5);
    for (const { ticket } of asks.slice(1)) salon.wrote(ticket, `text ${ticket}`);
    let seed = asks[0]!.seed;
    for (let again = 1; again < 20; again++) {
      salon.wrote(0, '');
      const [ask] = salon.ask();
      expect(ask!.ticket).toBe(0);
      expect(ask!.seed).not.toBe(seed);
      seed = ask!.seed;
    }
    expect(() => salon.wrote(0, '')).toThrow('No pool came about: text 1 of 5 was asked for 20 times');
    salon.wrote(0, 'text 0');
    expect(salon.individuals.map(({ text, outcome }) => `${outcome} ${text}`)).toEqual([0, 1, 2, 3, 4].map((i) => `pool text ${i}`));
    expect(salon.ask()).toHaveLength(3);
  });

  it('[S4] draws niches in proportion to 1 / (1 + d³), none twice', () => {
    expect([nearness([2, 2], [2, 2]), nearness([2, 2], [2, 3]), nearness([0, 0], [3, 4])]).toEqual([1, 0.5, 1 / 126]);
    const weights = [1, 0.5, 1 / 9, 0.5];
    const firsts = [0, 0, 0, 0];
    const pairs = [0, 0, 0, 0];
    const n = 20_000;
    const random = stream(1);
    for (let i = 0; i < n; i++) {
      const drawn = drawWeighted(weights, 3, random);
      expect(new Set(drawn).size).toBe(3);
      firsts[drawn[0]!]!++;
      if (drawn[0] === 0) pairs[drawn[1]!]!++;
    }
    const total = weights.reduce((sum, w) => sum + w, 0);
    weights.forEach((weight, i) => expect(firsts[i]! / n).toBeCloseTo(weight / total, 1.7));
    expect(pairs[1]! / firsts[0]!).toBeCloseTo(0.5 / (total - 1), 1.7);
    expect(drawDistinct([1, 2], 3, random).sort()).toEqual([1, 2]);
  });

  it('[S4] LMX-Near shows elites of three niches that are near each other', () => {
    let near = 0;
    let asks = 0;
    const salon = drive({ method: 'lmx-near', seed: 5, iterations: 300 }, {
      onAsk(ask, { archive, individuals }) {
        if (ask.iteration < 50) return;
        const elites = new Map([...archive].map(({ cell, solution }) => [solution.id, cell]));
        const cells = ask.parents.map((id) => elites.get(id));
        expect(cells).not.toContain(undefined);
        expect(new Set(cells).size).toBe(3);
        expect(ask.prompt).toContain(`${stories.template} ${individuals[ask.parents[0]!]!.text}\n###\n`);
        const [a, b] = cells.map((cell) => [Math.floor(cell! / 10), cell! % 10] as const);
        asks++;
        if (Math.hypot(a![0] - b![0], a![1] - b![1]) < 2) near++;
      },
    });
    expect(salon.archive.numElites).toBeGreaterThan(20);
    expect(near / asks).toBeGreaterThan(0.4);
  });

  it('[S5] LMX-Replace changes one example of an elite\'s at most, and never the elite\'s own list', () => {
    const lists = new Map<number, string>();
    const salon = drive({ method: 'lmx-replace', seed: 5, iterations: 300 }, {
      onAsk(ask, { archive, individuals }) {
        for (const { id, parents } of individuals) {
          const list = parents.join();
          expect(lists.get(id) ?? list).toBe(list);
          lists.set(id, list);
        }
        if (ask.iteration < 50) return;
        const fits = [...archive].filter(({ solution: { parents } }) => parents.filter((id, i) => id !== ask.parents[i]).length <= 1);
        expect(fits.length).toBeGreaterThan(0);
      },
    });
    // elites join the pool, and so become parents
    expect(salon.individuals.some(({ parents }) => parents.some((id) => id >= 3))).toBe(true);
    for (const { parents } of salon.individuals) for (const id of parents) expect(id < 3 || ['new', 'improved'].includes(salon.individuals[id]!.outcome)).toBe(true);
  });

  it('[S5] LMX-Rewrite shows one elite and names a niche', () => {
    const prompts: string[] = [];
    drive({ domain: poetry, method: 'lmx-rewrite', seed: 1, iterations: 80 }, {
      judge: (_, { ticket }) => ({ quality: 5, measures: [ticket % 5, (ticket >> 2) % 5] }),
      onAsk(ask, { individuals }) {
        expect(ask.parents).toHaveLength(1);
        expect(ask.prompt.startsWith(individuals[ask.parents[0]!]!.text)).toBe(true);
        prompts.push(ask.prompt.split('\n\n')[1]!);
      },
    });
    expect(prompts[0]).toMatch(/^Turn this poem into a (happy|dark|mysterious|romantic|reflective) (haiku|sonnet|ballad|limerick|hymn) poem of the very highest quality/);
    expect(prompts[79]).toMatch(/^Turn this (happy|dark|mysterious|romantic|reflective) (haiku|sonnet|ballad|limerick|hymn) poem into a /);
  });

  it.each(['lmx-near', 'lmx-replace', 'nsaif'] as const)('[S6] of %s is what its record makes of an empty archive', (method) => {
    const { individuals, archive, domain, firstPool } = { firstPool: 3, ...pick(drive({ method, seed: 9, iterations: 250 })) };
    const again = emptyArchive<number>(domain);
    const best = new Map<number, number>();
    individuals.forEach(({ id, quality, measures, cell, outcome, parents, text }, at) => {
      expect(id).toBe(at);
      for (const parent of parents) expect(parent).toBeLessThan(id);
      if (id < firstPool) return expect(outcome).toBe('seed');
      expect(text).not.toBe('');
      const before = best.get(cell);
      expect(outcome).toBe(before === undefined ? 'new' : quality! > before ? 'improved' : 'kept');
      best.set(cell, Math.max(before ?? 0, quality!));
      again.add(id, quality!, measures!);
    });
    expect([...again].map(({ cell, objective, solution }) => [cell, objective, solution])).toEqual([...archive].map(({ cell, objective, solution }) => [cell, objective, solution.id]));
    expect(again.qdScore).toBe(archive.qdScore);
  });

  it('[S6] of poems gives a cell to the newest of equals', () => {
    const salon = drive({ domain: poetry, method: 'zero-shot', seed: 1, iterations: 5 }, { judge: () => ({ quality: 7, measures: [1, 2] }) });
    expect(salon.archive.elite(7)!.solution.id).toBe(4);
    expect(salon.archive.qdScore).toBe(7);
  });

  it('[S9] lets in nothing that was not written or not judged, and says why', () => {
    const salon = new Salon({ domain: stories, method: 'random-search', seed: 1, iterations: 4 });
    const next = (): Ask => salon.ask(1)[0]!;
    salon.wrote(next().ticket, '');
    salon.tell(next().ticket, { reason: 'the endpoint is away' });
    const third = next();
    salon.wrote(third.ticket, 'something');
    const [told] = salon.tell(third.ticket, { reason: 'mood: neither label' });
    expect(told).toMatchObject({ outcome: 'unjudged', reason: 'mood: neither label', quality: null, measures: null, cell: -1 });
    expect(salon.individuals.slice(3).map(({ outcome }) => outcome)).toEqual(['empty', 'failed', 'unjudged']);
    expect(salon.archive.numElites).toBe(0);
    const last = next();
    salon.wrote(last.ticket, 'one');
    salon.tell(last.ticket, { quality: 0.3, measures: [0.2, 0.3] });
    expect(salon.isDone).toBe(true);
    expect(salon.curve.coverage).toEqual([0, 0, 0, 0.01]);
  });
});

function pick({ individuals, archive, domain }: Salon): Pick<Salon, 'individuals' | 'archive' | 'domain'> {
  return { individuals, archive, domain };
}

describe('controls', () => {
  it('[S7] show what their names say', () => {
    const parents = (method: (typeof methodNames)[number], judge = truth): (readonly number[])[] => {
      const list: (readonly number[])[] = [];
      drive({ method, seed: 4, iterations: 200 }, { judge, onAsk: (ask) => { list.push(ask.parents); } });
      return list;
    };
    expect(new Set(parents('zero-shot').map(String))).toEqual(new Set(['']));
    expect(new Set(parents('fixed-few-shot').map(String))).toEqual(new Set(['0,1,2']));
    expect(new Set(parents('shuffling-few-shot').map(String)).size).toBe(6);
    for (const [i, list] of parents('random-search').entries()) {
      expect(new Set(list).size).toBe(3);
      // the pool holds the hundred newest
      for (const id of list) expect(id >= 3 + i - 100 && id < 3 + i).toBe(true);
    }
    const qualities: number[] = [];
    const best = parents('lmx-quality-only', (text) => {
      const verdict = truth(text) as { quality: number; measures: number[] };
      qualities.push(verdict.quality);
      return verdict;
    });
    for (const [i, list] of best.entries()) {
      const least = i < 100 ? -Infinity : qualities.slice(0, i).sort((a, b) => b - a)[99]!;
      for (const id of list) expect(id < 3 ? -Infinity : qualities[id - 3]!).toBeGreaterThanOrEqual(least);
    }
    expect(methods.filter(({ needs }) => needs === 'judgements')).toHaveLength(7);
  });

  it('[S7] ROUGE-L is F1 of the longest common subsequence of words', () => {
    const of = (a: string, b: string): number => rougeL(rougeWords(a), rougeWords(b));
    // Lin 2004: police killed the gunman / police kill the gunman / the gunman kill police
    expect(of('police killed the gunman', 'Police kill, the gunman!')).toBe(0.75);
    expect(of('police killed the gunman', 'the gunman kill police')).toBe(0.5);
    expect([of('', 'a'), of('a b', 'a b'), of('a', 'b')]).toEqual([0, 1, 0]);
    expect(of('Über Öl, 3 Mal', 'über öl 4 mal')).toBe(0.75);
  });

  it('[S7] a pool lets in what is unlike, and with a filter only what is good', () => {
    const judged = { quality: 0.9, share: 0.79, point: [0] };
    const unlike = new Pool(100, 'unlike', false);
    unlike.put({ id: 0, text: 'a b c d e f g h i j' });
    // 7 of 10 words in order is an F1 of 0.7, which is too alike
    expect(unlike.offer({ id: 1, text: 'a b c d e f g x y z' }, null, false)).toBe(false);
    expect(unlike.offer({ id: 2, text: 'a b c d e f w x y z' }, null, false)).toBe(true);
    const good = new Pool(100, 'everybody', true);
    expect(good.offer({ id: 0, text: 'a' }, judged, false)).toBe(false);
    expect(good.offer({ id: 0, text: 'a' }, { ...judged, share: 0.8 }, false)).toBe(true);
  });

  it('[S7] novelty: the threshold rises after three in a row that were let in, and falls after twenty-one that were not', () => {
    const pool = new Pool(100, 'novel', false);
    const offer = (id: number, at: number): boolean => pool.offer({ id, text: String(id) }, { quality: 0.5, share: 0.5, point: [at, 0] }, false);
    expect(pool.threshold).toBe(0.05);
    expect([offer(0, 0), offer(1, 0.5), offer(2, 1)]).toEqual([true, true, true]);
    expect(pool.threshold).toBeCloseTo(0.0525, 12);
    // the mean distance to the three is 0.5
    expect(offer(3, 0.5)).toBe(true);
    const still = new Pool(100, 'novel', false);
    still.offer({ id: 0, text: 'x' }, { quality: 0.5, share: 0.5, point: [0.5] }, false);
    for (let i = 1; i <= 20; i++) expect(still.offer({ id: i, text: 'x' }, { quality: 0.5, share: 0.5, point: [0.5] }, false)).toBe(false);
    expect(still.threshold).toBe(0.05);
    still.offer({ id: 21, text: 'x' }, { quality: 0.5, share: 0.5, point: [0.5] }, false);
    expect(still.threshold).toBeCloseTo(0.0475, 12);
  });
});
