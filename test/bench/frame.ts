import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '../e2e/browser.ts';
import type { PageProbe } from '../../viewer/app/page-probe.ts';
import { FRAME_FIELD_HEADER_BYTES, FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_ORGANISM_BYTES, FRAME_PLACE_BYTES, padded } from '../../viewer/frame-layout.ts';
import { PROTOCOL_VERSION, type ServerMessage, type Totals } from '../../viewer/protocol.ts';
import { buildPage, pageFolder } from '../../viewer/cli/page.ts';
import { serveViewer } from '../../viewer/server.ts';
import type { ClientPort, Session } from '../../viewer/session.ts';

const ORGANISMS = 100_000;
const SIDE_STEPS = 1024;
const FIELD_SIDE = 256;
const BIRTHS = 64;
const DEATHS = 64;
const WARM_UP_FRAMES = 30;
const MEASURED_FRAMES = 200;
/** Frames prepared beforehand and sent in turn, so that making them costs the browser nothing while it is measured. */
const PREPARED_FRAMES = 24;
const PATIENCE_MS = 240_000;

type Cost = ReturnType<PageProbe['frameCosts']>[number];

export interface FrameBench {
  organisms: number;
  frames: number;
  medianMs: number;
  minMs: number;
  p95Ms: number;
  decodeMedianMs: number;
  updateMedianMs: number;
  submitMedianMs: number;
  /** From navigation to the page until the first frame of organisms was drawn. */
  firstFrameMs: number;
  /** All scripts that were loaded by then, compressed by gzip. */
  scriptBytes: number;
  /** What drew the frames; software on a machine without a graphics card. */
  renderer: string;
}

/** Frames of organisms that walk, turn and gain energy, with births, deaths and a field that drifts: the layout of frame-layout.ts in full. */
function prepareFrames(): ArrayBuffer[] {
  let seed = 20_250_101;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const x = Float32Array.from({ length: ORGANISMS }, () => random() * 65_536);
  const y = Float32Array.from({ length: ORGANISMS }, () => random() * 65_536);
  const heading = Float32Array.from({ length: ORGANISMS }, () => random() * 256);
  const tag = Uint8Array.from({ length: ORGANISMS }, () => random() * 256);
  const stepLength = 65_536 / SIDE_STEPS;
  const placesAt = padded(FRAME_HEADER_BYTES + ORGANISMS * FRAME_ORGANISM_BYTES);
  const fieldAt = placesAt + (BIRTHS + DEATHS) * FRAME_PLACE_BYTES;
  return Array.from({ length: PREPARED_FRAMES }, (_, tick) => {
    const bytes = new ArrayBuffer(fieldAt + FRAME_FIELD_HEADER_BYTES + FIELD_SIDE * FIELD_SIDE);
    const header = new DataView(bytes);
    [FRAME_MAGIC, tick, ORGANISMS].forEach((value, index) => header.setUint32(index * 4, value, true));
    header.setUint16(16, BIRTHS, true);
    header.setUint16(18, DEATHS, true);
    header.setUint8(22, 1);
    header.setFloat32(28, 255, true);
    header.setFloat32(32, SIDE_STEPS, true);
    header.setFloat32(36, SIDE_STEPS, true);
    header.setUint16(fieldAt + 2, FIELD_SIDE, true);
    header.setUint16(fieldAt + 4, FIELD_SIDE, true);
    const across = new Uint16Array(bytes, FRAME_HEADER_BYTES, ORGANISMS);
    const down = new Uint16Array(bytes, FRAME_HEADER_BYTES + 2 * ORGANISMS, ORGANISMS);
    const traits = new Uint8Array(bytes, FRAME_HEADER_BYTES + 4 * ORGANISMS, 3 * ORGANISMS);
    for (let i = 0; i < ORGANISMS; i++) {
      heading[i] = (heading[i]! + random() * 32 - 16 + 256) % 256;
      const angle = heading[i]! / 256 * 2 * Math.PI;
      x[i] = (x[i]! + Math.cos(angle) * stepLength + 65_536) % 65_536;
      y[i] = (y[i]! + Math.sin(angle) * stepLength + 65_536) % 65_536;
      across[i] = x[i]!;
      down[i] = y[i]!;
      traits[i] = tag[i]!;
      traits[ORGANISMS + i] = random() * 10;
      traits[2 * ORGANISMS + i] = (heading[i]! >> 4) | ((4 + random() * 12) << 4);
    }
    const places = new Uint16Array(bytes, placesAt, (BIRTHS + DEATHS) * 2);
    for (let i = 0; i < places.length; i++) places[i] = random() * 65_536;
    const field = new Uint8Array(bytes, fieldAt + FRAME_FIELD_HEADER_BYTES);
    for (let cell = 0; cell < field.length; cell++) {
      const acrossTurn = (cell % FIELD_SIDE) / FIELD_SIDE * 2 * Math.PI;
      const downTurn = Math.floor(cell / FIELD_SIDE) / FIELD_SIDE * 2 * Math.PI;
      field[cell] = 128 + 100 * Math.sin(3 * acrossTurn + tick / 8) * Math.cos(2 * downTurn);
    }
    return bytes;
  });
}

