import { type Params, type Reader, type Statement, StoreUnavailableError } from '../store.ts';
import { type Connection, StatementCache } from './connection.ts';
import { isReadonly, isStorageFailure } from './failures.ts';

/** Reads what is committed. */
export class SqliteReader implements Reader {
  readonly #statements: StatementCache;

  /** @param connection one that only reads, and so sees nothing that the writer has not committed */
  constructor(connection: Connection) {
    this.#statements = new StatementCache(connection);
  }

  all<Row>(statement: Statement<Row>, params?: Params): Row[] {
    try {
      return this.#statements.all(statement, params);
    } catch (error) {
      throw this.#meaning(error);
    }
  }

  get<Row>(statement: Statement<Row>, params?: Params): Row | undefined {
    try {
      return this.#statements.get(statement, params);
    } catch (error) {
      throw this.#meaning(error);
    }
  }

  #meaning(error: unknown): unknown {
    // Writing here is a mistake of ours, and no trouble of the file's.
    return isStorageFailure(error) && !isReadonly(error) ? new StoreUnavailableError('The database cannot be read', { cause: error }) : error;
  }
}
