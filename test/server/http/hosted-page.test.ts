import { expect, test } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';

test('an item’s page sells it, and an old link is answered with a page that a person can read', async () => {
  const malipo = await buildMalipo();
  const { app } = await malipo.makeShop({ slug: 'duka' });
  await malipo.items.createProduct({ appId: app.id, name: 'Guide & map', slug: 'guide', currency: 'UGX', amount: 5_000 });
  const answers = [await malipo.get('/pay/guide'), await malipo.get('/pay/<b>gone')];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 404]);
  for (const { headers } of answers) {
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  }
  const [sold, gone] = answers.map(({ body }) => body) as [string, string];
  expect(sold).toContain('<h1 class="item">Guide &amp; map</h1>');
  expect(sold).toContain('<pay-button item="guide">');
  expect(gone).toContain('Nothing is sold here');
  expect(gone).not.toMatch(/<b>|<pay-button/);
});

test('a shop’s page sells everything it has and nothing of another’s, and one that is unknown is a page too', async () => {
  const malipo = await buildMalipo();
  const { app } = await malipo.makeShop({ slug: 'duka' });
  const other = await malipo.makeShop({ slug: 'nyingine' });
  await malipo.items.createProduct({ appId: app.id, name: 'Guide & map', slug: 'guide', currency: 'UGX', amount: 5_000, imageUrl: '/demo/map.svg' });
  await malipo.items.createLink({ appId: app.id, name: 'A <gift>', slug: 'gift', currency: 'KES' });
  await malipo.items.createProduct({ appId: other.app.id, name: 'Elsewhere', slug: 'elsewhere', currency: 'UGX', amount: 5_000 });
  const [shop, gone] = [await malipo.get('/shop/duka'), await malipo.get('/shop/<b>gone')];
  expect([shop.statusCode, gone.statusCode]).toEqual([200, 404]);
  for (const { headers } of [shop, gone]) {
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  }
  expect(shop.body.match(/<pay-button item="[\w-]+"/g)).toEqual(['<pay-button item="guide"', '<pay-button item="gift"']);
  for (const words of ['Guide &amp; map', 'A &lt;gift&gt;', 'UGX 5,000', 'You choose the amount', 'src="../demo/map.svg"', 'href="../pay/gift"']) expect(shop.body).toContain(words);
  expect(gone.body).toContain('Nothing is sold here');
  expect(gone.body).not.toMatch(/<b>|<pay-button/);
});

test('a shop that sells nothing yet says so', async () => {
  const malipo = await buildMalipo();
  await malipo.makeShop({ slug: 'duka' });
  expect((await malipo.get('/shop/duka')).body).toContain('Nothing is for sale yet');
});