function helloOf(totals: Totals): ServerMessage {
  return {
    type: 'hello', version: PROTOCOL_VERSION, seed: 1, operator: 'classical', playing: true, ticksPerSecond: 0, series: [], measures: [], measured: [], log: [], cells: [], totals,
    muller: { ticks: [], totals: [], clades: [] }, bookmarks: [], share: { command: '', spec: {}, branch: null }, missed: null,
    model: { state: 'none', name: '', note: 'A benchmark has no model.' },
    world: {
      name: 'bench', title: 'Bench', sentence: 'A hundred thousand walkers.', width: SIDE_STEPS, height: SIDE_STEPS, energyFull: 100,
      senses: [], acts: [{ name: 'walk', sentence: 'Walks.' }], signals: [], parameters: [],
      hues: [{ name: 'kin', title: 'Kin mark', sentence: '', unit: '', kind: 'circular', lower: 0, upper: 255, labels: [], held: true }], fields: [{ name: 'resource', title: 'Resource' }],
      archive: { dims: [20, 20], measures: [{ name: 'a', sentence: '', lower: 0, upper: 1 }, { name: 'b', sentence: '', lower: 0, upper: 1 }], objective: 'none' },
      question: null,
    },
  };
}

/** A session that answers every drawn frame with the next, as the real one does at full speed. */
function framesInTurn(frames: readonly ArrayBuffer[]): Pick<Session, 'join'> {
  return {
    join(port: ClientPort) {
      let tick = 0;
      let isOpen = true;
      const totals = (): Totals => ({
        tick, population: ORGANISMS, lineages: 1, births: tick * BIRTHS, deaths: 0, birthsByOperator: {}, fingerprint: '',
        archive: { coverage: 0, qdScore: 0, elites: 0 },
        model: { calls: 0, tokens: 0, dollars: 0, repaired: 0, fallbacks: 0, overBudget: 0, copies: 0, share: 0, inFlight: 0, accounts: [] },
        budget: null, held: null, recorded: false,
      });
      const next = (): void => {
        if (isOpen) port.frame(frames[tick++ % frames.length]!);
      };
      port.message(helloOf(totals()));
      next();
      // Totals come four times a second as in a real run: their cost on the page is part of what a person has.
      const timer = setInterval(() => {
        const points = [{ tick, population: ORGANISMS, diversity: 100, resource: 0.5, energy: 50 }];
        port.message({ type: 'totals', totals: totals(), playing: true, ticksPerSecond: 0, measuredTicksPerSecond: 30 });
        port.message({ type: 'series', points, measured: [] });
      }, 250);
      return {
        receive(message: unknown): void {
          if ((message as { type?: unknown }).type === 'drawn') next();
        },
        leave(): void {
          isOpen = false;
          clearInterval(timer);
        },
      };
    },
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Main-thread time a frame of 100,000 organisms costs the page, in a real browser; prints a row and answers with the figures. */
export async function benchFrame(): Promise<FrameBench> {
  await buildPage(() => undefined);
  const server = await serveViewer({ session: framesInTurn(prepareFrames()) as Session, dist: pageFolder, port: 0 });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    const first = await page.waitForFunction(() => ((window.lichen?.frameCosts().length ?? 0) > 0 ? { at: performance.now(), scripts: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith('.js')) } : null));
    const { at: firstFrameMs, scripts } = (await first.jsonValue())!;
    const scriptBytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(pageFolder, path))).length, 0);
    await page.waitForFunction((least) => (window.lichen?.frameCosts().length ?? 0) >= least, WARM_UP_FRAMES);
    await page.evaluate(() => window.lichen?.clearFrameCosts());
    await page.waitForFunction((least) => (window.lichen?.frameCosts().length ?? 0) >= least, MEASURED_FRAMES);
    const costs = await page.evaluate(() => window.lichen?.frameCosts() ?? []);
    const renderer = await page.evaluate(() => {
      const gl = document.createElement('canvas').getContext('webgl2');
      const info = gl?.getExtension('WEBGL_debug_renderer_info');
      return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : 'unknown';
    });
    const sorted = (pick: (cost: Cost) => number): number[] => costs.map(pick).sort((a, b) => a - b);
    const total = sorted(({ totalMs }) => totalMs);
    const result: FrameBench = {
      organisms: ORGANISMS, frames: costs.length, medianMs: quantile(total, 0.5), minMs: total[0] ?? Number.NaN, p95Ms: quantile(total, 0.95),
      decodeMedianMs: quantile(sorted(({ decodeMs }) => decodeMs), 0.5), updateMedianMs: quantile(sorted(({ updateMs }) => updateMs), 0.5),
      submitMedianMs: quantile(sorted(({ submitMs }) => submitMs), 0.5), firstFrameMs, scriptBytes, renderer,
    };
    printRow(result);
    return result;
  } finally {
    await browser.close();
    await server.close();
  }
}

function printRow({ organisms, frames, medianMs, minMs, p95Ms, decodeMedianMs, updateMedianMs, submitMedianMs, firstFrameMs, scriptBytes, renderer }: FrameBench): void {
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  console.log(`frame  ${organisms.toLocaleString('en')} organisms  median ${ms(medianMs)}  min ${ms(minMs)}  p95 ${ms(p95Ms)}  (decode ${ms(decodeMedianMs)}, `
    + `update ${ms(updateMedianMs)}, submit ${ms(submitMedianMs)}; ${frames} frames, ${cpus().length} cores, ${renderer})`);
  console.log(`page   first organisms ${ms(firstFrameMs)} after navigation, scripts ${(scriptBytes / 1000).toFixed(0)} kB compressed`);
}

if (process.argv[1] === import.meta.filename) await benchFrame();
