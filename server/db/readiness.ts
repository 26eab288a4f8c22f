/**
 * Whether the database can be read and written, found out by doing it: a full disk still reads well, and one that is
 * nearly full still takes a small change. So a row is written that is large enough to need room of its own, before the
 * one of the last time is taken away.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { statement, type Store } from './store.ts';

const readProbe = statement<{ one: number }>('SELECT 1 AS one');
const writeProbe = statement<{ id: number }>('INSERT INTO write_probes (filler) VALUES (:filler) RETURNING id');
const forgetOlder = statement('DELETE FROM write_probes WHERE id < :id');

/** Some pages of a SQLite file; PostgreSQL packs it into a few hundred bytes. A payment with all that belongs to it takes less. */
const FILLER = 'x'.repeat(32 * 1_024);

/** For so long a good answer is given again: whoever asks often must not cost a sync to disk each time. */
const GOOD_FOR_MS = SECOND_MS;

/** A database that takes longer than this for one row is no use to a buyer. */
const DEADLINE_MS = 3 * SECOND_MS;

/** In a sentence why there is no traffic to be taken, and what went wrong. */
export interface Obstacle {
  reason: string;
  cause?: unknown;
}

export class Readiness {
  readonly #store: Store;
  readonly #clock: Clock;
  #asking: Promise<Obstacle | null> | null = null;
  #goodUntil = -Infinity;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Null while the database takes reads and writes. Those who ask at once share one probe. */
  obstacle(): Promise<Obstacle | null> {
    if (this.#clock.monotonic() < this.#goodUntil) return Promise.resolve(null);
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
  }

  async #ask(): Promise<Obstacle | null> {
    const late: Obstacle = { reason: 'The database does not answer in time' };
    const obstacle = await withDeadline(this.#probe(), { clock: this.#clock, deadlineMs: DEADLINE_MS, late });
    if (obstacle === null) this.#goodUntil = this.#clock.monotonic() + GOOD_FOR_MS;
    return obstacle;
  }

  async #probe(): Promise<Obstacle | null> {
    try {
      await this.#store.read.get(readProbe);
    } catch (cause) {
      return { reason: 'The database cannot be read', cause };
    }
    try {
      await this.#store.write(async (tx) => {
        const { id } = (await tx.get(writeProbe, { filler: FILLER }))!;
        await tx.run(forgetOlder, { id });
      });
    } catch (cause) {
      return { reason: 'The database cannot be written', cause };
    }
    return null;
  }
}
