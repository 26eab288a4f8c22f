import { resolve } from 'node:path';
import { MINUTE_MS } from '../core/clock.ts';
import { SqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The path in a `file:` address, or null for any other address. */
export function sqliteFile(databaseUrl: string): string | null {
  return databaseUrl.startsWith('file:') ? resolve(databaseUrl.slice('file:'.length)) : null;
}

export function isPostgresUrl(databaseUrl: string): boolean {
  return /^postgres(ql)?:\/\//.test(databaseUrl);
}

/** `malipo verify` reads the whole ledger in one statement: whoever types a command waits for minutes. */
export const COMMAND_READ_MS = 10 * MINUTE_MS;

/**
 * Opens the database a `DATABASE_URL` names and brings its schema up to date.
 *
 * @param readMs how long one statement may read (milliseconds), where the database is another machine's; when absent, as long as a server waits
 * @param holdsServeLock whether this is the server itself, which has a file's lock already
 */
export async function openStore(databaseUrl: string, { readMs, holdsServeLock }: { readMs?: number; holdsServeLock?: boolean } = {}): Promise<Store> {
  const file = sqliteFile(databaseUrl);
  if (file !== null) return new SqliteStore(file, { holdsServeLock });
  // The address is not repeated: it may carry a password.
  if (!isPostgresUrl(databaseUrl)) throw new Error('DATABASE_URL must be a file: or postgres:// address');
  // Loaded only for those who use it: a shop on a file starts without.
  const { PostgresStore } = await import('./postgres/store.ts');
  return PostgresStore.open(databaseUrl, { readMs });
}
