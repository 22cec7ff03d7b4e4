import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked { path: string; body: Record<string, unknown>; key: string | undefined }
/** What to do with one chat completion. */
export type Behaviour = (asked: Asked, response: ServerResponse) => void;

export interface FaultServer {
  /** For `OPENAI_BASE_URL`. */
  baseURL: string;
  /** Every chat completion that came, in order. */
  asked: Asked[];
  /** What the next completions meet, one each; then all is well. */
  next: Behaviour[];
  models: string[];
  /** What the list of models says of one beside its id. */
  facts: Record<string, object>;
  close(): Promise<void>;
}

/** A server on the loopback that speaks the chat-completions protocol and misbehaves on demand. */
export async function startFaultServer(): Promise<FaultServer> {
  const asked: Asked[] = [];
  const next: Behaviour[] = [];
  const models = ['tester'];
  const facts: Record<string, object> = {};
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const path = request.url ?? '';
      if (path.endsWith('/models')) { answer(response, 200, { object: 'list', data: models.map((id) => ({ id, object: 'model', ...facts[id] })) }); return; }
      const one: Asked = { path, body: JSON.parse(text) as Record<string, unknown>, key: request.headers.authorization };
      asked.push(one);
      (next.shift() ?? good('all is well'))(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked, next, models, facts,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

export function completion(text: string, finish = 'stop'): object {
  return {
    id: 'x', object: 'chat.completion', created: 0, model: 'tester',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  };
}

export const good = (text: string, finish = 'stop'): Behaviour => (_, response) => answer(response, 200, completion(text, finish));
export const status = (code: number, message: string, headers: Record<string, string> = {}): Behaviour => (_, response) => {
  answer(response, code, { error: { message, type: 'test' } }, headers);
};
export const raw = (body: string, type = 'application/json'): Behaviour => (_, response) => {
  response.writeHead(200, { 'content-type': type }).end(body);
};
export const hang: Behaviour = () => undefined;
/** Announces a body, sends half of it and cuts the line. */
export const cut: Behaviour = (_, response) => {
  const body = JSON.stringify(completion('never whole'));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
};

/** A good body, a few bytes at a time, so that it would take many seconds. */
export const drip: Behaviour = (_, response) => {
  const body = JSON.stringify(completion('slowly'));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) });
  let at = 0;
  const timer = setInterval(() => response.write(body.slice(at, at += 2)), 50);
  response.on('close', () => clearInterval(timer));
};
/** The same body twice in one answer. */
export const twice: Behaviour = (_, response) => {
  const body = JSON.stringify(completion('twice'));
  response.writeHead(200, { 'content-type': 'application/json' }).end(body + body);
};
/** Repeats what it was sent, the key included, in the way of some proxies. */
export const echo = (code: number): Behaviour => ({ key }, response) => {
  if (code === 200) answer(response, 200, { ...completion(`you sent ${key}`), model: key });
  else answer(response, code, { error: { message: `${'x'.repeat(180)} authorization: ${key}`, type: 'test' } });
};

function answer(response: ServerResponse, code: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}
