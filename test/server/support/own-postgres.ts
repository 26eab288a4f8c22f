import { onTestFinished } from 'vitest';
import { startPostgres } from '../../postgres-process.ts';

/** A PostgreSQL of the running test's own, which it may stop and crash. */
export async function ownPostgres(options: { durable?: boolean } = {}) {
  const postgres = await startPostgres(options);
  onTestFinished(() => postgres.remove());
  const { url: databaseUrl, crash, stop, start } = postgres;
  return { databaseUrl, crash, stop, start };
}
