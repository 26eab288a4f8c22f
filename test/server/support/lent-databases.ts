/**
 * Databases that one test after the other is lent, each as if it were new. Making one, and the connections of a server
 * to it, took PostgreSQL several times as long as what a test asked of it (2026-11).
 */
import pg from 'pg';
import { databaseAt } from './postgres-address.ts';
import { openSessionPool } from './session-pool.ts';

/** Rows that were taken away stay in the files: in the end a new database is quicker. */
const USES_MAX = 30;

export interface LentDatabases {
  /** The server's address for those who are lent a database. */
  readonly url: string;
  /** Resolves when the database can be used by this name. */
  lend(name: string): Promise<void>;
  /** From now on the name means nothing. Resolves once the database can be lent again, or is gone. */
  takeBack(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param serverUrl PostgreSQL's own address, as a user who may do everything and is asked no password
 * @param template the database that each is a copy of
 * @param prefix what their own names begin with
 */
export async function openLentDatabases(serverUrl: string, template: string, prefix: string): Promise<LentDatabases> {
  const { hostname, port } = new URL(serverUrl);
  const there = new Set<LentDatabase>();
  const lent = new Map<string, LentDatabase>();
  const free: LentDatabase[] = [];
  const sessions = await openSessionPool({ host: hostname, port: Number(port) }, (name) => lent.get(name)?.name ?? name);
  const maintenance = new pg.Pool({ connectionString: serverUrl, max: 2 });
  let made = 0;

  async function make(): Promise<LentDatabase> {
    const name = `${prefix}_${made++}`;
    await maintenance.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    const database = await LentDatabase.open(name, databaseAt(serverUrl, name));
    there.add(database);
    return database;
  }

  async function drop(database: LentDatabase): Promise<void> {
    sessions.forget(database.name);
    await database.close();
    await maintenance.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
    there.delete(database);
  }

  return {
    url: Object.assign(new URL(serverUrl), { hostname: '127.0.0.1', port: sessions.port }).href,
    lend: async (name) => {
      const database = free.pop() ?? (await make());
      database.uses++;
      lent.set(name, database);
    },
    takeBack: async (name) => {
      const database = lent.get(name);
      if (database === undefined) return;
      lent.delete(name);
      const isAsNew = database.uses < USES_MAX && (await sessions.isLeft(database.name)) && (await database.makeAsNew());
      if (isAsNew) free.push(database);
      // One that cannot be dropped while its last user still ends is dropped when all is over.
      else await drop(database).catch(() => undefined);
    },
    close: async () => {
      await sessions.close();
      await Promise.all([...there].map(drop));
      await maintenance.end();
    },
  };
}

/** What a table, column, trigger, function or setting leaves in the catalog when it is made, changed or dropped, and the record of migrations. */
const CATALOG = ['pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint', 'pg_index', 'pg_proc', 'pg_trigger', 'schema_migrations'];
const SCHEMA = `
  SELECT count(*) AS rows, count(*) FILTER (WHERE age(xmin) < age($1::text::xid)) AS changed,
    (SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE d.datname = current_database()) AS settings
  FROM (${CATALOG.map((table) => `SELECT xmin FROM ${table}`).join(' UNION ALL ')}) found`;

const TABLES = `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'`;
const SEQUENCES = `SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`;

class LentDatabase {
  readonly name: string;
  readonly #client: pg.Client;
  readonly #emptying: string;
  readonly #bornAt: string;
  readonly #schema: string;
  uses = 0;

  private constructor(name: string, client: pg.Client, born: { emptying: string; bornAt: string; schema: string }) {
    this.name = name;
    this.#client = client;
    this.#emptying = born.emptying;
    this.#bornAt = born.bornAt;
    this.#schema = born.schema;
  }

  static async open(name: string, url: string): Promise<LentDatabase> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    const names = async (sql: string) => (await client.query<{ name: string }>(sql)).rows.map((row) => row.name);
    const deletes = (await names(TABLES)).map((table) => `DELETE FROM ${table}`);
    const restarts = (await names(SEQUENCES)).map((sequence) => `SELECT setval('${sequence}', 1, false)`);
    // As a replica would: no trigger keeps what may not be taken away. Only a superuser may.
    const emptying = ['SET session_replication_role = replica', ...deletes, ...restarts].join('; ');
    const { rows } = await client.query<{ id: string }>('SELECT pg_current_xact_id()::xid::text AS id');
    const bornAt = rows[0]!.id;
    return new LentDatabase(name, client, { emptying, bornAt, schema: await schemaSince(client, bornAt) });
  }

  /** False where that cannot be: somebody changed more than rows. */
  async makeAsNew(): Promise<boolean> {
    try {
      if ((await schemaSince(this.#client, this.#bornAt)) !== this.#schema) return false;
      await this.#client.query(this.#emptying);
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }
}

async function schemaSince(client: pg.Client, bornAt: string): Promise<string> {
  return JSON.stringify((await client.query(SCHEMA, [bornAt])).rows);
}
