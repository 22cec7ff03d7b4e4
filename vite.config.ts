import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { contentSecurityPolicy } from './viewer/csp.ts';

/** Tests that start a browser, a model or a whole process; the rest are the fast ones of `npm run check`. */
const slow = ['test/e2e/**/*.test.ts', 'test/model/**/*.test.ts', 'test/**/{engine,real}.test.ts', 'test/**/*.slow.test.ts'];

/** The page's own policy goes with it, so that it holds on a static host too, where no server of ours sends it. */
const policyInPage: Plugin = {
  name: 'policy-in-page',
  apply: 'build',
  transformIndexHtml: () => [{
    tag: 'meta', injectTo: 'head-prepend',
    attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy(['ws://127.0.0.1:*', 'ws://localhost:*']) },
  }],
};

export default defineConfig({
  root: 'viewer/app',
  base: './',
  plugins: [policyInPage],
  build: {
    outDir: '../../dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1200,
    // the meadow's page and the salon's
    rolldownOptions: { input: ['index.html', 'salon.html'].map((page) => `${import.meta.dirname}/viewer/app/${page}`) },
  },
  worker: { format: 'es' },
  test: {
    root: import.meta.dirname,
    projects: [
      // modules are read once a worker and not once a file: half the time, and no module keeps anything that a test could find
      { test: { name: 'unit', root: import.meta.dirname, include: ['test/**/*.test.ts'], exclude: slow, isolate: false, maxWorkers: 2, testTimeout: 120_000, sequence: { groupOrder: 1 } } },
      { test: { name: 'slow', root: import.meta.dirname, include: slow, testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 30_000 } }, maxWorkers: 2, sequence: { groupOrder: 2 } } },
    ],
  },
});
