import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');
const shelf = join(root, '.tsbuild/pages');
/** What the page is made of. */
const SOURCES = ['core', 'agents', 'worlds', 'viewer', 'vite.config.ts', 'package-lock.json'];
const MOST_KEPT = 3;

/** A page that stands in a folder of its own; others may read it too, so nobody writes there. */
export interface BuiltPage { dist: string; remove(): Promise<void> }

async function filesBelow(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const inside = await readdir(path);
  return (await Promise.all(inside.sort().map((name) => filesBelow(join(path, name))))).flat();
}

/** A name that is other as soon as a letter of the sources is. */
async function nameOfSources(): Promise<string> {
  const files = (await Promise.all(SOURCES.map((source) => filesBelow(join(root, source))))).flat();
  const hash = createHash('sha256');
  for (const [index, bytes] of (await Promise.all(files.map((file) => readFile(file)))).entries()) hash.update(`${files[index]}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex').slice(0, 16);
}

/** Builds the page as it is shipped, once for all files of tests: the same sources make the same page. */
export async function buildPageAside(): Promise<BuiltPage> {
  const dist = join(shelf, await nameOfSources());
  const page: BuiltPage = { dist, remove: () => Promise.resolve() };
  if (await access(join(dist, 'index.html')).then(() => true, () => false)) return page;
  await mkdir(shelf, { recursive: true });
  // aside first: files of tests run side by side, and the one that is done first is the one that is taken
  const fresh = await mkdtemp(join(shelf, 'fresh-'));
  await build({ configFile: join(root, 'vite.config.ts'), root: join(root, 'viewer/app'), logLevel: 'error', build: { outDir: fresh, emptyOutDir: true } });
  await rename(fresh, dist).catch(() => rm(fresh, { recursive: true, force: true }));
  await clearShelf();
  return page;
}

/** The newest few are kept; an hour old is out of use, even by a run of all tests. */
async function clearShelf(): Promise<void> {
  const pages = await Promise.all((await readdir(shelf)).map(async (name) => ({ name, at: await stat(join(shelf, name)).then(({ mtimeMs }) => mtimeMs, () => Infinity) })));
  const old = pages.sort((a, b) => b.at - a.at).slice(MOST_KEPT).filter(({ at }) => at < Date.now() - 3_600_000);
  for (const { name } of old) await rm(join(shelf, name), { recursive: true, force: true });
}
