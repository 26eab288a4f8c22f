import { expect, test } from 'vitest';
import { redacted } from '../../../server/core/redaction.ts';
import type { Awaitable, Sharing, Transaction } from '../../../server/db/store.ts';
import { buildMalipo, stock } from '../support/build-malipo.ts';
import { FailingStore } from '../support/failing-store.ts';
import { listening, openStream } from '../support/event-stream.ts';
import { COLLECT, collect, PHONE } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

test('every answer has a request id, also a refusal, an unknown address and a stream; a given one is kept', async () => {
  const malipo = await buildMalipo();
  const shop = await malipo.makeShop({ slug: 'duka' });
  const items = await stock(malipo, shop);
  for (const url of ['/healthz', '/v1/wallets', '/nothing', `/api/store/${items.book.slug}`]) {
    expect((await malipo.get(url)).headers['x-request-id']).toMatch(/^[A-Za-z0-9]{16}$/);
    expect((await malipo.get(url, { headers: { 'x-request-id': 'trace-7.a:b_c' } })).headers['x-request-id']).toBe('trace-7.a:b_c');
  }
  const stream = await openStream(await listening(malipo), await collect(malipo, shop.testKey), { 'x-request-id': 'mine' });
  expect(stream.headers['x-request-id']).toBe('mine');
});

test.each(['', 'a b', 'x'.repeat(129), '{"forged":1}'])('a request id that could forge something is replaced: %j', async (given) => {
  const malipo = await buildMalipo();
  expect((await malipo.get('/healthz', { headers: { 'x-request-id': given } })).headers['x-request-id']).toMatch(/^[A-Za-z0-9]{16}$/);
});

test('what goes wrong is logged as JSON with the id of its request', async () => {
  let disk!: FailingStore;
  const malipo = await buildMalipo({ wrapStore: (store) => (disk = new FailingStore(store)) });
  const { testKey } = await malipo.makeShop({ slug: 'duka' });
  disk.failing = 'everything';
  const answer = await malipo.post('/v1/payments/collect', COLLECT, { key: testKey, headers: { 'x-request-id': 'the-one' } });
  expect(answer.statusCode).toBe(500);
  const lines = malipo.log.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toContainEqual(expect.objectContaining({ reqId: 'the-one', level: 50 }));
});

test('neither phone number nor key is in the log, whatever a provider or an error says of them', async () => {
  let store!: TellingStore;
  const malipo = await buildMalipo({ live: [new ScriptedProvider()], wrapStore: (real) => (store = new TellingStore(real)) });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  store.says = `${PHONE} +${PHONE} ${liveKey}`;
  expect((await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey })).statusCode).toBe(500);
  const log = malipo.log.join('');
  expect(log).toContain('cannot be told');
  for (const hidden of [PHONE, PHONE.slice(3), liveKey, liveKey.slice(14)]) expect(log).not.toContain(hidden);
});

/** A store whose errors repeat what they were asked, as databases do. */
class TellingStore extends FailingStore {
  says = '';

  override write<T>(command: (tx: Transaction) => Awaitable<T>, sharing?: Sharing): Promise<T> {
    return this.says === '' ? super.write(command, sharing) : Promise.reject(new Error(`cannot be told: ${this.says}`));
  }
}

test.each([
  ['"msg":"prompt to 256772123456 failed"', '"msg":"prompt to 256******456 failed"'],
  ['+254 712 345 678 and 0772123456', '+254******678 and 0******456'],
  ['{"phone":256772123456,"at":1795689713505}', '{"phone":"256******456","at":1795689713505}'],
  ['dgw_live_AbCd1234567890efgh', 'dgw_live_AbCd[redacted]'],
  ['whsec_abc/def+123= sk_live_1234 rk_test_99', 'whsec_[redacted] sk_live_[redacted] rk_test_[redacted]'],
  ['pi_3abc_secret_xyz', 'pi_3abc_secret_[redacted]'],
  ['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer [redacted]'],
  ['postgres://malipo:hunter2@db/malipo', 'postgres://malipo:[redacted]@db/malipo'],
  ['{\\"client_secret\\":\\"s3cr3t\\",\\"ok\\":true}', '{\\"client_secret\\":\\"[redacted]\\",\\"ok\\":true}'],
])('%s is logged as %s', (line, shown) => {
  expect(redacted(line)).toBe(shown);
});

test.each(['dgw_0VZk3aQ7mPdR2xw9LhT5uYc8GsNf1BjE6', '{"time":1795689713505,"pid":25688}', 'payment:12 of 50000', '2026-04-07T10:30:00Z', 'a pin must be four digits'])(
  'what is no secret stays as it is: %s',
  (line) => expect(redacted(line)).toBe(line),
);
