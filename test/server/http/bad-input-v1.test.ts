import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../server/core/errors.ts';
import { malipoForFile, type Shop, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts } from '../support/database.ts';
import { collect, COLLECT } from '../support/payments.ts';
import { BAD_BODIES, bodyWith, expectV1Refusal, nested, raw } from '../support/refusals.ts';

let malipo: TestMalipo;
let shop: Shop;

beforeAll(async () => {
  malipo = await malipoForFile();
  shop = await malipo.makeShop({ slug: 'duka' });
});

afterAll(() => malipo.close());

function send(url: string, payload: string, headers: Record<string, string> = {}) {
  return malipo.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', 'x-api-key': shop.testKey, ...headers } });
}

/** Sends it twice, the second time with an idempotency key: neither writes anything. */
async function expectRefused(url: string, payload: string, code: ErrorCode): Promise<void> {
  const before = await rowCounts(malipo.store);
  expectV1Refusal(await send(url, payload), code);
  expectV1Refusal(await send(url, payload, { 'idempotency-key': 'k' }), code);
  expect(await rowCounts(malipo.store)).toEqual(before);
}

const WRONG: Record<string, Partial<Record<ErrorCode, unknown[]>>> = {
  amount: {
    VALIDATION_ERROR: [undefined, null, '', '50000', 'NaN', true, [], [50_000], {}, 0, raw('-0'), -1, 0.5, 1.01, raw('1e-9'), 1e15, raw('1e400'), raw('-1e400'), 100_000_000_001],
  },
  currency: {
    VALIDATION_ERROR: [undefined, null, '', 5, true, [], {}],
    INVALID_CURRENCY: ['XXX', 'ugx', ' UGX', 'UGX ', 'UG', 'UGXX', 'ＵＧＸ', '__proto__', 'constructor', 'x'.repeat(5_000)],
  },
  phone_number: {
    VALIDATION_ERROR: [undefined, null, '', 256772123456, true, [], {}, '2'.repeat(33)],
    INVALID_PHONE: [
      '12', '077212345', '07721234567', '772123456', '256772 123456', '0772-123456', ' 0772123456', '0772123456\n', 'abcdefghij',
      '٠٧٧٢١٢٣٤٥٦', '０７７２１２３４５６', '+0772123456', '00256772123456', '++256772123456', '254712345678', '0000000000', '256072123456', '256.772123456', '1e9', '-772123456',
    ],
  },
  provider: {
    VALIDATION_ERROR: [5, true, [], {}, 'x'.repeat(33)],
    INVALID_PROVIDER: ['paypal', 'IOTEC', ' iotec', '__proto__', 'constructor', 'toString'],
    TEST_MODE: ['relworx', 'dgateway'],
    INVALID_CURRENCY: ['dukuzi'],
  },
  description: { VALIDATION_ERROR: [5, true, [], {}, 'd'.repeat(501), 'a\0b'] },
  callback_url: {
    VALIDATION_ERROR: [5, true, [], {}, 'myapp.com/hook', '/hook', '//myapp.com', 'ftp://myapp.com', 'javascript:alert(1)', 'http://', 'https://exa mple.com', `https://myapp.com/${'x'.repeat(2_048)}`, 'https://myapp.com/\0'],
  },
  metadata: {
    VALIDATION_ERROR: ['{}', 5, true, [], [{}], nested(33), nested(10_000), raw(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), { text: 'x'.repeat(16_384) }, { text: 'é'.repeat(8_190) }, raw('{"__proto__":{"a":1}}'), raw('{"a":{"constructor":{"prototype":{}}}}')],
  },
};

const CASES = Object.entries(WRONG).flatMap(([field, byCode]) =>
  Object.entries(byCode).flatMap(([code, values]) => values.map((value) => [field, shown(value), code as ErrorCode, value] as const)),
);

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}… (${text.length})` : text;
}

describe('POST /v1/payments/collect', () => {
  test.each(CASES)('%s of %s is %s, and nothing is written', async (field, _shown, code, value) => {
    await expectRefused('/v1/payments/collect', bodyWith(COLLECT, field, value), code);
  });

  test.each(BAD_BODIES)('a body of %s is VALIDATION_ERROR, and nothing is written', async (_what, payload) => {
    await expectRefused('/v1/payments/collect', payload, 'VALIDATION_ERROR');
  });

  test.each([
    ['amount', undefined, 'amount is required'],
    ['amount', '5', 'amount must be a number'],
    ['amount', -5, 'amount must be above 0'],
    ['amount', 0.5, /amount in UGX must be a whole number/],
    ['currency', '', 'currency is required'],
    ['phone_number', undefined, 'phone_number is required for mobile money'],
    ['phone_number', '12', 'phone_number must be digits only: 256XXXXXXXXX or 0XXXXXXXXX'],
    ['description', 'd'.repeat(501), 'description must have at most 500 characters'],
    ['metadata', [], 'metadata must be an object'],
    ['callback_url', 'x', 'callback_url must be an http(s) address'],
  ])('a wrong %s (%j) is named in the message: %s', async (field, value, message) => {
    const answer = await send('/v1/payments/collect', bodyWith(COLLECT, field, value));
    expect(answer.json().message).toMatch(typeof message === 'string' ? new RegExp(`^${message.replace(/[()]/g, '\\$&')}$`) : message);
  });

  test.each([
    ['the limits of every text and of metadata', { description: 'd'.repeat(500), callback_url: `https://a.example/${'x'.repeat(2_000)}`, metadata: { text: 'x'.repeat(16_000) } }],
    ['absent texts as null', { description: null, callback_url: null, metadata: null, provider: null }],
    ['empty texts', { description: '', callback_url: '', metadata: {}, provider: '' }],
    ['fields nobody knows', { hello: 'world', mode: 'live', app_id: 99, status: 'completed', fee: 0 }],
    ['metadata that is as deep as it may be', { metadata: JSON.parse('{"a":'.repeat(31) + '1' + '}'.repeat(31)) as object }],
    ['metadata with odd keys', { metadata: { constructor: 1, toString: 2, '': 3, 'ключ': '🙂' } }],
  ])('%s are taken', async (_what, body) => {
    await collect(malipo, shop.testKey, body);
  });
});

