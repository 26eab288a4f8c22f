import type pg from 'pg';
import { type Params, type Reader, type Statement, StoreUnavailableError, type Value } from '../store.ts';
import { READERS_MAX } from './connections.ts';
import { translate, valuesOf } from './dialect.ts';
import { endsConnection, type Failure, failureOf } from './failures.ts';
import type { ConnectionPool } from './pool.ts';

/**
 * How often a statement is read in all, by what stopped it; reading again does no harm. A connection that was cut while it
 * was idle shows it only when it is used, and all of them were when the database was started again. One that is silent, and others beside it, may have been swallowed by the
 * network; or this process stood still meanwhile (a suspended machine), and the database is well.
 */
const ATTEMPTS: Readonly<Record<Failure, number>> = { lost: READERS_MAX + 1, conflict: 3, silent: 2, duplicate: 1, unavailable: 1, refused: 1 };

/** A text with a NUL is one that PostgreSQL neither stores nor looks for: it is found nowhere. */
function isInNoRow(value: Value): boolean {
  return typeof value === 'string' && value.includes('\0');
}

const NOTHING_FOUND: Pick<pg.QueryResult, 'rows'> = { rows: [] };

/** Reads what is committed, each statement on whichever connection is free. */
export class PostgresReader implements Reader {
  readonly #pool: ConnectionPool;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  async all<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row[]> {
    return (await this.#query(statement, params)).rows as Row[];
  }

  async get<Row>(statement: Statement<Row>, params: Params = {}): Promise<Row | undefined> {
    return (await this.#query(statement, params)).rows[0] as Row | undefined;
  }

  async #query(statement: Statement, params: Params): Promise<Pick<pg.QueryResult, 'rows'>> {
    const translated = translate(statement);
    const { name, text } = translated;
    const values = valuesOf(translated, params);
    if (values.some(isInNoRow)) return NOTHING_FOUND;
    for (let attempt = 1; ; attempt++) {
      const client = await this.#pool.connect();
      try {
        const result = await client.query({ name, text, values });
        client.release();
        return result;
      } catch (error) {
        const failure = failureOf(error);
        if (failure === 'silent') this.#pool.wentSilent();
        client.release(endsConnection(failure));
        // Writing here is a mistake of ours; after a failover it is only this connection's, which is why writers say `lost`.
        if (failure === 'refused' || (error as { code?: string }).code === '25006') throw error;
        if (attempt >= ATTEMPTS[failure]) throw new StoreUnavailableError('The database cannot be read', { cause: error });
      }
    }
  }
}
