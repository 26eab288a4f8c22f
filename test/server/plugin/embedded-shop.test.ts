/** The example of `demo/`, as a developer would run it and a buyer would use it. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServerProcess } from '../../serve-process.ts';
import { temporaryFolder } from '../support/temporary-store.ts';
import { openBrowser, visit } from '../support/visit.ts';

test('a buyer pays on the page of a shop that Malipo is mounted in', async () => {
  const file = join(temporaryFolder(), 'embedded.db');
  const shop = await startServerProcess(['demo/embedded.ts'], { PORT: '0', DATABASE_URL: `file:${file}`, SANDBOX_APPROVAL_MS: '100' });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await shop.stop();
  };
  onTestFinished(stop);

  const { page, complaints } = await visit(await openBrowser(), `${shop.url}/`);
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/payments/')) complaints.push(`outside the prefix: ${pathname}`);
  });
  await page.locator('pay-button [part=button]').click();
  await page.getByLabel(/Mobile money number/).fill('0772 123 456');
  await page.locator('pay-button [part=submit]').click();
  await page.getByRole('heading', { name: 'Payment received' }).waitFor();
  expect(complaints.filter((each) => !each.includes('favicon'))).toEqual([]);

  await stop();
  expect(shop.complaints()).toBe('');
});
