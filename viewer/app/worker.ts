/**
 * A whole lab in the page's own worker, for pages that come without a server. The page posts `{ start: {...} }` with the
 * address's parameters (world, seed, and any parameter of the world) and then client messages; it is sent server
 * messages and frames. With `fingerprint=TICKS` the worker runs that many ticks at once and posts the fingerprint.
 */
import { z } from 'zod';
import { advance } from '../../core/advance.ts';
import { measureOptions } from '../../core/measures/measure-options.ts';
import { createLab } from '../lab.ts';
import { createSession, type SessionClient } from '../session.ts';

const start = z.object({ start: z.record(z.string(), z.string()) });
/** Less than a server keeps: the page has other needs. */
const MOST_HISTORY_BYTES = 128 << 20;
const reserved = new Set(['here', 'world', 'seed', 'fingerprint', 'speed']);

let client: SessionClient | null = null;

self.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (client !== null) client.receive(event.data);
  else void begin(event.data).catch((error: unknown) => self.postMessage({ type: 'refused', sentence: error instanceof Error ? error.message : String(error) }));
});

async function begin(data: unknown): Promise<void> {
  const { start: given } = start.parse(data);
  const parameters: Record<string, number> = {};
  for (const [key, value] of Object.entries(given)) if (!reserved.has(key)) parameters[key] = Number(value);
  const seed = Number(given['seed'] ?? 1);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`The seed is "${given['seed']}", but must be a whole number, 0 or more.`);
  const lab = createLab({ world: given['world'] ?? 'meadow', seed, operator: 'classical', parameters, service: null, measures: measureOptions.parse({}) });
  const ticks = Number(given['fingerprint'] ?? 0);
  if (ticks > 0) {
    while (lab.simulation.kernel.tick < ticks) await advance(lab.simulation);
    self.postMessage({ type: 'fingerprint', tick: ticks, fingerprint: lab.simulation.fingerprint });
    return;
  }
  const session = createSession({ lab, history: { mostBytes: MOST_HISTORY_BYTES }, model: { state: 'none', name: 'no model', note: 'This world lives in the page itself; children are written by the classical operators.' } });
  client = session.join({
    message: (message) => self.postMessage(message),
    frame: (frame) => self.postMessage(frame, { transfer: [frame] }),
  });
  await session.run();
}
