/** Connections to PostgreSQL: how many, how long anything on them may take, and how their answers are read. */
import pg from 'pg';
import { SECOND_MS } from '../../core/clock.ts';
import { noteLife } from './life.ts';
import { ConnectionPool } from './pool.ts';

/** The first PostgreSQL with every function used here (`pg_current_xact_id`, `CREATE OR REPLACE TRIGGER`). */
const OLDEST_SERVER = 14;

/**
 * Connections of one process that write. A command holds one for its few round trips and one sync to disk; the syncs of
 * all of them are one (PostgreSQL's own group commit), so a few dozen keep a disk busy. With four processes the two
 * pools stay below PostgreSQL's own limit of 100 connections. Measured with 64 buyers on 2 cores (2026-11), a payment
 * from collect to settled took PostgreSQL 2.1 to 2.4 ms of processor time; with 8 connections 2.0 to 2.1, with 32 2.6 to 2.7.
 */
const WRITERS_MAX = 16;

/** Connections that read. Apart, so that writers waiting for each other's locks never keep a reader waiting. */
export const READERS_MAX = 6;

/** How long a command waits for a free connection, or for a new one to be made, before the database counts as away. */
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS;

/** An unused connection costs the server some megabytes; a quiet shop gives them back. */
const IDLE_TIMEOUT_MS = 60 * SECOND_MS;

/** As long as the SQLite writer waits for its file. */
const LOCK_TIMEOUT_MS = 5 * SECOND_MS;

/** Far beyond what any statement of a server takes (milliseconds): one that takes longer keeps others' rows locked. */
const STATEMENT_TIMEOUT_MS = 15 * SECOND_MS;

/** A command waits for nothing but its own statements: a transaction this idle is of a process that stands still, and its locks go. */
const IDLE_IN_TRANSACTION_MS = 10 * SECOND_MS;

/**
 * Longer than the database's own limit, for when it is not there to keep it: a machine without power, a network that
 * swallows everything. TCP alone would keep whoever waits for a quarter of an hour.
 */
const SILENCE_MS = 5 * SECOND_MS;

/** How long is waited (milliseconds). */
export interface Patience {
  /** For a connection, free or new; 5 s where nothing is said. */
  connectMs?: number | undefined;
  /** For a statement that reads; 15 s where nothing is said. */
  readMs?: number | undefined;
  /** For one that writes; likewise. */
  writeMs?: number | undefined;
  /** For an answer that the database's own limit should have brought. */
  silenceMs?: number | undefined;
}

const INT8 = 20;
const NUMERIC = 1700;

/** Times, ids and money are BIGINT there and numbers here; one that a number does not hold exactly is never rounded. */
function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`PostgreSQL answered ${text}, which a number does not hold exactly`);
  return value;
}

export const exactTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === INT8 || oid === NUMERIC ? exactNumber : pg.types.getTypeParser(oid, format)) as never,
};

/**
 * What is written is found by an index, one row at a time, and planned once. PostgreSQL knows nothing of a new shop's
 * tables: it planned to read all of them for each statement, and kept to that while they grew.
 */
const BY_INDEX = 'SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off';

/** Settings of a session, made by the statements that open it: those of a URL's `options` would replace startup options. */
function openingOf(statementTimeoutMs: number): string {
  const settings = {
    statement_timeout: statementTimeoutMs,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    // The server's own default may be faster and lose acknowledged payments in a power cut.
    synchronous_commit: 'on',
    // Readers never write, and writers only in a transaction that was begun for it.
    default_transaction_read_only: 'on',
  };
  return Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`).join('; ');
}

interface PoolSettings {
  max: number;
  statementTimeoutMs: number;
  connectMs: number;
  silenceMs: number;
  /** Asked of each new connection before it is opened for use. */
  check?: (client: pg.ClientBase) => Promise<unknown>;
}

function poolOf(databaseUrl: string, { max, statementTimeoutMs, connectMs, silenceMs, check = () => Promise.resolve() }: PoolSettings): ConnectionPool {
  const opening = openingOf(statementTimeoutMs);
  return new ConnectionPool({
    connectionString: databaseUrl,
    application_name: 'malipo',
    max,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    query_timeout: statementTimeoutMs + silenceMs,
    types: exactTypes,
    pipeline: true,
    onConnect: (client) => Promise.all([check(client), client.query(opening)]),
  });
}

/**
 * A database that its operator made read-only stays so, as does one on a host whose disk is nearly full, and a standby:
 * a transaction that says READ WRITE would not ask. Sessions take it up when they are opened.
 */
async function assertWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
  if (rows[0]!.transaction_read_only !== 'off') throw new Error('The database is read-only');
}

export interface Connections {
  readonly writing: ConnectionPool;
  readonly reading: ConnectionPool;
  close(): Promise<void>;
}

export function openConnections(databaseUrl: string, patience: Patience): Connections {
  const { connectMs = CONNECT_TIMEOUT_MS, readMs = STATEMENT_TIMEOUT_MS, writeMs = STATEMENT_TIMEOUT_MS, silenceMs = SILENCE_MS } = patience;
  const check = (client: pg.ClientBase) => Promise.all([assertWritable(client), noteLife(client), client.query(BY_INDEX)]);
  const writing = poolOf(databaseUrl, { max: WRITERS_MAX, statementTimeoutMs: writeMs, connectMs, silenceMs, check });
  const reading = poolOf(databaseUrl, { max: READERS_MAX, statementTimeoutMs: readMs, connectMs, silenceMs });
  return { writing, reading, close: async () => void (await Promise.all([writing.end(), reading.end()])) };
}

/** Throws for a server that lacks what is used here. */
export async function assertServerVersion(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: number }>(`SELECT current_setting('server_version_num')::integer / 10000 AS version`);
  const { version } = rows[0]!;
  if (version < OLDEST_SERVER) throw new Error(`PostgreSQL ${version} is too old: ${OLDEST_SERVER} or newer is needed`);
}
