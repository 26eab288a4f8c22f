/** A newer version comes to a database that servers of an older one are running on. */
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { PostgresBell } from '../../../server/db/postgres/bell.ts';
import { openStore } from '../../../server/db/open.ts';
import { rows } from '../support/database.ts';
import { openedStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';
import { databaseOf } from '../upgrade/earlier-database.ts';

const NEWEST = loadMigrations('postgres').at(-1)!.version;

/** As of a server that is running: one of any version listens. */
async function olderServer(databaseUrl: string): Promise<PostgresBell> {
  const bell = new PostgresBell(databaseUrl);
  onTestFinished(() => bell.close());
  await new Promise<void>((resolve) => bell.listen('status', { heard: () => undefined, missed: resolve }));
  return bell;
}

test('it changes no table below them, says which they are, and opens as soon as they have stopped', async () => {
  const databaseUrl = await databaseOf(NEWEST - 1);
  const older = await olderServer(databaseUrl);
  await expect(openStore(databaseUrl)).rejects.toThrow(/older version is running on it \(in pg_stat_activity: pid \d+ from .+\).*stop the older ones first$/);

  const store = openedStore(databaseUrl);
  const operator = new pg.Client({ connectionString: databaseUrl });
  await operator.connect();
  await until(async () => (await operator.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)).rows.length > 0);
  await operator.end();
  await older.close();
  expect(await rows(store, 'SELECT max(version) AS version FROM schema_migrations')).toEqual([{ version: NEWEST }]);
});

test('beside servers of its own version it opens at once', async () => {
  const databaseUrl = await databaseOf(NEWEST);
  await openedStore(databaseUrl).read.all({ text: 'SELECT 1' });
  await olderServer(databaseUrl);
  expect(await openedStore(databaseUrl).read.all({ text: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
});
