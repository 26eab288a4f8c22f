import { defineConfig } from 'vitest/config';

/** A journey takes seconds; one that takes this long hangs. */
const JOURNEY_MS = 60_000;
/** The first start builds the widget and unpacks the browser. */
const START_MS = 120_000;

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: JOURNEY_MS,
    hookTimeout: START_MS,
    teardownTimeout: JOURNEY_MS,
    reporters: ['default'],
    pool: 'forks',
    // A journey waits more than it works: two at a time keep both processors of a small machine busy.
    maxWorkers: 2,
  },
});
