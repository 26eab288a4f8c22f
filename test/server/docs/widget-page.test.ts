/** `/docs/widget`: what the sources say of the button, and lines to paste that name this server. */
import { expect, test } from 'vitest';
import { htmlOf, idOf, markdownOf } from '../../../server/http/docs/widget/blocks.ts';
import { policyText } from '../../../server/http/docs/widget/policy.ts';
import { reference } from '../../../server/http/docs/widget/reference.ts';
import { buildMalipo } from '../support/build-malipo.ts';
import { openBrowser, visit } from '../support/visit.ts';

const HOST = { headers: { host: 'pay.example.org' } };

test('the page names everything in the manifest, this server, and its script with its hash', async () => {
  const malipo = await buildMalipo();
  const { data } = (await malipo.get('/pay-button.json')).json<{ data: { path: string; integrity: string } }>();
  const page = await malipo.get('/docs/widget', HOST);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const block of reference()) {
    if (!('rows' in block)) continue;
    for (const [name] of block.rows) expect(page.body).toContain(htmlOf([{ text: name! }]).slice(3, -4));
  }
  for (const text of [data.path, data.integrity, 'http://pay.example.org/pay-button.js']) expect(page.body).toContain(text);
  const markdown = await malipo.get('/docs/widget.md', HOST);
  expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
  expect(markdown.body).toContain(markdownOf(reference()).trim());
  expect((await malipo.get('/llms.txt')).body).toContain('`::part(button)`');
});

test.each([{ width: 1_280, height: 800 }, { width: 360, height: 740 }])('it is read at $width pixels, asks nobody else, and breaks no policy', async (viewport) => {
  const malipo = await buildMalipo();
  const base = await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  const { page, complaints } = await visit(await openBrowser(), `${base}/docs/widget`, viewport);
  await page.getByRole('link', { name: 'CSS properties' }).click();
  expect(new URL(page.url()).hash).toBe('#css-properties');
  expect(await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')).toEqual([viewport.width, viewport.width]);
  const broken = await page.evaluate(`[...document.querySelectorAll('nav a[href^="#"]')].filter((link) => !document.getElementById(link.hash.slice(1))).map((link) => link.hash)`);
  expect(broken).toEqual([]);
  expect(complaints).toEqual([]);
});

test('texts become code and links, and never markup', () => {
  expect(htmlOf([{ text: 'A `<b>` and <b> [here](/x?a&b)' }])).toBe('<p>A <code>&lt;b&gt;</code> and &lt;b&gt; <a href="/x?a&amp;b">here</a></p>');
  expect(markdownOf([{ head: ['Type'], rows: [["`'a' | 'b'`"]] }])).toContain("| `'a' \\| 'b'` |");
  expect(idOf('Shopify, Wix & others')).toBe('shopify-wix-others');
});

test('Stripe is let in where cards are paid, and nowhere else', () => {
  expect(policyText('https://pay.example.org/payments', { card: false })).toBe(
    "script-src 'self' https://pay.example.org; connect-src 'self' https://pay.example.org; img-src 'self' https://pay.example.org",
  );
  expect(policyText('https://pay.example.org', { card: true })).toContain("frame-src 'self' https://js.stripe.com https://hooks.stripe.com");
});
