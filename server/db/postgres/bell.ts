import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { SECOND_MS } from '../../core/clock.ts';
import { randomBase62 } from '../../core/ids.ts';
import type { Bell, BellListener } from '../store.ts';

const CHANNEL = 'malipo';

/** What is said within this time goes out together: at most 200 notifications a second, however many payments there are. */
const GATHER_MS = 5;

/** PostgreSQL takes less than 8,000 bytes at once. */
const PAYLOAD_CHARS_MAX = 7_900;

/** From one attempt to connect again to the next. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5 * SECOND_MS;

/** How soon a connection that says nothing is tested, by TCP: a cut that nobody announced. */
const KEEP_ALIVE_MS = 10 * SECOND_MS;

/** `[who says it, topic, what about, what about, …]` */
type Message = [self: string, topic: string, ...about: string[]];

/**
 * LISTEN and NOTIFY on a connection of their own, outside the transactions that move money: a NOTIFY inside one takes a
 * lock on the whole database until it is committed, one after the other, and payments would wait in that line. What is
 * said is lost when the connection is; then whoever listens is told so.
 *
 * Rejected: asking a table of events now and then. Within 100 ms of an event it takes ten questions a second from each
 * process, whether anything happens or not, and a row to write and to clear away for each move.
 */
export class PostgresBell implements Bell {
  readonly reachesOthers = true;
  readonly #databaseUrl: string;
  readonly #self = randomBase62(8);
  readonly #listeners = new Map<string, Set<BellListener>>();
  readonly #unsaid = new Map<string, Set<string>>();
  #connected: Promise<pg.Client | null> | null = null;
  #gathering: Promise<void> | null = null;
  #closed = false;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
  }

  ring(topic: string, about: string): void {
    if (this.#closed) return;
    const unsaid = this.#unsaid.get(topic) ?? new Set();
    this.#unsaid.set(topic, unsaid.add(about));
    this.#gathering ??= this.#sayAll();
  }

  listen(topic: string, listener: BellListener): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    void this.#connection();
    return () => listeners.delete(listener);
  }

  /** Says what is unsaid, and hears nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#gathering;
    const client = await this.#connected;
    await client?.end().catch(() => undefined);
  }

  async #sayAll(): Promise<void> {
    const connecting = this.#connection();
    await wait(this.#closed ? 0 : GATHER_MS);
    const client = await connecting;
    this.#gathering = null;
    const messages = [...this.#unsaid].flatMap(([topic, about]) => messagesOf(this.#self, topic, about));
    this.#unsaid.clear();
    for (const message of messages) {
      await client?.query('SELECT pg_notify($1, $2)', [CHANNEL, message]).catch(() => undefined);
    }
  }

  #connection(): Promise<pg.Client | null> {
    return (this.#connected ??= this.#connect());
  }

  /** Null when that failed; then it is tried again by itself. */
  async #connect(attempt = 0): Promise<pg.Client | null> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: 'malipo bell',
      connectionTimeoutMillis: LAST_RETRY_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      // The next news is said while the last is still on its way.
      pipeline: true,
    } as pg.ClientConfig);
    // Followed by `end`.
    client.on('error', () => undefined);
    client.on('notification', ({ payload = '' }) => this.#hear(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      client.end().catch(() => undefined);
      this.#again(attempt);
      return null;
    }
    client.once('end', () => this.#again(0));
    // The first time too: listeners came before their ears.
    for (const listener of this.#all()) listener.missed();
    return client;
  }

  /** Until then there is no connection, whoever asks for it. */
  #again(attempt: number): void {
    this.#connected = Promise.resolve(null);
    if (this.#closed) return;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
    setTimeout(() => {
      if (!this.#closed) this.#connected = this.#connect(attempt + 1);
    }, delay).unref();
  }

  #hear(payload: string): void {
    const [from, topic, ...about] = JSON.parse(payload) as Message;
    if (from === this.#self) return;
    for (const listener of this.#listeners.get(topic) ?? []) for (const each of about) listener.heard(each);
  }

  #all(): BellListener[] {
    return [...this.#listeners.values()].flatMap((listeners) => [...listeners]);
  }
}

/** As few messages as it fits into. */
function messagesOf(self: string, topic: string, about: Iterable<string>): string[] {
  const messages: string[] = [];
  let message: Message = [self, topic];
  let chars = 0;
  for (const each of about) {
    // Twice: escaped, a character may become two, and JSON escapes more in nothing that is said here.
    const added = 2 * each.length + 3;
    if (chars + added > PAYLOAD_CHARS_MAX - 100) {
      messages.push(JSON.stringify(message));
      message = [self, topic];
      chars = 0;
    }
    message.push(each);
    chars += added;
  }
  return [...messages, JSON.stringify(message)];
}
