/** A database that is read-only, or away: writes are refused, nothing is lost, and the server goes on by itself. */
import pg from 'pg';
import { expect, test } from 'vitest';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { insertNote, noteParams } from '../support/notes.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { openedStore, temporaryDatabase } from '../support/temporary-store.ts';
import { shopInBusiness } from '../support/unwritable.ts';

/** As an operator does, or a host whose disk is nearly full; sessions take it up when they are opened. */
async function makeReadOnly(databaseUrl: string, readOnly: 'on' | 'off'): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('SET default_transaction_read_only = off');
  await client.query(`ALTER DATABASE "${new URL(databaseUrl).pathname.slice(1)}" SET default_transaction_read_only = ${readOnly}`);
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  await client.end();
}

test('a database that was made read-only takes no payment, and goes on when it may be written', async () => {
  const { malipo, expectRefusals, expectRecovery } = await shopInBusiness();
  await makeReadOnly(malipo.databaseUrl, 'on');
  await expectRefusals();
  await makeReadOnly(malipo.databaseUrl, 'off');
  await expectRecovery();
});

test('a database that may only be read opens for whoever only reads, as `malipo verify` at a standby', async () => {
  const databaseUrl = await temporaryDatabase();
  await makeReadOnly(databaseUrl, 'on');
  const store = openedStore(databaseUrl);
  expect(await verifyBooks(store.read)).toEqual([]);
  await expect(store.write((tx) => tx.run(insertNote, noteParams('no')))).rejects.toMatchObject({ cause: { message: 'The database is read-only' } });
});

test('a server that was stopped is not ready, and its shop goes on when it is back', async () => {
  const postgres = await ownPostgres();
  const { malipo, expectAway, expectRecovery } = await shopInBusiness(postgres);
  await postgres.stop();
  await expectAway();
  await postgres.start();
  await expectRecovery();
  await malipo.close();
});

test('what stands beside a beginning that failed is not blamed: the store is unavailable, and the connection is given up', async () => {
  const { malipo, expectRefusals, expectRecovery } = await shopInBusiness();
  const { pathname } = new URL(malipo.databaseUrl);
  const client = new pg.Client({ connectionString: malipo.databaseUrl });
  await client.connect();
  // As a server in recovery, which hands out no transaction id: connections may lead to one after a failover.
  await client.query(`CREATE FUNCTION public.pg_current_xact_id() RETURNS xid8 LANGUAGE plpgsql AS $$ BEGIN RAISE 'in recovery' USING ERRCODE = '25006'; END $$`);
  const leadTo = async (path: string) => {
    await client.query(`ALTER DATABASE "${pathname.slice(1)}" SET search_path = ${path}`);
    await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  };
  await leadTo('public, pg_catalog');
  await expectRefusals();
  await leadTo('pg_catalog, public');
  await expectRecovery();
  await client.end();
});
