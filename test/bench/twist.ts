/**
 * The moiré turned forth and back: diversity, patch fidelity and extinction against the angle, at several turning rates, so that
 * hysteresis, if there is any, is seen. Prints a table and draws `worlds/moire/experiments/twist.svg` and `.png`.
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

/** A world turned forth and back at a rate in degrees a tick; each degree's samples are taken at even times. */
function turned(rate: number, seed: number): { ways: [Way, Way]; extinct: boolean } {
  const simulation = new Simulation({
    world: moire, seed, genomes: createInstincts(moire.vocabulary), observed: false,
    parameters: resolveParameters(moire.parameters, { size: 192, founders: 600, capacity: 8000, twist: FROM }),
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
  const ways = [1, -1].map((direction): Way => {
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
  });
  return { ways: ways as [Way, Way], extinct: kernel.pop.count === 0 };
}

const style = `svg { font: 12px 'DejaVu Sans', sans-serif; } text { fill: #53625f; } .title { fill: #17211f; font-size: 13.5px; font-weight: 600; }
.rule { stroke: #d9e0d8; fill: none; } .axis, .rule.zero { stroke: #8b9893; fill: none; } .line { fill: none; stroke-width: 1.8; } .dashed { stroke-dasharray: 5 4; }
${['#45752f', '#1f6b90', '#a84b14'].map((colour, i) => `.line.c${i} { stroke: ${colour}; } .name.c${i} { fill: ${colour}; } .band.c${i} { fill: ${colour}; fill-opacity: .14; }`).join('\n')}`;

const titles: Record<Measure, string> = {
  diversity: 'Diversity: effective number of genomes', fidelity: 'Patch fidelity: share of those born in a patch who are in it', population: 'Organisms alive',
};

const results = rates.map((rate) => ({ rate, runs: seeds.map((seed) => turned(rate, seed)) }));
const degrees = Array.from({ length: TO - FROM }, (_, i) => FROM + i + 0.5);
const interval = (values: number[]): readonly [mean: number, lower: number, upper: number] => {
  const there = values.filter(Number.isFinite);
  const found = bootstrapMean(there, { seed: 1 });
  return found === null ? [there[0] ?? Number.NaN, Number.NaN, Number.NaN] : [found.estimate, found.lower, found.upper];
};

console.log(`moire, 192 x 192 steps, ${seeds.length} seeds: ${BURN_IN} ticks at ${FROM}°, turned to ${TO}° and back; means with 95 % bootstrap intervals over seeds`);
const charts = measures.map((measure, at) => {
  const series = results.flatMap(({ rate, runs }, colour) => (['forth', 'back'] as const).map((name, way): LineSeries => {
    const stats = degrees.map((_, i) => interval(runs.map(({ ways }) => ways[way]![measure][i]!)));
    console.log(`${measure.padEnd(10)} ${String(rate).padStart(5)} ${name.padEnd(5)} ${stats.map(([mean]) => mean.toPrecision(3).padStart(8)).join('')}   at ${degrees[5]}°: ${stats[5]!.map((value) => value.toPrecision(3)).join(', ')}`);
    return {
      name: `${rate}°/tick ${name}`, colour, dashed: name === 'back', points: degrees.map((degree, i) => [degree, stats[i]![0]] as const),
      band: degrees.map((degree, i) => [degree, stats[i]![1], stats[i]![2]] as const),
    };
  }));
  const chart = lineChart({ title: titles[measure], series, xTitle: 'twist (degrees)', width: 720, height: 260 });
  return chart.replace('<svg ', `<svg x="12" y="${12 + at * 275}" `);
});
for (const { rate, runs } of results) console.log(`extinct at ${rate}° a tick: ${runs.filter(({ extinct }) => extinct).length} of ${runs.length}`);

const folder = fileURLToPath(new URL('../../worlds/moire/experiments/', import.meta.url));
mkdirSync(folder, { recursive: true });
const height = 24 + charts.length * 275;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 744 ${height}" width="744" height="${height}"><style>${style}</style><rect width="744" height="${height}" fill="#fcfdfa"/>${charts.join('')}</svg>`;
writeFileSync(`${folder}twist.svg`, svg);
writeFileSync(`${folder}twist.png`, new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' } }).render().asPng());
