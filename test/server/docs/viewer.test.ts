/** `/docs` in a real browser: from this server alone, under a strict policy, on a desk and on a phone. */
import { expect, test } from 'vitest';
import { buildMalipo } from '../support/build-malipo.ts';
import { openBrowser, visit } from '../support/visit.ts';

const SCREENS = { desk: { width: 1_280, height: 800 }, phone: { width: 390, height: 800 } };

test.each(Object.entries(SCREENS))('the documentation is read on a %s, asks nobody else, and breaks no policy', async (_name, viewport) => {
  const malipo = await buildMalipo();
  const base = await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  const { page, complaints } = await visit(await openBrowser(), `${base}/docs`, viewport);
  expect(new URL(page.url()).pathname).toBe('/docs/');
  const collect = page.locator('#operations-Payments-collect');
  await collect.locator('.opblock-summary-control').click();
  await collect.getByText('dgw_abc123xyz').first().waitFor();
  await page.locator('.opblock').nth(15).waitFor();
  const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
  expect(widths).toEqual([viewport.width, viewport.width]);
  expect(complaints).toEqual([]);
});

test('an operation is tried from the page itself', async () => {
  const malipo = await buildMalipo();
  const base = await malipo.app.listen({ port: 0, host: '127.0.0.1' });
  const { page, complaints } = await visit(await openBrowser(), `${base}/docs/`);
  const health = page.locator('#operations-Providers-getProviderHealth');
  await health.locator('.opblock-summary-control').click();
  await health.getByRole('button', { name: 'Try it out' }).click();
  const answered = page.waitForResponse(`${base}/api/provider-health`);
  await health.getByRole('button', { name: 'Execute' }).click();
  expect((await answered).status()).toBe(200);
  expect(complaints).toEqual([]);
});

test('its pages allow nothing inline and nothing foreign, and lie nowhere but below /docs/', async () => {
  const malipo = await buildMalipo();
  for (const path of ['/docs/', '/docs/static/swagger-ui-bundle.js', '/docs/static/swagger-initializer.js', '/docs/json']) {
    const { statusCode, headers } = await malipo.get(path);
    expect(statusCode, path).toBe(200);
    expect(headers['content-security-policy'], path).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'/);
    expect(headers['content-security-policy'], path).not.toMatch(/unsafe|https?:/);
  }
  for (const path of ['/docs/../package.json', '/docs/static/../../package.json', '/docs/static/%2e%2e/index.js', '/docs/v1/wallets']) {
    expect((await malipo.get(path)).statusCode, path).toBeGreaterThanOrEqual(400);
  }
  expect((await malipo.inject({ method: 'POST', url: '/docs/' })).statusCode).toBe(404);
});
