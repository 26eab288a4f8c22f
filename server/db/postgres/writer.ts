import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { SECOND_MS } from '../../core/clock.ts';
import { committed } from '../../core/signals.ts';
import { type Awaitable, type Sharing, StoreUnavailableError, type Transaction } from '../store.ts';
import { endsConnection, type Failure, failureOf } from './failures.ts';
import { lifeOf } from './life.ts';
import { sendTogether } from './packets.ts';
import type { ConnectionPool } from './pool.ts';
import { SharedTransactions } from './sharing.ts';
import { PostgresTransaction } from './transaction.ts';

/**
 * How often a command is begun in all, by what stopped it; then its failure is the caller's. After a silence nobody who
 * waits has that much time left.
 */
const ATTEMPTS: Readonly<Record<Failure, number>> = { conflict: 12, duplicate: 3, lost: 3, silent: 1, unavailable: 1, refused: 1 };

/** Those that were in each other's way begin again at different moments: within this for each attempt before. */
const STEP_ASIDE_MS = 10;

/** How long it is found out whether a commit whose answer was lost stands, and how often it is asked. */
const DOUBT_MS = 10 * SECOND_MS;
const DOUBT_ASKED_EVERY_MS = 100;

/**
 * READ COMMITTED, whatever the database's default is. Money rests on named locks, unique keys and updates that say what
 * they expect to find, not on a snapshot: under REPEATABLE READ a debit that waited for its wallet's lock would still
 * see the balance from before it waited, and overdraw. SERIALIZABLE would be right too, but aborts payments that only
 * touch the same page of an index.
 *
 * READ WRITE, where the connection's own default is READ ONLY: what follows in the packet is asked before it is known
 * whether this began, and must not stand alone where it did not.
 */