describe('POST /v1/webhooks/verify', () => {
  test.each([undefined, null, '', 5, true, [], {}, 'x'.repeat(65)])('a reference of %j is VALIDATION_ERROR', async (reference) => {
    await expectRefused('/v1/webhooks/verify', bodyWith({}, 'reference', reference), 'VALIDATION_ERROR');
  });

  test.each(['dgw_unknown', '1', "' OR 1=1 --", '%', '../x', '\0', '__proto__', '🙂'])('a reference of %j is NOT_FOUND', async (reference) => {
    await expectRefused('/v1/webhooks/verify', JSON.stringify({ reference }), 'NOT_FOUND');
  });

  test.each(BAD_BODIES)('a body of %s is VALIDATION_ERROR', async (_what, payload) => {
    await expectRefused('/v1/webhooks/verify', payload, 'VALIDATION_ERROR');
  });
});

describe('GET /v1/payments/transactions/:reference', () => {
  test.each(['dgw_unknown', '1', '%27%20OR%201=1', '%00', '..%2f..', '%F0%9F%99%82', 'x'.repeat(101), 'x'.repeat(8_000), '%ZZ', '%', '%E0%A4%A'])(
    'a reference of %s is NOT_FOUND',
    async (reference) => {
      expectV1Refusal(await malipo.get(`/v1/payments/transactions/${reference}`, { key: shop.testKey }), 'NOT_FOUND');
    },
  );
});

describe('any v1 request', () => {
  const POSTS = ['/v1/payments/collect', '/v1/webhooks/verify'];

  test.each(POSTS)('POST %s of another type is 415', async (url) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense', 'application/json5']) {
      expectV1Refusal(await send(url, JSON.stringify(COLLECT), { 'content-type': type }), 'UNSUPPORTED_MEDIA_TYPE');
    }
  });

  test.each(POSTS)('POST %s without a body is VALIDATION_ERROR', async (url) => {
    expectV1Refusal(await malipo.inject({ method: 'POST', url, headers: { 'x-api-key': shop.testKey } }), 'VALIDATION_ERROR');
  });

  test.each(POSTS)('POST %s of a megabyte is 413', async (url) => {
    const before = await rowCounts(malipo.store);
    expectV1Refusal(await send(url, JSON.stringify({ ...COLLECT, description: 'x'.repeat(1_000_000) })), 'PAYLOAD_TOO_LARGE');
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test.each(['/v1', '/v1/', '/v1/payments', '/v1/payments/collect/', '/v1/payments/collect/x', '/v1/nothing', '/V1/payments/collect', '/%2e%2e/etc/passwd', '/%ZZ', `/${'x'.repeat(10_000)}`, '//v1/payments/collect'])(
    'there is nothing at %s',
    async (url) => {
      for (const method of ['GET', 'POST'] as const) expectV1Refusal(await malipo.inject({ method, url }), 'NOT_FOUND');
    },
  );

  test.each([
    ['/v1/payments/collect', ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], 'POST'],
    ['/v1/webhooks/verify', ['GET', 'PUT', 'DELETE'], 'POST'],
    ['/v1/webhooks/iotec', ['GET', 'PUT', 'DELETE'], 'POST'],
    ['/v1/payments/transactions/dgw_x', ['POST', 'PUT', 'DELETE', 'OPTIONS'], 'GET, HEAD'],
  ] as const)('%s takes none of %j', async (url, methods, allow) => {
    for (const method of methods) {
      const answer = await malipo.inject({ method, url, headers: { 'x-api-key': shop.testKey } });
      expectV1Refusal(answer, 'METHOD_NOT_ALLOWED');
      expect(String(answer.headers.allow).split(', ').sort().join(', ')).toBe(allow);
    }
  });
});
