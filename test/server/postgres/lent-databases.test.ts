/** The databases that the other tests are lent: as if each were new, and the connections to it too. */
import pg from 'pg';
import { expect, inject, onTestFinished, test as anyTest } from 'vitest';
import { type LentDatabases, openLentDatabases } from '../support/lent-databases.ts';
import { databaseAt } from '../support/postgres-address.ts';

const test = anyTest.runIf(inject('postgresLender') !== null);

async function lender(): Promise<LentDatabases> {
  const databases = await openLentDatabases(inject('postgresUrl'), inject('postgresTemplate'), `own_${process.pid}_${Date.now()}`);
  onTestFinished(() => databases.close());
  return databases;
}

/** Runs statements on one connection to what is lent by this name, and answers the last one's row. */
async function visit(databases: LentDatabases, name: string, statements: string[], { leaves = true } = {}): Promise<Record<string, unknown> | undefined> {
  const client = new pg.Client({ connectionString: databaseAt(databases.url, name) });
  client.on('error', () => undefined);
  await client.connect();
  let row: Record<string, unknown> | undefined;
  for (const sql of statements) [row] = (await client.query<Record<string, unknown>>(sql)).rows;
  if (leaves) await client.end();
  return row;
}

const WHERE = 'SELECT current_database() AS database, pg_backend_pid() AS connection';

const JOB = `INSERT INTO jobs (kind, subject, lane, run_at, created_at) VALUES ('any', 'any', 'any', 1, 1) RETURNING id`;

test('nothing of one test is there for the next, on the same connection to the same database', async () => {
  const databases = await lender();
  await databases.lend('first');
  expect(await visit(databases, 'first', [JOB])).toEqual({ id: '1' });
  const first = await visit(databases, 'first', ['SET search_path = elsewhere', 'PREPARE of_first AS SELECT 1', 'LISTEN of_first', 'SELECT pg_advisory_lock(1)', WHERE]);
  await databases.takeBack('first');
  await databases.lend('second');
  const found = `SELECT (SELECT count(*)::int FROM jobs) AS jobs, current_setting('search_path') AS path, (SELECT count(*)::int FROM pg_prepared_statements) AS prepared,
    (SELECT count(*)::int FROM pg_listening_channels()) AS channels, (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`;
  expect(await visit(databases, 'second', [found])).toEqual({ jobs: 0, path: '"$user", public', prepared: 0, channels: 0, locks: 0 });
  expect(await visit(databases, 'second', [WHERE])).toEqual(first);
  expect(await visit(databases, 'second', [JOB])).toEqual({ id: '1' });
});

test.each([
  ['changed the schema', ['CREATE TABLE left_behind (id BIGINT)'], {}],
  ['took part of it away', ['DROP TRIGGER ledger_entries_no_change ON ledger_entries'], {}],
  ['changed how the database is set', [`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`], {}],
  ['went on in a transaction', ['BEGIN', JOB], { leaves: false }],
])('a database is not lent again whose user %s', async (_, statements, leaving) => {
  const databases = await lender();
  await databases.lend('first');
  const first = await visit(databases, 'first', [WHERE]);
  await visit(databases, 'first', statements, leaving);
  await databases.takeBack('first');
  await databases.lend('second');
  expect(await visit(databases, 'second', [WHERE])).not.toMatchObject({ database: first!.database });
});
