/** What SQLite's errors mean: the file's own trouble, as opposed to a command that asked for something wrong. */
import { SqliteError } from 'better-sqlite3';

const STORAGE_FAILURE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|BUSY|LOCKED|PROTOCOL)/;

export function isStorageFailure(error: unknown): boolean {
  return error instanceof SqliteError && STORAGE_FAILURE.test(error.code);
}

export function isLocked(error: unknown): boolean {
  return error instanceof SqliteError && error.code.startsWith('SQLITE_BUSY');
}

export function isReadonly(error: unknown): boolean {
  return error instanceof SqliteError && error.code.startsWith('SQLITE_READONLY');
}