const BEGIN = { name: 'malipo_begin', text: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE' };

/**
 * The id that the transaction will have in the log, asked for with BEGIN, in one packet with the first statement: should
 * the answer to COMMIT be lost, it is by this id that the server can still say what became of it. Of what a payment
 * costs, from collect to settled, its three take a tenth; as text that is parsed each time they took an eighth (2026-11).
 */
const OWN_ID = { name: 'malipo_own_id', text: 'SELECT pg_current_xact_id()::text AS id' };

const FATE = { text: 'SELECT pg_xact_status($1::text::xid8) AS fate, (SELECT life FROM server_life) AS life', query_timeout: DOUBT_MS / 2 };

/** What the server says of a transaction; `unknowable` when it has crashed since and may mean another by that id. */
type Fate = 'committed' | 'aborted' | 'in progress' | 'unknowable';

type Attempt<T> = { ok: true; value: T } | { ok: false; kind: Failure; error: unknown };

/**
 * Runs commands, each in a transaction of its own on a connection of its own, but for those that share; PostgreSQL syncs
 * those that commit together at once. A command that met another (deadlock, serialization, a key written a moment before),
 * or lost its connection before its COMMIT was sent, is run again from its start: nothing of it stood.
 */
export class PostgresWriter {
  readonly #pool: ConnectionPool;
  /** The store's key for what a process remembers of its database. */
  readonly #database = {};
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #shared = new SharedTransactions({
    once: (command, commands) => this.#once(command, commands),
    alone: (command) => this.#untilItStands(command),
  });
  #closing = false;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
  }

  write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    if (this.#closing) return Promise.reject(new StoreUnavailableError('The database is closed'));
    const standing = sharing === undefined ? this.#untilItStands(command) : this.#shared.write(command, sharing.about);
    const writing = standing.finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
    return writing;
  }

  /** Refuses further commands, and resolves once those already asked have been committed or refused. */
  async finish(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.#underWay);
  }

  async #untilItStands<T>(command: (tx: Transaction) => Awaitable<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(command);
      if (outcome.ok) return outcome.value;
      const { kind, error } = outcome;
      if (attempt >= ATTEMPTS[kind]) throw kind === 'refused' || kind === 'duplicate' ? error : unavailable(error);
      if (kind === 'conflict') await wait(Math.random() * STEP_ASIDE_MS * attempt);
    }
  }

  /** Null where it failed, and may be tried in another way. */
  async #once<T>(command: (tx: PostgresTransaction) => Promise<T>, commands: number): Promise<{ value: T } | null> {
    const outcome = await this.#attempt(command, commands);
    if (outcome.ok) return outcome;
    if (outcome.kind === 'silent') throw unavailable(outcome.error);
    return null;
  }

  async #attempt<T>(command: (tx: PostgresTransaction) => Awaitable<T>, commands = 1): Promise<Attempt<T>> {
    const client = await this.#pool.connect();
    const startedAt = performance.now();
    const begun = begin(client);
    const tx = new PostgresTransaction(this.#database, client);
    let value: T;
    let transactionId: string;
    try {
      value = await command(tx);
      transactionId = await begun;
      await tx.answered();
      if (tx.failure !== null) throw tx.failure.error;
    } catch (error) {
      tx.end();
      const failed = (await failedBeginning(begun)) ?? { kind: tx.failure?.kind ?? 'refused', error };
      if (failed.kind === 'silent') this.#pool.wentSilent();
      await leave(client, failed.kind);
      return { ok: false, ...failed };
    }
    const effects = tx.end();
    const failed = await this.#commit(client, tx, transactionId);
    if (failed !== null) return { ok: false, ...failed };
    committed.tell({ commands, ms: performance.now() - startedAt });
    for (const effect of effects) runApart(effect);
    return { ok: true, value };
  }

  /** Null when it stands. */
  async #commit(client: pg.PoolClient, tx: PostgresTransaction, transactionId: string): Promise<{ kind: Failure; error: unknown } | null> {
    try {
      sendTogether(client);
      const { command } = await client.query('COMMIT');
      const { failure } = tx;
      if (command !== 'COMMIT' && failure === null) throw new Error(`PostgreSQL answered ${command} to COMMIT`);
      client.release(endsConnection(failure?.kind));
      return failure;
    } catch (error) {
      const kind = failureOf(error);
      if (kind === 'silent') this.#pool.wentSilent();
      client.release(true);
      if (!endsConnection(kind)) return { kind, error };
      return (await this.#stands(transactionId, lifeOf(client), error)) ? null : { kind, error };
    }
  }

  /**
   * Whether a commit stands whose answer was lost with its connection: asked of the server by the transaction's id.
   * Where the server stays away, has crashed with the answer, or was replaced by one that knows nothing of it, the caller
   * is told that nobody knows. Then nothing is run again: the client asks again with its Idempotency-Key and finds the
   * payment or none, and a job's lease runs out; whichever it is, nothing is sent or credited twice.
   */
  async #stands(transactionId: string, life: string | null, lost: unknown): Promise<boolean> {
    const givesUpAt = performance.now() + DOUBT_MS;
    while (performance.now() < givesUpAt) {
      const fate = await this.#fateOf(transactionId, life);
      if (fate === 'committed') return true;
      if (fate === 'aborted') return false;
      if (fate === 'unknowable') break;
      await wait(DOUBT_ASKED_EVERY_MS);
    }
    throw new StoreUnavailableError('The database went away in the middle of a commit; whether it was written is not known', { cause: lost });
  }

  /** Null where nobody answers. A transaction that did commit is found committed in every later life, so the other answers hold. */
  async #fateOf(transactionId: string, life: string | null): Promise<Fate | null> {
    try {
      const client = await this.#pool.connect();
      const asked = await client.query<{ fate: Fate | null; life: string | null }>(FATE, [transactionId]).catch(() => null);
      client.release(asked === null);
      if (asked === null) return null;
      const { fate, life: current } = asked.rows[0]!;
      return fate === 'committed' && (life === null || current !== life) ? 'unknowable' : fate;
    } catch {
      return null;
    }
  }
}

/** Not waited for: what follows travels in the same packet. Resolves with the transaction's id. */
function begin(client: pg.PoolClient): Promise<string> {
  sendTogether(client);
  const begun = Promise.all([client.query(BEGIN), client.query<{ id: string }>(OWN_ID)]).then(([, { rows }]) => rows[0]!.id);
  begun.catch(() => undefined);
  return begun;
}

/** Why a transaction never began, null where it did: then whatever followed in its packet failed for no reason of its own. */
async function failedBeginning(begun: Promise<string>): Promise<{ kind: Failure; error: unknown } | null> {
  try {
    await begun;
    return null;
  } catch (error) {
    const kind = failureOf(error);
    // No command can make it wrong: another connection may begin.
    return { kind: kind === 'refused' ? 'lost' : kind, error };
  }
}

/** Gives the connection back without a trace of the transaction, or gives it up. */
async function leave(client: pg.PoolClient, kind: Failure): Promise<void> {
  if (endsConnection(kind)) return client.release(true);
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}

function unavailable(cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause;
  return new StoreUnavailableError('The database could not commit; nothing was written', { cause });
}

/** An effect that breaks its promise not to throw is the process's problem, not that of its command. */
function runApart(effect: () => void): void {
  try {
    effect();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
