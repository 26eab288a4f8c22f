/** The bookshop that `serve --demo` opens with: enough to try every country's buttons. */
import type { App, Apps } from '../access/apps.ts';
import type { ApiKeys } from '../access/keys.ts';
import type { Store } from '../db/store.ts';
import type { Items } from './items.ts';
import type { NewLink, NewProduct } from './new-item.ts';

const APP = { slug: 'duka-la-vitabu', name: 'Duka la Vitabu' };

const PRODUCTS: readonly Omit<NewProduct, 'appId'>[] = [
  {
    slug: 'swahili-ebook',
    name: 'Jifunze Kiswahili: a Swahili reader',
    description: 'Forty short stories with a word list, for reading on any phone.',
    imageUrl: '/demo/images/swahili-ebook.svg',
    currency: 'UGX',
    amount: 25_000,
  },
  {
    slug: 'kitabu-tz',
    name: 'Kitabu cha hadithi: stories from the coast',
    description: 'Priced in Tanzanian shillings: M-Pesa, Mixx by Yas, Airtel Money and Halopesa.',
    imageUrl: '/demo/images/hare.svg',
    currency: 'TZS',
    amount: 12_000,
  },
];

const LIBRARY_FUND: Omit<NewLink, 'appId'> = {
  slug: 'library-fund',
  name: 'Village library fund',
  description: 'Any amount buys shelves, lamps and books.',
  imageUrl: '/demo/images/library-fund.svg',
  currency: 'UGX',
  minAmount: 1_000,
  maxAmount: 2_000_000,
  suggestedAmounts: [5_000, 10_000, 20_000, 50_000],
};

/** Servers that share a database and start at once take turns. */
const LOCK = 'demo-shop';

/**
 * Opens the demo shop in a database that has no app yet, in one commit; null when there is one. The test key is
 * answered here and never again.
 */
export function seedDemoShop(needs: { store: Store; apps: Apps; apiKeys: ApiKeys; items: Items }): Promise<{ app: App; testKey: string } | null> {
  const { store, apps, apiKeys, items } = needs;
  return store.write(async (tx) => {
    await tx.lock(LOCK);
    if (await apps.anyWithin(tx)) return null;
    const { app } = await apps.createWithin(tx, APP);
    for (const product of PRODUCTS) await items.createProductWithin(tx, { ...product, appId: app.id });
    await items.createLinkWithin(tx, { ...LIBRARY_FUND, appId: app.id });
    const { key } = await apiKeys.createWithin(tx, app.id, 'test');
    return { app, testKey: key };
  });
}
