import { RandomStream, seedKey } from '../../core/kernel/random.ts';
import { createInstincts, randomProgram } from '../../agents/instincts/index.ts';
import { makeRows, readerOf } from '../instincts/rows.ts';
import { vocabulary } from '../instincts/vocabulary.ts';

/**
 * The interpreter alone: distinct random programs of four to six rules, each sense a plain column of readings.
 * Prints nanoseconds an organism, median and minimum. Run: tsx test/bench/interpreter.ts
 */
const rowCount = 100_000;
const genomeCount = 1000;
const runs = 15;
const warmUp = 5;

const random = new RandomStream(seedKey(1, 1), 0);
const instincts = createInstincts(vocabulary);
const handles = Array.from({ length: genomeCount }, () => instincts.internProgram(randomProgram(vocabulary, random, 4 + random.below(3))));

function column(lower: number, upper: number): Float32Array {
  return Float32Array.from({ length: rowCount }, () => Math.round(lower + random.next() * (upper - lower)));
}

/** Readers of one shape each, as a world has them; whole readings are stored as such, so no number has to be boxed twice. */
const readers = vocabulary.senses.map(({ lower, upper }) => {
  const readings = column(lower, upper);
  return readerOf((row) => readings[row]!);
});

const rows = makeRows(rowCount, instincts.registersPerRow, readers);
for (let row = 0; row < rowCount; row++) rows.genome[row] = random.pick(handles);

const times: number[] = [];
let sink = 0;
for (let run = 0; run < warmUp + runs; run++) {
  rows.key0 = run;
  const before = performance.now();
  instincts.decide(rows);
  const time = (performance.now() - before) * 1e6 / rowCount;
  if (run >= warmUp) times.push(time);
  for (let row = 0; row < rowCount; row += 97) sink += rows.act[row]! + rows.fired[row]!;
}
times.sort((a, b) => a - b);
const mean = rows.fired.reduce((sum, fired) => sum + fired, 0) / rowCount;
console.log(`decide: median ${times[runs >> 1]!.toFixed(1)} ns, minimum ${times[0]!.toFixed(1)} ns an organism `
  + `(${rowCount} rows, ${genomeCount} genomes, rule ${mean.toFixed(2)} fires on average, sink ${sink})`);

const births = 20_000;
const born: number[] = [];
const before = performance.now();
for (let birth = 0; birth < births; birth++) {
  const second = birth % 2 === 0 ? random.pick(handles) : null;
  born.push(instincts.vary(random.pick(handles), second, random, 0.5).handle);
}
console.log(`vary: ${((performance.now() - before) * 1e3 / births).toFixed(1)} µs a birth (half with two parents, half mutated)`);
for (const handle of born) instincts.release(handle);
