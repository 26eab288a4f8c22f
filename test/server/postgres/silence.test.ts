/** The database's machine is gone without a word, as when its power fails: whoever waits for it is told, and it is found again. */
import { expect, onTestFinished, test } from 'vitest';
import { PostgresStore } from '../../../server/db/postgres/store.ts';
import { type Store, statement, StoreUnavailableError } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { mutedWire, openWire } from '../support/wire.ts';

const one = statement<{ one: number }>('SELECT 1 AS one');

/** Short, and longer than anything takes that does come, also where other tests have the machine. */
const PATIENCE = { connectMs: 2_000, readMs: 1_500, writeMs: 1_500, silenceMs: 1_500 };

async function storeOnWire(patience = PATIENCE) {
  const wire = await mutedWire(await temporaryDatabase());
  const store: Store = await PostgresStore.open(wire.databaseUrl, patience);
  onTestFinished(() => store.close());
  return { wire, store };
}

const six = <T>(ask: () => T | Promise<T>) => Promise.all(Array.from({ length: 6 }, ask));

test('who reads on a connection that went silent is answered on a new one, not on those that were beside it', async () => {
  const { wire, store } = await storeOnWire();
  await store.write((tx) => tx.run(insertNote, noteParams('before')));
  await six(() => store.read.get(one));
  wire.mute();
  expect(await notes(store.read)).toEqual(['before']);
});

test('who reads when all connections were cut while nobody used them is answered on a new one', async () => {
  let isCut = false;
  const wire = await openWire(await temporaryDatabase(), (end) => {
    const isNew = isCut;
    return { sent: (bytes, pass) => (isCut && !isNew ? end() : pass(bytes)), answered: (bytes, pass) => pass(bytes) };
  });
  const store = await PostgresStore.open(wire.databaseUrl);
  onTestFinished(() => store.close());
  await six(() => store.read.get(one));
  isCut = true;
  expect(await store.read.get(one)).toEqual({ one: 1 });
});

test('a database that says nothing to new connections either is unavailable, and found when it is back', async () => {
  const { wire, store } = await storeOnWire();
  await six(() => store.read.get(one));
  wire.mute({ newOnesToo: true });
  const waiting = await Promise.allSettled([store.read.get(one), store.write((tx) => tx.get(one))]);
  for (const outcome of waiting) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) as unknown });
  wire.unmute();
  expect(await store.read.get(one)).toEqual({ one: 1 });
});

test('who writes into silence is told after one attempt, and the next one writes on a new connection', async () => {
  const { wire, store } = await storeOnWire();
  await six(() => store.write((tx) => tx.get(one)));
  wire.mute();
  let begun = 0;
  const writing = store.write((tx) => {
    begun++;
    return tx.run(insertNote, noteParams('never'));
  });
  await expect(writing).rejects.toBeInstanceOf(StoreUnavailableError);
  await store.write((tx) => tx.run(insertNote, noteParams('after')));
  expect([begun, await notes(store.read)]).toEqual([1, ['after']]);
});
