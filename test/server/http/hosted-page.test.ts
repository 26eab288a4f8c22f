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

test.each([
  ['sw-TZ,sw;q=0.9,en;q=0.8', 'sw', 'Unachagua kiasi', 'Nunua', 'Hakuna kinachouzwa hapa'],
  ['de, en;q=0.5, fr;q=0.9', 'fr', 'Vous choisissez le montant', 'Acheter', 'Rien n’est en vente ici'],
  ['rw', 'rw', 'Uhitamo amafaranga utanga', 'Gura', 'Hano nta kintu kigurishwa'],
  ['lg-UG', 'lg', 'Ggwe olonda omuwendo', 'Gula', 'Wano tewali kitundibwa'],
  ['fr;q=0, de, constructor, ;q=x,', 'en', 'You choose the amount', 'Buy', 'Nothing is sold here'],
])('the pages are in the language that %j asks for first of those there are', async (accepted, language, anyAmount, buy, nothingHere) => {
  const malipo = await buildMalipo();
  const { app } = await malipo.makeShop({ slug: 'duka' });
  await malipo.items.createLink({ appId: app.id, name: 'A gift', slug: 'gift', currency: 'UGX' });
  const at = (url: string) => malipo.get(url, { headers: { 'accept-language': accepted } });
  const [pay, shop, gone] = [await at('/pay/gift'), await at('/shop/duka'), await at('/pay/gone')];
  for (const { headers, body } of [pay, shop, gone]) {
    expect(headers.vary).toBe('Accept-Language');
    expect(body).toContain(`<html lang="${language}">`);
  }
  expect(pay.body).toContain(anyAmount);
  expect(shop.body).toContain(`>${buy}</a>`);
  expect(gone.body).toContain(nothingHere);
});
