import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from '../../viewer/cli/lock.ts';
import { startOf } from '../../viewer/cli/process-identity.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'lichen-lock-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A lock as a process with this pid and start would have left it. */
function leave(pid: number, started: string, host = hostname(), name = 'lock'): void {
  writeFileSync(join(folder, name), `${JSON.stringify({ format: 'lichen-lock', pid, started, host, holds: 'a sweep' })}\n`);
}

test('[X1] a folder that a living process holds is refused, naming it; let go, it can be had', () => {
  const lock = acquireLock(folder, 'a sweep');
  expect(() => acquireLock(folder)).toThrow(new RegExp(`held by a sweep, process ${process.pid}; wait`));
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  acquireLock(folder).release();
});

test('[X1] another living process is named, and its lock stays', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(other, 'spawn');
  leave(other.pid!, startOf(other.pid!)!);
  expect(() => acquireLock(folder)).toThrow(`process ${other.pid}`);
  expect(existsSync(join(folder, 'lock'))).toBe(true);
  other.kill('SIGKILL');
  await once(other, 'exit');
  acquireLock(folder).release();
});

test('[X1] what a process that ended left behind is taken over, also when its pid is somebody else\'s by now, and also amid a takeover', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  leave(pid, 'boot 1');
  leave(pid, 'boot 1', hostname(), 'lock.heir');
  acquireLock(folder).release();
  leave(process.pid, 'an earlier boot 17');
  const lock = acquireLock(folder);
  expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid, started: startOf(process.pid) });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('[X1] a lock of another machine, or of no known form, is left to a person', () => {
  leave(1, '', 'elsewhere');
  expect(() => acquireLock(folder)).toThrow(/process 1 on the machine elsewhere; .* delete/);
  writeFileSync(join(folder, 'lock'), 'mine!');
  expect(() => acquireLock(folder)).toThrow(/is not a lock that this version reads/);
  expect(() => acquireLock(join(folder, 'nowhere'))).toThrow(/cannot be locked: there is no such file or folder/);
});

test('[X1] to let go of a lock that another has by now does nothing', () => {
  const lock = acquireLock(folder);
  leave(1, 'x', 'elsewhere');
  lock.release();
  expect(existsSync(join(folder, 'lock'))).toBe(true);
});
