/**
 * What `npm test` runs: types, lint, every test, the browser's and the model's included. With --quick, as `npm run check` has it,
 * types, the lint of files that changed, and the quick tests, all at once. The last line is the count.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { fetchWeights, findWeights, weightsFacts } from '../agents/model/weights.ts';
import { buildPage } from '../viewer/cli/page.ts';
import { findChromium } from './e2e/browser.ts';

const root = resolve(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
/** Whatever hangs, a machine that waits for us gets an answer; a machine that is three times as slow as ours gets to the end. */
const LONGEST_MS = 50 * 60_000;

interface Count { passed: number; failed: number; skipped: string[] }

const report = z.object({
  numPassedTests: z.number(), numFailedTests: z.number(),
  testResults: z.array(z.object({
    name: z.string(), status: z.string(),
    assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
  })),
});

const running = new Set<ChildProcess>();

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs a program in the repository, its output ours; resolves to its exit code. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return new Promise((done) => {
    // a group of its own, so that what it started can be ended with it
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32' });
    running.add(child);
    const end = (code: number): void => {
      running.delete(child);
      done(code);
    };
    child.once('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      end(1);
    });
    child.once('exit', (code) => end(code ?? 1));
  });
}

function endAll(): void {
  for (const { pid } of running) {
    if (pid === undefined) continue;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
    } catch {
      // it has just ended
    }
  }
}

/** A Chromium for the tests, installed if that can be. @throws one sentence when there is none to be had. */
async function haveChromium(): Promise<string> {
  const found = await findChromium();
  if (found !== null) return found;
  if (process.getuid?.() === 0 && await run('sh', ['-c', 'command -v apt-get >/dev/null']) === 0) {
    say('Installing Chromium (apt-get) …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], env);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], env);
  } else {
    say('Installing Chromium (playwright-core) …');
    await run(bin('playwright-core'), ['install', 'chromium-headless-shell', 'chromium']);
  }
  const installed = await findChromium();
  if (installed === null) throw new Error('There is no Chromium here and none could be installed; install one, or name it in LICHEN_CHROMIUM, and run npm test again.');
  return installed;
}

/** Fetches the embedded model's weights where that can be; else says why the tests that need them will be skipped. */
async function haveWeights(): Promise<void> {
  if (await findWeights() !== null) return;
  say(`Fetching the weights of ${weightsFacts.name} …`);
  try {
    await fetchWeights({ onNote: say, signal: AbortSignal.timeout(5 * 60_000) });
  } catch (error) {
    const must = process.env['LICHEN_REQUIRE_WEIGHTS'] === '1';
    say(`${error instanceof Error ? error.message : String(error)} ${must ? 'Tests that need them fail.' : 'Tests that need them are skipped.'}`);
  }
}

/** The tests must not meet the endpoint of whoever runs them. */
function testEnvironment(chromium: string | null): NodeJS.ProcessEnv {
  const { OPENAI_BASE_URL: _, OPENAI_API_KEY: _key, LICHEN_MODEL: _model, LICHEN_GRAMMAR: _grammar, ...rest } = process.env;
  return chromium === null ? rest : { ...rest, LICHEN_CHROMIUM: chromium };
}

/** The quick ones and the slow ones are projects of their own in vite.config.ts, with workers of their own. */
async function runTests(project: 'unit' | 'slow', chromium: string | null): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-test-'));
  const file = join(folder, 'report.json');
  try {
    const code = await run(bin('vitest'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], testEnvironment(chromium));
    let failed = 0;
    let passed = 0;
    const skipped: string[] = [];
    try {
      const results = report.parse(JSON.parse(readFileSync(file, 'utf8')));
      passed = results.numPassedTests;
      failed = results.numFailedTests;
      for (const { name, status, assertionResults } of results.testResults) {
        // a file that could not be read has no tests to fail
        if (status === 'failed' && !assertionResults.some((one) => one.status === 'failed')) failed++;
        for (const one of assertionResults) {
          if (one.status !== 'passed' && one.status !== 'failed') skipped.push(`${relative(root, name)}: ${one.fullName.trim()}`);
        }
      }
    } catch (error) {
      say(`The tests left no report that can be read (${error instanceof Error ? error.message : String(error)}).`);
    }
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A check that is no test: it counts when it fails. */
async function check(name: string, args: readonly string[]): Promise<Count> {
  const code = await run(bin(name), args);
  if (code !== 0) say(`${name} found faults.`);
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: [] };
}

function finish(counts: readonly Count[]): never {
  const passed = counts.reduce((sum, one) => sum + one.passed, 0);
  const failed = counts.reduce((sum, one) => sum + one.failed, 0);
  const skipped = counts.flatMap((one) => one.skipped);
  if (skipped.length > 0) say(`\n${skipped.length} skipped:\n${skipped.map((name) => `  ${name}`).join('\n')}\n`);
  say(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}

for (const [name, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
  process.on(name, () => {
    endAll();
    process.exit(code);
  });
}

// npm, or the shell between it and us, can end without a word
const parent = process.ppid;
setInterval(() => {
  if (process.ppid === parent) return;
  endAll();
  process.exit(143);
}, 1000).unref();

const counts: Count[] = [];
setTimeout(() => {
  endAll();
  say(`The tests did not end within ${LONGEST_MS / 60_000} minutes and were stopped.`);
  finish([...counts, { passed: 0, failed: 1, skipped: [] }]);
}, LONGEST_MS).unref();

async function quickly(): Promise<void> {
  const lintOfChanged = ['.', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '--cache-strategy', 'content'];
  counts.push(...await Promise.all([runTests('unit', null), check('tsc', ['-b']), check('eslint', lintOfChanged)]));
}

async function wholly(): Promise<void> {
  const chromium = await haveChromium();
  const [types, lint] = await Promise.all([check('tsc', ['-b']), check('eslint', ['.']), haveWeights()]);
  counts.push(types, lint);
  await buildPage(say);
  for (const project of ['unit', 'slow'] as const) counts.push(await runTests(project, chromium));
}

try {
  await (process.argv.includes('--quick') ? quickly() : wholly());
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  counts.push({ passed: 0, failed: 1, skipped: [] });
}
finish(counts);
