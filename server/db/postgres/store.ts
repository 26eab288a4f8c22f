import type { Awaitable, Reader, Store, Transaction } from '../store.ts';
import { type Connections, openConnections } from './connections.ts';
import { migrate } from './migrate.ts';
import { PostgresReader } from './reader.ts';
import { PostgresWriter } from './writer.ts';

/** Malipo on a PostgreSQL database, with as many other servers beside it as there are. */
export class PostgresStore implements Store {
  readonly engine = 'postgres';
  readonly read: Reader;
  readonly #connections: Connections;
  readonly #writer: PostgresWriter;
  #closing: Promise<void> | null = null;

  /** Connects and brings the schema up to date. */
  static async open(databaseUrl: string): Promise<PostgresStore> {
    const connections = openConnections(databaseUrl);
    try {
      await migrate(connections.writing);
    } catch (error) {
      await connections.close();
      throw error;
    }
    return new PostgresStore(connections);
  }

  private constructor(connections: Connections) {
    this.#connections = connections;
    this.#writer = new PostgresWriter(connections.writing);
    this.read = new PostgresReader(connections.reading);
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>): Promise<T> {
    return this.#writer.write(command);
  }

  /** PostgreSQL's own tools do this better than a program beside it could: they know every object, and how to restore it. */
  backup(): Promise<void> {
    return Promise.reject(new Error('a PostgreSQL database is copied by its own tools: pg_dump --format=custom --file=FILE "$DATABASE_URL", and pg_restore to bring it back'));
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#writer.finish().then(() => this.#connections.close()));
  }
}
