/** Every success answer, to the letter of the references that clients were written against. */
import { expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { collect, PHONE, transaction, verify } from '../support/payments.ts';

/** At least 128 random bits, at most the 36 characters that every provider takes. */
const REFERENCE = expect.stringMatching(/^dgw_[0-9A-Za-z]{24,32}$/) as string;
const SANDBOX_REF = expect.stringMatching(/^sbx_[0-9A-Za-z]{20,32}$/) as string;

async function openShop(env: Record<string, string> = {}) {
  const malipo = await buildMalipo({ env: { PUBLIC_URL: 'https://pay.example.org', ...env } });
  const shop = await malipo.makeShop({ slug: 'duka' });
  return { malipo, shop, items: await stock(malipo, shop) };
}

test('collect answers what the DGateway reference shows', async () => {
  const { malipo, shop } = await openShop();
  const answer = await malipo.post(
    '/v1/payments/collect',
    { amount: 50_000, currency: 'UGX', phone_number: '0771234567', provider: 'iotec', description: 'Order #1234', callback_url: 'https://myapp.com/hook', metadata: { order_id: '123' } },
    { key: shop.testKey },
  );
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(answer.json()).toEqual({
    data: {
      reference: REFERENCE,
      provider: 'iotec',
      provider_ref: SANDBOX_REF,
      status: 'pending',
      amount: 50_000,
      currency: 'UGX',
      phone_number: '256771234567',
      raw_response: {},
      client_secret: '',
      stripe_publishable_key: '',
    },
    message: 'Collection initiated',
  });
});

test.each([
  ['UGX', 50_000, '50000'],
  ['KES', 50_000.5, '50000.5'],
  ['TZS', 0.01, '0.01'],
  ['RWF', 1, '1'],
])('an amount of %s %d is printed as %s: whole amounts as integers', async (currency, amount, printed) => {
  const { malipo, shop } = await openShop();
  const phone_number = { UGX: '256772123456', KES: '254712345678', TZS: '255712345678', RWF: '250781234567' }[currency];
  const answer = await malipo.post('/v1/payments/collect', { amount, currency, phone_number }, { key: shop.testKey });
  expect(answer.body).toContain(`"amount":${printed},`);
});

test('a transaction and a verification answer everything the reference’s list shows, and more', async () => {
  const { malipo, shop } = await openShop();
  const reference = await collect(malipo, shop.testKey, { description: 'Order #1234', metadata: { order_id: '123', nested: { a: [1, null] } } });
  const pending = {
    reference,
    status: 'pending',
    provider: 'iotec',
    provider_slug: 'iotec',
    provider_ref: SANDBOX_REF,
    direction: 'collect',
    amount: 50_000,
    platform_fee: 4_000,
    net_amount: 46_000,
    currency: 'UGX',
    phone_number: PHONE,
    description: 'Order #1234',
    failure_reason: '',
    metadata: { order_id: '123', nested: { a: [1, null] } },
    is_test: true,
    created_at: '2026-03-14T12:00:00Z',
    completed_at: null,
  };
  expect((await malipo.get(`/v1/payments/transactions/${reference}`, { key: shop.testKey })).json()).toEqual({ data: pending });

  await malipo.pass(3 * SECOND_MS);
  const verified = await malipo.post('/v1/webhooks/verify', { reference }, { key: shop.testKey });
  expect(verified.statusCode).toBe(200);
  expect(verified.json()).toEqual({
    data: { ...pending, status: 'completed', completed_at: '2026-03-14T12:00:03Z' },
    message: 'Transaction status verified',
  });
});

test.each(['', '/api-proxy.php'])('%s/create-payment and its transaction answer what the Dukuzi reference shows, in East Africa Time', async (prefix) => {
  const { malipo, shop, items } = await openShop();
  const created = await malipo.post(
    `${prefix}/create-payment`,
    { phone_number: '255712345678', amount: '5000', product_id: items.kitabu.id, customer_name: 'John Doe', customer_email: 'john@example.com' },
    { key: shop.testKey },
  );
  expect(created.statusCode).toBe(200);
  expect(created.json()).toEqual({ success: true, transaction_id: 1, status: 'pending', message: 'Payment initiated. Customer will receive USSD push.' });

  const shown = async () => (await malipo.get(`${prefix}/transaction/1`, { key: shop.testKey })).json();
  expect(await shown()).toEqual({ transaction_id: 1, status: 'pending', amount: 5_000, currency: 'TZS', created_at: '2026-03-14 15:00:00', completed_at: null });
  await malipo.pass(3 * SECOND_MS);
  expect(await shown()).toMatchObject({ status: 'completed', completed_at: '2026-03-14 15:00:03' });
  expect(await rows(malipo.store, 'SELECT customer_name, customer_email, item_id, description FROM payments')).toEqual([
    { customer_name: 'John Doe', customer_email: 'john@example.com', item_id: items.kitabu.id, description: 'kitabu' },
  ]);
});

test('East Africa Time has its own midnight', async () => {
  const { malipo, shop, items } = await openShop();
  malipo.clock.advance(9 * HOUR_MS);
  await malipo.post('/create-payment', { phone_number: '255712345678', amount: 100, product_id: items.kitabu.id }, { key: shop.testKey });
  expect((await malipo.get('/transaction/1', { key: shop.testKey })).json().created_at).toBe('2026-03-15 00:00:00');
});

const UG_NETWORKS = [
  { id: 'mtn', name: 'MTN MoMo', healthy: true },
  { id: 'airtel', name: 'Airtel Money', healthy: true },
];

test('an item answers all that a button needs to sell it', async () => {
  const { malipo } = await openShop();
  const book = {
    slug: 'duka-book',
    kind: 'product',
    name: 'book',
    description: '',
    image_url: 'https://pay.example.org/demo/images/book.svg',
    amount: 25_000,
    min_amount: null,
    max_amount: null,
    suggested_amounts: [],
    currency: 'UGX',
    methods: [
      { type: 'mobile_money', country: 'UG', networks: UG_NETWORKS },
      { type: 'card', publishable_key: 'pk_test_sandbox' },
    ],
    is_test: true,
    app: { slug: 'duka', name: 'Shop duka' },
  };
  expect((await malipo.get('/api/store/duka-book')).json()).toEqual({ data: book });

  const fund = (await malipo.get('/api/store/duka-fund')).json().data;
  expect(fund).toMatchObject({ kind: 'link', amount: null, min_amount: 1_000, max_amount: 50_000, suggested_amounts: [5_000], image_url: '' });

  const kitabu = (await malipo.get('/api/store/duka-kitabu')).json().data;
  expect(kitabu.methods).toEqual([{ type: 'mobile_money', country: 'TZ', networks: expect.any(Array) as unknown[] }]);
  expect(kitabu.methods[0].networks.map(({ id }: { id: string }) => id)).toEqual(['vodacom', 'yas', 'airtel', 'halotel', 'ttcl']);

  const shop = (await malipo.get('/api/store/shop/duka')).json();
  expect(Object.keys(shop)).toEqual(['data']);
  expect(shop.data.app).toEqual({ slug: 'duka', name: 'Shop duka', logo_url: '', theme: {} });
  expect(shop.data.items.map(({ slug }: { slug: string }) => slug)).toEqual(['duka-book', 'duka-kitabu', 'duka-course', 'duka-fixed-link', 'duka-fund']);
  expect(shop.data.items[0]).toEqual(book);
});

test('paying answers 201 with what a page needs to follow the payment, and its status says the rest', async () => {
  const { malipo, shop } = await openShop();
  const paid = await malipo.post('/api/store/duka-book/pay', { phone_number: '0772123456', quantity: 2, customer_name: 'Asha', metadata: { seat: 'A1' } });
  expect(paid.statusCode).toBe(201);
  expect(paid.json()).toEqual({
    data: {
      reference: REFERENCE,
      status: 'pending',
      amount: 50_000,
      currency: 'UGX',
      provider: 'iotec',
      network: 'mtn',
      expires_at: '2026-03-14T16:00:00Z',
      client_secret: '',
      stripe_publishable_key: '',
    },
    message: 'Payment started',
  });

  const { reference } = paid.json().data as { reference: string };
  const status = async () => (await malipo.get(`/api/store/status/${reference}`)).json();
  const pending = {
    reference,
    status: 'pending',
    amount: 50_000,
    currency: 'UGX',
    provider: 'iotec',
    network: 'mtn',
    failure_code: '',
    failure_reason: '',
    is_test: true,
    item: { slug: 'duka-book', name: 'book' },
    created_at: '2026-03-14T12:00:00Z',
    expires_at: '2026-03-14T16:00:00Z',
    completed_at: null,
  };
  expect(await status()).toEqual({ data: pending });
  await malipo.pass(3 * SECOND_MS);
  expect(await status()).toEqual({ data: { ...pending, status: 'completed', completed_at: '2026-03-14T12:00:03Z' } });
  expect(await transaction(malipo, shop.testKey, reference)).toMatchObject({ metadata: { seat: 'A1' }, platform_fee: 5_000, phone_number: PHONE });
});

test('a card payment at the checkout answers the secret its form needs', async () => {
  const { malipo } = await openShop();
  const answer = await malipo.post('/api/store/duka-book/pay', { method: 'card' });
  expect(answer.json().data).toMatchObject({ provider: 'stripe', network: '', stripe_publishable_key: 'pk_test_sandbox' });
  expect(answer.json().data.client_secret).toMatch(/^pi_sandbox_/);
});

test.each([
  ['256772100002', 'insufficient_funds', 'Insufficient funds in the customer’s wallet'],
  ['256772100003', 'declined', 'The customer declined the payment'],
  ['256111777991', 'failed', 'The payment failed at the network'],
])('the status of a payment by %s says %s and why', async (phone_number, failure_code, failure_reason) => {
  const { malipo, shop } = await openShop();
  const reference = await collect(malipo, shop.testKey, { phone_number });
  await malipo.pass(3 * SECOND_MS);
  expect((await malipo.get(`/api/store/status/${reference}`)).json().data).toMatchObject({ status: 'failed', failure_code, failure_reason, item: null });
  expect(await verify(malipo, shop.testKey, reference)).toMatchObject({ status: 'failed', failure_reason });
});

test('the public status shows no phone number, no key, no secret and no metadata', async () => {
  const { malipo } = await openShop();
  const paid = await malipo.post('/api/store/duka-book/pay', { method: 'card', phone_number: PHONE, customer_email: 'asha@example.com', metadata: { secret: 'hush' } });
  const { reference, client_secret } = paid.json().data as { reference: string; client_secret: string };
  const { body } = await malipo.get(`/api/store/status/${reference}`);
  for (const hidden of [PHONE, PHONE.slice(3), client_secret, 'asha@example.com', 'hush', 'sbx_']) expect(body).not.toContain(hidden);
});
