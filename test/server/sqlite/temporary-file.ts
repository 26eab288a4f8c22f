import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

export interface TemporaryFile {
  readonly store: SqliteStore;
  readonly file: string;
}

/** A real, empty database file for the running test, closed and removed when the test has finished. */
export function temporaryFile(): TemporaryFile {
  const file = join(temporaryFolder(), 'malipo.db');
  return { store: openedFile(file), file };
}

/** Opens a store on this file, closed when the running test has finished. */
export function openedFile(file: string): SqliteStore {
  const store = new SqliteStore(file);
  onTestFinished(() => store.close());
  return store;
}
