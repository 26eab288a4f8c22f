import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore } from '../../../server/db/open.ts';
import type { Awaitable, Bell, Reader, Sharing, Store, Transaction } from '../../../server/db/store.ts';
import { ENGINE, isThere, newDatabase } from './database-under-test.ts';

export interface TemporaryStore {
  readonly store: Store;
  /** As DATABASE_URL, for another server or a command on the same database. */
  readonly databaseUrl: string;
}

/** A new folder of its own for the running test, removed when the test has finished. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'malipo-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A new, empty database of the engine under test, removed when the running test has finished. */
export async function temporaryDatabase(): Promise<string> {
  const { url, ready, remove } = newDatabase();
  onTestFinished(remove);
  await ready;
  return url;
}

/** A real, empty store of the engine under test, closed and removed when the running test has finished. */
export function temporaryStore(): TemporaryStore {
  const { url, remove } = newDatabase();
  onTestFinished(remove);
  return { store: openedStore(url), databaseUrl: url };
}

/** Another store on a database that is there, closed when the running test has finished. */
export function openedStore(databaseUrl: string): Store {
  return opened(isThere(databaseUrl).then(() => openStore(databaseUrl)));
}

function opened(opening: Promise<Store>): Store {
  const store = new StoreToBe(opening);
  onTestFinished(() => store.close());
  return store;
}

/** A store that can be held before it is open: opening takes a while, and whatever is asked of it waits for that. */
class StoreToBe implements Store {
  readonly engine = ENGINE;
  readonly read: Reader;
  readonly bell: Bell;
  readonly #opening: Promise<Store>;

  constructor(opening: Promise<Store>) {
    this.#opening = opening;
    // Whoever asks first hears of it; nobody may ask.
    opening.catch(() => undefined);
    this.bell = {
      reachesOthers: ENGINE === 'postgres',
      ring: (topic, about) => void opening.then(({ bell }) => bell.ring(topic, about), () => undefined),
      listen: (topic, listener) => {
        const listening = opening.then(({ bell }) => bell.listen(topic, listener));
        return () => void listening.then((stop) => stop(), () => undefined);
      },
    };
    this.read = {
      all: async (statement, params) => (await opening).read.all(statement, params),
      get: async (statement, params) => (await opening).read.get(statement, params),
    };
  }

  async write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    return (await this.#opening).write(command, sharing);
  }

  async backup(file: string): Promise<void> {
    return (await this.#opening).backup(file);
  }

  async close(): Promise<void> {
    await this.#opening.then((store) => store.close(), () => undefined);
  }
}
