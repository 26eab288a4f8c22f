/** The tests that find more the longer they run, run for long: `npm run soak`. `WORLD_SEEDS` and `WORLD_FROM` choose the worlds (`world/seeds.ts`). */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const DAY_MS = 24 * 60 * 60_000;

const KILLED = 'test/server/crash/kill-nine.test.ts';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    env: { CRASH_ROUNDS: '200', TEARS: '2000', CRASH_SEED: process.env.CRASH_SEED ?? String(Date.now() % 1_000_000), WORLD_SEEDS: process.env.WORLD_SEEDS ?? '10000' },
    testTimeout: DAY_MS,
    hookTimeout: DAY_MS,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'sqlite', include: [KILLED, 'test/server/sqlite/torn-writes.test.ts', 'test/server/world/worlds-*.test.ts'] } },
      {
        extends: true,
        test: { name: 'postgres', include: [KILLED], env: { MALIPO_TEST_ENGINE: 'postgres' }, globalSetup: 'test/server/support/postgres-run.ts' },
      },
    ],
  },
});
