import { createInstincts } from '../../agents/instincts/store.ts';
import { Field } from '../../core/kernel/field.ts';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { meadow } from '../../worlds/meadow/meadow.ts';
import { parseFrame } from '../../viewer/app/frame.ts';
import { writeFrame } from '../../viewer/frame.ts';
import { History } from '../../viewer/history.ts';
import { huesOf } from '../../viewer/hues.ts';
import { Places } from '../../viewer/places.ts';
import { Watcher, type Scene } from '../../viewer/watcher.ts';
import { fieldsOf } from '../../viewer/world-facts.ts';

const SEED = 1;
/** Ticks until the meadow has found its size. */
const WARM_UP = 300;
const MEASURED = 200;
const RUNS = 30;
const QUICK_MS = 1000 / 30;

/** Steps of ground that bear an organism of a steady meadow, about. */
const GROUND = 12.4;

/** A meadow that bears about so many, for a page to look at. */
function watch(organisms: number, large = false) {
  const side = 4 * Math.round(Math.sqrt(organisms * GROUND) / 4);
  const parameters = resolveParameters(meadow.parameters, { size: side, founders: organisms, capacity: Math.ceil(organisms * 1.5), mutationRate: 0.1 });
  const simulation = new Simulation({ world: meadow, parameters, seed: SEED, genomes: createInstincts(meadow.vocabulary), observed: false });
  const { kernel } = simulation;
  // two of 512 x 512 cells, thinned to a quarter, as a world of two resources has
  const fields = large ? ['first', 'second'].map((name) => ({ name, title: name, field: new Field(512, 512, 1) })) : fieldsOf(kernel);
  const scene: Scene = { kernel, hues: huesOf(kernel), fields, births: new Places(), deaths: new Places() };
  simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    scene.births.add(event.births.count, event.births.x, event.births.y, 65536 / side, 65536 / side);
    scene.deaths.add(event.deaths.count, event.deaths.x, event.deaths.y, 65536 / side, 65536 / side);
  });
  return { simulation, scene };
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function timed(work: () => void, runs = RUNS): number {
  for (let i = 0; i < 5; i++) work();
  return median(Array.from({ length: runs }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  }));
}

/** Bytes that a page is sent for each organism and tick, one frame a tick, header, births, deaths and fields counted. */
function measureBytes(organisms: number, large = false): void {
  const { simulation, scene } = watch(organisms, large);
  let bytes = 0;
  const watcher = new Watcher({ message: () => undefined, frame: (frame) => { bytes += frame.byteLength; } }, scene);
  const tick = (): void => {
    simulation.step();
    watcher.send(0);
    watcher.drawn();
  };
  for (let i = 0; i < WARM_UP; i++) tick();
  bytes = 0;
  let seen = 0;
  for (let i = 0; i < MEASURED; i++) {
    tick();
    seen += simulation.kernel.pop.count;
  }
  console.log(`stream   ${Math.round(seen / MEASURED).toLocaleString('en')} organisms  ${(bytes / seen).toFixed(2)} bytes an organism a tick, ${MEASURED} frames, ${scene.fields.length} ${scene.fields.length === 1 ? 'field' : 'fields'} of ${scene.fields[0]!.field.cols} x ${scene.fields[0]!.field.rows} cells`);
}

/** What a frame costs the simulation's side and the page's, and what keeping the past costs a tick. */
function measureTimes(organisms: number): void {
  const { simulation, scene } = watch(organisms);
  for (let i = 0; i < 20; i++) simulation.step();
  const { kernel } = simulation;
  const content = { hueIndex: 0, inHand: -1, lit: null, births: scene.births, deaths: scene.deaths, birthsSeen: scene.births.total, deathsSeen: scene.deaths.total, fields: [] };
  const hue = (name: string) => scene.hues.find(({ facts }) => facts.name === name)!;
  const writing = timed(() => writeFrame(kernel, { ...content, hue: hue('kin') }));
  const measure = timed(() => writeFrame(kernel, { ...content, hue: hue('mobility') }));
  const frame = writeFrame(kernel, { ...content, hue: hue('kin') });
  const parsing = timed(() => parseFrame(frame));
  console.log(`frame    ${kernel.pop.count.toLocaleString('en')} organisms  written in ${writing.toFixed(2)} ms (by a measure ${measure.toFixed(2)} ms), read in ${parsing.toFixed(2)} ms`);
  const history = new History(kernel, scene.births, scene.deaths);
  const ticks = 2600;
  const { tick } = kernel;
  const began = performance.now();
  let worst = 0;
  for (let i = 1; i <= ticks; i++) {
    kernel.tick = tick + i;
    const noted = performance.now();
    history.note();
    worst = Math.max(worst, performance.now() - noted);
  }
  const noting = (performance.now() - began) / ticks;
  const { from, to, step } = history.held!;
  const looking = timed(() => history.at(from + ((to - from) >> 1)));
  console.log(`history  ${kernel.pop.count.toLocaleString('en')} organisms  ${noting.toFixed(3)} ms a tick, at most ${worst.toFixed(1)} ms; ${to - from} ticks held, every ${step}, in ${Math.round(history.bytes / 2 ** 20)} MiB; found in ${looking.toFixed(3)} ms`);
  if (writing > QUICK_MS) console.log('A frame takes longer than a thirtieth of a second.');
}

/** Prints what pages cost. */
export function benchStream(): void {
  for (const organisms of [1000, 10_000, 100_000]) measureBytes(organisms);
  measureBytes(10_000, true);
  for (const organisms of [10_000, 100_000, 300_000]) measureTimes(organisms);
}

if (process.argv[1] === import.meta.filename) benchStream();
