import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { keepFilesInMemory } from '../memory-folder.ts';

keepFilesInMemory();

/** Every commit is synced to a real disk, machines differ, and others may use them: a test that takes this long hangs. */
const TIMEOUT_MS = 300_000;

/** What is about SQLite's files alone. */
const SQLITE_ONLY = ['test/server/sqlite/**'];

/** What is about PostgreSQL alone. */
const POSTGRES_ONLY = ['test/server/postgres/**'];

/** What asks nothing of a database, or is about a process and the packages that start it: once is enough. */
const ENGINE_DOES_NOT_MATTER = [
  ...['core/**', 'plugin/**', 'samples/**', 'config.test.ts', 'access/server-secret.test.ts', 'http/serve.test.ts', 'cli/mistakes.test.ts'],
  ...['client/api-types.test.ts', 'client/readme.test.ts', 'client/webhook.test.ts', 'ledger/postings.test.ts', 'shop/files.test.ts', 'shop/price.test.ts'],
  ...['providers/contract/**', 'providers/iotec.test.ts', 'providers/relworx.test.ts', 'providers/lines-breaker.test.ts', 'providers/sandbox-numbers.test.ts'],
  ...['providers/sandbox-phone.test.ts', 'http/origins.test.ts', 'docs/viewer.test.ts'],
  ...['world/**', 'simulators/**', 'tracing/**', 'webhooks/killed.test.ts', 'widget/**'],
].map((place) => `test/server/${place}`);

const ALL = ['test/server/**/*.test.ts'];

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    testTimeout: TIMEOUT_MS,
    hookTimeout: TIMEOUT_MS,
    teardownTimeout: TIMEOUT_MS,
    reporters: ['default'],
    pool: 'forks',
    // What a file imports the next one finds there: half of a run was reading the same modules again (2026-11). Nothing here is changed for all who import it.
    isolate: false,
    // Some tests wait, for disks, leases and processes, while others work: three at a time keep two processors busy.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'sqlite', include: ALL, exclude: [...configDefaults.exclude, ...POSTGRES_ONLY] } },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ALL,
          exclude: [...configDefaults.exclude, ...SQLITE_ONLY, ...ENGINE_DOES_NOT_MATTER],
          env: { MALIPO_TEST_ENGINE: 'postgres' },
          globalSetup: 'test/server/support/postgres-run.ts',
        },
      },
    ],
  },
});
