/** What the store promises of a command's transaction, where other connections are at work beside it. */
import { expect, test } from 'vitest';
import { statement, StoreUnavailableError, type Transaction } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';

const note = (name: string) => (tx: Transaction) => tx.run(insertNote, noteParams(name));

const touch = statement('UPDATE provider_callbacks SET body = :body WHERE fingerprint = :name');
const bodyOf = statement<{ body: string }>('SELECT body FROM provider_callbacks WHERE fingerprint = :name');
const waitingForLocks = statement<{ waiting: number }>(`
  SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);

const makeFailing = statement(`
  CREATE FUNCTION fail_with(code text) RETURNS text LANGUAGE plpgsql AS $body$ BEGIN RAISE EXCEPTION 'As asked' USING ERRCODE = code; END $body$`);
const failing = statement<{ failed: string }>('SELECT fail_with(:code) AS failed');

test('a failing command is undone alone, and what it wanted done afterwards is not done', async () => {
  const { store } = temporaryStore();
  const effects: string[] = [];
  const outcomes = await Promise.allSettled([
    store.write(note('before')),
    store.write(async (tx) => {
      tx.afterCommit(() => effects.push('failed'));
      await tx.run(insertNote, noteParams('half done'));
      throw new Error('changed my mind');
    }),
    store.write(async (tx) => {
      tx.afterCommit(() => effects.push('stood'));
      await tx.run(insertNote, noteParams('after'));
    }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { message: 'changed my mind' } });
  expect((await notes(store.read)).sort()).toEqual(['after', 'before']);
  expect(effects).toEqual(['stood']);
});

test('a command that hides a statement’s failure does not pass for done', async () => {
  const { store } = temporaryStore();
  await store.write(note('there'));
  const hiding = store.write(async (tx) => {
    await tx.run(insertNote, noteParams('lost with it'));
    await Promise.resolve(tx.run(insertNote, noteParams('there'))).catch(() => undefined);
  });
  await expect(hiding).rejects.toMatchObject({ code: '23505' });
  expect(await notes(store.read)).toEqual(['there']);
});

test('a statement that nobody waits for fails its command, whatever came after it, and one that met another begins again', async () => {
  const { store } = temporaryStore();
  await store.write(note('there'));
  const effects: string[] = [];
  const failing = store.write(async (tx) => {
    tx.later(insertNote, noteParams('there'));
    tx.afterCommit(() => effects.push('failed'));
    return 'done';
  });
  await expect(failing).rejects.toMatchObject({ code: '23505' });
  const waited = store.write(async (tx) => {
    tx.later(insertNote, noteParams('there'));
    return tx.run(insertNote, noteParams('after it'));
  });
  await expect(waited).rejects.toMatchObject({ code: '23505' });
  let attempts = 0;
  const again = store.write(async (tx) => {
    tx.later(insertNote, noteParams(++attempts === 1 ? 'there' : 'new'));
  });
  await again;
  expect([await notes(store.read), effects, attempts]).toEqual([['there', 'new'], [], 2]);
});

test('commands that wait for each other in a circle all get through: the one that is cut off begins again', async () => {
  const { store } = temporaryStore();
  await store.write(note('a'));
  await store.write(note('b'));
  const both = Promise.withResolvers<void>();
  let inside = 0;
  let attempts = 0;
  const crossing = (first: string, second: string) =>
    store.write(async (tx) => {
      attempts++;
      await tx.run(touch, { name: first, body: 'touched' });
      if (++inside === 2) both.resolve();
      await both.promise;
      await tx.run(touch, { name: second, body: `${first} last` });
    });
  await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);
  expect(attempts).toBeGreaterThan(2);
});

test('a command that writes what another wrote a moment before is run again and finds it', async () => {
  const { store } = temporaryStore();
  const makeOnce = () =>
    store.write(async (tx) => {
      if ((await tx.get(bodyOf, { name: 'once' })) !== undefined) return 'found';
      await tx.run(insertNote, noteParams('once'));
      return 'made';
    });
  expect((await Promise.all(Array.from({ length: 8 }, makeOnce))).sort()).toEqual([...Array.from({ length: 7 }, () => 'found'), 'made']);
});

test('a name is locked by one transaction at a time, in any process, and another name is free meanwhile', async () => {
  const { store, databaseUrl } = temporaryStore();
  const other = openedStore(databaseUrl);
  await other.read.all(bodyOf, { name: '' });
  const held = Promise.withResolvers<void>();
  const steps: string[] = [];
  const first = store.write(async (tx) => {
    await tx.lock('wallet:1');
    steps.push('first has it');
    await held.promise;
    steps.push('first lets go');
  });
  await until(() => steps.length === 1);
  const second = other.write(async (tx) => {
    await tx.lock('wallet:1');
    steps.push('second has it');
  });
  await until(async () => (await store.read.get(waitingForLocks))!.waiting === 1);
  await other.write((tx) => tx.lock('wallet:2'));
  held.resolve();
  await Promise.all([first, second]);
  expect(steps).toEqual(['first has it', 'first lets go', 'second has it']);
});

test('what a command reads after it got a lock is what the one before it wrote', async () => {
  const { store } = temporaryStore();
  await store.write(note('count'));
  await Promise.all(
    Array.from({ length: 20 }, () =>
      store.write(async (tx) => {
        await tx.lock('count');
        const { body } = (await tx.get(bodyOf, { name: 'count' }))!;
        await tx.run(touch, { name: 'count', body: `${body}x` });
      }),
    ),
  );
  expect(await store.read.get(bodyOf, { name: 'count' })).toEqual({ body: 'x'.repeat(20) });
});

test('readers answer with the last committed state while a writer holds the row', async () => {
  const { store } = temporaryStore();
  await store.write(note('row'));
  await store.write(async (tx) => {
    await tx.run(touch, { name: 'row', body: 'not yet' });
    expect(await store.read.get(bodyOf, { name: 'row' })).toEqual({ body: '' });
  });
  expect(await store.read.get(bodyOf, { name: 'row' })).toEqual({ body: 'not yet' });
});

test('the reading connections cannot write', async () => {
  const { store } = temporaryStore();
  await expect(store.read.get(statement('DELETE FROM provider_callbacks RETURNING id'))).rejects.toThrow('read-only transaction');
});

test('a transaction kept beyond its command refuses everything', async () => {
  const { store } = temporaryStore();
  const kept = await store.write((tx) => tx);
  await expect(kept.run(insertNote, noteParams('kept'))).rejects.toThrow('used after its command had ended');
  await expect(kept.lock('wallet')).rejects.toThrow('used after its command had ended');
  expect(() => kept.afterCommit(() => undefined)).toThrow('used after its command had ended');
});

test('a number that would be rounded is refused, wherever it is read', async () => {
  const { store } = temporaryStore();
  await expect(store.read.get(statement('SELECT CAST(9007199254740993 AS BIGINT) AS big'))).rejects.toThrow('does not hold exactly');
});

test('every session syncs its commits and takes the isolation that money was thought through for, whatever the database’s own default is', async () => {
  const { store, databaseUrl } = temporaryStore();
  const name = new URL(databaseUrl).pathname.slice(1);
  for (const setting of ['synchronous_commit = off', 'default_transaction_isolation = serializable']) {
    await store.write((tx) => tx.run(statement(`ALTER DATABASE ${name} SET ${setting}`)));
  }
  const other = openedStore(databaseUrl);
  const settings = statement(`SELECT current_setting('synchronous_commit') AS commits, current_setting('transaction_isolation') AS isolation`);
  expect(await other.write((tx) => tx.get(settings))).toEqual({ commits: 'on', isolation: 'read committed' });
});

test('closing finishes every write that was asked, and refuses those that come after', async () => {
  const { store, databaseUrl } = temporaryStore();
  await store.read.all(bodyOf, { name: '' });
  const asked = Array.from({ length: 100 }, (_, index) => store.write(note(`asked ${index}`)));
  await Promise.resolve();
  await store.close();
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')).toBe(true);
  await expect(store.write(note('too late'))).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(await notes(openedStore(databaseUrl).read)).toHaveLength(100);
});

for (const [name, code] of [['a serialization failure', '40001'], ['a deadlock', '40P01']] as const) {
  for (const sharing of [undefined, { about: null }]) {
    test(`${name} undoes the command, which is run again and stands once${sharing ? ', also where it shared its transaction' : ''}`, async () => {
      const { store } = temporaryStore();
      await store.write((tx) => tx.run(makeFailing));
      let attempts = 0;
      const command = async (tx: Transaction): Promise<void> => {
        await tx.run(insertNote, noteParams('once'));
        if (++attempts === 1) await tx.get(failing, { code });
      };
      await store.write(command, sharing);
      expect(attempts).toBe(2);
      expect(await notes(store.read)).toEqual(['once']);
    });
  }
}
