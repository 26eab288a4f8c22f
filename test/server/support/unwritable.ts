/** A database that takes no writes, as every caller sees it. */
import { expect } from 'vitest';
import { SECOND_MS } from '../../../server/core/clock.ts';
import { buildMalipo, type MalipoOptions, stock } from './build-malipo.ts';
import { rowCounts } from './database.ts';
import { callBack, COLLECT, collect, PHONE, transaction } from './payments.ts';
import { expectDukuziRefusal, expectV1Refusal } from './refusals.ts';
import { ScriptedProvider } from './scripted-provider.ts';

/** A shop in business: something to sell, and a payment that was taken. */
export async function shopInBusiness(options: MalipoOptions = {}) {
  const malipo = await buildMalipo({ ...options, live: [new ScriptedProvider()] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const items = await stock(malipo, shop);
  const reference = await collect(malipo, shop.liveKey);
  const pay = (key: string) => malipo.post('/v1/payments/collect', COLLECT, { key: shop.liveKey, idempotencyKey: key });

  /** Every surface answers 503 and says when to come again. */
  const expectAway = async (): Promise<void> => {
    malipo.clock.advance(SECOND_MS);
    const refused = [
      await pay('order-1'),
      await malipo.post(`/api/store/${items.book.slug}/pay`, { phone_number: PHONE }),
      await malipo.post('/v1/payments/disburse', { ...COLLECT, amount: 1_000 }, { key: shop.testKey }),
      await callBack(malipo, reference),
      await malipo.get('/readyz'),
    ];
    for (const answer of refused) expectV1Refusal(answer, 'UNAVAILABLE');
    const dukuzi = await malipo.post('/create-payment', { phone_number: '255712345678', amount: 500, product_id: items.kitabu.id }, { key: shop.testKey });
    expectDukuziRefusal(dukuzi, 503);
    for (const { headers } of [...refused, dukuzi]) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await malipo.get('/healthz')).statusCode).toBe(200);
  };

  return {
    malipo,
    pay,
    /** Whatever must be written is refused, nothing of it is kept, and what stands can be read. */
    async expectRefusals(): Promise<void> {
      const before = await rowCounts(malipo.store);
      await expectAway();
      expect((await transaction(malipo, shop.liveKey, reference)).status).toBe('pending');
      expect(await rowCounts(malipo.store)).toEqual(before);
    },
    expectAway,
    /** It is ready again by itself, and takes what it refused as if it had never been asked. */
    async expectRecovery(): Promise<void> {
      malipo.clock.advance(SECOND_MS);
      expect((await malipo.get('/readyz')).json()).toEqual({ status: 'ready' });
      const retried = await pay('order-1');
      expect([retried.statusCode, retried.headers['idempotent-replayed']], retried.body).toEqual([200, undefined]);
      expect((await callBack(malipo, reference)).statusCode).toBe(200);
    },
  };
}
