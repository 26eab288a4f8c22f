/** The connection breaks in the middle of a commit: what the caller is told is true, or that nobody knows. */
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../server/db/open.ts';
import type { Sharing, Store, Transaction } from '../../../server/db/store.ts';
import { cutAtCommit } from '../support/cut-at-commit.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { ownPostgres } from '../support/own-postgres.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';

async function storeThrough(databaseUrl: string): Promise<Store> {
  const store = await openStore(databaseUrl);
  onTestFinished(() => store.close());
  return store;
}

/** Connections to the database itself, each in a transaction that has been given an id and has written nothing. */
async function strangers(databaseUrl: string, count: number): Promise<pg.Client[]> {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: databaseUrl }));
  for (const client of clients) {
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN; SELECT pg_current_xact_id()');
  }
  return clients;
}

/** Writes a note, counting how often that was begun. */
function writing(store: Store, name: string, sharing?: Sharing): { written: Promise<unknown>; begun(): number } {
  let begun = 0;
  const written = store.write((tx: Transaction) => {
    begun++;
    return tx.run(insertNote, noteParams(name));
  }, sharing);
  written.catch(() => undefined);
  return { written, begun: () => begun };
}

test.each([
  ['whose answer was lost is found, and not made again', true, 1],
  ['that never arrived is made again', false, 2],
  ['of several whose answer was lost is found, and none is made again', true, 1, { about: null }],
  ['of several that never arrived is made again, of each', false, 2, { about: null }],
])('a commit %s', async (_, delivered, times, sharing?: Sharing) => {
  const wire = await cutAtCommit(await temporaryDatabase());
  const store = await storeThrough(wire.databaseUrl);
  const cut = wire.cutAtNextCommit({ delivered });
  const names = sharing === undefined ? ['once'] : ['once', 'twice'];
  const all = names.map((name) => writing(store, name, sharing));
  await cut;
  wire.mend();
  await Promise.all(all.map(({ written }) => written));
  expect(all.map(({ begun }) => begun())).toEqual(names.map(() => times));
  expect((await notes(store.read)).sort()).toEqual(names);
});

test('a commit that a crash took with it does not pass for done because a stranger was given its id', async () => {
  const { databaseUrl, crash } = await ownPostgres();
  const wire = await cutAtCommit(databaseUrl);
  const store = await storeThrough(wire.databaseUrl);
  const cut = wire.cutAtNextCommit({ delivered: false });
  const { written, begun } = writing(store, 'lost');
  await cut;
  await crash();
  // As many as were lost, and more: one of them is given the id that was ours.
  for (const stranger of await strangers(databaseUrl, 5)) {
    await stranger.query('COMMIT');
    await stranger.end();
  }
  wire.mend();
  // Once in ten seconds the log's writer comes by; had it come before the crash, the id would still be ours, the commit found missing, and made again.
  const isMadeAgain = await written.then(() => begun() === 2, () => false);
  if (!isMadeAgain) await expect(written).rejects.toThrow('whether it was written is not known');
  expect(await notes(store.read)).toEqual(isMadeAgain ? ['lost'] : []);
  // The store is of use again, and knows the new life.
  const again = wire.cutAtNextCommit({ delivered: true });
  const { written: found } = writing(store, 'found');
  await again;
  wire.mend();
  await found;
  expect(await notes(store.read)).toContain('found');
});
