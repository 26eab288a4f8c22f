import { beforeAll, describe, expect, test } from 'vitest';
import { type Catalogue, malipoForFile, type Shop, stock, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { BAD_BODIES, bodyWith, expectDukuziRefusal, raw } from '../support/refusals.ts';

let malipo: TestMalipo;
let shop: Shop;
let items: Catalogue;
let foreign: Catalogue;

beforeAll(async () => {
  malipo = await malipoForFile();
  shop = await malipo.makeShop({ slug: 'duka' });
  items = await stock(malipo, shop);
  foreign = await stock(malipo, await malipo.makeShop({ slug: 'jirani' }));
});

function send(prefix: string, payload: string, headers: Record<string, string> = {}) {
  return malipo.inject({
    method: 'POST',
    url: `${prefix}/create-payment`,
    payload,
    headers: { 'content-type': 'application/json', 'x-api-key': shop.testKey, ...headers },
  });
}

function goodBody(): Record<string, unknown> {
  return { phone_number: '255712345678', amount: 5_000, product_id: items.kitabu.id, customer_name: 'Asha', customer_email: 'asha@example.com' };
}

const WRONG: Record<string, unknown[]> = {
  phone_number: [undefined, null, '', 255712345678, true, [], {}, '12', '2557123456', '255 712 345678', '254712345678', '٢٥٥٧١٢٣٤٥٦٧٨', '+0712345678', '0000000000', '2'.repeat(33)],
  amount: [
    undefined, null, '', ' ', true, [], [5_000], {}, 0, 99, '99', -5_000, '-5000', 5_000.5, '5000.5', '5,000', '5e3', '0x1388', 'NaN', '٥٠٠٠', '５０００', raw('1e400'), 1e15, '999999999999999999999',
    100_000_000_001,
  ],
  product_id: [undefined, null, '', 'kitabu', true, [], {}, 0, -1, 1.5, '1.5', 999_999, '999999', raw('1e400'), 1e20],
  customer_name: [5, true, [], {}, 'x'.repeat(256), 'a\0b'],
  customer_email: [5, true, [], {}, 'x'.repeat(256), 'a\0b'],
};

const CASES = Object.entries(WRONG).flatMap(([field, values]) => values.map((value) => [field, value] as const));

describe.each(['', '/api-proxy.php'])('POST %s/create-payment', (prefix) => {
  test.each(CASES)('a %s of %j is a flat 400, and nothing is written', async (field, value) => {
    const before = await rowCounts(malipo.store);
    const payload = bodyWith(goodBody(), field, value);
    expectDukuziRefusal(await send(prefix, payload), 400);
    expectDukuziRefusal(await send(prefix, payload, { 'idempotency-key': 'k' }), 400);
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test.each(BAD_BODIES)('a body of %s is a flat 400, and nothing is written', async (_what, payload) => {
    const before = await rowCounts(malipo.store);
    expectDukuziRefusal(await send(prefix, payload), 400);
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test('only the app’s own products in TZS are sold: no foreign ones, no other currency, no links', async () => {
    const link = await malipo.items.createLink({ appId: shop.app.id, name: 'TZS link', currency: 'TZS', amount: 5_000 });
    const before = await rowCounts(malipo.store);
    for (const id of [foreign.kitabu.id, items.book.id, items.fund.id, link.id]) {
      expectDukuziRefusal(await send(prefix, bodyWith(goodBody(), 'product_id', id)), 400, /^product_id is not/);
    }
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test.each<[string, number | string]>([
    ['numbers', 5_000],
    ['numeric texts', '5000'],
    ['texts with spaces around', ' 5000 '],
    ['texts with leading zeros', '005000'],
    ['the least amount', 100],
  ])('%s are taken', async (_what, amount) => {
    const answer = await send(prefix, bodyWith({ ...goodBody(), product_id: String(items.kitabu.id) }, 'amount', amount));
    expect(answer.statusCode, answer.body).toBe(200);
    const [row] = await rows<{ amount: number }>(malipo.store, 'SELECT amount_minor / 100 AS amount FROM payments ORDER BY id DESC LIMIT 1');
    expect(row!.amount).toBe(Number(amount));
  });

  test('a body of another type is a flat 415, a megabyte a flat 413', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      expectDukuziRefusal(await send(prefix, JSON.stringify(goodBody()), { 'content-type': type }), 415);
    }
    expectDukuziRefusal(await send(prefix, JSON.stringify({ ...goodBody(), customer_name: 'x'.repeat(1_000_000) })), 413);
  });

  test.each(['', '0', '-1', 'abc', '1.5', '999999', '9'.repeat(20), '1%20', '%00', '%ZZ', '%', 'x'.repeat(101), 'x'.repeat(8_000), 'dgw_x'])(
    'there is no transaction %s: a flat 404',
    async (id) => {
      expectDukuziRefusal(await malipo.get(`${prefix}/transaction/${id}`, { key: shop.testKey }), 404);
    },
  );

  test('the wrong method is a flat 405 that names the right one', async () => {
    for (const [method, url, allow] of [
      ['GET', `${prefix}/create-payment`, 'POST'],
      ['DELETE', `${prefix}/create-payment`, 'POST'],
      ['POST', `${prefix}/transaction/1`, 'GET, HEAD'],
    ] as const) {
      const answer = await malipo.inject({ method, url, headers: { 'x-api-key': shop.testKey } });
      expectDukuziRefusal(answer, 405);
      expect(String(answer.headers.allow).split(', ').sort().join(', ')).toBe(allow);
    }
  });

  test('unknown addresses below it are a flat 404', async () => {
    for (const url of [`${prefix}/create-payment/x`, `${prefix}/transaction`, '/api-proxy.php', '/api-proxy.php/nothing']) {
      for (const method of ['GET', 'POST'] as const) expectDukuziRefusal(await malipo.inject({ method, url }), 404);
    }
  });
});
