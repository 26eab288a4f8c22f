import { describe, expect, it } from 'vitest';
import type { NewLink, NewProduct } from '../../../server/shop/new-item.ts';
import { openedStore } from '../support/temporary-store.ts';
import { accessTo, merchant } from '../access/merchant.ts';
import { Items } from '../../../server/shop/items.ts';
import { catalogue } from './catalogue.ts';

const BOOK = { name: 'Jifunze Kiswahili', amount: 25_000, currency: 'UGX' };
const FUND = { name: 'Library fund', currency: 'UGX', minAmount: 1_000, maxAmount: 20_000, suggestedAmounts: [5_000, 10_000] };

describe('items', () => {
  it('are found by slug, by id and by app as they were made, in minor units', async () => {
    const { items, appId } = await catalogue();
    const product = await items.createProduct({
      ...BOOK,
      appId,
      type: 'course',
      file: 'files/abc/book.pdf',
      imageUrl: '/demo/images/book.svg',
      description: 'Forty stories',
    });
    const link = await items.createLink({ ...FUND, appId });
    expect(product).toEqual({
      id: product.id,
      slug: 'jifunze-kiswahili',
      appId,
      kind: 'product',
      productType: 'course',
      name: 'Jifunze Kiswahili',
      description: 'Forty stories',
      imageUrl: '/demo/images/book.svg',
      file: 'files/abc/book.pdf',
      currency: 'UGX',
      amountMinor: 2_500_000,
      minAmountMinor: null,
      maxAmountMinor: null,
      suggestedAmountsMinor: [],
    });
    expect(link).toMatchObject({
      kind: 'link',
      amountMinor: null,
      minAmountMinor: 100_000,
      maxAmountMinor: 2_000_000,
      suggestedAmountsMinor: [500_000, 1_000_000],
    });
    expect(await items.bySlug('jifunze-kiswahili')).toEqual(product);
    expect(await items.byId(link.id)).toEqual(link);
    expect(await items.ofApp(appId)).toEqual([product, link]);
    expect(await items.bySlug('nothing')).toBeNull();
    expect(await items.byId(999)).toBeNull();
  });

  it('may be links of a fixed amount, or of any amount at all', async () => {
    const { items, appId } = await catalogue();
    expect(await items.createLink({ appId, name: 'Invoice', currency: 'KES', amount: 10.5 })).toMatchObject({ amountMinor: 1_050 });
    expect(await items.createLink({ appId, name: 'Tip', currency: 'KES' })).toMatchObject({ amountMinor: null, minAmountMinor: null, maxAmountMinor: null });
    expect(await items.createLink({ appId, name: 'One', currency: 'KES', minAmount: 5, maxAmount: 5 })).toMatchObject({ minAmountMinor: 500, maxAmountMinor: 500 });
  });

  it('have slugs that are unique on the server, numbered where they are made of the name', async () => {
    const { items, appId, apps } = await catalogue();
    const other = (await apps.create({ name: 'Other' })).app;
    const slugs = [];
    for (const owner of [appId, other.id, appId]) slugs.push((await items.createProduct({ ...BOOK, appId: owner })).slug);
    expect(slugs).toEqual(['jifunze-kiswahili', 'jifunze-kiswahili-2', 'jifunze-kiswahili-3']);
    await expect(items.createLink({ ...FUND, appId, slug: 'jifunze-kiswahili' })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  it('of one name get slugs however many there are, and when another process makes them too', async () => {
    const { app, store, clock, databaseUrl } = await merchant();
    const here = new Items({ store, clock });
    const there = new Items(accessTo(openedStore(databaseUrl)));
    const made = await Promise.all(Array.from({ length: 30 }, (_, index) => (index % 2 ? here : there).createProduct({ ...BOOK, appId: app.id })));
    expect(new Set(made.map(({ slug }) => slug)).size).toBe(30);
  });

  it.each([
    ['shop', 'shop-2'],
    ['Status', 'status-2'],
    ['Download!', 'download-2'],
    ['书店', 'item'],
    [`${'long '.repeat(50)}name`, 'long-long-long-long-long-long-long-long-long-long-long'],
    ["Mama Njeri's Café", 'mama-njeris-cafe'],
  ])('called %j get the slug %j', async (name, slug) => {
    const { items, appId } = await catalogue();
    expect((await items.createProduct({ ...BOOK, appId, name })).slug).toBe(slug);
  });

  it.each<[string, Partial<NewProduct>]>([
    ['name must', { name: ' ' }],
    ['name must', { name: 'x'.repeat(256) }],
    ['description must', { description: 'x'.repeat(2_001) }],
    ['slug shop is reserved', { slug: 'shop' }],
    ['slug status is reserved', { slug: 'status' }],
    ['slug download is reserved', { slug: 'download' }],
    ['slug must', { slug: 'No Spaces' }],
    ['slug must', { slug: '' }],
    ['slug must', { slug: 'x'.repeat(65) }],
    ['amount must be more than 0', { amount: 0 }],
    ['amount must be more than 0', { amount: -5 }],
    ['amount must be a number', { amount: Number.NaN }],
    ['amount must be a whole number of UGX', { amount: 10.5 }],
    ['amount must be given with at most two decimals', { amount: 10.555, currency: 'KES' }],
    ['amount must be at most UGX 100,000,000,000', { amount: 1e12 }],
    ['type must', { type: 'service' }],
    ['file is for digital', { type: 'physical', file: 'files/a/b.pdf' }],
    ['file must', { file: '../malipo.db' }],
    ['file must', { file: 'malipo.db' }],
    ['file must', { file: 'files/../malipo.db' }],
    ['file must', { file: '/etc/passwd' }],
    ['file must', { file: 'files\\..\\malipo.db' }],
    ['file must', { file: 'files/' }],
    ['image must', { imageUrl: 'javascript:alert(1)' }],
    ['image must', { imageUrl: '//evil.example.org/x.png' }],
    ['image must', { imageUrl: 'data:image/png;base64,AA' }],
  ])('are refused with "%s": %o', async (message, input) => {
    const { items, appId } = await catalogue();
    await expect(items.createProduct({ ...BOOK, appId, ...input })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(message) });
    expect(await items.ofApp(appId)).toEqual([]);
  });

  it('in a currency Malipo does not keep are refused', async () => {
    const { items, appId } = await catalogue();
    await expect(items.createProduct({ ...BOOK, appId, currency: 'XYZ' })).rejects.toMatchObject({ code: 'INVALID_CURRENCY', message: expect.stringContaining('UGX') });
  });

  it.each<[string, Partial<NewLink>]>([
    ['min_amount must not be more than max_amount', { minAmount: 20_001 }],
    ['suggested must be at least UGX 1,000', { suggestedAmounts: [500] }],
    ['suggested must be at most UGX 20,000', { suggestedAmounts: [5_000, 50_000] }],
    ['suggested must be a whole number of UGX', { suggestedAmounts: [5_000.5] }],
    ['suggested has the same amount twice', { suggestedAmounts: [5_000, 5_000] }],
    ['suggested takes at most', { suggestedAmounts: Array.from({ length: 13 }, (_, index) => 1_000 + index) }],
    ['either amount', { amount: 5_000 }],
    ['min_amount must be more than 0', { minAmount: 0 }],
    ['max_amount must be more than 0', { maxAmount: -1 }],
  ])('that are links are refused with "%s": %o', async (message, input) => {
    const { items, appId } = await catalogue();
    await expect(items.createLink({ ...FUND, appId, ...input })).rejects.toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining(message) });
  });
});
