import { describe, expect, it } from 'vitest';
import { parseFrame, type Frame } from '../../viewer/app/frame.ts';
import { huesOf } from '../../viewer/hues.ts';
import { createLab } from '../../viewer/lab.ts';
import { lightClade } from '../../viewer/lit.ts';
import { Places } from '../../viewer/places.ts';
import type { ServerMessage } from '../../viewer/protocol.ts';
import { ASLEEP_MS, Watcher } from '../../viewer/watcher.ts';
import { fieldsOf } from '../../viewer/world-facts.ts';

/** A page that watches a meadow, drawing each frame at once unless it is told not to. */
function page(parameters: Record<string, number> = {}) {
  const lab = createLab({ world: 'meadow', seed: 4, operator: 'classical', service: null, parameters: { size: 64, founders: 90, capacity: 600, gestation: 4, scarcity: 0.1, mutationRate: 0.5, ...parameters } });
  const { kernel } = lab.simulation;
  const scene = { kernel, hues: huesOf(kernel), fields: fieldsOf(kernel), births: new Places(), deaths: new Places() };
  const frames: Frame[] = [];
  const said: ServerMessage[] = [];
  const watcher = new Watcher({ message: (message) => void said.push(message), frame: (bytes) => void frames.push(parseFrame(bytes)) }, scene);
  lab.simulation.events$.subscribe((event) => {
    if (event.kind !== 'tick') return;
    scene.births.add(event.births.count, event.births.x, event.births.y, 1024, 1024);
    scene.deaths.add(event.deaths.count, event.deaths.x, event.deaths.y, 1024, 1024);
    watcher.lit?.note(event);
  });
  return { lab, watcher, frames, said, scene };
}

