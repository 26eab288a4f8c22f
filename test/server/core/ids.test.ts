import { expect, test } from 'vitest';
import { newReference, randomBase62, toBase62 } from '../../../server/core/ids.ts';

const NOW = Date.UTC(2026, 10, 22);
const SAMPLE = 20_000;
const ALPHABET_BITS = Math.log2(62);
/** What every provider takes as our reference. */
const REFERENCE_CHARS_MAX = 36;
const REFERENCE_BITS_MIN = 128;

test('a reference is dgw_ and letters and digits that every provider takes', () => {
  for (let index = 0; index < 1_000; index++) expect(newReference(NOW)).toMatch(/^dgw_[0-9A-Za-z]+$/);
  expect(newReference(NOW).length).toBeLessThanOrEqual(REFERENCE_CHARS_MAX);
});

test('a reference cannot be guessed: it carries at least 128 random bits', () => {
  const [one, other] = [newReference(NOW), newReference(NOW)];
  const known = one.slice(0, -22);
  expect(other.startsWith(known)).toBe(true);
  expect((one.length - known.length) * ALPHABET_BITS).toBeGreaterThanOrEqual(REFERENCE_BITS_MIN);
});

test('references do not repeat', () => {
  expect(new Set(Array.from({ length: SAMPLE }, () => newReference(NOW))).size).toBe(SAMPLE);
});

test('references sort by their time, so that a database keeps the newest ones together', () => {
  const times = [NOW, NOW + 1, NOW + 1_000, NOW + 86_400_000, Date.UTC(2080, 0)];
  const references = times.map(newReference);
  expect(references.toSorted()).toEqual(references);
});

test.each([0, 1, 24, 1_000])('random text has the %d characters that were asked', (length) => {
  expect(randomBase62(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
});

test('no character is likelier than another', () => {
  const counts = new Map<string, number>();
  const drawn = 620_000;
  for (const character of randomBase62(drawn)) counts.set(character, (counts.get(character) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // A byte taken modulo 62 would draw the first eight characters a quarter more often; chance alone moves a
  // count of 10,000 by 100 (one standard deviation).
  const expected = drawn / 62;
  for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.08);
});

test('a number in base 62 keeps its order and its width', () => {
  expect([0, 9, 10, 61, 62, 62 ** 3 - 1].map((value) => toBase62(value, 3))).toEqual(['000', '009', '00A', '00z', '010', 'zzz']);
  const texts = Array.from({ length: 5_000 }, (_, value) => toBase62(value * 7, 4));
  expect(texts.toSorted()).toEqual(texts);
});
