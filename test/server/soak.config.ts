/** The tests that find more the longer they run, run for long: `npm run soak`. `WORLD_SEEDS` and `WORLD_FROM` choose the worlds (`world/seeds.ts`). */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { keepFilesInMemory } from '../memory-folder.ts';

keepFilesInMemory();

const DAY_MS = 24 * 60 * 60_000;

const KILLED = 'test/server/crash/kill-nine.test.ts';

const MODELS = ['test/server/ledger/model.test.ts', 'test/server/payments/model.test.ts', 'test/server/payments/money-back-model.test.ts'];

const DRAWN_SEED = String(Date.now() % 1_000_000);

/** For how long, and what; the environment's own come first. */
const CHOICES = { CRASH_ROUNDS: '200', TEARS: '2000', WORLD_SEEDS: '10000', PROPERTY_TIMES: '20', CRASH_SEED: DRAWN_SEED, PROPERTY_SEED: DRAWN_SEED };

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    env: Object.fromEntries(Object.entries(CHOICES).map(([name, value]) => [name, process.env[name] ?? value])),
    testTimeout: DAY_MS,
    hookTimeout: DAY_MS,
    reporters: ['default'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'sqlite', include: [KILLED, ...MODELS, 'test/server/sqlite/torn-writes.test.ts', 'test/server/world/worlds-*.test.ts'] } },
      {
        extends: true,
        test: { name: 'postgres', include: [KILLED, ...MODELS], env: { MALIPO_TEST_ENGINE: 'postgres' }, globalSetup: 'test/server/support/postgres-run.ts' },
      },
    ],
  },
});
