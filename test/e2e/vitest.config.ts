import { defineConfig } from 'vitest/config';
import { keepFilesInMemory } from '../memory-folder.ts';

keepFilesInMemory();

/** A journey takes seconds, and on a machine that others use as well many; one that takes this long hangs. */
const JOURNEY_MS = 180_000;
/** The first start builds the widget and unpacks the browser. */
const START_MS = 240_000;
/** What is looked at again and again comes in a moment, or not at all. */
const LOOKING_MS = 60_000;

export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: JOURNEY_MS,
    hookTimeout: START_MS,
    expect: { poll: { timeout: LOOKING_MS } },
    teardownTimeout: JOURNEY_MS,
    reporters: ['default'],
    pool: 'forks',
    // What a file imports the next one finds there.
    isolate: false,
    // A journey waits more than it works: three at a time keep both processors of a small machine busy.
    maxWorkers: 3,
  },
});
