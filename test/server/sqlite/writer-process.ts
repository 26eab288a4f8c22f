/**
 * Another program on the same database file, told what to do over IPC:
 * `begin` opens a write transaction and leaves a row in it, `commit` ends it, `{write: n}` makes n commits through a store.
 */
import { SqliteStore } from '../../../server/db/sqlite/store.ts';
import { openConnection } from '../../../server/db/sqlite/connection.ts';
import { insertNote, noteParams } from '../support/notes.ts';

const file = process.argv[2]!;
const connection = openConnection(file, { readonly: false });

process.on('message', (instruction: 'begin' | 'commit' | { write: number }) => void obey(instruction));
process.send!('ready');

async function obey(instruction: 'begin' | 'commit' | { write: number }): Promise<void> {
  if (instruction === 'begin') {
    connection.exec('BEGIN IMMEDIATE');
    connection.prepare(insertNote.text).run(noteParams('uncommitted'));
    process.send!('begun');
  } else if (instruction === 'commit') {
    connection.exec('COMMIT');
    process.send!('committed');
  } else {
    const store = new SqliteStore(file);
    for (let index = 0; index < instruction.write; index++) {
      await store.write((tx) => tx.run(insertNote, noteParams(`${process.pid}:${index}`)));
    }
    await store.close();
    process.send!('written');
  }
}
