import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, in words of the system that never come again for the same pid; null when there is no such
 * process, or the system does not say.
 */
export function startOf(pid: number): string | null {
  if (process.platform === 'win32') return null;
  if (process.platform !== 'linux') {
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 && stdout.trim() !== '' ? stdout.trim() : null;
  }
  try {
    // proc(5): the name may hold spaces and brackets; what follows the last bracket is state, …, and start as field 22
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    const [state] = fields;
    if (state === 'Z' || state === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    return null;
  }
}

/** Whether the process with this pid lives and began at `started`, where that is known. */
export function isAlive(pid: number, started: string): boolean {
  if (process.platform !== 'win32') {
    const now = startOf(pid);
    if (now === null) return false;
    return started === '' || now === started;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
