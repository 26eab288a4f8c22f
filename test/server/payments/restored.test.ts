/** A provider gives back what it had taken of a payment: a refund in its dashboard failed, a dispute was won after all. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { recordNamed } from '../../../server/reconciliation/records.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { givenBack } from '../reviews/said.ts';
import { callBack, collect, transaction, verify } from '../support/payments.ts';
import { reviewDesk } from '../support/review-desk.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const AMOUNT_MINOR = 5_000_000;

/** A payment that its provider took back. */
async function takenBack({ spent = 0, paid = true } = {}) {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const says = async (status: Parameters<ScriptedProvider['answersStatus']>[0]) => {
    malipo.clock.advance(MINUTE_MS);
    provider.answersStatus((asked) => (asked.reference === reference ? status(asked) : { kind: 'pending' }));
    await callBack(malipo, reference, { news: malipo.clock.now() });
    await malipo.jobs.runDue();
  };
  const reference = await collect(malipo, liveKey);
  if (paid) {
    provider.saysCompleted(malipo.clock.now(), { amountMinor: AMOUNT_MINOR });
    await verify(malipo, liveKey, reference);
  }
  const spend = (amount: number) => {
    provider.answersStatus(() => ({ kind: 'pending' }));
    return malipo.post('/v1/payments/disburse', { amount, currency: 'UGX', phone_number: '256772999888' }, { key: liveKey });
  };
  if (spent > 0) await spend(spent);
  const at = malipo.clock.now();
  const reversed = () => ({ kind: 'reversed', providerRef: `their-${reference}`, amountMinor: AMOUNT_MINOR, currency: 'UGX', at, reason: 'Refunded in the dashboard' }) as const;
  const stands = (givenBackMinor = 0) => () => ({ kind: 'completed', providerRef: `their-${reference}`, amountMinor: AMOUNT_MINOR, currency: 'UGX', at, refunds: givenBackMinor === 0 ? [] : [givenBack(givenBackMinor)] }) as const;
  if (paid) await says(reversed);
  return {
    malipo,
    spend,
    record: () => recordNamed(malipo.store.read, { provider: 'iotec', mode: 'live' }, reference),
    reversed,
    stands,
    says,
    earn: async () => {
      const another = await collect(malipo, liveKey);
      provider.saysCompleted(malipo.clock.now(), { amountMinor: AMOUNT_MINOR });
      await verify(malipo, liveKey, another);
    },
    desk: reviewDesk(malipo),
    wallet: () => walletBalance(malipo.store, { appId: app.id, mode: 'live' }),
    payment: () => transaction(malipo, liveKey, reference),
    open: async () => (await openReviews(malipo.store.read)).map(({ subject, kind }) => ({ subject, kind })),
    problems: () => verifyBooks(malipo.store.read),
    fees: async () => (await rows<{ minor: number }>(malipo.store, `SELECT CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS minor FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'fees'`))[0]!.minor,
  };
}

test('a payment stands again, once, in the wallet and in the fees, and its merchant is told', async () => {
  const shop = await takenBack();
  expect(await shop.wallet()).toBe(0);
  await shop.says(shop.stands());
  await shop.says(shop.stands());
  expect(await shop.payment()).toMatchObject({ status: 'completed' });
  expect(await shop.payment()).not.toHaveProperty('reversed_at');
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.fees()).toBe(400_000);
  const events = await rows<{ facts: string }>(shop.malipo.store, 'SELECT facts FROM webhook_events ORDER BY id');
  expect(events.map(({ facts }) => (JSON.parse(facts) as { back?: { news: { kind: string; amountMinor: number } } }).back?.news)).toEqual([
    undefined,
    expect.objectContaining({ kind: 'reversed', amountMinor: AMOUNT_MINOR }),
    expect.objectContaining({ kind: 'restored', amountMinor: AMOUNT_MINOR }),
  ]);
  expect(await shop.problems()).toEqual([]);
});

