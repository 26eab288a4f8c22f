/**
 * Brings a payment's changes to whoever waits for them in another process. The bell says which payment moved; a process
 * where somebody waits for that one reads it. Now and then everything that is waited for is read, so that a ring that
 * was missed costs a browser this long and no more.
 */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import type { Bell } from '../db/store.ts';
import type { StatusHub } from './status-hub.ts';

const TOPIC = 'status';

/** How long a move may stay unheard of when its ring was lost. */
const LOOK_EVERY_MS = 10 * SECOND_MS;

/** Read at once: ten thousand who wait are twenty statements. */
const READ_TOGETHER = 500;

interface StatusRelayDeps<Subject extends { reference: string }> {
  hub: StatusHub<Subject>;
  bell: Bell;
  clock: Clock;
  read: (references: string[]) => Promise<Subject[]>;
  log: { warn(details: object, message: string): void };
}

export class StatusRelay<Subject extends { reference: string }> {
  readonly #deps: StatusRelayDeps<Subject>;
  readonly #heard = new Set<string>();
  #reading = false;
  #stopLooking: () => void = () => undefined;
  #stopListening: () => void = () => undefined;

  constructor(deps: StatusRelayDeps<Subject>) {
    this.#deps = deps;
  }

  start(): void {
    const { hub, bell } = this.#deps;
    if (!bell.reachesOthers) return;
    hub.onPublish(({ reference }) => bell.ring(TOPIC, reference));
    this.#stopListening = bell.listen(TOPIC, { heard: (reference) => this.#look([reference]), missed: () => this.#look(hub.references) });
    this.#lookNowAndThen();
  }

  stop(): void {
    this.#stopListening();
    this.#stopLooking();
  }

  #lookNowAndThen(): void {
    this.#stopLooking = this.#deps.clock.after(LOOK_EVERY_MS, () => {
      this.#look(this.#deps.hub.references);
      this.#lookNowAndThen();
    });
  }

  #look(references: readonly string[]): void {
    for (const reference of references) if (this.#deps.hub.isWatched(reference)) this.#heard.add(reference);
    if (!this.#reading) void this.#readHeard();
  }

  async #readHeard(): Promise<void> {
    this.#reading = true;
    try {
      while (this.#heard.size > 0) {
        const together = [...this.#heard].slice(0, READ_TOGETHER);
        for (const reference of together) this.#heard.delete(reference);
        for (const subject of await this.#deps.read(together)) this.#deps.hub.deliver(subject);
      }
    } catch (error) {
      // The next look reads them again.
      this.#deps.log.warn({ err: error }, 'payments that moved in another process could not be read');
    } finally {
      this.#reading = false;
    }
  }
}
