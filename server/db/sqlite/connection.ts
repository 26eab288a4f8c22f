import Database from 'better-sqlite3';
import type { Params, Reader, Statement } from '../store.ts';

/** How long opening, migrating and reading wait for another process to release the file; the writer waits by itself. */
const BUSY_TIMEOUT_MS = 5_000;

/** The first SQLite without the WAL-reset bug, which corrupts files that two connections write and checkpoint. */
const OLDEST_SAFE_SQLITE = [3, 51, 3] as const;

/** `PRAGMA synchronous` reads 2 when every commit is synced to disk. */
const SYNCHRONOUS_FULL = 2;

/**
 * Pages the log may grow to before it is copied into the database (4 kB each). At SQLite's own 1,000 a busy
 * writer checkpoints several times a second, each with two more syncs.
 */
const WAL_AUTOCHECKPOINT_PAGES = 8_000;

export type Connection = Database.Database;

/**
 * Opens the file with every setting that money depends on, and asserts the one that silently differs:
 * better-sqlite3 is compiled to fall back to `synchronous=NORMAL` in WAL mode, which may lose acknowledged
 * commits on power failure (its defines.gypi, SQLITE_DEFAULT_WAL_SYNCHRONOUS=1).
 */
export function openConnection(file: string, options: { readonly: boolean }): Connection {
  const connection = new Database(file, { readonly: options.readonly, timeout: BUSY_TIMEOUT_MS });
  assertSafeVersion(connection);
  if (!options.readonly) {
    connection.pragma('journal_mode = WAL');
    connection.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`);
  }
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('trusted_schema = OFF');
  // Where savepoints keep what they may have to restore: in a temporary file it cost a collect 20 µs, in memory 8.
  connection.pragma('temp_store = MEMORY');
  if (connection.pragma('synchronous', { simple: true }) !== SYNCHRONOUS_FULL) {
    throw new Error(`SQLite did not accept synchronous=FULL on ${file}: commits would not be durable`);
  }
  return connection;
}

function assertSafeVersion(connection: Connection): void {
  const version = connection.prepare('SELECT sqlite_version()').pluck().get() as string;
  const parts = version.split('.').map(Number);
  for (const [index, least] of OLDEST_SAFE_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new Error(`SQLite ${version} can corrupt a database in WAL mode; ${OLDEST_SAFE_SQLITE.join('.')} or newer is needed`);
    }
  }
}

/** Compiles each statement once for its connection. */
export class StatementCache implements Reader {
  readonly #connection: Connection;
  readonly #compiled = new Map<Statement, Database.Statement>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  compiled(statement: Statement): Database.Statement {
    let compiled = this.#compiled.get(statement);
    if (compiled === undefined) {
      compiled = this.#connection.prepare(statement.text);
      this.#compiled.set(statement, compiled);
    }
    return compiled;
  }

  all<Row>(statement: Statement<Row>, params: Params = {}): Row[] {
    return this.compiled(statement).all(params) as Row[];
  }

  get<Row>(statement: Statement<Row>, params: Params = {}): Row | undefined {
    return this.compiled(statement).get(params) as Row | undefined;
  }
}
