/** One key, one payment: whatever is retried, twinned, cut off or asked in another order. */
import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Submission } from '../../../server/providers/provider.ts';
import { type Answer, buildMalipo, type Catalogue, type Shop, stock, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { COLLECT, PHONE } from '../support/payments.ts';
import { never, ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

interface Surface {
  name: string;
  url: (catalogue: Catalogue) => string;
  body: (catalogue: Catalogue) => Record<string, unknown>;
  change: Record<string, unknown>;
  invalid: Record<string, unknown>;
  /** The checkout takes no key. */
  key: (shop: Shop) => string | undefined;
  conflict: unknown;
}

const CONFLICT_MESSAGE = 'This Idempotency-Key was used with another request';
const V1_CONFLICT = { error: { code: 'IDEMPOTENCY_CONFLICT', message: CONFLICT_MESSAGE }, message: CONFLICT_MESSAGE };

const SURFACES: Surface[] = [
  {
    name: 'collect',
    url: () => '/v1/payments/collect',
    body: () => ({ ...COLLECT, metadata: { order: { id: '12', lines: [1, 2] } } }),
    change: { amount: 50_001 },
    invalid: { phone_number: '12' },
    key: ({ testKey }) => testKey,
    conflict: V1_CONFLICT,
  },
  {
    name: 'checkout pay',
    url: ({ fund }) => `/api/store/${fund.slug}/pay`,
    body: () => ({ phone_number: PHONE, amount: 5_000, metadata: { seat: 'A1' } }),
    change: { amount: 6_000 },
    invalid: { amount: 1 },
    key: () => undefined,
    conflict: V1_CONFLICT,
  },
  {
    name: 'create-payment',
    url: () => '/api-proxy.php/create-payment',
    body: ({ kitabu }) => ({ phone_number: '255712345678', amount: 5_000, product_id: kitabu.id, customer_name: 'Asha' }),
    change: { customer_name: 'Juma' },
    invalid: { product_id: 999 },
    key: ({ testKey }) => testKey,
    conflict: { error: CONFLICT_MESSAGE },
  },
];

describe.each(SURFACES)('$name', (surface) => {
  async function shopOn(malipo: TestMalipo) {
    const shop = await malipo.makeShop({ slug: 'duka' });
    const catalogue = await stock(malipo, shop);
    const send = (idempotencyKey: string, body: object = surface.body(catalogue)): Promise<Answer> =>
      malipo.post(surface.url(catalogue), body, { key: surface.key(shop), idempotencyKey });
    return { shop, catalogue, send };
  }

  test('the same key and body answer the same again, and start one payment', async () => {
    const malipo = await buildMalipo();
    const { send } = await shopOn(malipo);
    const first = await send('order-1');
    expect(first.statusCode, first.body).toBeLessThan(300);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    const counts = await rowCounts(malipo.store);

    await malipo.pass(3 * SECOND_MS);
    const again = await send('order-1');
    expect([again.statusCode, again.body]).toEqual([first.statusCode, first.body]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(await rowCounts(malipo.store)).toMatchObject({ payments: counts.payments, sandbox_prompts: 1, ledger_transfers: 1 });
  });

  test('the order of the body’s keys, and spaces between them, do not matter', async () => {
    const malipo = await buildMalipo();
    const { shop, catalogue, send } = await shopOn(malipo);
    const first = await send('order-1');
    const body = surface.body(catalogue);
    const reversed = Object.fromEntries(Object.entries(body).reverse());
    const again = await malipo.inject({
      method: 'POST',
      url: surface.url(catalogue),
      payload: JSON.stringify(reversed, null, 2),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'order-1', ...(surface.key(shop) ? { 'x-api-key': surface.key(shop) } : {}) },
    });
    expect(again.body).toBe(first.body);
    expect(again.headers['idempotent-replayed']).toBe('true');
  });

  test('the same key with another body is refused and changes nothing', async () => {
    const malipo = await buildMalipo();
    const { catalogue, send } = await shopOn(malipo);
    await send('order-1');
    const counts = await rowCounts(malipo.store);
    const other = await send('order-1', { ...surface.body(catalogue), ...surface.change });
    expect(other.statusCode).toBe(409);
    expect(other.json()).toEqual(surface.conflict);
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(await rowCounts(malipo.store)).toEqual(counts);
  });

  test('a request that was not valid leaves its key free', async () => {
    const malipo = await buildMalipo();
    const { catalogue, send } = await shopOn(malipo);
    const before = await rowCounts(malipo.store);
    expect((await send('order-1', { ...surface.body(catalogue), ...surface.invalid })).statusCode).toBe(400);
    expect(await rowCounts(malipo.store)).toEqual(before);
    const corrected = await send('order-1');
    expect(corrected.statusCode).toBeLessThan(300);
    expect(corrected.headers['idempotent-replayed']).toBeUndefined();
  });

  test('eight twins at once start one payment and are answered alike', async () => {
    const malipo = await buildMalipo();
    const { send } = await shopOn(malipo);
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('order-1')));
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true')).toHaveLength(7);
    expect(await rowCounts(malipo.store)).toMatchObject({ payments: 1, idempotency_keys: 1, sandbox_prompts: 1 });
  });

  test.each([
    ['an empty key', ''],
    ['a key of 256 characters', 'k'.repeat(256)],
  ])('%s is refused and nothing is written', async (_what, key) => {
    const malipo = await buildMalipo();
    const { send } = await shopOn(malipo);
    const before = await rowCounts(malipo.store);
    const answer = await send(key);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('Idempotency-Key must be 1 to 255 characters');
    expect(await rowCounts(malipo.store)).toEqual(before);
  });

  test('a key of 255 characters is taken', async () => {
    const malipo = await buildMalipo();
    const { send } = await shopOn(malipo);
    expect((await send('k'.repeat(255))).statusCode).toBeLessThan(300);
  });
});

