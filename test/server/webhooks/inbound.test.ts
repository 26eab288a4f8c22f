/** The inbox for providers' callbacks against floods, sizes and bytes that no provider sends. */
import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { deriveKey } from '../../../server/access/server-secret.ts';
import { StoreUnavailableError, type Store } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { buildMalipo, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, walletBalance } from '../support/database.ts';
import { many } from '../support/many.ts';
import { callBack, collect } from '../support/payments.ts';
import { PROVIDER_TOKEN, PROVIDER_TOKEN_HEADER, ScriptedProvider } from '../support/scripted-provider.ts';

const BODY_BYTES_MAX = 64 * 1_024;

async function liveShop() {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  return { malipo, provider, ...(await malipo.makeShop({ slug: 'duka' })) };
}

function signature(body: string | Buffer): string {
  return createHmac('sha256', deriveKey(Buffer.alloc(32, 7), 'sandbox')).update(body).digest('hex');
}

function send(malipo: TestMalipo, body: string | Buffer, headers: Record<string, string> = {}, slug = 'sandbox') {
  return malipo.inject({ method: 'POST', url: `/v1/webhooks/${slug}`, payload: body, headers });
}

function signed(malipo: TestMalipo, body: string | Buffer, headers: Record<string, string> = {}) {
  return send(malipo, body, { 'x-sandbox-signature': signature(body), ...headers });
}

test('a flood of forged callbacks is refused one by one and writes nothing', async () => {
  const { malipo, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  const before = await rowCounts(malipo.store);
  const answers = await many(1_000, (index) => send(malipo, JSON.stringify({ reference, index }), { 'x-sandbox-signature': signature(`${index}`) }, index % 2 ? 'sandbox' : 'iotec'));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a thousand deliveries of one callback are answered 200, stored once and asked about once', async () => {
  const { malipo, provider, app, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  const answers = await many(1_000, () => callBack(malipo, reference));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
  await malipo.jobs.runDue();
  expect(provider.asked).toEqual([reference]);
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
});

test('two hundred different callbacks about one payment are kept as evidence, each, and credit it once', async () => {
  const { malipo, provider, app, liveKey } = await liveShop();
  const reference = await collect(malipo, liveKey);
  provider.saysCompleted(malipo.clock.now(), { amountMinor: 5_000_000 });
  await many(200, (attempt) => callBack(malipo, reference, { attempt }));
  await malipo.jobs.runDue();
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 200, ledger_transfers: 1 });
  expect(await walletBalance(malipo.store, { appId: app.id, mode: 'live' })).toBe(46_000);
  expect(await verifyBooks(malipo.store.read)).toEqual([]);
});

test('a callback as large as a body may be is taken; one byte more is 413 in JSON', async () => {
  const malipo = await buildMalipo();
  const body = (bytes: number) => '{"reference":"dgw_x"}'.padEnd(bytes);
  expect((await signed(malipo, body(BODY_BYTES_MAX))).statusCode).toBe(200);
  const tooLarge = await signed(malipo, body(BODY_BYTES_MAX + 1));
  expect([tooLarge.statusCode, tooLarge.json().error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
});

test.each<[string, string | Buffer]>([
  ['nothing', ''],
  ['random bytes', randomBytes(1_000)],
  ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
])('%s, unsigned, is 401, whatever its type', async (_what, body) => {
  const malipo = await buildMalipo();
  const before = await rowCounts(malipo.store);
  for (const type of ['application/json', 'application/octet-stream', 'image/png', 'multipart/form-data', undefined]) {
    const answer = await send(malipo, body, type === undefined ? {} : { 'content-type': type });
    expect([answer.statusCode, answer.json().error.code], type).toEqual([401, 'AUTHENTICATION_ERROR']);
  }
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test.each<[string, string]>([
  ['not JSON', 'hello'],
  ['JSON, but null', 'null'],
  ['JSON, but a number', '7'],
  ['a list', '[]'],
  ['without a reference', '{}'],
  ['about a number', '{"reference":5}'],
  ['about an object', '{"reference":{"a":1}}'],
  ['about nothing', '{"reference":""}'],
  ['about a NUL', '{"reference":"dgw_\\u0000"}'],
  ['about a novel', JSON.stringify({ reference: 'x'.repeat(10_000) })],
  ['a text with a NUL in it', '\0'],
])('a provider’s own callback that is %s is 400, never 500, and not stored', async (_what, body) => {
  const { malipo } = await liveShop();
  const before = await rowCounts(malipo.store);
  for (const answer of [await signed(malipo, body), await send(malipo, body, { [PROVIDER_TOKEN_HEADER]: PROVIDER_TOKEN }, 'iotec')]) {
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'VALIDATION_ERROR']);
  }
  expect(await rowCounts(malipo.store)).toEqual(before);
});

test('a callback that cannot be stored is 503 with a time to call again, and is taken then', async () => {
  let isFull = false;
  const full = (store: Store): Store =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'write' && isFull) return () => Promise.reject(new StoreUnavailableError('disk full'));
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const malipo = await buildMalipo({ wrapStore: full });
  isFull = true;
  const refused = await signed(malipo, '{"reference":"dgw_x"}');
  expect([refused.statusCode, refused.json().error.code, refused.headers['retry-after']]).toEqual([503, 'UNAVAILABLE', '30']);
  isFull = false;
  expect((await signed(malipo, '{"reference":"dgw_x"}')).statusCode).toBe(200);
  expect(await rowCounts(malipo.store)).toMatchObject({ provider_callbacks: 1 });
});