describe('what a page is sent', () => {
  it('[V13] is one frame at a time, and another only when something is new', async () => {
    const { lab, watcher, frames } = page();
    for (let i = 0; i < 5; i++) watcher.send(i);
    expect(frames).toHaveLength(1);
    watcher.drawn();
    watcher.send(10);
    expect(frames).toHaveLength(1);
    for (let i = 0; i < 3; i++) await lab.tick();
    watcher.send(11);
    watcher.send(12);
    expect(frames.map(({ tick }) => tick)).toEqual([0, 3]);
    watcher.drawn();
    watcher.look();
    watcher.send(13);
    expect(frames.map(({ tick }) => tick)).toEqual([0, 3, 3]);
  });

  it('[V13] is nothing at all while it does not answer, and it is told that it slept when it does', async () => {
    const { lab, watcher, frames, said } = page();
    watcher.send(0);
    watcher.send(ASLEEP_MS + 1);
    for (let i = 0; i < 500; i++) {
      watcher.say({ type: 'refused', sentence: 'news' });
      watcher.send(ASLEEP_MS + 2 + i);
    }
    expect([frames.length, said.length]).toEqual([1, 0]);
    await lab.tick();
    expect(watcher.drawn()).toEqual({ slept: true });
    watcher.say({ type: 'refused', sentence: 'awake' });
    watcher.send(2 * ASLEEP_MS);
    expect(said).toEqual([{ type: 'refused', sentence: 'awake' }]);
    expect(frames.at(-1)).toMatchObject({ tick: 1, fields: [{ index: 0 }] });
    expect(watcher.drawn()).toEqual({ slept: false });
  });

  it('[V10] tells each birth and death once, however rarely it looks', async () => {
    const { lab, watcher, frames } = page({ founders: 40 });
    let [births, deaths] = [0, 0];
    lab.simulation.events$.subscribe((event) => {
      if (event.kind !== 'tick') return;
      births += event.births.count;
      deaths += event.deaths.count;
    });
    for (let i = 0; i < 120; i++) {
      await lab.tick();
      if (i % 7 !== 0) continue;
      watcher.send(i);
      watcher.drawn();
    }
    watcher.send(1000);
    expect(births).toBeGreaterThan(100);
    expect(deaths).toBeGreaterThan(5);
    expect(frames.reduce((sum, { birthCount }) => sum + birthCount, 0)).toBe(births);
    expect(frames.reduce((sum, { deathCount }) => sum + deathCount, 0)).toBe(deaths);
  });

  it('[V10] costs at most 8 bytes an organism a frame, fields included, and sends fields at once when something was turned', async () => {
    const { lab, watcher, frames } = page({ size: 1024, founders: 10_000, capacity: 20_000 });
    let bytes = 0;
    const { port } = watcher;
    const { frame } = port;
    port.frame = (buffer) => { bytes += buffer.byteLength; frame(buffer); };
    watcher.send(0);
    watcher.drawn();
    bytes = 0;
    let organisms = 0;
    for (let i = 1; i <= 24; i++) {
      await lab.tick();
      watcher.send(i);
      watcher.drawn();
      organisms += frames.at(-1)!.count;
    }
    expect(frames.filter(({ fields }) => fields.length > 0).length).toBeGreaterThan(2);
    expect(bytes / organisms).toBeLessThan(8);
    watcher.hasten();
    await lab.tick();
    watcher.send(30);
    expect(frames.at(-1)!.fields).toHaveLength(1);
  });

  it('[V10] has the colouring and the fields that it chose, and what there is not is refused', () => {
    const { watcher, frames, scene } = page();
    watcher.show({ hue: 'energy', fields: [] });
    watcher.send(0);
    expect(frames[0]).toMatchObject({ hue: 2, hueFrom: 0, hueTo: scene.kernel.world.energyFull, fields: [] });
    expect(() => watcher.show({ hue: 'smell' })).toThrow('There is no colouring "smell"; there are kin, lineage, energy');
    expect(() => watcher.show({ fields: ['mud'] })).toThrow('There is no field "mud"; there are resource.');
    watcher.drawn();
    watcher.show({ fields: ['resource', 'resource'] });
    watcher.send(1);
    expect(frames[1]).toMatchObject({ hue: 2, fields: [{ index: 0, columns: 16 }] });
  });

  it('[V14] lights a clade and those who are born into it, as the phylogeny has it; and a lineage', async () => {
    const { lab, watcher, frames } = page();
    for (let i = 0; i < 60; i++) await lab.tick();
    const { kernel } = lab.simulation;
    const { columns: c } = kernel.pop;
    const first = lab.phylogeny.ancestors(c.id[0]!, 100).at(-1)?.id ?? c.id[0]!;
    watcher.lit = lightClade(lab, { genotype: first });
    for (let i = 0; i < 300; i++) await lab.tick();
    watcher.send(0);
    const litRows = (frame: Frame): number[] => Array.from({ length: frame.count }, (_, row) => row).filter((row) => (frame.organisms[row * 8 + 7]! & 1) === 1);
    const truth = Array.from({ length: kernel.pop.count }, (_, row) => row)
      .filter((row) => c.id[row] === first || lab.phylogeny.ancestors(c.id[row]!, 1000).some(({ id }) => id === first));
    expect(truth.length).toBeGreaterThan(3);
    expect(truth.length).toBeLessThan(kernel.pop.count);
    expect(litRows(frames[0]!)).toEqual(truth);
    watcher.lit = lightClade(lab, { lineage: c.lineage[5]! });
    watcher.drawn();
    watcher.look();
    watcher.send(1);
    expect(litRows(frames[1]!)).toEqual(Array.from({ length: kernel.pop.count }, (_, row) => row).filter((row) => c.lineage[row] === c.lineage[5]));
    watcher.lit = lightClade(lab, { genotype: 123_456_789 });
    watcher.drawn();
    watcher.look();
    watcher.send(2);
    expect([frames[2]!.hasLit, litRows(frames[2]!)]).toEqual([true, []]);
  });
});
