import { describe, expect, it } from 'vitest';
import { resolveParameters } from '../../core/kernel/parameters.ts';
import { Simulation } from '../../core/simulation.ts';
import { createInstincts } from '../../agents/instincts/store.ts';
import { parseFrame, PointRoom } from '../../viewer/app/frame.ts';
import { writeFrame, writePastFrame, type FrameContent } from '../../viewer/frame.ts';
import { FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_MOST_PLACES } from '../../viewer/frame-layout.ts';
import { huesOf } from '../../viewer/hues.ts';
import { Places } from '../../viewer/places.ts';
import { thinField } from '../../viewer/thin-field.ts';
import { findWorld } from '../../worlds/index.ts';

function meadow(parameters: Record<string, number> = {}): Simulation {
  const world = findWorld('meadow');
  const given = { size: 64, founders: 90, capacity: 400, gestation: 5, scarcity: 0.1, ...parameters };
  return new Simulation({ world, parameters: resolveParameters(world.parameters, given), seed: 5, genomes: createInstincts(world.vocabulary) });
}

function content(simulation: Simulation, more: Partial<FrameContent> = {}): FrameContent {
  return { hue: huesOf(simulation.kernel)[0]!, hueIndex: 0, inHand: -1, lit: null, births: new Places(), deaths: new Places(), birthsSeen: 0, deathsSeen: 0, fields: [], ...more };
}

/** What the graphics card would read of one organism. */
function pointOf(organisms: Uint8Array, i: number): { x: number; y: number; hue: number; energy: number; act: number; signal: number; heading: number; lit: boolean } {
  const at = new DataView(organisms.buffer, organisms.byteOffset + i * 8, 8);
  const look = at.getUint8(6);
  return {
    x: at.getUint16(0, true), y: at.getUint16(2, true), hue: at.getUint8(4), energy: at.getUint8(5), act: look & 31, signal: look >> 5, heading: at.getUint8(7) >> 4, lit: (at.getUint8(7) & 1) === 1,
  };
}

