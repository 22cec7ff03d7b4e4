import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge', 'chrome.exe', 'msedge.exe'];

/** Places where installers put a browser without telling PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** WebGL in software where there is no graphics card, and no errands of the browser's own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--no-first-run',
];

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(() => true, () => false);
}

/**
 * The Chromium to test with: the one that `LICHEN_CHROMIUM` names, else the first on PATH or in a usual place, else one
 * that playwright installed earlier; null when there is none.
 */
export async function findChromium(environment: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const named = environment['LICHEN_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new Error(`LICHEN_CHROMIUM names ${JSON.stringify(named)}, which is not a program that can be run; correct it or unset it.`);
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES, chromium.executablePath()];
  for (const file of candidates) if (file !== '' && await isExecutable(file)) return file;
  return null;
}

/**
 * Starts a headless Chromium with software WebGL.
 * @throws one sentence when there is no Chromium, or it does not start.
 */
export async function launchBrowser(options: { args?: string[] } = {}): Promise<Browser> {
  const executablePath = await findChromium();
  if (executablePath === null) {
    throw new Error('No Chromium was found on this machine; install one (for example `npx playwright-core install chromium`) or name it in LICHEN_CHROMIUM.');
  }
  return chromium.launch({ executablePath, headless: true, args: [...ARGUMENTS, ...options.args ?? []] });
}
