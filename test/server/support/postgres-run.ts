/** Vitest's global set-up for the tests on PostgreSQL: one server for the run, and in it a template with the whole schema. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { PostgresStore } from '../../../server/db/postgres/store.ts';
import { databaseAt } from './postgres-address.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database, as a user who may make others. */
    postgresUrl: string;
    /** Copied for each test. */
    postgresTemplate: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A server of yours, whose user may create databases; each run adds its own and takes them away.
  const given = process.env.TEST_POSTGRES_URL;
  const keeper = given === undefined ? fork(new URL('./postgres-keeper.ts', import.meta.url), { execArgv: [], detached: true }) : null;
  const url = given ?? (await addressFrom(keeper!));
  const template = `malipo_test_${process.pid}_template`;
  await inMaintenance(url, `CREATE DATABASE ${template}`);
  await (await PostgresStore.open(databaseAt(url, template))).close();
  project.provide('postgresUrl', url);
  project.provide('postgresTemplate', template);
  return async () => {
    await inMaintenance(url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    if (keeper === null) return;
    const ended = once(keeper, 'exit');
    keeper.disconnect();
    await ended;
  };
}

async function addressFrom(keeper: ReturnType<typeof fork>): Promise<string> {
  const [message] = (await once(keeper, 'message')) as [{ url: string } | { error: string }];
  if ('error' in message) throw new Error(message.error);
  return message.url;
}

async function inMaintenance(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
