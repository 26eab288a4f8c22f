import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { openStore } from '../../../server/db/open.ts';
import { statement, type Store } from '../../../server/db/store.ts';
import { emptyPostgresDatabase } from '../support/database-under-test.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';
import { temporaryFile } from '../sqlite/temporary-file.ts';

const recorded = statement<object>('SELECT version, name, checksum FROM schema_migrations ORDER BY version');

async function emptyDatabase(): Promise<string> {
  const { url, ready, remove } = emptyPostgresDatabase();
  onTestFinished(remove);
  await ready;
  return url;
}

/** Changes the database behind the store's back. */
async function tamper(databaseUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

test('servers that start at once on a new database migrate it once, and all of them come up', async () => {
  const url = await emptyDatabase();
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(url)));
  const known = loadMigrations('postgres').map(({ version, name, checksum }) => ({ version, name, checksum }));
  for (const store of stores) {
    expect(await store.read.all(recorded)).toEqual(known);
    await store.close();
  }
});

test('a database whose migration was changed after it was applied, or that a newer version wrote, is not opened', async () => {
  const { store, databaseUrl } = temporaryStore();
  await store.read.all(recorded);
  await tamper(databaseUrl, `UPDATE schema_migrations SET checksum = 'other' WHERE version = 1`);
  await expect(openStore(databaseUrl)).rejects.toThrow('Migration 1 (foundation) was changed after it was applied to this database');
  await tamper(databaseUrl, `DELETE FROM schema_migrations; INSERT INTO schema_migrations VALUES (9000, 'tomorrow', 'x', 0)`);
  await expect(openStore(databaseUrl)).rejects.toThrow('migration 9000 (tomorrow)');
});

test('a server that is not there is said so, without the password', async () => {
  await expect(openStore('postgres://malipo:secret@127.0.0.1:1/malipo')).rejects.toThrow(/^(?!.*secret).*ECONNREFUSED/);
});

test('each migration has its twin of the same number and name', () => {
  const named = (engine: 'sqlite' | 'postgres') => loadMigrations(engine).map(({ version, name }) => ({ version, name }));
  expect(named('postgres')).toEqual(named('sqlite'));
});

const postgresColumns = statement<{ name: string }>(`
  SELECT c.table_name || '.' || c.column_name || CASE c.is_nullable WHEN 'YES' THEN '?' ELSE '' END AS name FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'`);

const sqliteColumns = statement<{ name: string }>(`
  SELECT t.name || '.' || c.name || CASE WHEN c."notnull" = 0 AND c.pk = 0 THEN '?' ELSE '' END AS name
  FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`);

test('both engines have the same tables with the same columns; only a server’s lives are told apart', async () => {
  const columns = async (store: Store, query: typeof sqliteColumns) => (await store.read.all(query)).map(({ name }) => name).sort();
  const shared = (await columns(temporaryStore().store, postgresColumns)).filter((name) => !name.startsWith('server_life.'));
  expect(shared).toEqual(await columns(temporaryFile().store, sqliteColumns));
});

test.each([
  ['text where a number belongs', `'soon'`, 'invalid input syntax'],
  ['an amount beyond what a number holds exactly', '9007199254740993', 'violates check constraint'],
  ['an entry that points nowhere', '5', 'violates foreign key constraint'],
])('the ledger refuses %s', async (_, amount, complaint) => {
  const { store } = temporaryStore();
  const insert = statement(`INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (1, 1, ${amount})`);
  await expect(store.write((tx) => tx.run(insert))).rejects.toThrow(complaint);
});

test.each(['ledger_transfers', 'ledger_entries'])('%s can be neither changed, nor deleted, nor emptied', async (table) => {
  const { store } = temporaryStore();
  await store.write(async (tx) => {
    for (const sql of [
      `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (1, NULL, 'fees', 'iotec', 'UGX', 'live')`,
      `INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES (1, 'collectSettled', 'payment:1', 'UGX', 0, 0)`,
      `INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (1, 1, 5)`,
    ]) {
      await tx.run(statement(sql));
    }
  });
  for (const sql of [`UPDATE ${table} SET id = id + 1`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
    await expect(store.write((tx) => tx.run(statement(sql)))).rejects.toThrow('the ledger is append-only');
  }
  expect(await store.read.get(statement(`SELECT count(*) AS rows FROM ${table}`))).toEqual({ rows: 1 });
});

test('opening a database that is up to date waits for nobody', async () => {
  const { store, databaseUrl } = temporaryStore();
  await store.write(async (tx) => {
    await tx.lock('malipo:migrations');
    expect(await openedStore(databaseUrl).read.all(recorded)).not.toEqual([]);
  });
});
