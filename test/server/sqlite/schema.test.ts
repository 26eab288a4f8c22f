import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { loadMigrations, type Migration, pendingMigrations } from '../../../server/db/migrate.ts';
import { openStore } from '../../../server/db/open.ts';
import { statement } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { openedFile, temporaryFile } from './temporary-file.ts';

const migration = (version: number, checksum = 'same'): Migration => ({ version, name: `step_${version}`, sql: '', checksum });

/** Changes the closed file behind the store's back. */
function tamper(file: string, sql: string): void {
  const connection = new Database(file);
  connection.exec(sql);
  connection.close();
}

test('a new file gets every migration, and each is recorded with its checksum', async () => {
  const { store } = temporaryFile();
  const applied = await store.read.all(statement<{ version: number; name: string; checksum: string }>('SELECT version, name, checksum FROM schema_migrations ORDER BY version'));
  expect(applied).toEqual(loadMigrations('sqlite').map(({ version, name, checksum }) => ({ version, name, checksum })));
  expect(applied.length).toBeGreaterThan(0);
});

test('opening again changes nothing and keeps the data', async () => {
  const { store, file } = temporaryFile();
  await store.write((tx) => tx.run(insertNote, noteParams('kept')));
  const recorded = statement<object>('SELECT * FROM schema_migrations');
  const before = await store.read.all(recorded);
  await store.close();
  const again = openedFile(file);
  expect(await again.read.all(recorded)).toEqual(before);
  expect(await notes(again.read)).toEqual(['kept']);
});

test('a file whose migration was changed after it was applied is not opened', async () => {
  const { store, file } = temporaryFile();
  await store.close();
  tamper(file, `UPDATE schema_migrations SET checksum = 'other' WHERE version = 1`);
  expect(() => openedFile(file)).toThrow('Migration 1 (foundation) was changed after it was applied to this database');
});

test('a file that a newer version wrote is not opened', async () => {
  const { store, file } = temporaryFile();
  await store.close();
  tamper(file, `INSERT INTO schema_migrations VALUES (9000, 'tomorrow', 'x', 0)`);
  expect(() => openedFile(file)).toThrow('migration 9000 (tomorrow), which this version of Malipo does not know: it was written by a newer one');
});

test('a migration that was slipped in below an applied one is refused', () => {
  expect(() => pendingMigrations([migration(1), migration(2), migration(3)], [migration(1), migration(3)])).toThrow(
    'Migration 2 (step_2) was added below one that is already applied',
  );
});

test('what is left to run are the migrations above the newest applied one, in order', () => {
  const known = [migration(1), migration(2), migration(3)];
  expect(pendingMigrations(known, [])).toEqual(known);
  expect(pendingMigrations(known, [migration(1)])).toEqual([migration(2), migration(3)]);
  expect(pendingMigrations(known, known)).toEqual([]);
});

test('an address that is no database is refused without repeating it, which may hold a password', async () => {
  for (const address of ['mysql://malipo:secret@db/malipo', 'postgres:/malipo', '']) {
    await expect(openStore(address)).rejects.toThrow(/^DATABASE_URL must be a file: or postgres:\/\/ address(?!.*secret)/);
  }
});

test('a new database and its log are for their owner’s eyes alone', async () => {
  const { file } = temporaryFile();
  for (const each of [file, `${file}-wal`]) expect(statSync(each).mode & 0o777).toBe(0o600);
});

test('the folder of a new database is made', async () => {
  const folder = `${temporaryFolder()}/deeper/still`;
  const store = await openStore(`file:${folder}/malipo.db`);
  expect(await notes(store.read)).toEqual([]);
  await store.close();
});

test.each([
  ['text where a number belongs', `'soon'`],
  ['a fraction where minor units belong', '1.5'],
])('a table refuses %s', async (_, value) => {
  const { store } = temporaryFile();
  const insert = statement(`INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at) VALUES ('t', 'f', '', '', ${value})`);
  await expect(store.write((tx) => tx.run(insert))).rejects.toThrow(/cannot store (TEXT|REAL) value in INTEGER column/);
});

test('a row that points nowhere is refused', async () => {
  const { store } = temporaryFile();
  const orphan = statement('INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (1, 1, 5)');
  await expect(store.write((tx) => tx.run(orphan))).rejects.toThrow('FOREIGN KEY constraint failed');
});

test('the reading connection cannot write', () => {
  const { store } = temporaryFile();
  expect(() => store.read.get(statement(`DELETE FROM provider_callbacks RETURNING id`))).toThrow('readonly database');
});

test.each(['ledger_transfers', 'ledger_entries'])('%s can be neither changed nor deleted', async (table) => {
  const { store } = temporaryFile();
  await store.write(async (tx) => {
    for (const sql of [
      `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (1, NULL, 'fees', 'iotec', 'UGX', 'live')`,
      `INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES (1, 'collectSettled', 'payment:1', 'UGX', 0, 0)`,
      `INSERT INTO ledger_entries (transfer_id, account_id, amount_minor) VALUES (1, 1, 5)`,
    ]) {
      await tx.run(statement(sql));
    }
  });
  const count = statement<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`);
  for (const sql of [`UPDATE ${table} SET id = id + 1`, `DELETE FROM ${table}`]) {
    await expect(store.write((tx) => tx.run(statement(sql)))).rejects.toThrow('the ledger is append-only');
  }
  expect(await store.read.get(count)).toEqual({ rows: 1 });
});
