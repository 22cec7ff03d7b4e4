/** A server on the loopback, in a process of its own, that answers every completion after a fixed while with the same body. Prints its port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const delayMs = Number(process.argv[2] ?? 0);
const body = JSON.stringify({
  id: 'x', object: 'chat.completion', created: 0, model: 'bench',
  choices: [{ index: 0, message: { role: 'assistant', content: 'when energy > 40 -> reproduce\nwhen grass.here > 30% -> eat\notherwise -> climb grass' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 700, completion_tokens: 30, total_tokens: 730 },
});
const server = createServer((request, response) => {
  const due = performance.now() + delayMs;
  const answer = (): void => { response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body); };
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"id":"bench"}]}');
    return;
  }
  request.resume();
  // a timer alone is up to two milliseconds late
  const wait = (): void => { if (performance.now() < due) setImmediate(wait); else answer(); };
  request.on('end', () => { if (delayMs > 0) setTimeout(wait, delayMs - 2); else answer(); });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => { process.stdout.write(`${(server.address() as AddressInfo).port}\n`); });
process.on('disconnect', () => process.exit());
