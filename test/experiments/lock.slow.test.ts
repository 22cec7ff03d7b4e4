import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('[X1] of many that find the same stale lock at once, one has it at a time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-lock-'));
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const stale = JSON.stringify({ format: 'lichen-lock', pid, started: 'boot 1', host: hostname(), holds: 'a run' });
  writeFileSync(join(folder, 'lock'), stale);
  const script = `
    const { acquireLock } = await import(${JSON.stringify(join(import.meta.dirname, '../../viewer/cli/lock.ts'))});
    const { writeFileSync, rmSync } = await import('node:fs');
    const inside = ${JSON.stringify(join(folder, 'inside'))};
    let had = 0;
    for (const end = Date.now() + 250; Date.now() < end;) {
      let lock;
      try { lock = acquireLock(${JSON.stringify(folder)}); } catch { continue; }
      writeFileSync(inside, '', { flag: 'wx' });
      rmSync(inside);
      had++;
      if (had % 3 > 0) lock.release();
      else { writeFileSync(${JSON.stringify(join(folder, 'lock'))}, ${JSON.stringify(stale)}); }
    }
    console.log(had);`;
  const ended = await Promise.all(Array.from({ length: 3 }, async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    const [code] = await once(child, 'close') as [number];
    return { code, out };
  }));
  for (const { code, out } of ended) expect({ code, out }).toMatchObject({ code: 0 });
  expect(ended.reduce((sum, { out }) => sum + Number(out), 0)).toBeGreaterThan(10);
  rmSync(folder, { recursive: true });
}, 120_000);
