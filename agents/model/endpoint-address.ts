import { ModelError } from './contract.ts';

/** Where an endpoint is, and the key that it wants. `name` is for sentences. */
export interface EndpointAddress { readonly baseURL: string; readonly key: string; readonly name: string; readonly local: boolean }

/** The endpoint that the environment names. @throws ModelError with one sentence when there is none, or it wants a key. */
export function findEndpoint(env: NodeJS.ProcessEnv, asked: string | undefined): EndpointAddress {
  const baseURL = env['OPENAI_BASE_URL'] || (env['OPENAI_API_KEY'] ? 'https://api.openai.com/v1' : undefined);
  if (baseURL === undefined) {
    throw new ModelError('unreachable', `The model ${asked ?? ''} needs an endpoint: set OPENAI_BASE_URL (and OPENAI_API_KEY), or choose --model embedded.`);
  }
  const url = URL.canParse(baseURL) ? new URL(baseURL) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ModelError('unreachable', `OPENAI_BASE_URL is "${baseURL}", which is not an http address: write for example http://127.0.0.1:11434/v1.`);
  }
  // Servers on this machine want no key, but the client wants one.
  const local = isLoopback(url.hostname);
  const key = env['OPENAI_API_KEY'] || (local ? 'none' : undefined);
  const name = `the endpoint ${url.origin}${url.pathname}`;
  if (key === undefined) throw new ModelError('refused', `T${name.slice(1)} is not on this machine and needs a key: set OPENAI_API_KEY.`);
  return { baseURL, key, name, local };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
