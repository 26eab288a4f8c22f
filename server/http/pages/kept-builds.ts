/**
 * Every build of the button that was served here, in the database: a site that pinned one by its hash runs that one or
 * nothing, so it must outlive upgrades; and of servers that are upgraded one after another, each serves both builds.
 */
import type { Clock } from '../../core/clock.ts';
import { statement, type Store } from '../../db/store.ts';

const FIND = statement<{ body: string }>('SELECT body FROM widget_files WHERE address = :address');
const KEEP = statement('INSERT INTO widget_files (address, body, kept_at) VALUES (:address, :body, :now) ON CONFLICT (address) DO NOTHING');

export class KeptBuilds {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A build's files by their addresses, which say what is in them: all are kept, or none. */
  async keep(files: readonly (readonly [address: string, body: string])[]): Promise<void> {
    const [first] = files;
    // As at every start but the first of a release.
    if (first === undefined || (await this.find(first[0])) !== undefined) return;
    const now = this.#clock.now();
    await this.#store.write(async (tx) => {
      for (const [address, body] of files) await tx.run(KEEP, { address, body, now });
    });
  }

  async find(address: string): Promise<string | undefined> {
    return (await this.#store.read.get(FIND, { address }))?.body;
  }
}
