import { type Awaitable, type Reader, type Sharing, type Store, StoreUnavailableError, type Transaction } from '../store.ts';
import { PostgresBell } from './bell.ts';
import { type Connections, openConnections, type Patience } from './connections.ts';
import { migrate } from './migrate.ts';
import { PostgresReader } from './reader.ts';
import { PostgresWriter } from './writer.ts';

/** Malipo on a PostgreSQL database, with as many other servers beside it as there are. */
export class PostgresStore implements Store {
  readonly engine = 'postgres';
  readonly read: Reader;
  readonly bell: PostgresBell;
  readonly #connections: Connections;
  readonly #writer: PostgresWriter;
  #closing: Promise<void> | null = null;

  /** Connects and brings the schema up to date. */
  static async open(databaseUrl: string, patience: Patience = {}): Promise<PostgresStore> {
    const connections = openConnections(databaseUrl, patience);
    try {
      await migrate(connections);
    } catch (error) {
      await connections.close();
      // Whoever opens it is told why it cannot be reached.
      throw error instanceof StoreUnavailableError ? error.cause : error;
    }
    return new PostgresStore(connections, new PostgresBell(databaseUrl));
  }

  private constructor(connections: Connections, bell: PostgresBell) {
    this.bell = bell;
    this.#connections = connections;
    this.#writer = new PostgresWriter(connections.writing);
    this.read = new PostgresReader(connections.reading);
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    return this.#writer.write(command, sharing);
  }

  /** PostgreSQL's own tools do this better than a program beside it could: they know every object, and how to restore it. */
  backup(): Promise<void> {
    return Promise.reject(new Error('a PostgreSQL database is copied by its own tools: pg_dump --format=custom --file=FILE "$DATABASE_URL", and pg_restore to bring it back'));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  /** What the last commits have to tell is told after them. */
  async #finish(): Promise<void> {
    await this.#writer.finish();
    await this.bell.close();
    await this.#connections.close();
  }
}
