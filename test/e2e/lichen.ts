import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const program = resolve(import.meta.dirname, '../../viewer/cli/lichen.mjs');

export interface Ended { code: number | null; stdout: string; stderr: string }

/** The real program in a process of its own. */
export interface Lichen {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves to all of a stream's text once it matches. */
  says(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string>;
}

export interface LichenOptions { env?: NodeJS.ProcessEnv; cwd?: string }

/** Starts `lichen` with a clean environment: no endpoint, no key, no model but what `env` names. */
export function startLichen(args: readonly string[], { env = {}, cwd }: LichenOptions = {}): Lichen {
  const { OPENAI_BASE_URL: _, OPENAI_API_KEY: _key, LICHEN_MODEL: _model, LICHEN_GRAMMAR: _grammar, NODE_OPTIONS: _options, ...rest } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { ...rest, ...env }, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (chunk: string) => { text[name] += chunk; });
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, ...text }));
  });
  return {
    child,
    ended,
    says: (stream, pattern) => new Promise((found, failed) => {
      const look = (): void => { if (pattern.test(text[stream])) found(text[stream]); };
      look();
      child[stream].on('data', look);
      void ended.then(({ code, stderr }) => failed(new Error(`lichen ended with code ${code} before it said ${pattern}: ${stderr}`)));
    }),
  };
}

export async function lichen(args: readonly string[], options: LichenOptions = {}): Promise<Ended> {
  return await startLichen(args, options).ended;
}
