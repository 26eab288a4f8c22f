import { expect, test } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { ProviderStatus } from '../../../server/providers/provider.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rowCounts, rows, walletBalance } from '../support/database.ts';
import { callBack, collect, PHONE, transaction, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

const AGREED_MINOR = 5_000_000;

function completed(at: number) {
  return { kind: 'completed', providerRef: 'theirs', amountMinor: AGREED_MINOR, currency: 'UGX', at } as const;
}

test('a callback, the poller and a client that verifies, all at once, credit a payment once', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  malipo.clock.advance(15 * SECOND_MS);
  await callBack(malipo, reference);

  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => promise);
  const verifying = malipo.post('/v1/webhooks/verify', { reference }, { key: liveKey });
  await until(() => provider.asked.length === 1);
  const running = malipo.jobs.runDue();
  await until(() => provider.asked.length === 3);
  resolve(completed(malipo.clock.now()));

  expect((await verifying).json().data.status).toBe('completed');
  await running;
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(malipo.store)).toMatchObject({ ledger_transfers: 1, ledger_entries: 3, reviews: 0 });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('two servers on one database that hear of the same success credit it once', async () => {
  const provider = new ScriptedProvider();
  const one = await buildMalipo({ live: [provider] });
  const other = await buildMalipo({ live: [provider], databaseUrl: one.databaseUrl, clock: one.clock });
  const { app, liveKey } = await one.makeShop({ slug: 'duka' });
  const reference = await collect(one, liveKey);
  one.clock.advance(15 * SECOND_MS);

  const { promise, resolve } = Promise.withResolvers<ProviderStatus>();
  provider.answersStatus(() => promise);
  const verifying = [one, other].map((server) => server.post('/v1/webhooks/verify', { reference }, { key: liveKey }));
  await until(() => provider.asked.length === 2);
  const running = [one, other].map((server) => server.jobs.runDue());
  await until(() => provider.asked.length === 3);
  resolve(completed(one.clock.now()));
  for (const answer of await Promise.all(verifying)) expect(answer.json().data.status).toBe('completed');
  await Promise.all(running);

  expect(await walletBalance(one.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(one.store)).toMatchObject({ ledger_transfers: 1 });
  expect((await transaction(other, liveKey, reference)).status).toBe('completed');
});

test.each([
  ['a smaller amount', { amountMinor: AGREED_MINOR - 1, currency: 'UGX' }],
  ['a larger amount', { amountMinor: AGREED_MINOR + 1, currency: 'UGX' }],
  ['another currency', { amountMinor: AGREED_MINOR, currency: 'KES' }],
  ['a currency nobody knows', { amountMinor: AGREED_MINOR, currency: '' }],
  ['an amount that is no number', { amountMinor: Number.NaN, currency: 'UGX' }],
])('%s than agreed goes to review once, is not credited and stays visible', async (_what, reported) => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);

  provider.saysCompleted(malipo.clock.now(), reported);
  for (let time = 0; time < 2; time++) expect((await verify(malipo, liveKey, reference)).status).toBe('pending');

  const reviews = await rows<{ kind: string; detail: string }>(malipo.store, 'SELECT subject, kind, detail, resolved_at FROM reviews');
  expect(reviews).toMatchObject([{ subject: 'payment:1', kind: 'amount_mismatch', resolved_at: null }]);
  expect(JSON.parse(reviews[0]!.detail)).toMatchObject({ agreed: { amount_minor: AGREED_MINOR, currency: 'UGX' } });
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(0);
  expect((await malipo.get(`/api/store/status/${reference}`)).json().data).toMatchObject({ status: 'pending', amount: 50_000 });
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a payment whose provider corrects a wrong amount is credited then, and its review kept', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const { app, liveKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 1 });
  await verify(malipo, liveKey, reference);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  expect((await verify(malipo, liveKey, reference)).status).toBe('completed');
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await rowCounts(malipo.store)).toMatchObject({ reviews: 1 });
});

test.each([
  [50_000, undefined, 4_000, 46_000],
  [1_234, undefined, 98.72, 1_135.28],
  [1, undefined, 0.08, 0.92],
  [333, 12.5, 41.63, 291.37],
  [50_000, 0, 0, 50_000],
  [50_000, 100, 50_000, 0],
  [7, 1.07, 0.07, 6.93],
])('an API payment of UGX %d in an app with a fee of %s %% pays %d and earns %d', async (amount, feePercent, fee, net) => {
  const malipo = await buildMalipo();
  const { app, testKey } = await malipo.makeShop({ slug: 'duka', ...(feePercent === undefined ? {} : { feePercent }) });
  const reference = await collect(malipo, testKey, { amount });
  await malipo.pass(3 * SECOND_MS);
  expect(await transaction(malipo, testKey, reference)).toMatchObject({ status: 'completed', amount, platform_fee: fee, net_amount: net });
  expect(await walletBalance(malipo.store, { appId: app.id })).toBe(net);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('products and links pay ten per cent, courses twelve, whatever the app pays for API payments', async () => {
  const malipo = await buildMalipo();
  const shop = await malipo.makeShop({ slug: 'duka', feePercent: 1 });
  const { book, course, fixedLink, fund, kitabu } = await stock(malipo, shop);
  const pay = (slug: string, body = {}) => malipo.post(`/api/store/${slug}/pay`, { phone_number: PHONE, ...body });
  for (const answer of [await pay(book.slug), await pay(course.slug), await pay(fixedLink.slug), await pay(fund.slug, { amount: 2_000 })]) {
    expect(answer.statusCode, answer.body).toBe(201);
  }
  await malipo.post('/create-payment', { phone_number: '255712345678', amount: 12_000, product_id: kitabu.id }, { key: shop.testKey });
  await malipo.pass(3 * SECOND_MS);

  const paid = await rows(malipo.store, 'SELECT amount_minor / 100 AS amount, fee_minor / 100 AS fee, status FROM payments ORDER BY id');
  expect(paid).toEqual([
    { amount: 25_000, fee: 2_500, status: 'completed' },
    { amount: 100_000, fee: 12_000, status: 'completed' },
    { amount: 7_500, fee: 750, status: 'completed' },
    { amount: 2_000, fee: 200, status: 'completed' },
    { amount: 12_000, fee: 1_200, status: 'completed' },
  ]);
  expect(await walletBalance(malipo.store, { appId: shop.app.id })).toBe(22_500 + 88_000 + 6_750 + 1_800);
  expect(await walletBalance(malipo.store, { appId: shop.app.id, provider: 'sandbox', currency: 'TZS' })).toBe(10_800);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});
