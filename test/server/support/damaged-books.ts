import { join } from 'node:path';
import Database from 'better-sqlite3';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { writeSoundBooks } from './books.ts';
import { openedStore, temporaryFolder, temporaryStore } from './temporary-store.ts';

/**
 * What `malipo verify` says of a copy of sound books that was tampered with by these statements, with everything
 * that guards the file (triggers, constraints, foreign keys) out of the way. What only counts keeps counting.
 */
export async function verifiedAfter(...damage: string[]): Promise<string[]> {
  const { store } = temporaryStore();
  await writeSoundBooks(store);
  const copy = join(temporaryFolder(), 'copy.db');
  await store.backup(copy);
  tamper(copy, damage);
  return verifyBooks(openedStore(copy).read);
}

function tamper(file: string, damage: string[]): void {
  const connection = new Database(file);
  connection.pragma('foreign_keys = OFF');
  connection.pragma('ignore_check_constraints = ON');
  const triggers = connection.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'payments_count%'`).pluck().all() as string[];
  for (const trigger of triggers) connection.exec(`DROP TRIGGER ${trigger}`);
  for (const sql of damage) {
    if (connection.prepare(sql).run().changes === 0) throw new Error(`This damages nothing: ${sql}`);
  }
  connection.close();
}
