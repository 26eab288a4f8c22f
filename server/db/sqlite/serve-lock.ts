/**
 * One server for each SQLite file. The lock is SQLite's own, on a small file beside the database: the system lets
 * go of it when the process dies, however it dies, so there is never a stale one to clear away.
 */
import Database from 'better-sqlite3';

export interface ServeLock {
  release(): void;
}

/** Takes the lock; null when another server has it. */
export function takeServeLock(databaseFile: string): ServeLock | null {
  const lock = new Database(`${databaseFile}.lock`, { timeout: 0 });
  try {
    // Another holder makes even this wait, and the time-out of nothing makes it fail at once.
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return { release: () => lock.close() };
}
