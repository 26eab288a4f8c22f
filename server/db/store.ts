/**
 * The store's interface: what every capability may ask of the database, whichever engine is behind it.
 *
 * Commands are written once as `async (tx) => …` and run on both engines. They may await nothing but their own
 * statements (no network, no timers): on SQLite a command runs in one turn of the event loop inside a shared
 * group commit, and one that waits for anything else is refused. They may be run again from the start after a
 * conflict, so they must have no effect outside the transaction; use `afterCommit` for that.
 */

/**
 * A number arrives in SQLite as a real: columns and comparisons take it as the integer it is, but text made of it
 * in SQL (`'payment:' || :id`) reads `payment:2.0`. Make such text before it is bound.
 */
export type Value = string | number | null | Uint8Array;
export type Params = Readonly<Record<string, Value>>;

/** SQLite answers at once, PostgreSQL later: `await` serves both, and costs SQLite no promise. */
export type Awaitable<T> = T | Promise<T>;

/**
 * A statement in the SQL both engines share, with `:named` parameters. Make it once at module level: each
 * connection compiles it once and keeps it. `Row` is what a row of its answer looks like.
 */
export interface Statement<Row = unknown> {
  readonly text: string;
  readonly row?: Row;
}

export function statement<Row = never>(text: string): Statement<Row> {
  return { text };
}

/**
 * Ends the inner SELECT of a claim. PostgreSQL needs it so that two servers never claim one row; SQLite has one
 * writer and reads it as a comment. The PostgreSQL engine takes the comment marks off.
 */
export const FOR_UPDATE_SKIP_LOCKED = '/* FOR UPDATE SKIP LOCKED */';

export interface Reader {
  all<Row>(statement: Statement<Row>, params?: Params): Awaitable<Row[]>;
  get<Row>(statement: Statement<Row>, params?: Params): Awaitable<Row | undefined>;
}

export interface Transaction extends Reader {
  /** The same object in every transaction of one open store: the key for what a process remembers of its database. */
  readonly database: object;
  /** Runs a statement that answers no rows; says how many rows it changed. */
  run(statement: Statement, params?: Params): Awaitable<number>;
  /**
   * Runs a statement whose answer nobody needs, in its turn: what is asked next need not wait for it. Where it fails, so
   * does the command.
   */
  later(statement: Statement, params?: Params): void;
  /**
   * Holds an exclusive lock on this name until the transaction ends. Free on SQLite, where one writer at a time
   * holds the whole file; an advisory lock on PostgreSQL. Take several in sorted order.
   */
  lock(name: string): Awaitable<void>;
  /** Runs after the commit is on disk, and not at all when the command fails. Must not throw. */
  afterCommit(effect: () => void): void;
}

/**
 * Between the processes that share a database: what is said once the commit stands, so that nobody else has to look for
 * it. It may come late, twice or never, and says only where to look: whoever listens also looks by himself now and then.
 */
export interface Bell {
  /** False where there is nobody else to hear it. */
  readonly reachesOthers: boolean;
  /** Tells the other processes, soon. The same thing said twice in a moment is said once. */
  ring(topic: string, about: string): void;
  /** Hears what other processes tell, never what this one does; the answer ends it. */
  listen(topic: string, listener: BellListener): () => void;
}

export interface BellListener {
  heard(about: string): void;
  /** Nothing was heard for a while: anything may have been said. */
  missed(): void;
}

/** A database that one server has for itself. */
export const SILENT_BELL: Bell = { reachesOthers: false, ring: () => undefined, listen: () => () => undefined };

/**
 * Said of a command that may share its transaction on PostgreSQL too, where others of its kind run between its statements.
 * It is one that reads nothing that others write: what it changes is its own, is appended, or is behind a `lock` that it
 * takes before it writes. SQLite's commands all share, one after the other.
 */
export interface Sharing {
  /** Whose rows it reads and changes ('payment:12'); no two about the same run at a time. Null where they are new. */
  readonly about: string | null;
}

export interface Store {
  readonly engine: 'sqlite' | 'postgres';
  readonly bell: Bell;
  /** Reads what is committed; never waits for a writer. */
  readonly read: Reader;
  /**
   * Runs the command in a transaction and answers only after its commit is on disk. A command that throws is
   * rolled back alone: neighbours that share its commit are not touched.
   */
  write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T>;
  /** Writes a consistent copy to a new file while the store is in use. */
  backup(file: string): Promise<void>;
  /** Finishes what was asked, then closes. */
  close(): Promise<void>;
}

/** The database cannot be used now (disk full or read-only, server away, locked by another program); the same may be asked again later. */
export class StoreUnavailableError extends Error {
  override name = 'StoreUnavailableError';
}

/**
 * Whether a database that is well refused a statement: a mistake of ours, and not made good by asking again. Told by the
 * shape of each engine's error (better-sqlite3's SqliteError, pg's DatabaseError), so that neither need be loaded to ask.
 */
export function isRefusedStatement(error: unknown): boolean {
  return error instanceof Error && (error.name === 'SqliteError' || ('severity' in error && 'routine' in error));
}
