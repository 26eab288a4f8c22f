import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { buildMalipo, malipoForFile, stock, type TestMalipo } from '../support/build-malipo.ts';
import { rowCounts, rows } from '../support/database.ts';
import { FailingStore } from '../support/failing-store.ts';
import { COLLECT, collect, PHONE } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';
import { callBack } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { until } from '../support/until.ts';

async function withFailingStore(live: ScriptedProvider[] = []) {
  let failing: FailingStore | undefined;
  const malipo = await buildMalipo({ live, wrapStore: (store) => (failing = new FailingStore(store)) });
  const shop = await malipo.makeShop({ slug: 'duka' });
  return { malipo, shop, items: await stock(malipo, shop), disk: failing! };
}

test('/healthz says that the process answers, /readyz that it also reads and writes its database', async () => {
  const { malipo, disk } = await withFailingStore();
  expect((await malipo.get('/healthz')).json()).toEqual({ status: 'ok' });
  expect((await malipo.get('/readyz')).json()).toEqual({ status: 'ready' });
  for (const [failing, reason] of [['writing', 'The database cannot be written'], ['everything', 'The database cannot be read']] as const) {
    disk.failing = failing;
    malipo.clock.advance(SECOND_MS);
    expect((await malipo.get('/healthz')).statusCode).toBe(200);
    expectV1Refusal(await malipo.get('/readyz'), 'UNAVAILABLE', reason);
    disk.failing = 'nothing';
    expect((await malipo.get('/readyz')).json()).toEqual({ status: 'ready' });
  }
});

test('a database that does not answer in time is not ready, and whoever asks meanwhile costs no further write', async () => {
  const { malipo, disk } = await withFailingStore();
  disk.failing = 'to answer';
  const asked = Array.from({ length: 20 }, () => malipo.get('/readyz'));
  await until(() => disk.unanswered > 0);
  malipo.clock.advance(3 * SECOND_MS);
  for (const answer of await Promise.all(asked)) expectV1Refusal(answer, 'UNAVAILABLE', 'The database does not answer in time');
  expect(disk.unanswered).toBe(1);
});

test('whoever asks often whether it is ready makes it write once a second', async () => {
  const { malipo } = await withFailingStore();
  const writes = async () => (await rows<{ id: number }>(malipo.store, 'SELECT max(id) AS id FROM write_probes'))[0]!.id;
  for (let asked = 0; asked < 10; asked++) await malipo.get('/readyz');
  const first = await writes();
  malipo.clock.advance(SECOND_MS);
  await malipo.get('/readyz');
  expect([first, await writes()]).toEqual([1, 2]);
  expect(await rows(malipo.store, 'SELECT count(*) AS kept FROM write_probes')).toEqual([{ kept: 1 }]);
});

test('a database that cannot be written is 503 in each dialect, tells nothing of it, and loses no earlier payment', async () => {
  const { malipo, shop, items, disk } = await withFailingStore();
  const reference = await collect(malipo, shop.testKey);
  const before = await rowCounts(malipo.store);
  disk.failing = 'writing';
  expectV1Refusal(await malipo.post('/v1/payments/collect', COLLECT, { key: shop.testKey, idempotencyKey: 'k' }), 'UNAVAILABLE');
  expectV1Refusal(await malipo.post(`/api/store/${items.book.slug}/pay`, { phone_number: PHONE }), 'UNAVAILABLE');
  const create = await malipo.post('/create-payment', { phone_number: '255712345678', amount: 500, product_id: items.kitabu.id }, { key: shop.testKey });
  expectDukuziRefusal(create, 503, 'The database is not available at the moment');
  expect(create.headers['retry-after']).toBe('5');
  expect(create.body).not.toContain('/secret/path');
  expect(malipo.log.join('')).toContain('/secret/path');
  expect((await malipo.get(`/v1/payments/transactions/${reference}`, { key: shop.testKey })).statusCode).toBe(200);
  expect(await rowCounts(malipo.store)).toEqual(before);

  disk.failing = 'nothing';
  const retried = await malipo.post('/v1/payments/collect', COLLECT, { key: shop.testKey, idempotencyKey: 'k' });
  expect([retried.statusCode, retried.headers['idempotent-replayed']]).toEqual([200, undefined]);
});

