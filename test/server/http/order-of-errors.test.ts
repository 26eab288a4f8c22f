/** What is wrong first is said first: key, shape, phone, currency, provider, then what is configured here. */
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../server/core/clock.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { COLLECT, collect } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

const EVERYTHING_WRONG = { amount: 'x', currency: 'XXX', phone_number: '12', provider: 'paypal' };

test('each mistake is reported before the next, until nothing is wrong but the configuration', async () => {
  const malipo = await buildMalipo();
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const before = await rowCounts(malipo.store);
  let body: Record<string, unknown> = EVERYTHING_WRONG;
  const send = (key?: string) => malipo.post('/v1/payments/collect', body, { key });
  expectV1Refusal(await send(), 'AUTHENTICATION_ERROR');
  expectV1Refusal(await send(liveKey), 'VALIDATION_ERROR', /^amount/);
  body = { ...body, amount: 5_000 };
  expectV1Refusal(await send(liveKey), 'INVALID_PHONE');
  body = { ...body, phone_number: '0772123456' };
  expectV1Refusal(await send(liveKey), 'INVALID_CURRENCY');
  body = { ...body, currency: 'UGX' };
  expectV1Refusal(await send(liveKey), 'INVALID_PROVIDER');
  body = { ...body, provider: 'dukuzi' };
  expectV1Refusal(await send(liveKey), 'INVALID_CURRENCY');
  body = { ...body, provider: 'iotec' };
  expectV1Refusal(await send(liveKey), 'PROVIDER_ERROR', 'Provider iotec is not configured');
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a body that cannot be read at all comes after the key', async () => {
  const malipo = await buildMalipo();
  for (const payload of ['{', '{}', JSON.stringify({ x: 'x'.repeat(100_000) })]) {
    const answer = await malipo.inject({ method: 'POST', url: '/v1/payments/collect', payload, headers: { 'content-type': 'application/json' } });
    expectV1Refusal(answer, 'AUTHENTICATION_ERROR');
  }
});

test.each([
  [{ provider: 'iotec', currency: 'KES', phone_number: '0712345678' }, 'INVALID_CURRENCY'],
  [{ provider: 'stripe', currency: 'TZS', phone_number: '' }, 'INVALID_CURRENCY'],
  [{ provider: 'stripe', currency: 'RWF', phone_number: '0712 345' }, 'INVALID_PHONE'],
  [{ provider: 'relworx', currency: 'USD' }, 'INVALID_CURRENCY'],
  [{ provider: 'dukuzi', currency: 'UGX' }, 'INVALID_CURRENCY'],
  [{ provider: 'sandbox', currency: 'UGX' }, 'INVALID_PROVIDER'],
  [{ provider: 'relworx', currency: 'UGX' }, 'PROVIDER_ERROR'],
  [{ currency: 'KES', phone_number: '0712345678' }, 'PROVIDER_ERROR'],
  [{ currency: 'USD', phone_number: null }, 'PROVIDER_ERROR'],
  [{ phone_number: '256772100001' }, 'TEST_NUMBER_ON_LIVE_KEY'],
  [{ phone_number: '256772100001', provider: 'relworx' }, 'TEST_NUMBER_ON_LIVE_KEY'],
] as const)('with a live key, %j is %s', async (body, code) => {
  const malipo = await buildMalipo();
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  expectV1Refusal(await malipo.post('/v1/payments/collect', { ...COLLECT, ...body }, { key: liveKey }), code);
});

test('Stripe’s test keys take no live payment, and that is said', async () => {
  const malipo = await buildMalipo({ env: { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_PUBLISHABLE_KEY: 'pk_test_abc' } });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  const answer = await malipo.post('/v1/payments/collect', { amount: 20, currency: 'USD', provider: 'stripe' }, { key: liveKey });
  expectV1Refusal(answer, 'PROVIDER_ERROR', 'Provider stripe is not configured for live payments: its own keys are test keys');
});

test('a provider that is not configured, or refuses, is a flat 502 in the Dukuzi dialect', async () => {
  const provider = new ScriptedProvider('relworx').answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'Barred' }));
  for (const [live, message] of [
    [[], 'Provider relworx is not configured'],
    [[provider], 'Barred'],
  ] as const) {
    const malipo = await buildMalipo({ live: [...live] });
    const shop = await malipo.makeShop({ slug: 'duka' });
    const { kitabu } = await stock(malipo, shop);
    const body = { phone_number: '255712345678', amount: 5_000, product_id: kitabu.id };
    expectDukuziRefusal(await malipo.post('/create-payment', body, { key: shop.liveKey }), 502, message);
  }
});

