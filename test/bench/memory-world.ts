/**
 * The other side of the memory benchmark: a moiré of the default size and its server, as a run has them, in a process of their own.
 * Says its address to whoever has started it, and on `measure` what it holds.
 */
import { measureOptions } from '../../core/measures/measure-options.ts';
import { createLab } from '../../viewer/lab.ts';
import { goLive } from '../e2e/live-page.ts';

/** What the process of the world holds, in bytes, after a forced collection. */
export interface WorldMemory { heap: number; buffers: number; resident: number; alive: number; tick: number }

const [dist, seed = '1'] = process.argv.slice(2);
if (dist === undefined || process.send === undefined) throw new Error('The world of the memory benchmark is started by test/bench/memory.ts, with the folder of the page.');
const { gc } = globalThis;
if (gc === undefined) throw new Error('The world of the memory benchmark needs --expose-gc, to tell what is held from what is let go.');

const lab = createLab({ world: 'moire', seed: Number(seed), operator: 'classical', parameters: {}, service: null, measures: measureOptions.parse({}) });
const live = await goLive({ lab, dist, playing: true, ticksPerSecond: 30 });
process.on('message', () => {
  void gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const { pop, tick } = lab.simulation.kernel;
  process.send!({ heap: heapUsed, buffers: external, resident: rss, alive: pop.count, tick } satisfies WorldMemory);
});
process.on('disconnect', () => process.exit(0));
process.send({ address: live.server.url });