test('what the platform bore of it the platform has again, and nobody is asked about it any more', async () => {
  const shop = await takenBack({ spent: 40_000 });
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_shortfall' }]);
  expect(await shop.fees()).toBe(-4_000_000);
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(6_000);
  expect(await shop.fees()).toBe(400_000);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test('and what the app had paid for that since, the app', async () => {
  const shop = await takenBack({ spent: 40_000 });
  await shop.earn();
  await shop.desk.resolve(1, 'charge', 'Earned again');
  expect(await shop.wallet()).toBe(6_000);
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(52_000);
  expect(await shop.problems()).toEqual([]);
});

test('of one of which a part is still gone a person decides', async () => {
  const shop = await takenBack();
  await shop.says(shop.stands(2_000_000));
  expect(await shop.wallet()).toBe(0);
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.open()).toEqual([]);
});

test('one that goes once more is before a person, who enters it, and comes again by itself, each time', async () => {
  const shop = await takenBack();
  for (const review of [1, 3]) {
    await shop.says(shop.stands());
    expect(await shop.wallet()).toBe(46_000);
    await shop.says(shop.reversed);
    await shop.says(shop.reversed);
    expect(await shop.wallet()).toBe(46_000);
    expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_mismatch' }]);
    await shop.desk.resolve(review, 'accept', 'Gone again');
    expect(await shop.wallet()).toBe(0);
    expect(await shop.payment()).toMatchObject({ reversed_at: expect.any(String) as string });
    expect((await shop.record())!.bookedMinor).toBe(0);
    await shop.says(shop.reversed);
    expect(await shop.open()).toEqual([]);
    expect(await shop.problems()).toEqual([]);
  }
});

test('what the wallet is short of then is charged to the app as at the first time', async () => {
  const shop = await takenBack();
  await shop.says(shop.stands());
  await shop.spend(40_000);
  await shop.says(shop.reversed);
  await shop.desk.resolve(1, 'accept', 'Gone again');
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_shortfall' }]);
  await shop.earn();
  await shop.desk.resolve(2, 'charge', 'Earned again');
  expect(await shop.wallet()).toBe(6_000);
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(52_000);
  expect(await shop.problems()).toEqual([]);
});

test.each(['accept', 'dismiss'] as const)('a part that went once more, after it was given back, is not what was decided before: %s', async (resolution) => {
  const shop = await takenBack();
  await shop.says(shop.stands());
  const part = () => ({ ...shop.reversed(), amountMinor: 1_000_000 });
  await shop.says(part);
  await shop.desk.resolve(1, resolution, 'Looked into');
  await shop.says(part);
  expect(await shop.open()).toEqual([]);
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(46_000);
  await shop.says(part);
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await shop.desk.resolve(3, 'accept', 'Gone again');
  expect(await shop.wallet()).toBe(36_800);
  expect(await shop.problems()).toEqual([]);
});

test('of what was taken back whole, and given back in part, the part that is still gone can be entered', async () => {
  const shop = await takenBack({ spent: 40_000 });
  await shop.earn();
  await shop.says(shop.stands(2_000_000));
  await shop.desk.resolve(2, 'accept', 'The rest is there');
  expect(await shop.wallet()).toBe(6_000 + 46_000 - 18_400);
  expect(await shop.fees()).toBe(800_000 - 160_000);
  expect(await shop.open()).toEqual([]);
  expect(await shop.problems()).toEqual([]);
});

test.each([
  ['less', { amountMinor: 3_000_000 }, { amount_minor: 2_000_000, currency: 'UGX' }],
  ['more', { amountMinor: 6_000_000 }, { amount_minor: 6_000_000, currency: 'UGX' }],
  ['other money', { currency: 'ITX' }, { amount_minor: 5_000_000, currency: 'ITX' }],
])('one that is back as %s is before a person', async (_what, found, reported) => {
  const shop = await takenBack();
  await shop.says(() => ({ ...shop.stands()(), ...found }));
  expect(await shop.wallet()).toBe(0);
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_mismatch' }]);
  const [review] = await openReviews(shop.malipo.store.read);
  expect(JSON.parse(review!.detail)).toMatchObject({ reported });
});

test('nothing is taken back that never counted as paid, and that only a part went of is not forgotten', async () => {
  const shop = await takenBack({ paid: false });
  const part = () => ({ ...shop.reversed(), amountMinor: 1_000_000 });
  await shop.says(part);
  expect(await shop.payment()).toMatchObject({ status: 'pending' });
  expect(await shop.open()).toEqual([{ subject: 'payment:1', kind: 'reversal_mismatch' }]);
  await expect(shop.desk.resolve(1, 'accept', '…')).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('has never counted as paid') as string });
  await shop.says(shop.stands());
  expect(await shop.wallet()).toBe(46_000);
  expect(await shop.problems()).toEqual([]);
});
