/** What a failed statement means for its command: PostgreSQL's codes, and the connection's own trouble. */
import pg from 'pg';

/**
 * - `conflict`: the same command would do, run again: another one was in its way
 * - `duplicate`: a row was to be written that is there already; run again, the command finds it and says what that means
 * - `lost`: the connection is gone, and with it whatever was not committed
 * - `silent`: no answer at all, for longer than the database itself lets a statement take; otherwise as `lost`
 * - `unavailable`: the database cannot do it now (disk full, out of memory, too busy); nothing was written
 * - `refused`: the command asked for something wrong
 */
export type Failure = 'conflict' | 'duplicate' | 'lost' | 'silent' | 'unavailable' | 'refused';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest prefix of a code that is here counts. */
const BY_CODE: Readonly<Record<string, Failure>> = {
  '40001': 'conflict', // serialization_failure
  '40P01': 'conflict', // deadlock_detected
  '23505': 'duplicate', // unique_violation
  '08': 'lost', // connection exceptions
  '57P': 'lost', // shutting down, restarting, or told to end the connection
  '25P03': 'lost', // idle_in_transaction_session_timeout
  '25006': 'lost', // read_only_sql_transaction: after a failover this server is a standby; a new connection finds the other
  '28': 'unavailable', // the password is no longer ours
  '3D000': 'unavailable', // the database is gone
  '53': 'unavailable', // disk full, out of memory, too many connections
  '55P03': 'unavailable', // lock_timeout
  '57014': 'unavailable', // statement_timeout
  '58': 'unavailable', // the disk itself
  XX: 'unavailable', // damaged data, and PostgreSQL's own mistakes
};

const CODE_CHARS = [5, 3, 2];

export function failureOf(error: unknown): Failure {
  // A value of ours that pg cannot read or send, as opposed to a socket that broke.
  if (error instanceof TypeError || error instanceof RangeError) return 'refused';
  if (!(error instanceof pg.DatabaseError)) return isSilence(error) ? 'silent' : 'lost';
  const code = error.code ?? '';
  for (const chars of CODE_CHARS) {
    const failure = BY_CODE[code.slice(0, chars)];
    if (failure !== undefined) return failure;
  }
  return 'refused';
}

/** By the words of pg, which gives it no code (pg: lib/client.js). */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Whether nothing more can be asked on the connection. */
export function endsConnection(failure: Failure | undefined): boolean {
  return failure === 'lost' || failure === 'silent';
}
