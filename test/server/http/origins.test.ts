/** Which pages may call: none may use v1, listed ones the Dukuzi dialect, any the checkout unless its app lists some. */
import { describe, expect, test } from 'vitest';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { COLLECT, collect, PHONE } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';

const SHOP = 'https://duka.example';
const NEIGHBOUR = 'https://jirani.example';
const STRANGER = 'https://evil.example';

async function twoShops() {
  const malipo = await buildMalipo({ env: { PUBLIC_URL: 'https://pay.example.org' } });
  const shop = await malipo.makeShop({ slug: 'duka', origins: [SHOP, 'http://localhost:5173'] });
  const open = await malipo.makeShop({ slug: 'open' });
  await malipo.makeShop({ slug: 'jirani', origins: [NEIGHBOUR] });
  return { malipo, shop, open, items: await stock(malipo, shop), openItems: await stock(malipo, open) };
}

function preflight(malipo: Awaited<ReturnType<typeof buildMalipo>>, url: string, origin: string, method = 'POST') {
  return malipo.inject({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type,x-api-key' },
  });
}

describe('v1 is for servers', () => {
  test('no preflight is answered, and no answer may be read by a page', async () => {
    const { malipo, shop } = await twoShops();
    const reference = await collect(malipo, shop.testKey);
    for (const url of ['/v1/payments/collect', '/v1/webhooks/verify', `/v1/payments/transactions/${reference}`]) {
      const answer = await preflight(malipo, url, SHOP);
      expectV1Refusal(answer, 'METHOD_NOT_ALLOWED');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    const read = await malipo.get(`/v1/payments/transactions/${reference}`, { key: shop.testKey, headers: { origin: SHOP } });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
    const made = await malipo.post('/v1/payments/collect', COLLECT, { key: shop.testKey, headers: { origin: SHOP } });
    expect(made.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe.each(['', '/api-proxy.php'])('the Dukuzi dialect at %j', (prefix) => {
  test.each([SHOP, NEIGHBOUR, 'http://localhost:5173'])('a preflight of %s, which some app lists, is answered', async (origin) => {
    const { malipo } = await twoShops();
    for (const [url, method] of [
      [`${prefix}/create-payment`, 'POST'],
      [`${prefix}/transaction/1`, 'GET'],
    ] as const) {
      const answer = await preflight(malipo, url, origin, method);
      expect(answer.statusCode).toBe(204);
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
      expect(answer.headers['access-control-allow-methods']).toContain(method);
      expect(String(answer.headers['access-control-allow-headers']).toLowerCase()).toContain('x-api-key');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  test.each([STRANGER, 'https://duka.example.evil.example', 'http://duka.example', 'https://duka.example:8443', 'null'])('a preflight of %s is not', async (origin) => {
    const { malipo } = await twoShops();
    const answer = await preflight(malipo, `${prefix}/create-payment`, origin);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });

  test('a request is answered only to a page of the key’s own app', async () => {
    const { malipo, shop, items, open, openItems } = await twoShops();
    const body = { phone_number: '255712345678', amount: 12_000, product_id: items.kitabu.id };
    const own = await malipo.post(`${prefix}/create-payment`, body, { key: shop.testKey, headers: { origin: SHOP } });
    expect(own.statusCode, own.body).toBe(200);
    expect(own.headers['access-control-allow-origin']).toBe(SHOP);

    const before = await rowCounts(malipo.store);
    for (const origin of [NEIGHBOUR, STRANGER, 'null']) {
      expectDukuziRefusal(await malipo.post(`${prefix}/create-payment`, body, { key: shop.testKey, headers: { origin } }), 403);
      expectDukuziRefusal(await malipo.get(`${prefix}/transaction/1`, { key: shop.testKey, headers: { origin } }), 403);
    }
    // An app that lists no origin has no pages that may use its key.
    const none = await malipo.post(`${prefix}/create-payment`, { ...body, product_id: openItems.kitabu.id }, { key: open.testKey, headers: { origin: SHOP } });
    expectDukuziRefusal(none, 403);
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test('a page must name the product’s price; a server may name any amount from 100', async () => {
    const { malipo, shop, items } = await twoShops();
    const pay = (amount: unknown, headers: Record<string, string> = {}) =>
      malipo.post(`${prefix}/create-payment`, { phone_number: '255712345678', amount, product_id: items.kitabu.id }, { key: shop.testKey, headers });
    for (const amount of [12_000, '12000']) expect((await pay(amount, { origin: SHOP })).statusCode).toBe(200);
    for (const amount of [100, 11_999, 12_001, 24_000]) {
      expectDukuziRefusal(await pay(amount, { origin: SHOP }), 400, 'amount must be the price, TZS 12,000');
      expect((await pay(amount)).statusCode).toBe(200);
    }
    expectDukuziRefusal(await pay(99), 400, 'amount must be at least 100');
    const paid = await rows<{ amount: number }>(malipo.store, 'SELECT amount_minor / 100 AS amount FROM payments ORDER BY id');
    expect(paid.map(({ amount }) => amount)).toEqual([12_000, 12_000, 100, 11_999, 12_001, 24_000]);
  });
});

describe('the checkout', () => {
  test('any page may preflight any of it', async () => {
    const { malipo } = await twoShops();
    for (const url of ['/api/store/open-book', '/api/store/open-book/pay', '/api/store/shop/open', '/api/store/status/dgw_x']) {
      const answer = await preflight(malipo, url, STRANGER);
      expect(answer.statusCode).toBe(204);
      expect(answer.headers['access-control-allow-origin']).toBe(STRANGER);
      expect(answer.headers['access-control-allow-headers']).toMatch(/idempotency-key/i);
    }
  });

  test('any page may sell what an app without listed origins sells', async () => {
    const { malipo } = await twoShops();
    for (const origin of [STRANGER, 'null']) {
      const headers = { origin };
      const paid = await malipo.post('/api/store/open-book/pay', { phone_number: PHONE }, { headers });
      expect(paid.statusCode).toBe(201);
      for (const answer of [paid, await malipo.get('/api/store/open-book', { headers }), await malipo.get('/api/store/shop/open', { headers }), await malipo.get(`/api/store/status/${paid.json().data.reference}`, { headers })]) {
        expect(answer.statusCode).toBeLessThan(300);
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
        expect(answer.headers['access-control-expose-headers']).toContain('Idempotent-Replayed');
      }
    }
  });

  test('an app that lists origins is sold by their pages, its own server’s and programs, and by no others', async () => {
    const { malipo } = await twoShops();
    const started = await malipo.post('/api/store/duka-book/pay', { phone_number: PHONE });
    const { reference } = started.json().data as { reference: string };
    const before = await rowCounts(malipo.store);
    for (const origin of [STRANGER, NEIGHBOUR, 'null']) {
      const headers = { origin };
      for (const answer of [
        await malipo.get('/api/store/duka-book', { headers }),
        await malipo.get('/api/store/shop/duka', { headers }),
        await malipo.get(`/api/store/status/${reference}`, { headers }),
        await malipo.get(`/api/store/status/${reference}`, { headers: { ...headers, accept: 'text/event-stream' } }),
        await malipo.post('/api/store/duka-book/pay', { phone_number: PHONE }, { headers }),
      ]) {
        expectV1Refusal(answer, 'ORIGIN_NOT_ALLOWED');
        // The page is told why: it may read its refusal.
        expect(answer.headers['access-control-allow-origin']).toBe(origin);
      }
    }
    expect(await rowCounts(malipo.store)).toEqual(before);
    for (const headers of [{ origin: SHOP }, { origin: 'http://localhost:5173' }, { origin: 'https://pay.example.org' }, {}] as Record<string, string>[]) {
      expect((await malipo.post('/api/store/duka-book/pay', { phone_number: PHONE }, { headers })).statusCode).toBe(201);
    }
  });

  test('a Host header that is no host name changes nothing about it', async () => {
    const malipo = await buildMalipo();
    const shop = await malipo.makeShop({ slug: 'duka', origins: [SHOP] });
    await stock(malipo, shop);
    expectV1Refusal(await malipo.get('/api/store/duka-book', { headers: { origin: STRANGER, host: '[' } }), 'ORIGIN_NOT_ALLOWED');
  });

  test('a refusal of any kind can be read by the page that caused it', async () => {
    const { malipo } = await twoShops();
    const headers = { origin: STRANGER };
    for (const answer of [await malipo.get('/api/store/nothing', { headers }), await malipo.post('/api/store/open-book/pay', {}, { headers })]) {
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.headers['access-control-allow-origin']).toBe(STRANGER);
    }
  });
});
