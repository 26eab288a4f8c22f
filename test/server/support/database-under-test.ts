/** A database of the engine under test. The vitest project says which: every test here runs on both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, inject } from 'vitest';
import { databaseAt } from './postgres-address.ts';

export const ENGINE: 'sqlite' | 'postgres' = process.env.MALIPO_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite';

export interface TestDatabase {
  /** As DATABASE_URL. */
  readonly url: string;
  /** Resolves when it can be opened. */
  readonly ready: Promise<void>;
  remove(): Promise<void>;
}

const inTheMaking = new Map<string, Promise<void>>();

/** Resolves when a database of this test can be opened, if it is still being made. */
export async function isThere(url: string): Promise<void> {
  await inTheMaking.get(url);
}

/** An empty database with Malipo's schema, for whoever removes it. */
export function newDatabase(): TestDatabase {
  return ENGINE === 'sqlite' ? newFile() : newPostgresDatabase();
}

function newFile(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'malipo-test-'));
  return {
    url: `file:${join(folder, 'malipo.db')}`,
    ready: Promise.resolve(),
    remove: async () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}

let made = 0;

/** The tests that are about PostgreSQL itself have databases and connections of their own, the others what one after the other is lent. */
function newPostgresDatabase(): TestDatabase {
  const lender = inject('postgresLender');
  const isAboutPostgres = expect.getState().testPath?.includes('/test/server/postgres/') === true;
  if (lender === null || isAboutPostgres) return copyOf(inject('postgresTemplate'));
  const name = nextName();
  const atDesk = `${lender.desk}/${name}`;
  return inTheMakingAt(databaseAt(lender.server, name), ask(atDesk, 'PUT'), () => ask(atDesk, 'DELETE'));
}

/** One that Malipo has never seen. */
export function emptyPostgresDatabase(): TestDatabase {
  return copyOf('template0');
}

let maintenance: pg.Pool | null = null;

function copyOf(template: string): TestDatabase {
  const server = inject('postgresUrl');
  const pool = (maintenance ??= new pg.Pool({ connectionString: server, max: 2, allowExitOnIdle: true }));
  const name = nextName();
  const run = (sql: string) => pool.query(sql).then(() => undefined);
  return inTheMakingAt(databaseAt(server, name), run(`CREATE DATABASE ${name} TEMPLATE ${template}`), () => run(`DROP DATABASE ${name} WITH (FORCE)`));
}

function nextName(): string {
  return `malipo_test_${process.pid}_${Date.now()}_${made++}`;
}

function inTheMakingAt(url: string, ready: Promise<void>, remove: () => Promise<void>): TestDatabase {
  ready.catch(() => undefined);
  inTheMaking.set(url, ready);
  return {
    url,
    ready,
    remove: async () => {
      await ready;
      inTheMaking.delete(url);
      await remove();
    },
  };
}

async function ask(address: string, method: 'PUT' | 'DELETE'): Promise<void> {
  const answer = await fetch(address, { method });
  if (!answer.ok) throw new Error(await answer.text());
}
