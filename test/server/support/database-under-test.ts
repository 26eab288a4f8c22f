/** A database of the engine under test. The vitest project says which: every test here runs on both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
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

let maintenance: pg.Pool | null = null;
let made = 0;

function newPostgresDatabase(): TestDatabase {
  return copyOf(inject('postgresTemplate'));
}

/** One that Malipo has never seen. */
export function emptyPostgresDatabase(): TestDatabase {
  return copyOf('template0');
}

function copyOf(template: string): TestDatabase {
  const server = inject('postgresUrl');
  const pool = (maintenance ??= new pg.Pool({ connectionString: server, max: 2, allowExitOnIdle: true }));
  const name = `malipo_test_${process.pid}_${Date.now()}_${made++}`;
  const ready = pool.query(`CREATE DATABASE ${name} TEMPLATE ${template}`).then(() => undefined);
  ready.catch(() => undefined);
  const url = databaseAt(server, name);
  inTheMaking.set(url, ready);
  return {
    url,
    ready,
    remove: async () => {
      await ready;
      inTheMaking.delete(url);
      await pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}