async function liveShop(provider: ScriptedProvider) {
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, ...(await malipo.makeShop({ slug: 'duka' })) };
}

function send(malipo: TestMalipo, key: string, idempotencyKey: string, url = '/v1/payments/collect'): Promise<Answer> {
  return malipo.post(url, COLLECT, { key, idempotencyKey });
}

test('a key belongs to one app, mode, and address', async () => {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const [one, other] = [await malipo.makeShop({ slug: 'one' }), await malipo.makeShop({ slug: 'other' })];
  const { kitabu } = await stock(malipo, one);
  const create = { phone_number: '255712345678', amount: 5_000, product_id: kitabu.id };
  const answers = [
    await send(malipo, one.liveKey, 'same'),
    await send(malipo, one.testKey, 'same'),
    await send(malipo, other.testKey, 'same'),
    await malipo.post('/create-payment', create, { key: one.testKey, idempotencyKey: 'same' }),
    await malipo.post('/api-proxy.php/create-payment', create, { key: one.testKey, idempotencyKey: 'same' }),
    // Two keys of one app and mode share it: a rotated key must not charge again.
    await send(malipo, (await malipo.keys.create(one.app.id, 'test')).key, 'same'),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(answers.map(({ headers }) => headers['idempotent-replayed'] === 'true')).toEqual([false, false, false, false, false, true]);
  expect(answers[5]!.body).toBe(answers[1]!.body);
});

describe.each([
  ['test mode and repeated once live credentials were added', [], [new ScriptedProvider()]],
  ['live mode and repeated once live credentials were removed', [new ScriptedProvider()], []],
])('a checkout attempt begun in %s', (_how, before, after) => {
  async function begun() {
    const malipo = await buildMalipo({ live: before });
    const { fund } = await stock(malipo, await malipo.makeShop({ slug: 'duka' }));
    const other = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: after });
    const pay = (on: TestMalipo, idempotencyKey: string) => on.post(`/api/store/${fund.slug}/pay`, { phone_number: PHONE, amount: 5_000 }, { idempotencyKey });
    const modes = () => rows(malipo.store, 'SELECT mode FROM payments ORDER BY id');
    return { malipo, other, pay, modes, first: [{ mode: before.length === 0 ? 'test' : 'live' }], then: { mode: after.length === 0 ? 'test' : 'live' } };
  }

  test('is answered as it was, and starts no second payment; another attempt is of the new mode', async () => {
    const { malipo, other, pay, modes, first, then } = await begun();
    const answer = await pay(malipo, 'attempt-1');
    expect(answer.statusCode, answer.body).toBe(201);
    const again = await pay(other, 'attempt-1');
    expect([again.statusCode, again.body, again.headers['idempotent-replayed']]).toEqual([201, answer.body, 'true']);
    expect(await modes()).toEqual(first);
    expect((await pay(other, 'attempt-2')).statusCode).toBe(201);
    expect(await modes()).toEqual([...first, then]);
    expect(await verifyBooks(malipo.store.read)).toEqual([]);
  });

  test('starts one payment also where both come at once', async () => {
    const { malipo, other, pay, modes } = await begun();
    const answers = await Promise.all([malipo, other].map((on) => pay(on, 'attempt-1')));
    expect(await modes()).toHaveLength(1);
    const started = answers.filter(({ statusCode }) => statusCode === 201);
    expect(new Set(started.map(({ body }) => body)).size).toBe(1);
    expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(2 - started.length);
    expect(await verifyBooks(malipo.store.read)).toEqual([]);
  });
});

