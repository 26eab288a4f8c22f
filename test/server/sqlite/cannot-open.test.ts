/** What a person is told whose database cannot be opened: the place, what is wrong with it, and what to do. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cannotBeOpened } from '../../../server/db/cannot-open.ts';
import { temporaryFolder } from '../support/temporary-store.ts';

/** As Node and better-sqlite3 throw. */
function refusal(code: string): Error {
  return Object.assign(new Error(`what ${code} says`), { code });
}

test.each([
  ['EROFS', 'is on a disk that is read-only; mount it for writing'],
  ['EACCES', 'this user may not write in'],
  ['EPERM', 'this user may not write in'],
  ['ENOSPC', 'there is no room on the disk of'],
  ['SQLITE_FULL', 'there is no room on the disk of'],
  ['ENOENT', 'no file can be made in'],
  ['SQLITE_IOERR_WRITE', 'does not do what it is asked'],
  ['SQLITE_MISUSE', 'what SQLITE_MISUSE says'],
])('%s becomes a sentence', (code, reason) => {
  const file = join(temporaryFolder(), 'malipo.db');
  expect(cannotBeOpened(file, refusal(code))).toMatch(new RegExp(`^${file} cannot be opened: .*${reason}.*; DATABASE_URL says where it is$`));
});

test('where SQLite does not say why, the system does', () => {
  const file = '/dev/null/malipo.db';
  expect(cannotBeOpened(file, refusal('SQLITE_CANTOPEN'))).toContain('/dev/null is not a folder');
});
