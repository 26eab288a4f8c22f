import { expect, test } from 'vitest';
import { DAY_MS, isoTime, systemClock } from '../../../server/core/clock.ts';

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [Date.UTC(2026, 2, 14, 10, 0, 0), '2026-03-14T10:00:00Z'],
  [Date.UTC(2026, 2, 14, 10, 0, 0, 7), '2026-03-14T10:00:00.007Z'],
])('%d is printed as %s', (ms, printed) => {
  expect(isoTime(ms)).toBe(printed);
  expect(Date.parse(printed)).toBe(ms);
});

test('the system clock calls back once, and not when it was cancelled', async () => {
  const called: string[] = [];
  const cancel = systemClock.after(0, () => called.push('cancelled'));
  cancel();
  await new Promise<void>((done) => systemClock.after(0, () => (called.push('called'), done())));
  expect(called).toEqual(['called']);
});

test('a delay longer than a timer can take does not fire at once', async () => {
  const called: string[] = [];
  const cancel = systemClock.after(60 * DAY_MS, () => called.push('too early'));
  await new Promise<void>((done) => systemClock.after(2, done));
  cancel();
  expect(called).toEqual([]);
});
