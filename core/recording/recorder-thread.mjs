// A thread begins with plain JavaScript; the rest is TypeScript and runs as it stands. The tsconfig is named so that the caller's folder does not matter.
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
await import('./recorder-thread.ts');
