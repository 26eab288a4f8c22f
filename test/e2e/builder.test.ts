import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { audit, prepareAudits } from './support/audit.ts';
import { NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a developer is promised who builds a tag instead of reading about it.
const shop = openShop({ approvalMs: NEVER_MS });

async function visitBuilder(options?: VisitOptions): Promise<Page> {
  const { context, page } = await shop.stranger(options);
  await prepareAudits(context);
  await page.goto(`${shop.server.shopUrl}/builder.html`);
  await page.locator('.preview [part=button]').waitFor();
  return page;
}

const tagOf = (page: Page): Promise<string> => page.locator('#tag').innerText();

test('the demo shop and the home page lead to it', async () => {
  const { page } = await shop.buyer();
  await page.getByRole('link', { name: 'Build your own' }).click();
  await page.getByRole('heading', { name: 'Build a pay button' }).waitFor();
  await page.goto(`${shop.server.url}/`);
  await page.getByRole('link', { name: 'Snippet builder' }).click();
  await page.getByRole('heading', { name: 'Build a pay button' }).waitFor();
});

test('every choice is in the tag and on the button beside it', async () => {
  const page = await visitBuilder();
  expect(await tagOf(page)).toContain(`<script type="module" src="${shop.server.url}/pay-button.js"></script>`);

  await page.getByLabel('Item', { exact: true }).selectOption('kitabu-tz');
  await page.getByLabel('Words on the button').fill('Nunua "sasa"');
  await page.getByLabel('Language', { exact: true }).selectOption('sw');
  await page.getByLabel('Methods', { exact: true }).selectOption('mobile_money');
  expect(await tagOf(page)).toContain(`<pay-button
  item="kitabu-tz"
  locale="sw"
  methods="mobile_money"
  label="Nunua &quot;sasa&quot;">`);
  await page.getByRole('button', { name: 'Nunua "sasa"' }).waitFor();

  await page.getByLabel('A panel in the flow of the page').check();
  expect(await tagOf(page)).toContain('mode="inline"');
  await page.locator('.preview').getByLabel('Namba ya simu').waitFor();

  await page.getByLabel('My own colours').check();
  await page.getByLabel('Accent', { exact: true }).fill('#112233');
  expect(await page.locator('#rules').innerText()).toContain('--pay-accent: #112233;');
  await expect.poll(() => page.locator('.preview [part=submit]').evaluate((submit) => getComputedStyle(submit).backgroundColor)).toBe('rgb(17, 34, 51)');

  await page.getByRole('button', { name: 'Start again' }).click();
  await expect.poll(() => tagOf(page)).toContain('<pay-button item="swahili-ebook">');
  expect(await page.locator('.rules').isVisible()).toBe(false);
});

test('how many are bought, or how much is given, as the item has it', async () => {
  const page = await visitBuilder();
  const total = page.locator('.preview .price');
  await page.getByLabel('A panel in the flow of the page').check();
  await page.getByLabel('How many').fill('3');
  expect(await tagOf(page)).toContain('<pay-button item="swahili-ebook" quantity="3" mode="inline">');
  await total.getByText('75,000').waitFor();
  await page.getByLabel('How many').fill('1000');
  expect(await tagOf(page)).toContain('<pay-button item="swahili-ebook" mode="inline">');

  await page.getByLabel('How many').fill('3');
  await page.getByLabel('Item', { exact: true }).selectOption('library-fund');
  expect(await page.getByLabel('How many').isVisible()).toBe(false);
  await page.getByText('The buyer may give from UGX 1,000 up to UGX 2,000,000.').waitFor();
  await page.getByLabel('Amount to begin with').fill('7500');
  expect(await tagOf(page)).toContain('<pay-button item="library-fund" amount="7500" mode="inline">');
  await expect.poll(() => page.locator('.preview').getByRole('textbox', { name: 'Amount' }).inputValue()).toBe('7500');
});

test('where the buyer goes on is in the tag, and the button beside it stays', async () => {
  const page = await visitBuilder();
  await page.getByLabel('Page to go on to').fill(' https://duka.example/asante?a=1&b=2 ');
  expect(await tagOf(page)).toContain(`<pay-button
  item="swahili-ebook"
  success-url="https://duka.example/asante?a=1&amp;b=2">`);
  expect(await page.locator('.preview pay-button').getAttribute('success-url')).toBe(null);
});

test('languages that no speaker has signed off are marked as community-checked', async () => {
  const page = await visitBuilder();
  expect(await page.locator('#locale optgroup[label="Community-checked"] option').allTextContents()).toEqual(['Luganda', 'Ikinyarwanda']);
});

test('the pinned tag, pasted as it is into another site, sells', async () => {
  const page = await visitBuilder();
  await page.getByLabel('Pin the script').check();
  const tag = await tagOf(page);
  expect(tag).toContain('integrity="sha384-');

  const site = await serveSite({ '/pasted.html': `<!doctype html><html lang="en"><title>Pasted</title>${tag}</html>` });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/pasted.html`);
  await buyer.startPaying('0772 123 456');
});

test('an element can be built with the keyboard alone', async () => {
  const page = await visitBuilder();
  await page.getByLabel('A dialog over the page').focus();
  await page.keyboard.press('ArrowDown');
  expect(await tagOf(page)).toContain('mode="inline"');
  await page.getByLabel('Pin the script').focus();
  await page.keyboard.press('Space');
  expect(await tagOf(page)).toContain('integrity="sha384-');
});

test('a server that does not answer is said to be the trouble', async () => {
  const { page } = await shop.stranger({ forgive: /Failed to load resource/ });
  await page.route('**/pay-button.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(`${shop.server.shopUrl}/builder.html`);
  await page.getByRole('alert').getByText('does not answer').waitFor();
});

test.for([
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const)('axe finds nothing wrong and nothing is wider than $viewport.width px in $colorScheme colours', async (options) => {
  const page = await visitBuilder(options);
  await page.getByLabel('My own colours').check();
  await page.getByLabel('Pin the script').check();
  expect(await audit(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(options.viewport.width);
});
