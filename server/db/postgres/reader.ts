import type pg from 'pg';
import { type Params, type Reader, type Statement, StoreUnavailableError, type Value } from '../store.ts';
import { translate, valuesOf } from './dialect.ts';
import { failureOf, isSilence } from './failures.ts';

/** A connection that was cut while it was idle shows it only when it is used; reading again does no harm. */
const ATTEMPTS = 3;

/** A text with a NUL is one that PostgreSQL neither stores nor looks for: it is found nowhere. */
function isInNoRow(value: Value): boolean {
  return typeof value === 'string' && value.includes('\0');
}

const NOTHING_FOUND: Pick<pg.QueryResult, 'rows'> = { rows: [] };

/** Reads what is committed, each statement on whichever connection is free. */
export class PostgresReader implements Reader {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
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
      const client = await this.#connect();
      try {
        const result = await client.query({ name, text, values });
        client.release();
        return result;
      } catch (error) {
        const failure = failureOf(error);
        client.release(failure === 'lost');
        // Writing here is a mistake of ours; after a failover it is only this connection's, which is why writers say `lost`.
        if (failure === 'refused' || (error as { code?: string }).code === '25006') throw error;
        if (attempt === ATTEMPTS || failure === 'unavailable' || isSilence(error)) throw new StoreUnavailableError('The database cannot be read', { cause: error });
      }
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (cause) {
      throw new StoreUnavailableError('The database cannot be reached', { cause });
    }
  }
}
