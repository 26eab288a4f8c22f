import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { EXPIRES_AFTER_MS, nextAskAt } from '../../../server/payments/payment.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { TEST_START } from '../support/manual-clock.ts';
import { collect, transaction, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const PENDING = { direction: 'collect', status: 'pending', submission: 'sent', createdAt: 0, expiresAt: EXPIRES_AFTER_MS } as const;

test.each([
  [0, 15 * SECOND_MS],
  [15 * SECOND_MS, 30 * SECOND_MS],
  [30 * SECOND_MS, MINUTE_MS],
  [MINUTE_MS, 2 * MINUTE_MS],
  [2 * MINUTE_MS, 4 * MINUTE_MS],
  [4 * MINUTE_MS, 8 * MINUTE_MS],
  [8 * MINUTE_MS, 15 * MINUTE_MS],
  [15 * MINUTE_MS, 30 * MINUTE_MS],
  [31 * MINUTE_MS, 45 * MINUTE_MS],
  [3 * HOUR_MS + 50 * MINUTE_MS, EXPIRES_AFTER_MS],
  [EXPIRES_AFTER_MS - 1, EXPIRES_AFTER_MS],
  // A server that was down takes up where the schedule stands.
  [EXPIRES_AFTER_MS + HOUR_MS, EXPIRES_AFTER_MS + HOUR_MS],
])('a pending payment %d ms old is next asked about at %d ms', (age, next) => {
  expect(nextAskAt(PENDING, age)).toBe(next);
});

test.each([
  ['expired', EXPIRES_AFTER_MS, EXPIRES_AFTER_MS + HOUR_MS],
  ['expired', EXPIRES_AFTER_MS + HOUR_MS, EXPIRES_AFTER_MS + DAY_MS],
  ['expired', EXPIRES_AFTER_MS + DAY_MS, EXPIRES_AFTER_MS + 7 * DAY_MS],
  ['expired', EXPIRES_AFTER_MS + 7 * DAY_MS, null],
  ['failed', MINUTE_MS, EXPIRES_AFTER_MS + HOUR_MS],
  ['completed', MINUTE_MS, null],
] as const)('a payment that is %s at %d ms is looked back at at %s ms', (status, now, next) => {
  expect(nextAskAt({ ...PENDING, status }, now)).toBe(next);
});

test('a refused payment is never looked back at', () => {
  expect(nextAskAt({ ...PENDING, status: 'failed', submission: 'refused' }, MINUTE_MS)).toBeNull();
});

test('a payment nobody answers expires at four hours, and each surface says so in its own words', async () => {
  const malipo = await buildMalipo();
  const shop = await malipo.makeShop({ slug: 'duka' });
  const { kitabu } = await stock(malipo, shop);
  const created = await malipo.post(
    '/create-payment',
    { phone_number: '255712300004', amount: 12_000, product_id: kitabu.id },
    { key: shop.testKey },
  );
  const id = created.json().transaction_id as number;
  const [payment] = await rows<{ reference: string }>(malipo.store, 'SELECT reference FROM payments');
  const { reference } = payment!;
  const dukuzi = async () => (await malipo.get(`/transaction/${id}`, { key: shop.testKey })).json();

  await malipo.pass(4 * HOUR_MS - 1);
  expect((await dukuzi()).status).toBe('pending');
  await malipo.pass(1);

  expect(await dukuzi()).toMatchObject({ status: 'expired', completed_at: null });
  expect(await transaction(malipo, shop.testKey, reference)).toMatchObject({ status: 'failed', failure_reason: 'expired' });
  expect((await malipo.get(`/api/store/status/${reference}`)).json().data).toMatchObject({
    status: 'expired',
    failure_code: 'expired',
    expires_at: '2026-03-14T16:00:00Z',
  });
});

test('the provider is asked on schedule until expiry, then after an hour, a day and a week, then no more', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  const ages: number[] = [];
  provider.answersStatus(() => {
    ages.push(malipo.clock.now() - TEST_START);
    return { kind: 'pending' };
  });

  for (;;) {
    const [job] = await rows<{ run_at: number }>(malipo.store, `SELECT run_at FROM jobs WHERE kind = 'payment.check'`);
    if (job === undefined) break;
    await malipo.pass(job.run_at - malipo.clock.now());
  }

  const quarters = Array.from({ length: 16 }, (_, index) => (index + 1) * 15 * MINUTE_MS);
  expect(ages).toEqual([
    ...[15, 30, 60, 120, 240, 480].map((seconds) => seconds * SECOND_MS),
    ...quarters,
    ...[HOUR_MS, DAY_MS, 7 * DAY_MS].map((after) => EXPIRES_AFTER_MS + after),
  ]);
  expect((await transaction(malipo, liveKey, reference)).failure_reason).toBe('expired');
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test.each([
  ['an hour', HOUR_MS],
  ['a day', DAY_MS],
  ['a week', 7 * DAY_MS],
])('a success found %s after expiry is credited and then left alone', async (_when, after) => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  await malipo.pass(EXPIRES_AFTER_MS);
  await malipo.pass(after - 1);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('failed');
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await malipo.pass(1);
  expect((await transaction(malipo, liveKey, reference)).status).toBe('completed');
  const asked = provider.asked.length;
  await malipo.pass(30 * DAY_MS);
  expect(provider.asked).toHaveLength(asked);
});

test('a provider that cannot be reached at the last look-back is asked again day by day, for a month', async () => {
  const provider = new ScriptedProvider().answersStatus(() => ({ kind: 'unknown', reason: 'ECONNREFUSED' }));
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const [late, lost] = [await collect(malipo, liveKey), await collect(malipo, liveKey)];
  // The server was off for ten days, and starts before its network does.
  await malipo.pass(10 * DAY_MS);
  expect((await transaction(malipo, liveKey, late)).failure_reason).toBe('expired');
  provider.answersStatus(({ reference }) =>
    reference === late
      ? { kind: 'completed', providerRef: 'theirs', amountMinor: 5_000_000, currency: 'UGX', at: malipo.clock.now() }
      : { kind: 'unknown', reason: 'HTTP 500' },
  );
  await malipo.pass(DAY_MS);
  expect((await transaction(malipo, liveKey, late)).status).toBe('completed');
  for (let day = 0; day < 30; day++) await malipo.pass(DAY_MS);
  expect((await transaction(malipo, liveKey, lost)).failure_reason).toBe('expired');
  expect(await rows(malipo.store, `SELECT 1 FROM jobs WHERE kind = 'payment.check'`)).toEqual([]);
});

test('a merchant who verifies long after the last look-back still finds the success', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  await malipo.pass(EXPIRES_AFTER_MS);
  await malipo.pass(30 * DAY_MS);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  expect((await verify(malipo, liveKey, reference)).status).toBe('completed');
});