test('a disk that fills up between the two commits leaves the payment to be found, and its retry is not sent again', async () => {
  const provider = new ScriptedProvider();
  const { malipo, shop, disk } = await withFailingStore([provider]);
  provider.answersCollect(() => {
    disk.failing = 'writing';
    return { kind: 'accepted', providerRef: 'theirs' };
  });
  const send = () => malipo.post('/v1/payments/collect', COLLECT, { key: shop.liveKey, idempotencyKey: 'k' });
  expectV1Refusal(await send(), 'UNAVAILABLE');
  disk.failing = 'nothing';
  malipo.clock.advance(MINUTE_MS);
  const retried = await send();
  expect(retried.json().data).toMatchObject({ status: 'pending', reference: provider.collected[0]!.reference });
  expect(provider.collected).toHaveLength(1);
});

test('a callback that cannot be stored is 503, so that the provider calls again', async () => {
  const provider = new ScriptedProvider();
  const { malipo, shop, disk } = await withFailingStore([provider]);
  const reference = await collect(malipo, shop.liveKey);
  disk.failing = 'writing';
  const refused = await callBack(malipo, reference);
  expectV1Refusal(refused, 'UNAVAILABLE');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  disk.failing = 'nothing';
  expect((await callBack(malipo, reference)).statusCode).toBe(200);
  expect(await rows(malipo.store, 'SELECT reference FROM provider_callbacks')).toEqual([{ reference }]);
});

test('what nobody foresaw is INTERNAL_ERROR: logged whole, told to nobody', async () => {
  const { malipo, shop, disk } = await withFailingStore();
  disk.failing = 'everything';
  expectV1Refusal(await malipo.get('/v1/payments/transactions/x', { key: shop.testKey }), 'INTERNAL_ERROR', 'Something went wrong on our side');
  expectDukuziRefusal(await malipo.get('/transaction/1', { key: shop.testKey }), 500, 'Something went wrong on our side');
  expect(malipo.log.join('')).toContain('file is not a database');
});

describe('/pay-button.js', () => {
  let malipo: TestMalipo;
  beforeAll(async () => {
    malipo = await malipoForFile();
  });
  afterAll(() => malipo.close());

  const get = (headers: Record<string, string> = {}) => malipo.get('/pay-button.js', { headers });

  test('is a script that any page may load and caches may keep', async () => {
    const answer = await get();
    expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
      etag: expect.stringMatching(/^"[\w-]+"$/) as string,
    });
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=\d+/);
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body).toContain('pay-button');
  });

  test.each([
    ['br', 'br'],
    ['gzip, deflate, br;q=0.9', 'br'],
    ['gzip', 'gzip'],
    ['gzip, br;q=0', 'gzip'],
    ['deflate', undefined],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    ['brotli', undefined],
  ])('for Accept-Encoding %j comes as %s, and is the same script', async (accepted, encoding) => {
    const plain = await get();
    const answer = await get({ 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers['content-length']).toBe(String(answer.rawPayload.length));
    const decode = { br: brotliDecompressSync, gzip: gunzipSync }[encoding ?? ''] ?? ((bytes: Buffer) => bytes);
    expect(decode(answer.rawPayload).equals(plain.rawPayload)).toBe(true);
    if (encoding !== undefined) expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
  });

  test('is not sent again to whoever has it', async () => {
    const { etag } = (await get()).headers;
    for (const tag of [String(etag), `W/${String(etag)}`, `"other", ${String(etag)}`]) {
      const again = await get({ 'if-none-match': tag });
      expect(again.statusCode).toBe(304);
      expect(again.rawPayload.length).toBe(0);
      expect(again.headers.etag).toBe(etag);
    }
    expect((await get({ 'if-none-match': '"other"' })).statusCode).toBe(200);
  });
});
