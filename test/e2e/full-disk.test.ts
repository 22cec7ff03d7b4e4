import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lichen } from './lichen.ts';

const disk = mkdtempSync(join(tmpdir(), 'lichen-disk-'));

/** A disk of so few megabytes; needs to be root, and to be allowed to mount. */
function mountSmall(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const mounted = mountSmall();

afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a full disk (needs the right to mount a small one)', () => {
  test('[R2] stops a run with one sentence and its last checkpoint whole; with more room it goes on to the same end', async () => {
    const flags = ['--seed', '3', '--ticks', '2400', '--headless', '--set', 'size=160', '--set', 'founders=200', '--set', 'capacity=4000', '--with', 'record.every=100', '--with', 'record.checkpoints=8'];
    const never = mkdtempSync(join(tmpdir(), 'lichen-room-'));
    try {
      const whole = await lichen(['run', 'meadow', ...flags, '--out', join(never, 'run')]);
      expect(whole.code, whole.stderr).toBe(0);
      const out = join(disk, 'run');
      const full = await lichen(['run', 'meadow', ...flags, '--out', out]);
      expect(full.code).toBe(2);
      expect(full.stderr).toMatch(/cannot be written: the disk is full; make room and (go on with --resume|run it again)\./);
      expect(readdirSync(join(out, 'checkpoints')).filter((name) => name.endsWith('.lichen')).length).toBeGreaterThan(0);
      expect(readdirSync(join(out, 'checkpoints')).filter((name) => !name.endsWith('.lichen'))).toEqual([]);
      execFileSync('mount', ['-o', 'remount,size=200m', disk]);
      const more = await lichen(['run', out, '--resume', '--headless']);
      expect(more.code, more.stderr).toBe(0);
      const print = (run: string): unknown => (JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')) as { fingerprint: unknown }).fingerprint;
      expect(print(out)).toBe(print(join(never, 'run')));
    } finally {
      rmSync(never, { recursive: true, force: true });
    }
  });
});
