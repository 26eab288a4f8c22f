import { type Awaitable, type Reader, type Sharing, type Store, StoreUnavailableError, type Transaction } from '../../../server/db/store.ts';

/** A store in front of a real one, whose disk a test can fill and whose file it can take away. */
export class FailingStore implements Store {
  readonly #store: Store;
  /** What fails from now on. */
  failing: 'nothing' | 'writing' | 'to answer' | 'everything' = 'nothing';
  /** Writes that were asked for and are never answered. */
  unanswered = 0;
  /** Writes that were committed. */
  written = 0;
  readonly read: Reader;

  constructor(store: Store) {
    this.#store = store;
    this.read = {
      all: (statement, params) => this.#readable().all(statement, params),
      get: (statement, params) => this.#readable().get(statement, params),
    };
  }

  get engine(): Store['engine'] {
    return this.#store.engine;
  }

  get bell(): Store['bell'] {
    return this.#store.bell;
  }

  async write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    if (this.failing === 'to answer') {
      this.unanswered++;
      return new Promise(() => undefined);
    }
    if (this.failing !== 'nothing') throw new StoreUnavailableError('disk full: /secret/path/malipo.db');
    const answer = await this.#store.write(command, sharing);
    this.written++;
    return answer;
  }

  backup(file: string): Promise<void> {
    return this.#store.backup(file);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #readable(): Reader {
    if (this.failing === 'everything') throw new Error('file is not a database: /secret/path/malipo.db');
    return this.#store.read;
  }
}
