/** A shop whose payments go through a live provider that does what a test tells it, with the operator's desk beside it. */
import { expect } from 'vitest';
import { verifyBooks } from '../../../server/payments/verify.ts';
import { openReviews } from '../../../server/reviews/reviews.ts';
import { buildMalipo } from './build-malipo.ts';
import { walletBalance } from './database.ts';
import { collect, verify } from './payments.ts';
import { reviewDesk } from './review-desk.ts';
import { ScriptedProvider } from './scripted-provider.ts';

/** What `paid` is of: UGX 50,000, of which 46,000 are the app's. */
export const AGREED_MINOR = 5_000_000;

export async function openLiveShop() {
  const provider = new ScriptedProvider();
  const malipo = await buildMalipo({ live: [provider] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  return {
    malipo,
    provider,
    ...shop,
    desk: reviewDesk(malipo),
    wallet: () => walletBalance(malipo.store, { appId: shop.app.id, mode: 'live' }),
    open: async () => (await openReviews(malipo.store.read)).map(({ id, subject, kind }) => ({ id, subject, kind })),
    problems: () => verifyBooks(malipo.store.read),
    async paid(): Promise<string> {
      const reference = await collect(malipo, shop.liveKey);
      provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
      await verify(malipo, shop.liveKey, reference);
      return reference;
    },
    async payout(amount: number): Promise<string> {
      provider.answersStatus(() => ({ kind: 'pending' }));
      const answer = await malipo.post('/v1/payments/disburse', { amount, currency: 'UGX', phone_number: '256772999888' }, { key: shop.liveKey });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json().data.reference as string;
    },
  };
}