test('a key that is missing, mistyped, revoked, of another server or in the wrong place is 401', async () => {
  const malipo = await buildMalipo();
  const { app, testKey } = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, testKey);
  const revoked = await malipo.keys.create(app.id, 'test');
  await malipo.keys.revoke(revoked.id);
  const other = await buildMalipo();
  const foreign = (await other.makeShop({ slug: 'duka' })).testKey;
  const typo = testKey.slice(0, -1) + (testKey.endsWith('a') ? 'b' : 'a');
  const before = await rowCounts(malipo.store);

  const attempts: Record<string, string>[] = [
    {},
    { 'x-api-key': '' },
    { 'x-api-key': ' ' },
    { 'x-api-key': 'nonsense' },
    { 'x-api-key': typo },
    { 'x-api-key': testKey.slice(0, 20) },
    { 'x-api-key': testKey.toUpperCase() },
    { 'x-api-key': `Bearer ${testKey}` },
    { 'x-api-key': `${testKey}, ${testKey}` },
    { 'x-api-key': testKey.replace('test', 'live') },
    { 'x-api-key': revoked.key },
    { 'x-api-key': foreign },
    { 'x-api-key': 'x'.repeat(5_000) },
    { authorization: `Bearer ${testKey}` },
    { 'api-key': testKey },
  ];
  for (const headers of attempts) {
    expectV1Refusal(await malipo.post('/v1/payments/collect', COLLECT, { headers }), 'AUTHENTICATION_ERROR', 'Invalid or missing API key');
    expectV1Refusal(await malipo.post('/v1/webhooks/verify', { reference }, { headers }), 'AUTHENTICATION_ERROR');
    expectV1Refusal(await malipo.get(`/v1/payments/transactions/${reference}`, { headers }), 'AUTHENTICATION_ERROR');
    for (const prefix of ['', '/api-proxy.php']) {
      expectDukuziRefusal(await malipo.post(`${prefix}/create-payment`, {}, { headers }), 401, 'Invalid or missing API key');
      expectDukuziRefusal(await malipo.get(`${prefix}/transaction/1`, { headers }), 401, 'Invalid or missing API key');
    }
  }
  expectV1Refusal(await malipo.get(`/v1/payments/transactions/${reference}?api_key=${testKey}`), 'AUTHENTICATION_ERROR');
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a key revoked while the server runs is refused by the next request', async () => {
  const malipo = await buildMalipo();
  const { app } = await malipo.makeShop({ slug: 'duka' });
  const { id, key } = await malipo.keys.create(app.id, 'test');
  await collect(malipo, key);
  await malipo.keys.revoke(id);
  expectV1Refusal(await malipo.post('/v1/payments/collect', COLLECT, { key }), 'AUTHENTICATION_ERROR');
});

test('what is another app’s, of the other mode, or nobody’s is the same 404, byte for byte', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const [mine, theirs] = [await malipo.makeShop({ slug: 'mine' }), await malipo.makeShop({ slug: 'theirs' })];
  const [own, otherMode, foreign] = [await collect(malipo, mine.testKey), await collect(malipo, mine.liveKey), await collect(malipo, theirs.testKey)];
  const hidden = [otherMode, foreign, 'dgw_doesNotExistAtAll0000000000'];

  expect((await malipo.get(`/v1/payments/transactions/${own}`, { key: mine.testKey })).statusCode).toBe(200);
  const asked = provider.asked.length;
  for (const answers of [
    await Promise.all(hidden.map((reference) => malipo.get(`/v1/payments/transactions/${reference}`, { key: mine.testKey }))),
    await Promise.all(hidden.map((reference) => malipo.post('/v1/webhooks/verify', { reference }, { key: mine.testKey }))),
  ]) {
    for (const answer of answers) expectV1Refusal(answer, 'NOT_FOUND', 'Transaction not found');
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  }
  expect(provider.asked).toHaveLength(asked);

  const flat = await Promise.all([2, 3, 999].map((id) => malipo.get(`/transaction/${id}`, { key: mine.testKey })));
  expect(flat.map(({ statusCode, body }) => `${statusCode} ${body}`)).toEqual(Array(3).fill('404 {"error":"Transaction not found"}'));
  expect((await malipo.get('/transaction/1', { key: mine.testKey })).statusCode).toBe(200);
});

test('nothing a client sent, and no key, is in the log of a day’s refusals', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  await malipo.post('/v1/payments/collect', EVERYTHING_WRONG, { key: testKey });
  await malipo.post('/v1/payments/collect', { ...COLLECT, phone_number: '12' }, { key: testKey });
  await collect(malipo, testKey);
  await malipo.pass(DAY_MS);
  expect(malipo.log).toEqual([]);
});
