import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';

export interface TemporaryStore {
  readonly store: SqliteStore;
  readonly file: string;
}

/** A new folder of its own for the running test, removed when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'malipo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A real, empty store for the running test, closed and removed when the test has finished. */
export function temporaryStore(): TemporaryStore {
  const file = join(temporaryFolder(), 'malipo.db');
  return { store: openedStore(file), file };
}

/** Opens a store on this file, closed when the running test has finished. */
export function openedStore(file: string): SqliteStore {
  const store = new SqliteStore(file);
  onTestFinished(() => store.close());
  return store;
}
