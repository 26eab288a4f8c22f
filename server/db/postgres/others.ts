import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { SECOND_MS } from '../../core/clock.ts';

/** How long connections that were closed may take to be gone, and how often it is looked. */
const GONE_WITHIN_MS = 3 * SECOND_MS;
const LOOK_EVERY_MS = 100;

export interface Other {
  pid: number;
  /** Null on the database's own machine. */
  address: string | null;
}

/** Who else is connected to this database under such a name (`malipo%`), and stays so. */
export async function othersConnectedAs(pattern: string, client: pg.ClientBase): Promise<Other[]> {
  for (const givesUpAt = performance.now() + GONE_WITHIN_MS; ; await wait(LOOK_EVERY_MS)) {
    // Within a transaction what was seen first would be seen for ever.
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await client.query<Other>(
      `SELECT pid, host(client_addr) AS address FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1 AND pid <> pg_backend_pid()`,
      [pattern],
    );
    if (rows.length === 0 || performance.now() > givesUpAt) return rows;
  }
}
