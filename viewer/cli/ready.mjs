// Sees to it that the packages are installed as the lock file says, then runs the given program in this very process, so
// that a signal meant for it reaches it: node viewer/cli/ready.mjs viewer/cli/lichen.mjs start
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const lock = resolve(root, 'package-lock.json');
/** npm writes this last, so its age is that of the installation. */
const installed = resolve(root, 'node_modules/.package-lock.json');

/** A link leads to another tree's packages, which npm would delete through it. */
const borrowed = lstatSync(resolve(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

if (!borrowed && (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs)) {
  process.stdout.write('Installing the packages that Lichen needs (npm ci) …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    process.stderr.write(`lichen: npm ci failed (${error?.message ?? `code ${status}`}); see above, mend it, and try again.\n`);
    process.exit(2);
  }
}

const [program, ...rest] = process.argv.slice(2);
if (program !== undefined) {
  const file = resolve(root, program);
  process.argv = [process.argv[0], file, ...rest];
  if (file.endsWith('.ts')) (await import('tsx/esm/api')).register({ tsconfig: resolve(root, 'viewer/tsconfig.json') });
  await import(pathToFileURL(file).href);
}
