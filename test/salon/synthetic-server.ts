import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatMessage } from '../../agents/model/contract.ts';
import { syntheticReply, type SyntheticOptions } from './synthetic.ts';

export interface SyntheticServer {
  /** For `OPENAI_BASE_URL`. */
  baseURL: string;
  /** Requests of runs answered so far, probes left out. */
  answered: number;
  close(): Promise<void>;
}

interface Asked { model: string; messages: ChatMessage[]; seed?: number; logprobs?: boolean; top_logprobs?: number }

export interface ServerOptions extends SyntheticOptions {
  delayMs?: number;
  model?: string;
  /** Answers in the model's place; null leaves it to the model. Throwing is an internal error of the server. */
  instead?: (asked: Asked) => string | null;
}

/** The synthetic text model behind an endpoint on the loopback. */
export async function startSyntheticServer({ delayMs = 0, model = 'synthetic', instead = () => null, ...options }: ServerOptions = {}): Promise<SyntheticServer> {
  const server = createServer((request, response) => {
    const send = (status: number, value: object): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value)); };
    if (request.url?.endsWith('/models') === true) return send(200, { object: 'list', data: [{ id: model, object: 'model' }] });
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(parts).toString()) as Asked;
      setTimeout(() => {
        if (asked.messages[0]?.role === 'system') synthetic.answered++;
        try {
          send(200, completion(asked, instead(asked), options));
        } catch (error) {
          send(400, { error: { message: String(error) } });
        }
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const synthetic: SyntheticServer = {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, answered: 0,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return synthetic;
}

function completion(asked: Asked, said: string | null, options: SyntheticOptions): object {
  const { messages, seed = 0, top_logprobs: topLogprobs } = asked;
  const reply = syntheticReply({ messages, seed, ...(topLogprobs === undefined ? {} : { topLogprobs }) }, options);
  const own = said === null ? reply.logprobs ?? [] : [{ token: said, logprob: -0.1, top: [{ token: said, logprob: -0.1 }] }];
  const content = asked.logprobs === true ? (own.length > 0 ? own : [{ token: reply.text, logprob: -0.1, top: [{ token: reply.text, logprob: -0.1 }, { token: 'no', logprob: -3 }] }]) : null;
  return {
    id: 'synthetic', object: 'chat.completion', created: 0, model: asked.model,
    choices: [{
      index: 0, message: { role: 'assistant', content: said ?? reply.text }, finish_reason: 'stop',
      logprobs: content === null ? null : { content: content.map(({ token, logprob, top }) => ({ token, logprob, top_logprobs: top })) },
    }],
    usage: { prompt_tokens: reply.promptTokens, completion_tokens: reply.completionTokens, total_tokens: reply.promptTokens + reply.completionTokens },
  };
}
