import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROCESSES = 3;
/** How often each has the lock; every third time it leaves it stale. */
const TIMES = 30;

test('[X1] of many that find the same stale lock at once, one has it at a time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-lock-'));
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const stale = JSON.stringify({ format: 'lichen-lock', pid, started: 'boot 1', host: hostname(), holds: 'a run' });
  writeFileSync(join(folder, 'lock'), stale);
  const script = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../viewer/cli/lock.ts'))});
    const { existsSync, writeFileSync, rmSync } = await import('node:fs');
    const inside = ${JSON.stringify(join(folder, 'inside'))};
    writeFileSync(${JSON.stringify(join(folder, 'here-'))} + process.pid, '');
    // none begins before all are there
    while (!existsSync(${JSON.stringify(join(folder, 'begin'))})) await new Promise((later) => setTimeout(later, 1));
    let had = 0;
    while (had < ${TIMES}) {
      let lock;
      try { lock = acquireLock(${JSON.stringify(folder)}); } catch { continue; }
      writeFileSync(inside, '', { flag: 'wx' });
      rmSync(inside);
      had++;
      if (had % 3 > 0) lock.release();
      else { writeFileSync(${JSON.stringify(join(folder, 'lock'))}, ${JSON.stringify(stale)}); }
    }
    console.log(had);`;
  const children = Array.from({ length: PROCESSES }, () => (
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'pipe'] })
  ));
  const ending = Promise.all(children.map(async (child) => {
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    const [code] = await once(child, 'close') as [number];
    return { code, out };
  }));
  const isAnyGone = (): boolean => children.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
  while (!isAnyGone() && !children.every(({ pid }) => existsSync(join(folder, `here-${pid}`)))) await new Promise((later) => { setTimeout(later, 5); });
  writeFileSync(join(folder, 'begin'), '');
  const ended = await ending;
  for (const { code, out } of ended) expect({ code, out }).toMatchObject({ code: 0 });
  expect(ended.map(({ out }) => Number(out))).toEqual(children.map(() => TIMES));
  rmSync(folder, { recursive: true });
});
