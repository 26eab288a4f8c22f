import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../server/core/clock.ts';
import { type Answer, buildMalipo, stock } from '../support/build-malipo.ts';
import { COLLECT, collect } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';

async function limited(factor: string) {
  const malipo = await buildMalipo({ env: { RATE_LIMIT_FACTOR: factor } });
  const shop = await malipo.makeShop({ slug: 'duka' });
  return { malipo, shop, items: await stock(malipo, shop) };
}

/** How many requests are let through before the first 429, which is answered too. */
async function until429(send: () => Promise<Answer>, most: number): Promise<{ passed: number; refusal: Answer }> {
  for (let passed = 0; passed <= most; passed++) {
    const answer = await send();
    if (answer.statusCode === 429) return { passed, refusal: answer };
  }
  throw new Error(`All of ${most} requests were let through`);
}

test('collect takes sixty a minute of a key; the next is told when to come again and writes nothing', async () => {
  const { malipo, shop } = await limited('1');
  const { passed, refusal } = await until429(() => malipo.post('/v1/payments/collect', { ...COLLECT, phone_number: '12' }, { key: shop.testKey }), 60);
  expect(passed).toBe(60);
  expectV1Refusal(refusal, 'RATE_LIMIT');
  expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(refusal.headers['retry-after'])).toBeLessThanOrEqual(60);
});

test.each([
  ['collect', 6],
  ['transactions', 10],
  ['verify', 60],
  ['create-payment', 6],
  ['transaction', 60],
  ['item', 60],
  ['status', 60],
  ['pay', 6],
])('a tenth of the limit on %s is %d', async (name, limit) => {
  const { malipo, shop, items } = await limited('0.1');
  const key = shop.testKey;
  const calls: Record<string, () => Promise<Answer>> = {
    collect: () => malipo.post('/v1/payments/collect', {}, { key }),
    transactions: () => malipo.get('/v1/payments/transactions/x', { key }),
    verify: () => malipo.post('/v1/webhooks/verify', {}, { key }),
    'create-payment': () => malipo.post('/create-payment', {}, { key }),
    transaction: () => malipo.get('/transaction/1', { key }),
    item: () => malipo.get(`/api/store/${items.book.slug}`),
    status: () => malipo.get('/api/store/status/x'),
    pay: () => malipo.post(`/api/store/${items.book.slug}/pay`, {}),
  };
  const { passed, refusal } = await until429(calls[name]!, limit);
  expect(passed).toBe(limit);
  expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0);
  if (name === 'create-payment' || name === 'transaction') expectDukuziRefusal(refusal, 429, 'Too many requests');
  else expectV1Refusal(refusal, 'RATE_LIMIT');
});

test('verify does not run dry because collect did, nor one key because of another, nor one address because of another', async () => {
  const { malipo, shop } = await limited('0.1');
  const other = await malipo.makeShop({ slug: 'other' });
  const reference = await collect(malipo, shop.testKey);
  await until429(() => malipo.post('/v1/payments/collect', {}, { key: shop.testKey }), 6);
  expect((await malipo.post('/v1/webhooks/verify', { reference }, { key: shop.testKey })).statusCode).toBe(200);
  await collect(malipo, other.testKey);
  const elsewhere = await malipo.inject({
    method: 'POST',
    url: '/v1/payments/collect',
    payload: COLLECT,
    headers: { 'x-api-key': shop.testKey },
    remoteAddress: '203.0.113.9',
  });
  expect(elsewhere.statusCode).toBe(200);
});

test('the default limit is one for all the addresses it counts, and starts anew after a minute', async () => {
  const { malipo, shop } = await limited('0.1');
  const key = shop.testKey;
  for (let count = 0; count < 10; count++) await malipo.get('/v1/wallets', { key });
  expectV1Refusal(await malipo.get('/v1/payments/transactions', { key }), 'RATE_LIMIT');
  malipo.clock.advance(MINUTE_MS);
  expect((await malipo.get('/v1/payments/transactions', { key })).statusCode).toBe(200);
});

