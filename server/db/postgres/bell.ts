import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { SECOND_MS } from '../../core/clock.ts';
import { randomBase62 } from '../../core/ids.ts';
import type { Bell, BellListener } from '../store.ts';

const CHANNEL = 'malipo';

/** What the connection is called at the server; each running server has one. */
export const BELL_NAME = 'malipo bell';

/** What is said within this time goes out together: at most 200 notifications a second, however many payments there are. */
const GATHER_MS = 5;

/** PostgreSQL takes less than 8,000 bytes at once. */
const PAYLOAD_CHARS_MAX = 7_900;

/** From one attempt to connect again to the next. */
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5 * SECOND_MS;

/**
 * How often the connection is tried, and how long any answer on it may take: a cut that nobody announced. TCP itself
 * notices one after minutes, on either side, and keeps what is said until then.
 */
const SILENCE_MS = 5 * SECOND_MS;

/** `[who says it, topic, what about, what about, …]`; without a topic: something of mine was lost. */
type Message = [self: string, topic?: string, ...about: string[]];

/**
 * LISTEN and NOTIFY on a connection of their own, outside the transactions that move money: a NOTIFY inside one takes a
 * lock on the whole database until it is committed, one after the other, and payments would wait in that line. What is
 * said is lost when the connection is, the speaker's or the listener's; then whoever listens is told so.
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
  readonly #silenceMs: number;
  readonly #gatherMs: number;
  #connected: Promise<pg.Client | null> | null = null;
  #gathering: Promise<void> | null = null;
  #saying: Promise<unknown> = Promise.resolve();
  /** Something was said that did not reach the server, and the others have not been told of that. */
  #lost = false;
  #closed = false;

  constructor(databaseUrl: string, { silenceMs = SILENCE_MS, gatherMs = GATHER_MS }: { silenceMs?: number; gatherMs?: number } = {}) {
    this.#databaseUrl = databaseUrl;
    this.#silenceMs = silenceMs;
    this.#gatherMs = gatherMs;
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
    await this.#saying;
    const client = await this.#connected;
    await client?.end().catch(() => undefined);
  }

  async #sayAll(): Promise<void> {
    void this.#connection();
    await wait(this.#closed ? 0 : this.#gatherMs);
    // Asked for again: meanwhile it may have gone, or come back.
    const client = await this.#connection();
    this.#gathering = null;
    const messages = [...this.#unsaid].flatMap(([topic, about]) => messagesOf(this.#self, topic, about));
    this.#unsaid.clear();
    if (client === null) this.#lost = true;
    else this.#saying = Promise.all([this.#saying, this.#say(client, messages)]);
  }

  async #say(client: pg.Client, messages: string[]): Promise<void> {
    if (this.#lost) messages.unshift(JSON.stringify([this.#self] satisfies Message));
    this.#lost = false;
    const said = messages.map((message) => client.query('SELECT pg_notify($1, $2)', [CHANNEL, message]));
    if ((await Promise.allSettled(said)).some(({ status }) => status === 'rejected')) this.#lost = true;
  }

  #connection(): Promise<pg.Client | null> {
    return (this.#connected ??= this.#connect());
  }

  /** Null when that failed; then it is tried again by itself. */
  async #connect(attempt = 0): Promise<pg.Client | null> {
    const client = new pg.Client({
      connectionString: this.#databaseUrl,
      application_name: BELL_NAME,
      connectionTimeoutMillis: LAST_RETRY_MS,
      query_timeout: this.#silenceMs,
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
    this.#watch(client);
    // The first time too: listeners came before their ears.
    this.#missed();
    if (this.#lost) this.#gathering ??= this.#sayAll();
    return client;
  }

  /** Connects again once this connection has ended: the client ends it itself when an answer takes too long. */
  #watch(client: pg.Client): void {
    const trying = setInterval(() => {
      client.query('SELECT 1').catch(() => undefined);
    }, this.#silenceMs).unref();
    client.once('end', () => {
      clearInterval(trying);
      this.#again(0);
    });
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
    const [from, topic, ...about] = messageFrom(payload);
    if (from === this.#self) return;
    if (topic === undefined) return this.#missed();
    for (const listener of this.#listeners.get(topic) ?? []) for (const each of about) listener.heard(each);
  }

  #missed(): void {
    for (const listeners of this.#listeners.values()) for (const listener of listeners) listener.missed();
  }
}

/** Whoever may use the database may say anything on the channel: what is no message of ours is one that was lost. */
function messageFrom(payload: string): Message {
  try {
    const message: unknown = JSON.parse(payload);
    if (Array.isArray(message) && message.length > 0 && message.every((part) => typeof part === 'string')) return message as unknown as Message;
  } catch {
    // Not even JSON.
  }
  return [''];
}

/** As few messages as it fits into. */
function messagesOf(self: string, topic: string, about: Iterable<string>): string[] {
  const messages: string[] = [];
  let message: [string, string, ...string[]] = [self, topic];
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
