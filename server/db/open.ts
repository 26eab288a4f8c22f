import { resolve } from 'node:path';
import { SqliteStore } from './sqlite/store.ts';
import type { Store } from './store.ts';

/** The path in a `file:` address, or null for any other address. */
export function sqliteFile(databaseUrl: string): string | null {
  return databaseUrl.startsWith('file:') ? resolve(databaseUrl.slice('file:'.length)) : null;
}

/** Opens the database a `DATABASE_URL` names and brings its schema up to date. */
export function openStore(databaseUrl: string): Store {
  const file = sqliteFile(databaseUrl);
  // The address is not repeated: it may carry a password.
  if (file === null) throw new Error('DATABASE_URL must be a file: address; PostgreSQL is not supported yet');
  return new SqliteStore(file);
}
