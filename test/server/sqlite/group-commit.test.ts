import { expect, test } from 'vitest';
import { type Reader, statement, StoreUnavailableError, type Transaction } from '../../../server/db/store.ts';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { commitsInLog } from './log.ts';
import { openedFile, temporaryFile } from './temporary-file.ts';

const synchronous = statement<{ synchronous: number }>('PRAGMA synchronous');
const SYNCHRONOUS_FULL = { synchronous: 2 };

const note = (name: string, body?: string) => (tx: Transaction) => tx.run(insertNote, noteParams(name, body));

test('every commit is synced to disk, on both connections, also after the file is opened again', async () => {
  const { store, file } = temporaryFile();
  const settings = async (of: { read: Reader; write: typeof store.write }) => [
    await of.read.get(synchronous),
    await of.write((tx) => tx.get(synchronous)),
  ];
  expect(await settings(store)).toEqual([SYNCHRONOUS_FULL, SYNCHRONOUS_FULL]);
  await store.close();
  expect(await settings(openedFile(file))).toEqual([SYNCHRONOUS_FULL, SYNCHRONOUS_FULL]);
});

test('writes that come together share one commit', async () => {
  const { store, file } = temporaryFile();
  const before = commitsInLog(file);
  await Promise.all(Array.from({ length: 100 }, (_, index) => store.write(note(`together ${index}`))));
  expect(commitsInLog(file) - before).toBe(1);
  expect(await notes(store.read)).toHaveLength(100);
});

test('a lone write is committed at once, and one after another each has its own commit', async () => {
  const { store, file } = temporaryFile();
  const before = commitsInLog(file);
  for (const name of ['first', 'second', 'third']) await store.write(note(name));
  expect(commitsInLog(file) - before).toBe(3);
});

test('commands run in the order they were asked, each seeing what those before it wrote', async () => {
  const { store } = temporaryFile();
  const seen = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      store.write(async (tx) => {
        await tx.run(insertNote, noteParams(name));
        return notes(tx);
      }),
    ),
  );
  expect(seen).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
});

test('a failing command is undone alone: its neighbours in the same commit stand', async () => {
  const { store, file } = temporaryFile();
  const before = commitsInLog(file);
  const outcomes = await Promise.allSettled([
    store.write(note('before')),
    store.write(async (tx) => {
      await tx.run(insertNote, noteParams('half done'));
      throw new Error('changed my mind');
    }),
    store.write(note('before')), // breaks the unique index
    store.write((): number => {
      throw new Error('never began');
    }),
    store.write(note('after')),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { message: 'changed my mind' } });
  expect(await notes(store.read)).toEqual(['before', 'after']);
  expect(commitsInLog(file) - before).toBe(1);
});

test('a command that waits for anything but its own statements is refused and undone, while its neighbours commit', async () => {
  const { store } = temporaryFile();
  const foreign = Promise.withResolvers<void>();
  const outcomes = await Promise.allSettled([
    store.write(note('before')),
    store.write(async (tx) => {
      await tx.run(insertNote, noteParams('waiting'));
      await foreign.promise;
    }),
    store.write(note('after')),
  ]);
  expect(outcomes[1]).toMatchObject({ reason: { message: expect.stringContaining('waited for something other than its own statements') } });
  await store.write(note('later'));
  expect(await notes(store.read)).toEqual(['before', 'after', 'later']);
  foreign.resolve();
});

test('a command that waits for another write of the same store is refused instead of waiting for ever', async () => {
  const { store } = temporaryFile();
  await expect(store.write(() => store.write(note('inner')))).rejects.toThrow('waited for something other');
  await store.write(note('next'));
  expect(await notes(store.read)).toEqual(['inner', 'next']);
});

test('a refused command that wakes up later cannot write any more', async () => {
  const { store } = temporaryFile();
  const foreign = Promise.withResolvers<void>();
  let late: Promise<void> | undefined;
  const refused = store.write((tx) => {
    late = foreign.promise.then(async () => void (await tx.run(insertNote, noteParams('late'))));
    return late;
  });
  await expect(refused).rejects.toThrow('waited for something other');
  foreign.resolve();
  await expect(late).rejects.toThrow('used after its command had ended');
  expect(await notes(store.read)).toEqual([]);
});

