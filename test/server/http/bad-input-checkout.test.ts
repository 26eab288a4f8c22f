import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../server/core/errors.ts';
import { type Catalogue, malipoForFile, stock, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { PHONE } from '../support/payments.ts';
import { BAD_BODIES, bodyWith, expectV1Refusal, nested, raw } from '../support/refusals.ts';

let malipo: TestMalipo;
let items: Catalogue;

beforeAll(async () => {
  malipo = await malipoForFile();
  items = await stock(malipo, await malipo.makeShop({ slug: 'duka' }));
});

afterAll(() => malipo.close());

function send(slug: string, payload: string, headers: Record<string, string> = {}) {
  return malipo.inject({ method: 'POST', url: `/api/store/${slug}/pay`, payload, headers: { 'content-type': 'application/json', ...headers } });
}

async function expectRefused(slug: string, payload: string, code: ErrorCode): Promise<void> {
  const before = await rowCounts(malipo.store);
  expectV1Refusal(await send(slug, payload), code);
  expectV1Refusal(await send(slug, payload, { 'idempotency-key': 'k' }), code);
  expect(await rowCounts(malipo.store)).toEqual(before);
}

const WRONG: Record<string, Partial<Record<ErrorCode, unknown[]>>> = {
  phone_number: {
    VALIDATION_ERROR: [undefined, null, '', 256772123456, true, [], {}, '2'.repeat(33)],
    INVALID_PHONE: ['12', '0772 123456', 'abc', '٠٧٧٢١٢٣٤٥٦', '254712345678', '0000000000', '+0772123456'],
  },
  method: { VALIDATION_ERROR: ['', 'cash', 'CARD', 5, true, [], {}] },
  network: { VALIDATION_ERROR: ['orange', 'safaricom', 'MTN', '__proto__', 5, true, [], {}, 'x'.repeat(33)] },
  provider: { VALIDATION_ERROR: [5, [], {}, 'x'.repeat(33)], INVALID_PROVIDER: ['paypal', 'IOTEC', '__proto__'], TEST_MODE: ['relworx'], INVALID_CURRENCY: ['dukuzi'] },
  customer_name: { VALIDATION_ERROR: [5, true, [], {}, 'x'.repeat(256), 'a\0b'] },
  customer_email: { VALIDATION_ERROR: [5, true, [], {}, 'x'.repeat(256), 'a\0b'] },
  idempotency_key: { VALIDATION_ERROR: [5, true, [], {}, 'a\0b'] },
  quantity: { VALIDATION_ERROR: [0, -1, 1.5, '2', true, [], {}, 1_000, raw('1e99'), raw('1e400')] },
  metadata: { VALIDATION_ERROR: ['{}', 5, [], nested(33), nested(9_000), { text: 'x'.repeat(16_384) }, raw('{"__proto__":1}')] },
};

const CASES = Object.entries(WRONG).flatMap(([field, byCode]) =>
  Object.entries(byCode).flatMap(([code, values]) => values.map((value) => [field, JSON.stringify(value)?.slice(0, 40) ?? 'nothing', code as ErrorCode, value] as const)),
);

describe('POST /api/store/:slug/pay', () => {
  test.each(CASES)('%s of %s is %s, and nothing is written', async (field, _shown, code, value) => {
    await expectRefused(items.book.slug, bodyWith({ phone_number: PHONE }, field, value), code);
  });

  test.each([1, 24_999, 25_001, 0, -25_000, '25000', true, [], {}, 25_000.5, raw('1e400')])('an amount of %j on an item of 25,000 is refused', async (amount) => {
    await expectRefused(items.book.slug, bodyWith({ phone_number: PHONE }, 'amount', amount), 'VALIDATION_ERROR');
  });

  test.each([undefined, null, 0, -5_000, 999, 50_001, 5_000.5, '5000', true, [], {}, raw('1e400'), 1e15])('an amount of %j where the buyer chooses 1,000 to 50,000 is refused', async (amount) => {
    await expectRefused(items.fund.slug, bodyWith({ phone_number: PHONE }, 'amount', amount), 'VALIDATION_ERROR');
  });

  test('more than one of what the buyer prices is refused', async () => {
    await expectRefused(items.fund.slug, JSON.stringify({ phone_number: PHONE, amount: 5_000, quantity: 2 }), 'VALIDATION_ERROR');
  });

  test('half of something is refused in words a merchant knows', async () => {
    const answer = await malipo.post(`/api/store/${items.book.slug}/pay`, { phone_number: PHONE, quantity: 1.5 });
    expect(answer.json().message).toBe('quantity must be a whole number');
  });

  test('a method that the provider does not do is refused', async () => {
    await expectRefused(items.book.slug, JSON.stringify({ phone_number: PHONE, method: 'mobile_money', provider: 'stripe' }), 'INVALID_PROVIDER');
    await expectRefused(items.kitabu.slug, JSON.stringify({ method: 'card' }), 'INVALID_CURRENCY');
  });

  test.each(BAD_BODIES)('a body of %s is VALIDATION_ERROR, and nothing is written', async (_what, payload) => {
    await expectRefused(items.book.slug, payload, 'VALIDATION_ERROR');
  });

  test.each([
    ['the price itself', { amount: 25_000 }],
    ['two, at twice the price', { quantity: 2, amount: 50_000 }],
    ['absent fields as null', { method: null, network: null, provider: null, amount: null, customer_name: null, customer_email: null, quantity: null, metadata: null }],
    ['a corrected network', { network: 'airtel' }],
    ['fields nobody knows', { currency: 'KES', mode: 'live', price: 1, item: 'other' }],
  ])('%s is taken', async (_what, body) => {
    const answer = await send(items.book.slug, JSON.stringify({ phone_number: PHONE, ...body }));
    expect(answer.statusCode, answer.body).toBe(201);
    expect(answer.json().data).toMatchObject({ amount: 25_000 * ('quantity' in body && body.quantity ? body.quantity : 1), currency: 'UGX' });
  });

  test('what a browser sends without a preflight is the same request: text for JSON, the key in the body for the header', async () => {
    const key = 'a-key-of-one-attempt';
    const plain = (body: object) => send(items.book.slug, JSON.stringify(body), { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://shop.example' });
    const first = await plain({ phone_number: PHONE, idempotency_key: key });
    expect(first.statusCode, first.body).toBe(201);
    const again = await plain({ phone_number: PHONE, idempotency_key: key });
    const byHeader = await send(items.book.slug, JSON.stringify({ phone_number: PHONE }), { 'idempotency-key': key });
    for (const replay of [again, byHeader]) {
      expect(replay.json()).toEqual(first.json());
      expect(replay.headers['idempotent-replayed']).toBe('true');
    }
    expectV1Refusal(await plain({ phone_number: '0772999999', idempotency_key: key }), 'IDEMPOTENCY_CONFLICT');
    expectV1Refusal(await plain({ phone_number: PHONE, idempotency_key: 'x'.repeat(1_000) }), 'VALIDATION_ERROR');
    expectV1Refusal(await send(items.book.slug, '{"phone', { 'content-type': 'text/plain' }), 'VALIDATION_ERROR');
  });

  test('another type is 415, a megabyte 413, no body 400', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/xml', 'nonsense']) {
      expectV1Refusal(await send(items.book.slug, '{}', { 'content-type': type }), 'UNSUPPORTED_MEDIA_TYPE');
    }
    expectV1Refusal(await send(items.book.slug, JSON.stringify({ phone_number: 'x'.repeat(1_000_000) })), 'PAYLOAD_TOO_LARGE');
    expectV1Refusal(await malipo.inject({ method: 'POST', url: `/api/store/${items.book.slug}/pay` }), 'VALIDATION_ERROR');
  });
});

describe('the public checkout', () => {
  const UNKNOWN = ['nothing', 'DUKA-BOOK', '1', '%00', '%27', '..%2f..', '__proto__', 'x'.repeat(101), 'x'.repeat(8_000), '%ZZ', '%'];

  test.each(UNKNOWN)('there is no item, shop or payment called %s', async (name) => {
    expectV1Refusal(await malipo.get(`/api/store/${name}`), 'NOT_FOUND');
    expectV1Refusal(await malipo.get(`/api/store/shop/${name}`), 'NOT_FOUND');
    expectV1Refusal(await malipo.get(`/api/store/status/${name}`), 'NOT_FOUND');
    expectV1Refusal(await malipo.get(`/api/store/status/${name}`, { headers: { accept: 'text/event-stream' } }), 'NOT_FOUND');
    expectV1Refusal(await send(name, JSON.stringify({ phone_number: PHONE })), 'NOT_FOUND');
  });

  test.each(['/api/store', '/api/store/', '/api/store/shop/', '/api/store/status/', '/api/store/duka-book/buy', '/api/store/duka-book/pay/x', '/api/store/shop/duka/x'])('there is nothing at %s', async (url) => {
    expectV1Refusal(await malipo.get(url), 'NOT_FOUND');
  });

  test.each([
    ['/api/store/duka-book', 'GET, HEAD'],
    ['/api/store/shop/duka', 'GET, HEAD'],
    ['/api/store/status/dgw_x', 'GET, HEAD'],
    ['/api/store/duka-book/pay', 'POST'],
  ])('%s is 405 for other methods and allows %s', async (url, allow) => {
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await malipo.inject({ method, url });
      expectV1Refusal(answer, 'METHOD_NOT_ALLOWED');
      expect(String(answer.headers.allow).split(', ').sort().join(', ')).toBe(allow);
    }
  });
});
