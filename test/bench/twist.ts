/**
 * The moiré turned forth and back: diversity, patch fidelity and numbers against the angle, at several turning rates, so that
 * hysteresis, if there is any, is seen. Evolution goes on meanwhile: what differs between two ways may be time's doing. So half of the worlds begin
 * at the other end and are turned back before forth; means over both orders have each way early as often as late. Prints a table and
 * draws `worlds/moire/experiments/twist.svg` and `.png`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { createInstincts } from '../../agents/instincts/store.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { bootstrapMean } from '../../core/measures/statistics.ts';
import { Simulation } from '../../core/simulation.ts';
import { lineChart, type LineSeries } from '../../viewer/report/svg-line.ts';
import { moire } from '../../worlds/moire/moire.ts';
import type { MoireParts } from '../../worlds/moire/parts.ts';

const FROM = 2;
const TO = 12;
const rates = [0.002, 0.01, 0.05];
const seeds = [1, 2, 3, 4, 5];
const BURN_IN = 800;
const SAMPLES_A_DEGREE = 10;
const measures = ['diversity', 'fidelity', 'population'] as const;
type Measure = (typeof measures)[number];

/** Means of the samples in each degree of a way, from 2° up; NaN where nobody lived. */
type Way = Record<Measure, number[]>;

/** Genomes alive, as the effective number that has their Shannon entropy (Hill number of order 1). */
function effectiveGenomes(genome: Uint32Array, count: number): number {
  const tally = new Map<number, number>();
  for (let row = 0; row < count; row++) tally.set(genome[row]!, (tally.get(genome[row]!) ?? 0) + 1);
  let entropy = 0;
  for (const n of tally.values()) entropy -= (n / count) * Math.log(n / count);
  return Math.exp(entropy);
}

/** Forth is 1, from the small angle to the large one; back is −1. */
type Direction = 1 | -1;

/** One world: its way forth, its way back. */
interface Turned { forth: Way; back: Way; extinct: boolean }

/** A world turned one way and then the other at a rate in degrees a tick; each degree's samples are taken at even times. */
function turned(rate: number, seed: number, first: Direction): Turned {
  const simulation = new Simulation({
    world: moire, seed, genomes: createInstincts(moire.vocabulary), observed: false,
    parameters: resolveParameters(moire.parameters, { size: 192, founders: 600, capacity: 8000, twist: first === 1 ? FROM : TO }),
  });
  const { kernel } = simulation;
  const { pop: { columns }, births, deaths } = kernel;
  const { landscape } = kernel.parts as MoireParts;
  /** The patch in which each of the living was born; none for those born between patches. */
  const birthPatch = new Map<number, number>();
  const step = (): void => {
    simulation.step();
    for (let i = 0; i < deaths.count; i++) birthPatch.delete(deaths.id[i]!);
    if (births.count === 0) return;
    for (let row = 0; row < kernel.pop.count; row++) {
      if (columns.bornAt[row] === kernel.tick) birthPatch.set(columns.id[row]!, landscape.patchAt(columns.x[row]!, columns.y[row]!));
    }
  };
  const fidelity = (): number => {
    let born = 0;
    let stayed = 0;
    for (let row = 0; row < kernel.pop.count; row++) {
      const patch = birthPatch.get(columns.id[row]!) ?? 0;
      if (patch === 0) continue;
      born++;
      if (landscape.patchAt(columns.x[row]!, columns.y[row]!) === patch) stayed++;
    }
    return stayed / born;
  };
  for (let tick = 0; tick < BURN_IN; tick++) step();
  const perDegree = Math.round(1 / rate);
  const every = Math.max(1, Math.round(perDegree / SAMPLES_A_DEGREE));
  const go = (direction: Direction): Way => {
    const way: Way = { diversity: [], fidelity: [], population: [] };
    simulation.submit({ kind: 'set', key: 'turning', value: direction * rate });
    for (let degree = 0; degree < TO - FROM; degree++) {
      const sums: Record<Measure, number> = { diversity: 0, fidelity: 0, population: 0 };
      let samples = 0;
      for (let tick = 1; tick <= perDegree; tick++) {
        step();
        if (tick % every !== 0) continue;
        const { count } = kernel.pop;
        sums.population += count;
        sums.diversity += count === 0 ? 0 : effectiveGenomes(columns.genome, count);
        sums.fidelity += fidelity();
        samples++;
      }
      for (const measure of measures) way[measure].push(sums[measure] / samples);
    }
    if (direction < 0) for (const measure of measures) way[measure].reverse();
    return way;
  };
  const [early, late] = [go(first), go(first === 1 ? -1 : 1)];
  return { forth: first === 1 ? early : late, back: first === 1 ? late : early, extinct: kernel.pop.count === 0 };
}

/** Two worlds of one seed, turned in either order. */
interface Pair { forthFirst: Turned; backFirst: Turned }

const way = ({ forthFirst, backFirst }: Pair, name: 'forth' | 'back', measure: Measure, degree: number): number =>
  (forthFirst[name][measure][degree]! + backFirst[name][measure][degree]!) / 2;

/** By how much a measure of one way exceeds the other's, as a mean of logarithms over the angles. */
function excess(more: Way, less: Way, measure: Measure): number {
  return more[measure].reduce((sum, value, degree) => sum + Math.log(value / less[measure][degree]!), 0) / more[measure].length;
}

