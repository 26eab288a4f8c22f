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
