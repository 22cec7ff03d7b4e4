import { defineConfig } from 'vitest/config';

/** Tests that start a browser, a model or a whole process; the rest are the fast ones of `npm run check`. */
const slow = ['test/e2e/**/*.test.ts', 'test/model/**/*.test.ts'];

export default defineConfig({
  root: 'viewer/app',
  base: './',
  build: { outDir: '../../dist', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1200 },
  worker: { format: 'es' },
  test: {
    root: import.meta.dirname,
    projects: [
      { test: { name: 'unit', root: import.meta.dirname, include: ['test/**/*.test.ts'], exclude: slow, testTimeout: 20_000 } },
      { test: { name: 'slow', root: import.meta.dirname, include: slow, testTimeout: 180_000, hookTimeout: 180_000, maxWorkers: 2 } },
    ],
  },
});