test('a transaction kept beyond its command refuses everything', async () => {
  const { store } = temporaryFile();
  const kept = await store.write((tx) => tx);
  for (const use of [
    () => kept.run(insertNote, noteParams('kept')),
    () => kept.get(synchronous),
    () => kept.all(synchronous),
    () => kept.lock('wallet'),
    () => kept.afterCommit(() => undefined),
  ]) {
    expect(use).toThrow('used after its command had ended');
  }
});

test('what is to be done after the commit finds the data visible to readers', async () => {
  const { store } = temporaryFile();
  const visible = Promise.withResolvers<string[]>();
  await store.write(async (tx) => {
    tx.afterCommit(() => visible.resolve(notes(store.read)));
    await tx.run(insertNote, noteParams('committed'));
    expect(await notes(store.read)).toEqual([]);
  });
  expect(await visible.promise).toEqual(['committed']);
});

test('nothing is done after the commit for a command that failed', async () => {
  const { store } = temporaryFile();
  const effects: string[] = [];
  await Promise.allSettled([
    store.write((tx) => {
      tx.afterCommit(() => effects.push('failed'));
      throw new Error('no');
    }),
    store.write((tx) => tx.afterCommit(() => effects.push('stood'))),
  ]);
  expect(effects).toEqual(['stood']);
});

test('an answer leaves only after its commit is on disk', async () => {
  const { store, file } = temporaryFile();
  const before = commitsInLog(file);
  let inside = Infinity;
  await store.write((tx) => {
    inside = commitsInLog(file) - before;
    return tx.run(insertNote, noteParams('answered'));
  });
  expect([inside, commitsInLog(file) - before]).toEqual([0, 1]);
});

test('a full disk refuses every write of that commit as unavailable, keeps nothing of it, and the store goes on afterwards', async () => {
  const { store } = temporaryFile();
  await store.write(note('kept'));
  const limit = (pages: number) => store.write((tx) => tx.get(statement(`PRAGMA max_page_count = ${pages}`)));
  await limit(1); // SQLite takes it as the size the file has now
  const outcomes = await Promise.allSettled([
    store.write(note('neighbour')),
    store.write(note('too large', 'x'.repeat(200_000))),
    store.write(note('another')),
  ]);
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) });
  expect(await notes(store.read)).toEqual(['kept']);
  await limit(1_000_000);
  await store.write(note('room again'));
  expect(await notes(store.read)).toEqual(['kept', 'room again']);
});

test('a statement of several rows that fills the disk is refused as unavailable too', async () => {
  const { store } = temporaryFile();
  await store.write((tx) => tx.get(statement('PRAGMA max_page_count = 1')));
  const twoNotes = statement(`
    INSERT INTO provider_callbacks (provider, fingerprint, reference, body, received_at)
    VALUES ('test', 'one', '', :body, 0), ('test', 'two', '', :body, 0)`);
  await expect(store.write((tx) => tx.run(twoNotes, { body: 'x'.repeat(200_000) }))).rejects.toBeInstanceOf(StoreUnavailableError);
});

test('closing finishes every write that was asked, and refuses those that come after', async () => {
  const { store, file } = temporaryFile();
  const asked = Array.from({ length: 300 }, (_, index) => store.write(note(`asked ${index}`)));
  await store.close();
  expect((await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')).toBe(true);
  await expect(store.write(note('too late'))).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(await notes(openedFile(file).read)).toHaveLength(300);
});

test('closing comes to an end although somebody never stops writing', async () => {
  const { store } = temporaryFile();
  let written = 0;
  const refusal = (async () => {
    for (; ; written++) await store.write(note(`more ${written}`));
  })().catch((error: unknown) => error);
  await store.write(note('asked before closing'));
  await store.close();
  expect(await refusal).toBeInstanceOf(StoreUnavailableError);
  expect(written).toBeGreaterThan(0);
});
