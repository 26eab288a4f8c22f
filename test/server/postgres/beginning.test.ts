/** Statements travel with their BEGIN and with their COMMIT: neither is left alone with half of a command. */
import { expect, onTestFinished, test } from 'vitest';
import { PostgresStore } from '../../../server/db/postgres/store.ts';
import { type Store, statement } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { temporaryDatabase, temporaryStore } from '../support/temporary-store.ts';
import { openWire } from '../support/wire.ts';

const BEGIN = Buffer.from('BEGIN ISOLATION');
const REFUSED = Buffer.from('BEGIN ISOLATIOM');

/** A store whose first so many transactions do not begin, each for a reason that is its BEGIN's alone. */
async function storeThatBegins({ afterFailures }: { afterFailures: number }): Promise<{ store: Store; refused(): number }> {
  let refused = 0;
  const wire = await openWire(await temporaryDatabase(), () => ({
    sent(bytes, pass) {
      const at = Buffer.from(bytes).indexOf(BEGIN);
      if (at === -1 || refused >= afterFailures) return pass(bytes);
      refused++;
      const changed = Buffer.from(bytes);
      REFUSED.copy(changed, at);
      pass(changed);
    },
    answered: (bytes, pass) => pass(bytes),
  }));
  const store = await PostgresStore.open(wire.databaseUrl);
  onTestFinished(() => store.close());
  return { store, refused: () => refused };
}

test('what follows a BEGIN that failed alone is not committed alone: it is begun again', async () => {
  const { store, refused } = await storeThatBegins({ afterFailures: 1 });
  await store.write((tx) => tx.run(insertNote, noteParams('once')));
  expect([refused(), await notes(store.read)]).toEqual([1, ['once']]);
});

test('and where none begins, the store is unavailable and nothing is written', async () => {
  const { store } = await storeThatBegins({ afterFailures: Infinity });
  await expect(store.write((tx) => tx.run(insertNote, noteParams('never')))).rejects.toThrow('nothing was written');
  expect(await notes(store.read)).toEqual([]);
});

/** An answer that is refused here, when the server has long gone on. */
const unreadable = statement('SELECT CAST(9007199254740993 AS BIGINT) AS big');

test('an answer that the command did not wait for is waited for before the commit: unreadable, it fails the command', async () => {
  const { store } = temporaryStore();
  const writing = store.write(async (tx) => {
    await tx.run(insertNote, noteParams('half'));
    void Promise.resolve(tx.get(unreadable)).catch(() => undefined);
  });
  await expect(writing).rejects.toThrow('does not hold exactly');
  expect(await notes(store.read)).toEqual([]);
});

test('an answer that nobody needs is not read: what was committed does not pass for refused', async () => {
  const { store } = temporaryStore();
  await store.write((tx) => {
    tx.later(insertNote, noteParams('whole'));
    tx.later(unreadable);
  });
  expect(await notes(store.read)).toEqual(['whole']);
});
