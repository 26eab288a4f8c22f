import Database from 'better-sqlite3';
import pg from 'pg';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Transaction } from '../../../server/db/store.ts';
import { writeSoundBooks } from './books.ts';
import { ENGINE } from './database-under-test.ts';
import { writeMoneyBackBooks } from './money-back-books.ts';
import { openedStore, temporaryStore } from './temporary-store.ts';

/**
 * What `malipo verify` says of sound books that were tampered with by these statements, with everything that guards
 * them (triggers, constraints, foreign keys) out of the way. What only counts keeps counting.
 */
export function verifiedAfter(...damage: string[]): Promise<string[]> {
  return verified(writeSoundBooks, damage);
}

/** The same of books in which money has gone back, been taken back, and left late. */
export function moneyBackVerifiedAfter(...damage: string[]): Promise<string[]> {
  return verified(writeMoneyBackBooks, damage);
}

async function verified(writeBooks: (tx: Transaction) => Promise<void>, damage: string[]): Promise<string[]> {
  const { store, databaseUrl } = temporaryStore();
  await store.write(writeBooks);
  await store.close();
  if (ENGINE === 'sqlite') tamperWithFile(databaseUrl.slice('file:'.length), damage);
  else await tamperWithPostgres(databaseUrl, damage);
  return verifyBooks(openedStore(databaseUrl).read);
}

function tamperWithFile(file: string, damage: string[]): void {
  const connection = new Database(file);
  connection.pragma('foreign_keys = OFF');
  connection.pragma('ignore_check_constraints = ON');
  const triggers = connection.prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'payments_count%'`).pluck().all() as string[];
  for (const trigger of triggers) connection.exec(`DROP TRIGGER ${trigger}`);
  for (const sql of damage) insistOnChange(sql, connection.prepare(sql).run().changes);
  connection.close();
}

const GUARDS = `
  SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS removal
  FROM pg_constraint WHERE contype IN ('c', 'f') AND conrelid <> 0 AND connamespace = 'public'::regnamespace
  UNION ALL SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE NOT tgisinternal AND tgname NOT LIKE 'payments_count%'`;

async function tamperWithPostgres(databaseUrl: string, damage: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ removal: string }>(GUARDS);
  await client.query(rows.map(({ removal }) => removal).join('; '));
  for (const sql of damage) insistOnChange(sql, (await client.query(sql)).rowCount ?? 0);
  await client.end();
}

function insistOnChange(sql: string, changes: number): void {
  if (changes === 0) throw new Error(`This damages nothing: ${sql}`);
}
