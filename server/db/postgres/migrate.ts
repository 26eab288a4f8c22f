import type pg from 'pg';
import { type AppliedMigration, loadMigrations, pendingMigrations } from '../migrate.ts';
import { assertServerVersion } from './connections.ts';
import { LIFE_TABLE } from './life.ts';

/** Servers that start at once wait here for the one that migrates, and then find the work done. */
const ALONE = `SELECT pg_advisory_xact_lock(hashtextextended('malipo:migrations', 0))`;

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)`;

/** Brings the schema up to date: all that is missing in one transaction, or nothing. */
export async function migrate(pool: pg.Pool): Promise<void> {
  const known = loadMigrations('postgres');
  const client = await pool.connect();
  try {
    await assertServerVersion(client);
    if (pendingMigrations(known, await appliedTo(client)).length === 0) return client.release();
    await client.query('BEGIN');
    // An index on a large table takes what it takes; and the server that waits here waits for that.
    await client.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
    await client.query(ALONE);
    await client.query(LEDGER);
    await client.query(LIFE_TABLE);
    for (const { version, name, sql, checksum } of pendingMigrations(known, await appliedTo(client))) {
      await client.query(sql);
      await client.query('INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)', [version, name, checksum, Date.now()]);
    }
    await client.query('COMMIT');
    // It was opened before its tables were there.
    client.release(true);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function appliedTo(client: pg.PoolClient): Promise<AppliedMigration[]> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('schema_migrations') IS NOT NULL AND to_regclass('server_life') IS NOT NULL AS there`);
  if (!rows[0]!.there) return [];
  return (await client.query<AppliedMigration>('SELECT version, name, checksum FROM schema_migrations')).rows;
}
