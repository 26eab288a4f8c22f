import { verifyBooks } from '../../../server/payments/verify.ts';
import { RefundDesk, type RefundWish } from '../../../server/refunds/requesting.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { rows, walletBalance } from '../support/database.ts';
import { collect, verify } from '../support/payments.ts';
import { ScriptedProvider } from '../support/scripted-provider.ts';

export const AGREED_MINOR = 5_000_000;

/** A live payment of UGX 50,000, of which 46,000 are the app's. */
export async function paidShop(slug = 'iotec') {
  const provider = new ScriptedProvider(slug);
  const malipo = await buildMalipo({ live: [provider] });
  const shop = await malipo.makeShop({ slug: 'duka' });
  const reference = await collect(malipo, shop.liveKey, { provider: slug });
  provider.saysCompleted(malipo.clock.now(), { amountMinor: AGREED_MINOR });
  await verify(malipo, shop.liveKey, reference);
  provider.answersStatus(() => ({ kind: 'pending', providerRef: 'out' }));
  const desk = new RefundDesk({ store: malipo.store, clock: malipo.clock, jobs: malipo.queue });
  return {
    malipo,
    provider,
    ...shop,
    reference,
    refund: (wish: Partial<RefundWish> = {}) => desk.request({ reference, reason: 'Out of stock', ...wish }),
    wallet: () => walletBalance(malipo.store, { appId: shop.app.id, provider: slug, mode: 'live' }),
    stands: async () => rows(malipo.store, 'SELECT status, submission FROM refunds ORDER BY id'),
    paysOut: (amountMinor = AGREED_MINOR) => provider.saysCompleted(malipo.clock.now(), { amountMinor }),
    problems: () => verifyBooks(malipo.store.read),
  };
}
