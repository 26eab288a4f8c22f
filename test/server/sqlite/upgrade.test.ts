/**
 * A shop does not begin with the newest release: a database that any earlier one wrote opens, keeps what is in it, and
 * goes on. The books of each release are beside this file; those of a later release add to those of the ones before.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { collect, transaction } from '../support/payments.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

const MIGRATIONS = loadMigrations('sqlite');

/** Runs the migrations one after another, and writes after each what a shop would have written by then. */
function writeBooksOf(release: number, file: string): void {
  const connection = openConnection(file, { readonly: false });
  connection.exec('CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT');
  for (const { version, name, sql, checksum } of MIGRATIONS.filter((migration) => migration.version <= release)) {
    connection.exec(sql);
    connection.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?, ?)').run(version, name, checksum, 1_700_000_000_000);
    const books = new URL(`./earlier-books/${String(version).padStart(4, '0')}.sql`, import.meta.url);
    if (existsSync(books)) connection.exec(readFileSync(books, 'utf8'));
  }
  connection.close();
}

/** Net of the payment that was paid, less what is on its way out or gone by then. */
function walletOf(release: number): number {
  return release === 1 ? 46_000 : 46_000 - 1_000 - 2_000 - 3_000;
}

test.each(MIGRATIONS)('books that migration $version ($name) left open, verify, and take the next payment', async ({ version }) => {
  const file = join(temporaryFolder(), 'malipo.db');
  writeBooksOf(version, file);
  const malipo = await buildMalipo({ databaseUrl: `file:${file}` });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
  expect(await walletBalance(malipo.store, { appId: 1, mode: 'live' })).toBe(walletOf(version));
  expect(await rows(malipo.store, `SELECT reference, status FROM payments WHERE id <= 3 ORDER BY id`)).toEqual([
    { reference: 'dgw_paid', status: 'completed' },
    { reference: 'dgw_refused', status: 'failed' },
    { reference: 'dgw_waiting', status: 'pending' },
  ]);

  // Whatever lane they waited in, jobs that ask a provider wait in its own.
  const asking = await rows<{ lane: string }>(malipo.store, `SELECT lane FROM jobs WHERE kind IN ('payment.check', 'withdrawal.check')`);
  expect(asking.length).toBeGreaterThan(0);
  expect(asking.filter(({ lane }) => lane !== 'provider:live:iotec')).toEqual([]);

  const { testKey } = await malipo.makeShop({ slug: 'kiosk' });
  const reference = await collect(malipo, testKey);
  await malipo.pass(10_000);
  expect((await transaction(malipo, testKey, reference)).status).toBe('completed');
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