describe('a frame', () => {
  it('[V10] says of every organism where it is and what it does, in 7 bytes', () => {
    const simulation = meadow();
    for (let i = 0; i < 40; i++) simulation.step();
    const { kernel } = simulation;
    const { columns: c, count } = kernel.pop;
    const bytes = writeFrame(kernel, content(simulation));
    expect(bytes.byteLength).toBe(FRAME_HEADER_BYTES + Math.ceil(count * 7 / 4) * 4);
    const frame = parseFrame(bytes);
    expect(frame).toMatchObject({ tick: 40, count, width: 64, height: 64, past: false, hasLit: false, hue: 0, hueFrom: 0, hueTo: 255, inHand: -1, birthCount: 0, deathCount: 0, fields: [] });
    expect(count).toBeGreaterThan(60);
    for (let row = 0; row < count; row++) {
      const point = pointOf(frame.organisms, row);
      expect(point).toMatchObject({ x: Math.floor(c.x[row]! * 1024), y: Math.floor(c.y[row]! * 1024), hue: c.tag[row], act: c.act[row], signal: c.signal[row], lit: false });
      expect(Math.abs((point.heading * 16 - c.heading[row]! + 384) % 256 - 128)).toBeLessThanOrEqual(8);
      expect(Math.abs(point.energy / 255 * 15 - Math.min(15, c.energy[row]! * 16 / simulation.world.energyFull - 0.5))).toBeLessThanOrEqual(0.5001);
    }
  });

  it('[V10] carries the hue that is asked for, in 255ths of its range', () => {
    const simulation = meadow();
    for (let i = 0; i < 60; i++) simulation.step();
    const { kernel } = simulation;
    const { columns: c, count } = kernel.pop;
    const life = new Float32Array(3);
    const truth: Record<string, (row: number) => number> = {
      kin: (row) => c.tag[row]!, energy: (row) => Math.min(c.energy[row]!, simulation.world.energyFull), age: (row) => 60 - c.bornAt[row]!, children: (row) => c.children[row]!,
      operator: (row) => c.operator[row]!, act: (row) => c.act[row]!,
      mobility: (row) => { kernel.parts.lifeOf(row, life); return life[1]!; }, diet: (row) => { kernel.parts.lifeOf(row, life); return life[2]!; },
    };
    const hues = huesOf(kernel);
    expect(hues.map(({ facts }) => facts.name)).toEqual(['kin', 'lineage', 'energy', 'age', 'children', 'operator', 'act', 'mobility', 'diet']);
    const points = Object.fromEntries(hues.map((hue, hueIndex) => [hue.facts.name, parseFrame(writeFrame(kernel, content(simulation, { hue, hueIndex })))]));
    for (const [name, read] of Object.entries(truth)) {
      const { organisms, hueFrom, hueTo, hue } = points[name]!;
      expect(hues[hue]!.facts.name).toBe(name);
      for (let row = 0; row < count; row++) {
        const shown = hueFrom + pointOf(organisms, row).hue / 255 * (hueTo - hueFrom);
        expect(Math.abs(shown - read(row)), `${name} of row ${row}`).toBeLessThanOrEqual((hueTo - hueFrom) / 255 + 1e-4);
      }
    }
    const lineages = new Map<number, number>();
    for (let row = 0; row < count; row++) {
      const { hue } = pointOf(points['lineage']!.organisms, row);
      expect(lineages.get(c.lineage[row]!) ?? hue).toBe(hue);
      lineages.set(c.lineage[row]!, hue);
    }
    expect(new Set(lineages.values()).size).toBeGreaterThan(lineages.size / 2);
  });

  it('[V10] lights some, shows births, deaths, the organism in hand and fields', () => {
    const simulation = meadow();
    simulation.step();
    const { kernel } = simulation;
    const { columns: c, count } = kernel.pop;
    const births = new Places();
    births.add(2, Float32Array.of(1, 2), Float32Array.of(3, 4), 1024, 1024);
    const deaths = new Places();
    deaths.add(1, Float32Array.of(63.5), Float32Array.of(0), 1024, 1024);
    const field = thinField(kernel.parts.field, 0);
    const frame = parseFrame(writeFrame(kernel, content(simulation, { births, deaths, birthsSeen: 1, lit: (row) => row % 3 === 0, inHand: c.id[7]!, fields: [field, { ...field, index: 1 }] })));
    expect(frame).toMatchObject({ hasLit: true, inHand: 7, birthCount: 1, deathCount: 1 });
    expect([...frame.births, ...frame.deaths]).toEqual([2048, 4096, 65024, 0]);
    expect(Array.from({ length: count }, (_, row) => pointOf(frame.organisms, row).lit)).toEqual(Array.from({ length: count }, (_, row) => row % 3 === 0));
    expect(frame.fields.map(({ index, columns, rows }) => [index, columns, rows])).toEqual([[0, 16, 16], [1, 16, 16]]);
    expect(frame.fields[1]!.amounts).toEqual(field.bytes);
  });

  it('[V10] reads the same into memory that an earlier, larger frame has used', () => {
    const [large, small] = [meadow({ founders: 160 }), meadow({ founders: 40 })].map((simulation) => writeFrame(simulation.kernel, content(simulation, { lit: (row) => row % 2 === 0 })));
    const room = new PointRoom();
    const before = parseFrame(large!, room).organisms.buffer;
    const { organisms, ...rest } = parseFrame(small!, room);
    const { organisms: alone, ...restAlone } = parseFrame(small!);
    expect(organisms.buffer).toBe(before);
    expect(organisms).toEqual(alone);
    expect(rest).toEqual(restAlone);
  });

  it('[V10] of nobody, of one and of three hundred thousand is a frame', () => {
    const simulation = meadow({ founders: 1, capacity: 300_000 });
    const { kernel } = simulation;
    expect(parseFrame(writeFrame(kernel, content(simulation)))).toMatchObject({ count: 1 });
    kernel.pop.count = 300_000;
    const frame = parseFrame(writeFrame(kernel, content(simulation, { lit: () => true })));
    expect(frame.organisms.length).toBe(2_400_000);
    expect(pointOf(frame.organisms, 299_999).lit).toBe(true);
    kernel.pop.count = 0;
    for (const hue of huesOf(kernel)) expect(parseFrame(writeFrame(kernel, content(simulation, { hue, lit: () => true })))).toMatchObject({ count: 0 });
  });

  it('[V11] of the past is told from one of now, in the hues that its organisms tell', () => {
    const simulation = meadow();
    for (let i = 0; i < 20; i++) simulation.step();
    const { kernel } = simulation;
    const kept = new Uint8Array(writeFrame(kernel, content(simulation)));
    const before = kept.slice();
    const hues = huesOf(kernel);
    const past = hues.map((hue, hueIndex) => parseFrame(writePastFrame(kept, { fields: [thinField(kernel.parts.field, 0)], played: hueIndex === 0, hue, hueIndex, inHand: -1, lit: null })));
    expect(past.map(({ past, played, hue, fields }) => [past, played, hues[hue]!.facts.name, fields.length])).toEqual(
      hues.map(({ facts: { held, name } }, i) => [true, i === 0, held ? name : 'kin', 1]));
    for (let row = 0; row < kernel.pop.count; row++) expect(pointOf(past[6]!.organisms, row).hue).toBe(kernel.pop.columns.act[row]);
    expect(kept).toEqual(before);
  });

  it('[V3] is refused when it is cut short or of another kind', () => {
    expect(() => parseFrame(new ArrayBuffer(8))).toThrow('A frame of 8 bytes is shorter than its header of 40.');
    const bytes = new ArrayBuffer(FRAME_HEADER_BYTES);
    expect(() => parseFrame(bytes)).toThrow('begins with 0x0');
    const header = new DataView(bytes);
    header.setUint32(0, FRAME_MAGIC, true);
    expect(parseFrame(bytes)).toMatchObject({ count: 0 });
    header.setUint8(22, 1);
    expect(() => parseFrame(bytes)).toThrow('too short for its 1 fields');
    header.setUint32(8, 1, true);
    expect(() => parseFrame(bytes)).toThrow('too short for 1 organisms');
  });
});

describe('places where something happened', () => {
  it('[V10] are told to each watcher once, the newest only', () => {
    const places = new Places();
    const numbers = Float32Array.from({ length: 5000 }, (_, i) => i);
    places.add(5000, numbers, numbers, 1, 2);
    expect(places.since(0)).toBe(FRAME_MOST_PLACES);
    expect(places.since(4990)).toBe(10);
    places.add(3, numbers.subarray(100), numbers.subarray(100), 1, 2);
    const shorts = new Uint16Array(2 * places.since(4998));
    places.write(shorts, 0, places.since(4998));
    expect([...shorts]).toEqual([4998, 9996, 4999, 9998, 100, 200, 101, 202, 102, 204]);
  });
});
