/** How often Relworx's list is read for how many who ask, and that no reading answers who asked after it began. */
import { expect, test } from 'vitest';
import { READING_EVERY_MS, READINGS_AT_ONCE, TransactionList } from '../../../server/providers/relworx/list.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ASKERS = 200;

function listRead(takesMs: number) {
  const clock = new ManualClock();
  const begunAt: number[] = [];
  const list = new TransactionList(async () => {
    begunAt.push(clock.monotonic());
    const { length } = begunAt;
    await new Promise<void>((resolve) => void clock.after(takesMs, resolve));
    return [{ customer_reference: String(length) }];
  }, clock);
  return { clock, begunAt, list };
}

/** Lets time pass by a hundredth of a second at a time, and whatever waits for it go on. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test.each([20, 300])('many who ask one after the other share readings of %d ms, and each is told what was read after it asked', async (takesMs) => {
  const { clock, begunAt, list } = listRead(takesMs);
  const answers: Promise<void>[] = [];
  for (let asker = 0; asker < ASKERS; asker++) {
    const askedAt = clock.monotonic();
    answers.push(
      list.after(list.now).then(([row]) => {
        const reading = begunAt[Number(row!.customer_reference) - 1]!;
        expect(reading).toBeGreaterThanOrEqual(askedAt);
        expect(clock.monotonic() - askedAt).toBeLessThanOrEqual(READING_EVERY_MS + 2 * takesMs + 20);
      }),
    );
    await pass(clock, 20);
  }
  await pass(clock, 2_000);
  await Promise.all(answers);
  expect(begunAt.length).toBeLessThanOrEqual(READINGS_AT_ONCE + (ASKERS * 20) / READING_EVERY_MS + 1);
});

test('whoever asks alone waits for nobody, also after a list that could not be read', async () => {
  const clock = new ManualClock();
  let isBroken = true;
  const list = new TransactionList(async () => {
    if (isBroken) throw new Error('no list');
    return [];
  }, clock);
  await expect(list.after(list.now)).rejects.toThrow('no list');
  isBroken = false;
  for (let asked = 1; asked < READINGS_AT_ONCE; asked++) expect(await list.after(list.now)).toEqual([]);
  const held = list.after(list.now);
  await pass(clock, READING_EVERY_MS);
  expect(await held).toEqual([]);
});
