/** A client is answered in time, however long the database keeps its server waiting; what it then asks again is done once. */
import { expect, test } from 'vitest';
import type { Submission } from '../../../server/providers/provider.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows } from '../support/database.ts';
import { COLLECT } from '../support/payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from '../support/refusals.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';
import { temporaryDatabase } from '../support/temporary-store.ts';
import { until } from '../support/until.ts';
import { mutedWire } from '../support/wire.ts';

async function shopOnWire() {
  const wire = await mutedWire(await temporaryDatabase());
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ databaseUrl: wire.databaseUrl, live: [provider], answerWithinMs: 1_000 });
  const { liveKey, testKey } = await malipo.makeShop({ slug: 'duka' });
  const pay = () => malipo.post('/v1/payments/collect', COLLECT, { key: liveKey, idempotencyKey: 'order-1' });
  return { wire, provider, malipo, testKey, pay };
}

test('while the database says nothing each dialect answers 503 and when to come again, and a payment asked for again is made once', async () => {
  const { wire, provider, malipo, testKey, pay } = await shopOnWire();
  wire.mute({ newOnesToo: true });
  const refused = await pay();
  expectV1Refusal(refused, 'UNAVAILABLE');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expectDukuziRefusal(await malipo.post('/create-payment', { phone_number: '255712345678', amount: 500, product_id: 1 }, { key: testKey }), 503);
  expectV1Refusal(await malipo.get('/api/store/duka'), 'UNAVAILABLE');

  // What was asked goes on behind the answer, and meets the one that comes after it.
  wire.unmute();
  wire.breakAll();
  await until(async () => (await pay()).statusCode === 200);
  expect(provider.collected).toHaveLength(1);
  expect(await rows(malipo.store, 'SELECT count(*) AS payments FROM payments')).toEqual([{ payments: 1 }]);
  expect(malipo.log.filter((line) => line.includes('already sent'))).toEqual([]);
});

test('what becomes of a request after it was answered in its place is nobody’s answer, and no line in the log', async () => {
  const provider = new ScriptedProvider();
  const { promise, resolve } = Promise.withResolvers<Submission>();
  provider.answersCollect(() => promise);
  const malipo = await buildMalipo({ live: [provider], answerWithinMs: 200 });
  const { liveKey } = await malipo.makeShop({ slug: 'duka' });
  expectV1Refusal(await malipo.post('/v1/payments/collect', COLLECT, { key: liveKey }), 'UNAVAILABLE');
  await until(() => provider.collected.length === 1);
  resolve({ kind: 'accepted', providerRef: 'theirs' });
  await until(async () => (await rows<{ submission: string }>(malipo.store, 'SELECT submission FROM payments'))[0]!.submission === 'sent');
  await malipo.close();
  expect(malipo.log.filter((line) => line.includes('already sent'))).toEqual([]);
});