test('of a burst in one turn as many are let through as the limit says', async () => {
  const { malipo, shop } = await limited('0.1');
  const burst = await Promise.all(Array.from({ length: 15 }, () => malipo.get('/v1/wallets', { key: shop.testKey })));
  expect(burst.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
});

test('whoever has no valid key is refused as such and uses up nobody’s limit', async () => {
  const { malipo, shop } = await limited('0.1');
  for (let count = 0; count < 9; count++) expectV1Refusal(await malipo.post('/v1/payments/collect', COLLECT), 'AUTHENTICATION_ERROR');
  await collect(malipo, shop.testKey);
});

test('a factor of 0 turns the limits off', async () => {
  const { malipo, shop } = await limited('0');
  for (let count = 0; count < 130; count++) {
    expect((await malipo.get('/v1/payments/transactions/x', { key: shop.testKey })).statusCode).toBe(404);
  }
});

test('a factor of 2 doubles them', async () => {
  const { malipo, shop } = await limited('2');
  expect((await until429(() => malipo.post('/v1/payments/collect', {}, { key: shop.testKey }), 120)).passed).toBe(120);
});

test('behind a trusted proxy the buyer’s own address counts; without trust a forged header does not help', async () => {
  const trusting = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.1', TRUST_PROXY: '127.0.0.1' } });
  const suspicious = await buildMalipo({ env: { RATE_LIMIT_FACTOR: '0.1' } });
  const from = (malipo: typeof trusting, client: number) => () =>
    malipo.post('/api/store/x/pay', {}, { headers: { 'x-forwarded-for': `203.0.113.${client}` } });
  await until429(from(trusting, 1), 6);
  expect((await from(trusting, 2)()).statusCode).toBe(404);
  await until429(from(suspicious, 1), 6);
  expect((await from(suspicious, 2)()).statusCode).toBe(429);
});

test.each([
  ['addresses of one IPv6 network', (client: number) => `2001:db8:5:6:${client.toString(16)}::${client + 1}`],
  ['one IPv4 address in several spellings', (client: number) => ['203.0.113.9', '::ffff:203.0.113.9', '::ffff:cb00:7109'][client % 3]!],
])('whoever comes from %s is one caller', async (_, addressOf) => {
  const { malipo, items } = await limited('0.1');
  let client = 0;
  const pay = () => malipo.inject({ method: 'POST', url: `/api/store/${items.book.slug}/pay`, payload: {}, remoteAddress: addressOf(client++) });
  expect((await until429(pay, 6)).passed).toBe(6);
  const guess = () => malipo.inject({ method: 'GET', url: '/v1/wallets', headers: { 'x-api-key': 'wrong' }, remoteAddress: addressOf(client++) });
  expect((await until429(guess, 10)).passed).toBe(10);
  const neighbour = await malipo.inject({ method: 'POST', url: `/api/store/${items.book.slug}/pay`, payload: {}, remoteAddress: '2001:db8:5:7::1' });
  expect(neighbour.statusCode).toBe(400);
});

test('wrong keys are refused with 429 after a hundred a minute, in each dialect; a good key behind that address is not kept waiting', async () => {
  const { malipo, shop } = await limited('0.05');
  const wrong = () => malipo.get('/v1/payments/transactions/x', { key: 'dgw_live_wrong' });
  const { passed, refusal } = await until429(wrong, 5);
  expect(passed).toBe(5);
  expectV1Refusal(refusal, 'RATE_LIMIT', 'Too many requests with a wrong API key');
  expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0);
  expectDukuziRefusal(await malipo.get('/transaction/1', { key: 'wrong' }), 429, 'Too many requests with a wrong API key');
  expect((await malipo.get('/v1/payments/transactions/x', { key: shop.testKey })).statusCode).toBe(404);
  malipo.clock.advance(MINUTE_MS);
  expectV1Refusal(await wrong(), 'AUTHENTICATION_ERROR');
});
