import type { DecisionRows, Genomes, Vocabulary } from '../kernel/genomes.ts';
import type { Saveable } from '../kernel/saveable.ts';
import { RandomStream, purpose, seedKey } from '../kernel/random.ts';
import type { Simulation } from '../simulation.ts';
import type { Component } from './modes.ts';

/**
 * Situations in which organisms were: a reading a sense of the vocabulary, side by side. Thoughts and samples of a world
 * both have that form.
 */
export interface Situations { count: number; readings: Float32Array }

export interface SkeletonOptions {
  /** A store of its own: genomes without their parts are read into it and let go. */
  genomes: Genomes;
  vocabulary: Vocabulary;
  situations: Situations;
  /** A genome without each of its sites in turn, as text; one without each of its lines when not given. */
  knockOuts?: (genome: string) => { site: string; rest: string }[];
  /** Most genomes whose skeletons are remembered. */
  most?: number;
}

/** Sites of a genome are its lines. */
export function lineKnockOuts(genome: string): { site: string; rest: string }[] {
  const lines = genome.split('\n');
  return lines.map((site, i) => ({ site, rest: [...lines.slice(0, i), ...lines.slice(i + 1)].join('\n') }));
}

/**
 * Skeletons of genomes (Dolson et al. 2019): the sites that matter. A site matters when the genome without it does
 * something else in any of the situations (act, target, signal or what it remembers), or is no genome. A chance is drawn
 * by its number within the genome, so a site that holds a chance, with others after it, is taken to matter.
 */
export function createSkeletons({ genomes, vocabulary, situations, knockOuts = lineKnockOuts, most = 1 << 14 }: SkeletonOptions): (genome: string) => Component {
  const { count, readings } = situations;
  const senses = vocabulary.senses.length;
  if (readings.length < count * senses) {
    throw new RangeError(`${count} situations of ${senses} senses need ${count * senses} readings; got ${readings.length}.`);
  }
  const rows: DecisionRows = {
    count, id: Uint32Array.from({ length: count }, (_, i) => i), genome: new Uint32Array(count), memory: new Float32Array(count * genomes.registersPerRow),
    act: new Uint8Array(count), target: new Uint8Array(count), nextSignal: new Uint8Array(count), fired: new Uint8Array(count),
    readers: vocabulary.senses.map((_, sense) => (asked, n, into) => {
      for (let i = 0; i < n; i++) into[i] = readings[asked[i]! * senses + sense]!;
    }),
    survey: null, scratch: new Uint32Array(count), key0: 1, key1: 2,
  };
  /** What a genome does everywhere, in one string; null for what is no genome. */
  const behaviour = (text: string): string | null => {
    let handle: number;
    try {
      handle = genomes.intern(text);
    } catch {
      return null;
    }
    rows.genome.fill(handle);
    for (const column of [rows.act, rows.target, rows.nextSignal, rows.memory]) column.fill(0);
    genomes.decide(rows);
    genomes.release(handle);
    return [rows.act, rows.target, rows.nextSignal, rows.memory].map((column) => column.join()).join(';');
  };
  const known = new Map<string, Component>();
  return (genome) => {
    const before = known.get(genome);
    if (before !== undefined) return before;
    const whole = behaviour(genome);
    if (whole === null) throw new Error(`A skeleton is asked for of what is no genome: ${JSON.stringify(genome.slice(0, 80))}.`);
    const sites = knockOuts(genome).filter(({ rest }) => behaviour(rest) !== whole).map(({ site }) => site);
    const skeleton = { key: sites.join('\n'), sites: sites.length };
    if (known.size >= most) known.clear();
    known.set(genome, skeleton);
    return skeleton;
  };
}

/**
 * Situations drawn evenly from the ranges of the senses, a function of vocabulary, number and seed. For worlds in which
 * nobody thinks: many are such as no organism meets, so that more sites matter in them than in life.
 */
export function drawSituations(vocabulary: Vocabulary, count: number, seed = 1): Situations {
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x73697475);
  const { senses } = vocabulary;
  const readings = new Float32Array(count * senses.length);
  for (let i = 0; i < readings.length; i++) {
    const { lower, upper } = senses[i % senses.length]!;
    readings[i] = lower + random.next() * (upper - lower);
  }
  return { count, readings };
}

/**
 * Situations in which organisms began a thought, as the events tell them: of all so far at most `most`, each as likely
 * as any other (Vitter 1985, reservoir sampling). The object is filled as they come.
 */
export function keepSituations(simulation: Simulation, most: number, seed = simulation.seed): Situations & Saveable {
  const senses = simulation.world.vocabulary.senses.length;
  const random = new RandomStream(seedKey(seed, purpose.sampling), 0x6b656570);
  let seen = 0;
  const kept: Situations & Saveable = {
    count: 0, readings: new Float32Array(most * senses),
    save: () => ({ count: kept.count, readings: kept.readings.subarray(0, kept.count * senses), seen, position: random.position }),
    load(saved) {
      const { count, readings, seen: before, position } = saved as { count: number; readings: Float32Array; seen: number; position: number };
      kept.count = count;
      kept.readings.set(readings);
      seen = before;
      random.position = position;
    },
  };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    const { count, readings } = event.thoughts;
    for (let i = 0; i < count; i++) {
      const place = kept.count < most ? kept.count++ : random.below(seen + 1);
      seen++;
      if (place < most) kept.readings.set(readings.subarray(i * senses, (i + 1) * senses), place * senses);
    }
  });
  return kept;
}
