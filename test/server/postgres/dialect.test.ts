import { expect, test } from 'vitest';
import { translateText, valuesOf } from '../../../server/db/postgres/dialect.ts';
import { FOR_UPDATE_SKIP_LOCKED } from '../../../server/db/store.ts';

const translated = (text: string) => translateText(text, 'name').text;

test('parameters are numbered in the order they appear, and one that stands twice is bound once', () => {
  const statement = translateText('SELECT :b, :a, :b WHERE x = :a', 'name');
  expect(statement.text).toBe('SELECT $1, $2, $1 WHERE x = $2');
  expect(valuesOf(statement, { a: 1, b: 'two', c: null })).toEqual(['two', 1]);
});

test.each([
  ['a cast', 'SELECT a::text'],
  ['a text', `SELECT 'at 10:30 o''clock :no'`],
  ['a quoted name', 'SELECT 1 AS "a:b"'],
  ['a comment to the end of its line', 'SELECT 1 -- :no\n'],
  ['a comment', 'SELECT 1 /* :no */'],
])('%s keeps its colons', (_, text) => {
  expect(translated(text)).toBe(text);
});

test('the locking clause comes out of its comment, and no other comment does', () => {
  expect(translated(`SELECT id LIMIT :limit ${FOR_UPDATE_SKIP_LOCKED} /* FOR NOTHING */`)).toBe('SELECT id LIMIT $1 FOR UPDATE SKIP LOCKED /* FOR NOTHING */');
});

test('a parameter that was forgotten is named, not sent as nothing', () => {
  expect(() => valuesOf(translateText('SELECT :given, :forgotten', 'name'), { given: null })).toThrow('The parameter :forgotten is missing');
});
