import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type AppliedMigration, loadMigrations, type Migration, pendingMigrations } from '../migrate.ts';
import { type Awaitable, type Reader, SILENT_BELL, type Store, type Transaction } from '../store.ts';
import { type Connection, openConnection } from './connection.ts';
import { SqliteReader } from './reader.ts';
import { type ServeLock, takeServeLock } from './serve-lock.ts';
import { GroupCommitWriter } from './writer.ts';

/** Malipo on one file: one writing connection, and one for reading that sees only what is committed. */
export class SqliteStore implements Store {
  readonly engine = 'sqlite';
  readonly bell = SILENT_BELL;
  readonly read: Reader;
  readonly #file: string;
  readonly #writing: Connection;
  readonly #reading: Connection;
  readonly #writer: GroupCommitWriter;

  constructor(file: string, { holdsServeLock = false }: { holdsServeLock?: boolean | undefined } = {}) {
    mkdirSync(dirname(file), { recursive: true });
    // Phone numbers are in it: made for its owner's eyes alone, and SQLite gives its log the same mode.
    closeSync(openSync(file, 'a', 0o600));
    this.#file = file;
    this.#writing = openConnection(file, { readonly: false });
    migrateFile(file, this.#writing, { holdsServeLock });
    this.#reading = openConnection(file, { readonly: true });
    this.#writer = new GroupCommitWriter(this.#writing);
    this.read = new SqliteReader(this.#reading);
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>): Promise<T> {
    return this.#writer.write(command);
  }

  /**
   * Copies from a connection of its own that holds one snapshot open. Without it SQLite starts the copy again
   * whenever another connection commits, and under steady payments it would never come to an end.
   */
  async backup(file: string): Promise<void> {
    const snapshot = openConnection(this.#file, { readonly: true });
    try {
      snapshot.exec('BEGIN');
      snapshot.prepare('SELECT count(*) FROM schema_migrations').get();
      await snapshot.backup(file);
    } finally {
      snapshot.close();
    }
  }

  async close(): Promise<void> {
    await this.#writer.finish();
    this.#reading.close();
    this.#writing.close();
  }
}

function migrateFile(file: string, connection: Connection, { holdsServeLock }: { holdsServeLock: boolean }): void {
  const known = loadMigrations('sqlite');
  const applied = appliedTo(connection);
  // Most opens find nothing to do, and a command beside a busy server should not wait for its lock to learn that.
  if (pendingMigrations(known, applied).length === 0) return;
  const lock = holdsServeLock || applied.length === 0 ? undefined : lockAgainstServers(file);
  try {
    migrate(connection, known);
  } finally {
    lock?.release();
  }
}

/** A server of an older version fails on tables that a newer command changes below it; and none may start meanwhile. */
function lockAgainstServers(file: string): ServeLock {
  const lock = takeServeLock(file);
  if (lock === null) throw new Error('a Malipo server is running on it, and this version must change its tables; stop the server first');
  return lock;
}

function migrate(connection: Connection, known: Migration[]): void {
  // Two processes may start at once: the second waits here and then finds the work done.
  const run = connection.transaction(() => {
    connection.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
      version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
    const record = connection.prepare('INSERT INTO schema_migrations VALUES (?, ?, ?, ?)');
    for (const { version, name, sql, checksum } of pendingMigrations(known, appliedTo(connection))) {
      connection.exec(sql);
      record.run(version, name, checksum, Date.now());
    }
  });
  run.immediate();
}

function appliedTo(connection: Connection): AppliedMigration[] {
  const recorded = connection.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'`).get();
  if (recorded === undefined) return [];
  return connection.prepare('SELECT version, name, checksum FROM schema_migrations').all() as AppliedMigration[];
}