test('a payment that its provider refused is refused again in the same words, and not sent again', async () => {
  const provider = new ScriptedProvider().answersCollect(() => ({ kind: 'refused', code: 'provider_refused', reason: 'Wallet is barred' }));
  const { malipo, liveKey } = await liveShop(provider);
  const [first, again] = [await send(malipo, liveKey, 'order-1'), await send(malipo, liveKey, 'order-1')];
  expect(first.json().error).toEqual({ code: 'PROVIDER_ERROR', message: 'Wallet is barred' });
  expect([again.statusCode, again.body]).toEqual([400, first.body]);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(provider.collected).toHaveLength(1);
});

test('an answer is replayed although the request could not be made any more', async () => {
  const provider = new ScriptedProvider();
  const { malipo, liveKey } = await liveShop(provider);
  const first = await send(malipo, liveKey, 'order-1');
  await malipo.close();
  const unconfigured = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock });
  const again = await send(unconfigured, liveKey, 'order-1');
  expect([again.statusCode, again.body]).toEqual([200, first.body]);
  expect((await send(unconfigured, liveKey, 'order-2')).json().error.code).toBe('PROVIDER_ERROR');
});

test('a twin waits for the first answer and gets the same', async () => {
  const { promise, resolve } = Promise.withResolvers<Submission>();
  const provider = new ScriptedProvider().answersCollect(() => promise);
  const { malipo, liveKey } = await liveShop(provider);
  const idle = malipo.clock.waiting;
  const first = send(malipo, liveKey, 'order-1');
  await until(() => provider.collected.length === 1 && malipo.clock.waiting === idle + 1);
  const patient = send(malipo, liveKey, 'order-1');
  await until(() => malipo.clock.waiting === idle + 2);
  resolve({ kind: 'accepted', providerRef: 'p1' });
  expect((await patient).body).toBe((await first).body);
  expect((await patient).headers['idempotent-replayed']).toBe('true');
  expect(provider.collected).toHaveLength(1);
});

test('a twin that waited as long as the first may take is told when to come again, and then answered the same', async () => {
  const provider = new ScriptedProvider().answersCollect(() => never<Submission>());
  const { malipo, liveKey } = await liveShop(provider);
  const idle = malipo.clock.waiting;
  const first = send(malipo, liveKey, 'order-1');
  await until(() => provider.collected.length === 1 && malipo.clock.waiting === idle + 1);
  const twin = send(malipo, liveKey, 'order-1');
  await until(() => malipo.clock.waiting === idle + 2);
  malipo.clock.advance(10 * SECOND_MS);
  const answer = await twin;
  expect(answer.statusCode).toBe(409);
  expect(answer.json().error.code).toBe('IDEMPOTENCY_CONFLICT');
  expect(answer.headers['retry-after']).toBe('2');
  expect((await first).statusCode).toBe(200);
  expect((await send(malipo, liveKey, 'order-1')).body).toBe((await first).body);
  expect(provider.collected).toHaveLength(1);
});

test('a retry after a crash between the two commits is answered with the payment, and nothing is sent again', async () => {
  const dying = new ScriptedProvider().answersCollect(() => never<Submission>());
  const { malipo, liveKey } = await liveShop(dying);
  void send(malipo, liveKey, 'order-1').catch(() => undefined);
  await until(() => dying.collected.length === 1);

  // By now nobody takes the first server for alive.
  malipo.clock.advance(MINUTE_MS);
  const provider = new ScriptedProvider();
  const next = await buildMalipo({ databaseUrl: malipo.databaseUrl, clock: malipo.clock, live: [provider] });
  const retried = await send(next, liveKey, 'order-1');
  expect(retried.statusCode).toBe(200);
  expect(retried.json().data).toMatchObject({ reference: dying.collected[0]!.reference, status: 'pending', amount: 50_000 });
  expect(retried.headers['idempotent-replayed']).toBe('true');
  const again = await send(next, liveKey, 'order-1');
  expect(again.body).toBe(retried.body);
  expect(provider.collected).toEqual([]);
  expect(await rowCounts(next.store)).toMatchObject({ payments: 1, idempotency_keys: 1 });
});

test('a key is kept for seven days and then forgotten', async () => {
  const malipo = await buildMalipo();
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  const first = await send(malipo, testKey, 'order-1');
  await malipo.pass(7 * DAY_MS - SECOND_MS);
  expect((await send(malipo, testKey, 'order-1')).body).toBe(first.body);

  await malipo.pass(DAY_MS);
  expect(await rows(malipo.store, 'SELECT key FROM idempotency_keys')).toEqual([]);
  const later = await send(malipo, testKey, 'order-1');
  expect(later.headers['idempotent-replayed']).toBeUndefined();
  expect(later.json().data.reference).not.toBe(first.json().data.reference);
});
