import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seedDemoShop } from '../../../server/shop/demo-shop.ts';
import { Items } from '../../../server/shop/items.ts';
import { accessTo, merchant } from '../access/merchant.ts';
import { openedStore, temporaryStore } from '../support/temporary-store.ts';

function shopOn(store: Parameters<typeof accessTo>[0]) {
  const access = accessTo(store);
  return { ...access, items: new Items(access) };
}

describe('the demo shop', () => {
  it('opens in an empty database with a test key that works', async () => {
    const shop = shopOn(temporaryStore().store);
    const seeded = (await seedDemoShop(shop))!;
    expect(seeded.app).toMatchObject({ slug: 'duka-la-vitabu', name: 'Duka la Vitabu' });
    expect(await shop.apiKeys.authenticate(seeded.testKey)).toMatchObject({ mode: 'test', app: seeded.app });
    expect(await shop.items.ofApp(seeded.app.id)).toMatchObject([
      { slug: 'swahili-ebook', currency: 'UGX', amountMinor: 2_500_000, productType: 'digital', imageUrl: '/demo/images/swahili-ebook.svg' },
      { slug: 'kitabu-tz', currency: 'TZS', amountMinor: 1_200_000 },
      { slug: 'library-fund', kind: 'link', currency: 'UGX', minAmountMinor: 100_000, maxAmountMinor: 200_000_000, suggestedAmountsMinor: [500_000, 1_000_000, 2_000_000, 5_000_000] },
    ]);
  });

  it('shows only pictures that exist', async () => {
    const shop = shopOn(temporaryStore().store);
    const { app } = (await seedDemoShop(shop))!;
    for (const { imageUrl } of await shop.items.ofApp(app.id)) {
      expect(existsSync(new URL(`../../..${imageUrl}`, import.meta.url)), imageUrl).toBe(true);
    }
  });

  it('opens once, however many servers start at once', async () => {
    const { store, databaseUrl } = temporaryStore();
    const shops = [shopOn(store), shopOn(openedStore(databaseUrl)), shopOn(openedStore(databaseUrl))];
    const seeded = await Promise.all(shops.map(seedDemoShop));
    expect(seeded.filter((answer) => answer !== null)).toHaveLength(1);
    expect(await seedDemoShop(shops[0]!)).toBeNull();
    expect(await shops[0]!.apiKeys.list()).toHaveLength(1);
  });

  it('never opens beside a real shop', async () => {
    const { store } = await merchant();
    const shop = shopOn(store);
    expect(await seedDemoShop(shop)).toBeNull();
    expect(await shop.items.bySlug('swahili-ebook')).toBeNull();
  });
});
