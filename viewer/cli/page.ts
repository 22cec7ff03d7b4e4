import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure, messageOf } from './failure.ts';

const root = resolve(import.meta.dirname, '../..');

/** Folder of the built page. */
export const pageFolder = join(root, 'dist');

/** What the page is made of: when something here is newer, the page is built again. */
const sources = ['core', 'agents/instincts', 'agents/operators', 'worlds', 'viewer', 'vite.config.ts', 'package-lock.json'];

/** Builds the viewer's page unless it stands already and is newer than its sources; returns whether it did. */
export async function buildPage(say: (line: string) => void): Promise<boolean> {
  const built = await stat(join(pageFolder, 'index.html')).then((facts) => facts.mtimeMs, () => 0);
  if (built > 0 && built >= Math.max(...await Promise.all(sources.map((source) => newest(join(root, source)))))) return false;
  say('Building the viewer …');
  // aside first: someone may be reading the old page, and a build that fails must not leave half a new one
  const fresh = join(root, '.tsbuild', `page-${process.pid}`);
  const old = `${fresh}-old`;
  try {
    const { build } = await import('vite');
    await mkdir(join(root, '.tsbuild'), { recursive: true });
    await build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'viewer/app'), logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } });
    await rename(pageFolder, old).catch(() => undefined);
    await rename(fresh, pageFolder);
  } catch (error) {
    throw new Failure(`The viewer's page cannot be built: ${messageOf(error).split('\n', 1)[0]}; run npm ci and try again, or use --headless.`, { cause: error });
  } finally {
    await rm(old, { recursive: true, force: true });
    await rm(fresh, { recursive: true, force: true });
  }
  return true;
}

/** The latest change in a file or below a folder, in milliseconds; tests and the terminal's own code do not count. */
async function newest(path: string): Promise<number> {
  const facts = await stat(path).catch(() => null);
  if (facts === null || path.endsWith(join('viewer', 'cli'))) return 0;
  if (!facts.isDirectory()) return facts.mtimeMs;
  const inside = await readdir(path);
  return Math.max(0, ...await Promise.all(inside.map((name) => newest(join(path, name)))));
}
