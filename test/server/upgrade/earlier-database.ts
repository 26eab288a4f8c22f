/** A database as an earlier release left it: its migrations, and after each what a shop would have written by then. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { loadMigrations } from '../../../server/db/migrate.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { emptyPostgresDatabase, ENGINE } from '../support/database-under-test.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

export const MIGRATIONS = loadMigrations(ENGINE);

const WRITTEN_AT = 1_700_000_000_000;

/** Answers its address. */
export async function databaseOf(release: number): Promise<string> {
  const steps = MIGRATIONS.filter(({ version }) => version <= release);
  return ENGINE === 'sqlite' ? writeFile(steps) : writePostgres(steps);
}

function booksOf(version: number): string {
  const books = new URL(`./earlier-books/${String(version).padStart(4, '0')}.sql`, import.meta.url);
  return existsSync(books) ? readFileSync(books, 'utf8') : '';
}

async function writeFile(steps: typeof MIGRATIONS): Promise<string> {
  const file = join(temporaryFolder(), 'malipo.db');
  const connection = openConnection(file, { readonly: false });
  connection.exec('CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT');
  for (const { version, name, sql, checksum } of steps) {
    connection.exec(sql);
    connection.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?, ?)').run(version, name, checksum, WRITTEN_AT);
    connection.exec(booksOf(version));
  }
  connection.close();
  return `file:${file}`;
}

async function writePostgres(steps: typeof MIGRATIONS): Promise<string> {
  const { url, ready, remove } = emptyPostgresDatabase();
  onTestFinished(remove);
  await ready;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)');
  for (const { version, name, sql, checksum } of steps) {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations VALUES ($1, $2, $3, $4)', [version, name, checksum, WRITTEN_AT]);
    await client.query(booksOf(version));
    await handOutIdsAfterTheirs(client);
  }
  await client.end();
  return url;
}

/** The books name their rows' ids themselves, of which PostgreSQL knows nothing; the release that wrote them had asked for each. */
async function handOutIdsAfterTheirs(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string }>(`
    SELECT table_name AS table FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES'`);
  for (const { table } of rows) {
    await client.query(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest((SELECT max(id) FROM ${table}), 1), EXISTS (SELECT 1 FROM ${table}))`);
  }
}
