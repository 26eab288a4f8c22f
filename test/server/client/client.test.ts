/** The typed client against a real server: what it sends, and what comes back as which type. */
import { expect, expectTypeOf, test } from 'vitest';
import { createMalipo, type ErrorCode, type Transaction } from '../../../client/client.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';

const COLLECT = { amount: 5_000, currency: 'UGX', phone_number: '256772100001' };

async function openShop() {
  const malipo = await buildMalipo();
  const shop = await malipo.makeShop({ slug: 'duka' });
  const baseUrl = await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  const sent: Request[] = [];
  const fetch = (request: Request) => {
    sent.push(request.clone());
    return globalThis.fetch(request);
  };
  return { malipo, shop, baseUrl, sent, client: createMalipo({ baseUrl: `${baseUrl}/`, apiKey: shop.testKey, fetch }) };
}

test('collect, wait, verify: every step is typed', async () => {
  const { malipo, client } = await openShop();
  const { data: started, error } = await client.POST('/v1/payments/collect', { body: COLLECT });
  expect(error).toBeUndefined();
  expect(started).toMatchObject({ data: { status: 'pending', amount: 5_000 } });
  await malipo.pass(5_000);
  const { data: verified } = await client.POST('/v1/webhooks/verify', { body: { reference: started!.data.reference } });
  expect(verified!.data.status).toBe('completed');
  expectTypeOf(verified!.data).toExtend<Transaction>();
  expectTypeOf(verified!.data.status).toEqualTypeOf<'pending' | 'completed' | 'failed'>();

  const { data: list } = await client.GET('/v1/payments/transactions', { params: { query: { status: 'completed', per_page: '5' } } });
  expect(list!.data.map(({ reference }) => reference)).toEqual([started!.data.reference]);
  const { data: single } = await client.GET('/v1/payments/transactions/{reference}', { params: { path: { reference: started!.data.reference } } });
  expect(single!.data).toEqual(list!.data[0]);
});

test('a refusal is a value with a code, not an exception', async () => {
  const { client } = await openShop();
  const { data, error, response } = await client.POST('/v1/payments/collect', { body: { ...COLLECT, phone_number: '12' } });
  expect(data).toBeUndefined();
  expect(response.status).toBe(400);
  expect(error!.error.code).toBe('INVALID_PHONE');
  expectTypeOf(error!.error.code).toEqualTypeOf<ErrorCode>();
});

test('what creates carries a key of its own, unless it is given the order’s', async () => {
  const { client, sent } = await openShop();
  const [first, second] = [await client.POST('/v1/payments/collect', { body: COLLECT }), await client.POST('/v1/payments/collect', { body: COLLECT })];
  expect(first.data!.data.reference).not.toBe(second.data!.data.reference);

  const header = { 'Idempotency-Key': 'order-1' };
  const once = await client.POST('/v1/payments/collect', { params: { header }, body: COLLECT });
  const again = await client.POST('/v1/payments/collect', { params: { header }, body: COLLECT });
  expect(again.data).toEqual(once.data);
  expect(again.response.headers.get('idempotent-replayed')).toBe('true');

  await client.POST('/v1/webhooks/verify', { body: { reference: first.data!.data.reference } });
  const keys = sent.map((request) => request.headers.get('idempotency-key'));
  expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/), 'order-1', 'order-1', null]);
  expect(keys[0]).not.toBe(keys[1]);
});

test('the public checkout and the Dukuzi dialect are typed too, each with its own errors', async () => {
  const { malipo, shop, client, baseUrl } = await openShop();
  const items = await stock(malipo, shop);
  const buyer = createMalipo({ baseUrl });
  const { data: item } = await buyer.GET('/api/store/{slug}', { params: { path: { slug: items.book.slug } } });
  expect(item!.data.amount).toBe(25_000);
  const paid = await buyer.POST('/api/store/{slug}/pay', { params: { path: { slug: items.book.slug } }, body: { phone_number: '0772123456' } });
  expect(paid.response.status).toBe(201);
  const { error } = await client.POST('/create-payment', { body: { phone_number: '255712345678', amount: 10, product_id: items.kitabu.id } });
  expectTypeOf(error!.error).toEqualTypeOf<string>();
  expect(error!.error).toBe('amount must be at least 100');
});

test('a server mounted below a prefix is reached there', async () => {
  const seen: string[] = [];
  const fetch = async (request: Request) => {
    seen.push(request.url);
    return Response.json({ data: [], message: '' });
  };
  await createMalipo({ baseUrl: 'https://shop.example/payments/', apiKey: 'dgw_test_x', fetch }).GET('/v1/wallets');
  expect(seen).toEqual(['https://shop.example/payments/v1/wallets']);
});
