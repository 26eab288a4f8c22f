import pg from 'pg';
import { StoreUnavailableError } from '../store.ts';

/** With what the types of pg do not know. */
export interface PoolConfig extends Omit<pg.PoolConfig, 'onConnect'> {
  /** Statements are sent as they are asked for, not one after each answer: BEGIN travels with what follows it. */
  pipeline: boolean;
  /** Waited for before a new connection is used. */
  onConnect(client: pg.ClientBase): Promise<unknown>;
}

/**
 * Connections that are kept for whoever needs one next. Where one went silent, those that were opened before it are not
 * trusted either: each would keep somebody waiting as long, for whatever swallowed the one swallows all of them.
 */
export class ConnectionPool {
  readonly #pool: pg.Pool;
  /** Which silence each connection was opened after. */
  readonly #openedAfter = new WeakMap<pg.ClientBase, number>();
  #silences = 0;

  constructor({ onConnect, ...config }: PoolConfig) {
    const open = (client: pg.ClientBase): Promise<unknown> => {
      this.#openedAfter.set(client, this.#silences);
      // Whoever uses a connection when it breaks hears of it by what they asked; unheard, the event would end the process.
      client.on('error', () => undefined);
      return onConnect(client);
    };
    const opening: PoolConfig = { ...config, onConnect: open };
    this.#pool = new pg.Pool(opening);
    // A connection that breaks while nobody uses it is replaced when it is needed.
    this.#pool.on('error', () => undefined);
  }

  /** Throws StoreUnavailableError. */
  async connect(): Promise<pg.PoolClient> {
    try {
      for (;;) {
        const client = await this.#pool.connect();
        if (this.#openedAfter.get(client) === this.#silences) return client;
        client.release(true);
      }
    } catch (cause) {
      throw new StoreUnavailableError('The database cannot be reached', { cause });
    }
  }

  wentSilent(): void {
    this.#silences++;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}
