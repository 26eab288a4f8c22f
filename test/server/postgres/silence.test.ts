/** The database's machine is gone without a word, as when its power fails: whoever waits for it is told, and it is found again. */
import { expect, onTestFinished, test } from 'vitest';
import { PostgresStore } from '../../../server/db/postgres/store.ts';
import { type Store, statement, StoreUnavailableError } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { mutedWire } from '../support/wire.ts';

const one = statement<{ one: number }>('SELECT 1 AS one');

async function storeOnWire() {
  const wire = await mutedWire(await temporaryDatabase());
  const store: Store = await PostgresStore.open(wire.databaseUrl, { readMs: 100, silenceMs: 100 });
  onTestFinished(() => store.close());
  return { wire, store };
}

test('a server that reads waits no longer than a statement may take, and reads again on new connections', async () => {
  const { wire, store } = await storeOnWire();
  await store.write((tx) => tx.run(insertNote, noteParams('before')));
  await Promise.all(Array.from({ length: 6 }, () => store.read.get(one)));
  wire.mute();
  const waiting = await Promise.allSettled(Array.from({ length: 6 }, () => store.read.get(one)));
  for (const outcome of waiting) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) as unknown });
  expect(await notes(store.read)).toEqual(['before']);
});