/**
 * What the direction does, and what time does, to a measure, as logarithms of factors: forth over back, late over early. Each way is early in one
 * order and late in the other, so over all the angles and both orders each effect is free of the other, whatever the course of time's, as long as that is
 * the same factor at all angles. At one angle alone that holds in the middle, where both orders come by at the same times.
 */
function effects({ forthFirst, backFirst }: Pair, measure: Measure): { direction: number; time: number } {
  const inOrder = excess(forthFirst.forth, forthFirst.back, measure);
  const reversed = excess(backFirst.forth, backFirst.back, measure);
  return { direction: (inOrder + reversed) / 2, time: (reversed - inOrder) / 2 };
}

const style = `svg { font: 12px 'DejaVu Sans', sans-serif; } text { fill: #53625f; } .title { fill: #17211f; font-size: 13.5px; font-weight: 600; }
.rule { stroke: #d9e0d8; fill: none; } .axis, .rule.zero { stroke: #8b9893; fill: none; } .line { fill: none; stroke-width: 1.8; } .dashed { stroke-dasharray: 5 4; }
${['#45752f', '#1f6b90', '#a84b14'].map((colour, i) => `.line.c${i} { stroke: ${colour}; } .name.c${i} { fill: ${colour}; } .band.c${i} { fill: ${colour}; fill-opacity: .14; }`).join('\n')}`;

const titles: Record<Measure, string> = {
  diversity: 'Diversity: effective number of genomes', fidelity: 'Patch fidelity: share of those born in a patch who are in it', population: 'Organisms alive',
};

const results = rates.map((rate) => ({ rate, pairs: seeds.map((seed): Pair => ({ forthFirst: turned(rate, seed, 1), backFirst: turned(rate, seed, -1) })) }));
const degrees = Array.from({ length: TO - FROM }, (_, i) => FROM + i + 0.5);
const interval = (values: number[]): readonly [mean: number, lower: number, upper: number] => {
  const there = values.filter(Number.isFinite);
  const found = bootstrapMean(there, { seed: 1 });
  return found === null ? [there[0] ?? Number.NaN, Number.NaN, Number.NaN] : [found.estimate, found.lower, found.upper];
};

console.log(`moire, 192 x 192 steps, ${seeds.length} seeds: ${BURN_IN} ticks at ${FROM}°, turned to ${TO}° and back, and as many from ${TO}° to ${FROM}° and back; means of both with 95 % bootstrap intervals over seeds`);
const charts = measures.map((measure, at) => {
  const series = results.flatMap(({ rate, pairs }, colour) => (['forth', 'back'] as const).map((name): LineSeries => {
    const stats = degrees.map((_, i) => interval(pairs.map((pair) => way(pair, name, measure, i))));
    console.log(`${measure.padEnd(10)} ${String(rate).padStart(5)} ${name.padEnd(5)} ${stats.map(([mean]) => mean.toPrecision(3).padStart(8)).join('')}   at ${degrees[5]}°: ${stats[5]!.map((value) => value.toPrecision(3)).join(', ')}`);
    return {
      name: `${rate}°/tick ${name}`, colour, dashed: name === 'back', points: degrees.map((degree, i) => [degree, stats[i]![0]] as const),
      band: degrees.map((degree, i) => [degree, stats[i]![1], stats[i]![2]] as const),
    };
  }));
  const chart = lineChart({ title: titles[measure], series, xTitle: 'twist (degrees)', width: 720, height: 260 });
  return chart.replace('<svg ', `<svg x="12" y="${12 + at * 275}" `);
});
const factor = (logarithms: number[]): string => {
  const [mean, lower, upper] = interval(logarithms).map((value) => Math.exp(value).toFixed(2));
  return `${mean} (${lower} to ${upper})`;
};
console.log('over all angles: forth over back, which is hysteresis where its interval leaves out 1, and late over early, which is what time has changed');
for (const { rate, pairs } of results) {
  for (const measure of measures) {
    const found = pairs.map((pair) => effects(pair, measure));
    console.log(`${String(rate).padStart(5)}° a tick  ${measure.padEnd(10)} forth over back ${factor(found.map(({ direction }) => direction))}   late over early ${factor(found.map(({ time }) => time))}`);
  }
  const runs = pairs.flatMap(({ forthFirst, backFirst }) => [forthFirst, backFirst]);
  console.log(`extinct at ${rate}° a tick: ${runs.filter(({ extinct }) => extinct).length} of ${runs.length}`);
}

const folder = fileURLToPath(new URL('../../worlds/moire/experiments/', import.meta.url));
mkdirSync(folder, { recursive: true });
const middle = (FROM + TO) / 2;
const caption = [
  'Half of the worlds were turned forth first and half back first.',
  `At ${middle}° both come by at the same times; away from it a gap is in part the time's.`,
];
const LINE = 17;
const chartsHeight = 24 + charts.length * 275;
const height = chartsHeight + caption.length * LINE;
const lines = caption.map((text, at) => `<text x="12" y="${chartsHeight + at * LINE}">${text}</text>`).join('');
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 744 ${height}" width="744" height="${height}"><style>${style}</style><rect width="744" height="${height}" fill="#fcfdfa"/>${charts.join('')}${lines}</svg>`;
writeFileSync(`${folder}twist.svg`, svg);
writeFileSync(`${folder}twist.png`, new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng());
