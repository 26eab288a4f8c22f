/** Vitest's global set-up for the tests on PostgreSQL: one server for the run, and databases in it that the tests are lent. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { PostgresStore } from '../../../server/db/postgres/store.ts';
import { type LentDatabases, openLentDatabases } from './lent-databases.ts';
import { databaseAt } from './postgres-address.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database, as a user who may make others. */
    postgresUrl: string;
    /** A database with the whole schema, to be copied. */
    postgresTemplate: string;
    /** Lends databases that others had before; null where each test is to have its own. */
    postgresLender: LenderAddresses | null;
  }
}

export interface LenderAddresses {
  /** PUT /NAME here lends a database by that name, DELETE /NAME takes it back. */
  desk: string;
  /** The server's address for whoever is lent one. */
  server: string;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // A server of yours, whose user may create databases; each run adds its own and takes them away.
  const given = process.env.TEST_POSTGRES_URL;
  const keeper = given === undefined ? fork(new URL('./postgres-keeper.ts', import.meta.url), { execArgv: [], detached: true }) : null;
  const url = given ?? (await addressFrom(keeper!));
  const template = `malipo_test_${process.pid}_template`;
  await inMaintenance(url, `CREATE DATABASE ${template}`);
  await (await PostgresStore.open(databaseAt(url, template))).close();
  // Whoever connects to what is lent gives no password, which a server of yours may ask for.
  const lender = keeper === null ? null : await lending(await openLentDatabases(url, template, `malipo_test_${process.pid}_lent`));
  project.provide('postgresUrl', url);
  project.provide('postgresTemplate', template);
  project.provide('postgresLender', lender?.addresses ?? null);
  return async () => {
    await lender?.close();
    await inMaintenance(url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    if (keeper === null) return;
    const ended = once(keeper, 'exit');
    keeper.disconnect();
    await ended;
  };
}

async function lending(databases: LentDatabases) {
  const server = createServer(async ({ method, url = '' }, answer) => {
    const name = url.slice(1);
    try {
      if (method === 'PUT') await databases.lend(name);
      // Nobody waits for it to be made as new.
      else void databases.takeBack(name);
      answer.writeHead(204).end();
    } catch (error) {
      answer.writeHead(500).end(String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    addresses: { desk: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server: databases.url } satisfies LenderAddresses,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await databases.close();
    },
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
