#!/usr/bin/env node
// The program is TypeScript and runs as it stands: tsx reads it. The tsconfig is named so that the caller's folder does not matter.
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`lichen: This is Node ${process.versions.node}, and Lichen needs 20.19 or newer; install a newer Node.\n`);
  process.exit(2);
}
try {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(`lichen: Its packages are not installed; run npm ci in ${fileURLToPath(new URL('../..', import.meta.url))} first.\n`);
  process.exit(2);
}
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
