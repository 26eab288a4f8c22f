/** A server says in its log what it has put before a person, after the commit and once. */
import { expect, test } from 'vitest';
import { openReviewIn } from '../../../server/reviews/reviews.ts';
import { openLiveShop } from '../support/live-shop.ts';
import { PHONE } from '../support/payments.ts';
import { takenBack } from './said.ts';

type Shop = Awaited<ReturnType<typeof openLiveShop>>;

function told({ malipo }: Shop): object[] {
  return malipo.log.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ review }) => review !== undefined);
}

test('a new review is a warning with what it is about and how to look at it, and no phone; said again it is not told again', async () => {
  const shop = await openLiveShop();
  const reference = await shop.paid();
  await takenBack(shop, reference, 1_000_000);
  await takenBack(shop, reference, 1_000_000);
  await takenBack(shop, reference, 2_000_000);
  expect(await shop.open()).toHaveLength(1);
  expect(told(shop)).toMatchObject([{ level: 40, review: 1, kind: 'reversal_mismatch', subject: 'payment:1', reference, msg: 'a review waits for a person: malipo review show 1' }]);
  expect(shop.malipo.log.join('')).not.toContain(PHONE);
});

test('what is rolled back is not told', async () => {
  const shop = await openLiveShop();
  await shop.paid();
  const open = { subject: 'payment:1', kind: 'outcome_unknown', detail: { agreed: { amount_minor: 1, currency: 'UGX' } } } as const;
  const writing = shop.malipo.store.write(async (tx) => {
    await openReviewIn(tx, open, 0);
    throw new Error('The command fails after it');
  });
  await expect(writing).rejects.toThrow('fails after it');
  expect(told(shop)).toEqual([]);
});

test('each server tells what is opened in its own database', async () => {
  const [one, other] = [await openLiveShop(), await openLiveShop()];
  const reference = await one.paid();
  await takenBack(one, reference, 1_000_000);
  expect([told(one), told(other)]).toMatchObject([[{ reference }], []]);
});
