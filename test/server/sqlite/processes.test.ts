import { expect, test } from 'vitest';
import { insertNote, noteParams, notes } from '../support/notes.ts';
import { otherProcess } from '../support/other-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { openedFile, temporaryFile } from './temporary-file.ts';

const WRITER = new URL('./writer-process.ts', import.meta.url);

test('readers answer with the last committed state while another process holds a write open', async () => {
  const { store, file } = temporaryFile();
  await store.write((tx) => tx.run(insertNote, noteParams('committed')));
  const other = await otherProcess(WRITER, file);
  expect(await other.ask('begin')).toBe('begun');
  expect(await notes(store.read)).toEqual(['committed']);
  expect(await other.ask('commit')).toBe('committed');
  expect(await notes(store.read)).toEqual(['committed', 'uncommitted']);
});

test('a write waits for another process to release the file, while everything else here goes on', async () => {
  const { store, file } = temporaryFile();
  const other = await otherProcess(WRITER, file);
  await other.ask('begin');
  const steps: string[] = [];
  const writing = store.write((tx) => tx.run(insertNote, noteParams('waited'))).then(() => steps.push('written'));
  // The question goes over a pipe: a blocked event loop would not ask. Its answer may come after the write that waited.
  steps.push('asked to commit');
  expect(await other.ask('commit')).toBe('committed');
  await writing;
  expect(steps).toEqual(['asked to commit', 'written']);
  expect(await notes(store.read)).toEqual(['uncommitted', 'waited']);
});

test('opening a database that is up to date needs no lock', async () => {
  const { file } = temporaryFile();
  const other = await otherProcess(WRITER, file);
  await other.ask('begin');
  expect(await notes(openedFile(file).read)).toEqual([]);
  await other.ask('commit');
});

test('two processes write to one file at the same time and lose nothing', async () => {
  const { store, file } = temporaryFile();
  const others = await Promise.all([otherProcess(WRITER, file), otherProcess(WRITER, file)]);
  const theirs = others.map((other) => other.ask({ write: 50 }));
  for (let index = 0; index < 50; index++) await store.write((tx) => tx.run(insertNote, noteParams(`own:${index}`)));
  expect(await Promise.all(theirs)).toEqual(['written', 'written']);
  expect(await notes(store.read)).toHaveLength(150);
});

test('a backup taken while payments are coming in comes to an end and is one consistent state', async () => {
  const { store } = temporaryFile();
  // Large enough that the copy takes several turns of the event loop, between which others commit.
  const body = 'x'.repeat(10_000);
  for (let index = 0; index < 500; index++) void store.write((tx) => tx.run(insertNote, noteParams(`old ${index}`, body)));
  await store.write((tx) => tx.run(insertNote, noteParams('last before')));

  let copying = true;
  let pairs = 0;
  const writing = (async () => {
    for (; copying; pairs++) {
      await store.write(async (tx) => {
        await tx.run(insertNote, noteParams(`left ${pairs}`));
        await tx.run(insertNote, noteParams(`right ${pairs}`));
      });
    }
  })();
  const copy = `${temporaryFolder()}/copy.db`;
  await store.backup(copy);
  copying = false;
  await writing;

  expect(pairs).toBeGreaterThan(1);
  const copied = await notes(openedFile(copy).read);
  expect(copied.slice(0, 501).at(-1)).toBe('last before');
  const halves = (side: string) => copied.filter((name) => name.startsWith(side)).length;
  expect(halves('left')).toBe(halves('right'));
});
