/**
 * Which life of the database server a connection was opened in; a life ends with a crash or a failover.
 *
 * A transaction's id is durable only once something of it is. After a crash the server hands out again the ids of
 * transactions that had not reached the disk (seen on PostgreSQL 18: `transaction ID 754 is in the future`, and the next
 * transaction was 754), so in another life `pg_xact_status` may speak of a stranger. What tells the lives apart is an
 * unlogged table: it is emptied by recovery and by promotion, and kept by a clean restart, which forgets no id.
 */
import type pg from 'pg';

export const LIFE_TABLE = `CREATE UNLOGGED TABLE IF NOT EXISTS server_life (
  only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row), life UUID NOT NULL DEFAULT gen_random_uuid())`;

/** The first connection after a crash begins the new life. */
const BEGIN_OR_JOIN = 'INSERT INTO server_life DEFAULT VALUES ON CONFLICT DO NOTHING; SELECT life FROM server_life';

const lives = new WeakMap<pg.ClientBase, string | null>();

/** To be asked for on a connection before anything else that writes. */
export async function noteLife(client: pg.ClientBase): Promise<void> {
  // Two statements at once have two results, which the types of pg do not know.
  const joined = client.query(BEGIN_OR_JOIN) as unknown as Promise<[unknown, pg.QueryResult<{ life: string }>]>;
  lives.set(client, await joined.then(([, { rows }]) => rows[0]?.life ?? null, () => null));
}

/** Null where it is not known, as on a connection opened before there was the table. */
export function lifeOf(client: pg.ClientBase): string | null {
  return lives.get(client) ?? null;
}
