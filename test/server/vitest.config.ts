import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Every commit is synced to a real disk, and machines differ: a test that takes this long hangs. */
const TIMEOUT_MS = 60_000;

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: ['test/server/**/*.test.ts'],
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    teardownTimeout: TIMEOUT_MS,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
  },
});
