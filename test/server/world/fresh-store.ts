/** Where a world's books are: a new database in a folder of its own, migrated once and copied for every world. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import type { Store } from '../../../server/db/store.ts';

let migrated: Buffer | undefined;

/** Runs something on a new store, and removes it afterwards. */
export async function onFreshStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'malipo-world-'));
  try {
    migrated ??= await migratedDatabase(join(folder, 'new.db'));
    const file = join(folder, 'malipo.db');
    writeFileSync(file, migrated);
    const store = new SqliteStore(file);
    try {
      return await run(store);
    } finally {
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function migratedDatabase(file: string): Promise<Buffer> {
  await new SqliteStore(file).close();
  return readFileSync(file);
}
