import type pg from 'pg';
import { type AppliedMigration, loadMigrations, type Migration, pendingMigrations } from '../migrate.ts';
import { BELL_NAME } from './bell.ts';
import { assertServerVersion, type Connections } from './connections.ts';
import { LIFE_TABLE } from './life.ts';
import { othersConnectedAs } from './others.ts';
import type { ConnectionPool } from './pool.ts';

/** Servers that start at once wait here for the one that migrates, and then find the work done. */
const ALONE = `SELECT pg_advisory_xact_lock(hashtextextended('malipo:migrations', 0))`;

const LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)`;

/** Brings the schema up to date: all that is missing in one transaction, or nothing. Where nothing is, it only reads. */
export async function migrate({ reading, writing }: Pick<Connections, 'reading' | 'writing'>): Promise<void> {
  const known = loadMigrations('postgres');
  const applied = await using(reading, async (client) => {
    await assertServerVersion(client);
    return appliedTo(client);
  });
  if (pendingMigrations(known, applied).length === 0) return;
  // It was opened before its tables were there.
  await using(writing, (client) => applyTo(client, known), { lastUse: true });
}

async function applyTo(client: pg.PoolClient, known: Migration[]): Promise<void> {
  await client.query('BEGIN READ WRITE');
  // An index on a large table takes what it takes; and the server that waits here waits for that.
  await client.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
  await client.query(ALONE);
  await client.query(LEDGER);
  await client.query(LIFE_TABLE);
  const pending = pendingMigrations(known, await appliedTo(client));
  if (pending.length > 0) await assertNoOlderServer(client);
  for (const { version, name, sql, checksum } of pending) {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)', [version, name, checksum, Date.now()]);
  }
  await client.query('COMMIT');
}

/**
 * Servers of another version fail on tables that are changed below them. Whoever holds a bell while migrations are missing
 * is one of them: a server rings and listens only once it has brought the schema up to date.
 */
async function assertNoOlderServer(client: pg.PoolClient): Promise<void> {
  const others = await othersConnectedAs(BELL_NAME, client);
  if (others.length === 0) return;
  const where = others.map(({ pid, address }) => `pid ${pid}${address === null ? '' : ` from ${address}`}`).join(', ');
  throw new Error(`a Malipo server of an older version is running on it (in pg_stat_activity: ${where}), and this one must change its tables; stop the older ones first`);
}

/** Whatever fails takes its connection along. */
async function using<T>(pool: ConnectionPool, work: (client: pg.PoolClient) => Promise<T>, { lastUse = false } = {}): Promise<T> {
  const client = await pool.connect();
  try {
    const answer = await work(client);
    client.release(lastUse);
    return answer;
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
