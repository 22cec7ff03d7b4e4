import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SteadyServer {
  /** For `OPENAI_BASE_URL`. */
  baseURL: string;
  /** Every chat completion that was asked for, probes left out: its seed and its last words. */
  asked: string[];
  /** Resolves when nobody is connected any more: whatever was asked by those who have ended has then been heard. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

interface Asked { model: string; messages: { role: string; content: string }[]; seed?: number; logprobs?: boolean }

/** A server on the loopback whose answers depend on what it is asked and on nothing else: for runs that are killed, gone on with and replayed. */
export async function startSteadyServer({ delayMs = 0, models = ['steady'] }: { delayMs?: number; models?: string[] } = {}): Promise<SteadyServer> {
  const server = createServer((request, response) => {
    const send = (value: object): void => { response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)); };
    if (request.url?.endsWith('/models') === true) return send({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(parts).toString()) as Asked;
      // probes before a run have no rules to tell
      if (asked.messages[0]?.role === 'system') steady.asked.push(`${asked.seed} ${asked.messages.at(-1)!.content}`);
      setTimeout(() => send(answer(asked)), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const steady: SteadyServer = {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: [],
    async quiet() {
      const connected = (): Promise<number> => new Promise((resolve, reject) => { server.getConnections((error, count) => { if (error) reject(error); else resolve(count); }); });
      while (await connected() > 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return steady;
}

function answer({ model, messages, seed, logprobs }: Asked): object {
  const digest = createHash('sha256').update(JSON.stringify([model, messages, seed ?? 0])).digest();
  const dice = digest.readUInt16LE(0);
  const yes = 0.05 + 0.9 * (dice / 65536);
  const again = messages.some(({ role }) => role === 'assistant');
  const thinks = messages[0]!.content.includes('do:');
  const program = dice % 7 === 0 && !again ? 'As a language model, I like meadows.' : `when energy > ${30 + (dice % 40)} -> reproduce\nwhen grass.here > ${dice % 90}% -> eat\notherwise -> climb grass`;
  const thought = dice % 3 === 0 ? 'do: eat for 4 ticks' : dice % 3 === 1 ? 'do: wander for 2 ticks\nsay: grass is here' : `instincts:\n${program}`;
  const text = logprobs === true ? 'yes' : thinks ? thought : program;
  return {
    id: 'steady', object: 'chat.completion', created: 0, model,
    choices: [{
      index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop',
      logprobs: logprobs === true ? { content: [{ token: 'yes', logprob: Math.log(yes), top_logprobs: [{ token: 'yes', logprob: Math.log(yes) }, { token: 'no', logprob: Math.log(1 - yes) }] }] } : null,
    }],
    usage: { prompt_tokens: 100 + (dice % 50), completion_tokens: 20, total_tokens: 120 + (dice % 50) },
  };
}
