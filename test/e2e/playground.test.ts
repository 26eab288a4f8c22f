import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { audit, prepareAudits } from './support/audit.ts';
import { NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';

// What a developer is promised who wants to see what buyers see, in every state, without making it happen.
const shop = openShop({ approvalMs: NEVER_MS });

const STATES = ['idle', 'loading', 'details', 'starting', 'waiting', 'card', 'checking', 'succeeded', 'failed', 'expired', 'unknown', 'offline', 'unavailable'];

/** What the widget tells the developer of a site where these two happen. */
const TOLD = /^console: <pay-button item="(offline|unavailable)">/;

const card = (page: Page, state: string): Locator => page.locator(`[data-state=${state}]`);

async function visitPlayground(options?: VisitOptions): Promise<Page> {
  const { context, page } = await shop.stranger({ forgive: TOLD, ...options });
  await prepareAudits(context);
  await page.goto(`${shop.server.shopUrl}/playground.html`);
  for (const state of STATES) await card(page, state).locator('output', { hasText: state }).waitFor();
  return page;
}

const statesOf = (page: Page): Promise<string[]> => page.locator('pay-button').evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement & { state: string }).state));

test('every state stands there, under the strict policy, with nothing asked of any server', async () => {
  const page = await visitPlayground();
  expect(await statesOf(page)).toEqual(STATES);
  await card(page, 'waiting').getByRole('heading', { name: 'Check your phone' }).waitFor();
  await card(page, 'succeeded').getByRole('heading', { name: 'Payment received' }).waitFor();
});

test('a visit later finds them all again, whatever the first one left behind', async () => {
  const page = await visitPlayground();
  await page.reload();
  for (const state of STATES) await card(page, state).locator('output', { hasText: state }).waitFor();
  expect(await statesOf(page)).toEqual(STATES);
});

test('one goes on by pressing, and begins again with the keyboard', async () => {
  const page = await visitPlayground();
  await card(page, 'failed').getByRole('button', { name: 'Try again' }).click();
  await card(page, 'failed').getByLabel('Mobile money number').waitFor();
  await card(page, 'failed').getByRole('button', { name: 'Again: failed' }).focus();
  await page.keyboard.press('Enter');
  await card(page, 'failed').locator('output', { hasText: 'failed' }).waitFor();
});

test('a card is declined, asks and pays there as it does in the sandbox', async () => {
  const page = await visitPlayground();
  const stage = card(page, 'card');
  for (const [number, words] of [['0002', 'The bank declined the card.'], ['3184', 'Do you approve this payment']] as const) {
    await stage.locator('label', { hasText: number }).click();
    await stage.locator('[part=submit]').click();
    await stage.locator('.step').getByText(words).waitFor();
  }
  await stage.getByRole('button', { name: 'Yes, approve' }).click();
  await stage.getByRole('heading', { name: 'Payment received' }).waitFor();
});

test('language and colours change on all of them', async () => {
  const page = await visitPlayground();
  await page.getByLabel('Language').selectOption('fr');
  await card(page, 'details').getByLabel(/Numéro/).waitFor();
  const background = (): Promise<string> => card(page, 'details').locator('.stage').evaluate((stage) => getComputedStyle(stage).backgroundColor);
  const light = await background();
  await page.getByLabel('Colours').selectOption('dark');
  await expect.poll(background).not.toBe(light);
});

test('languages that no speaker has signed off are marked as community-checked', async () => {
  const page = await visitPlayground();
  expect(await page.locator('#language optgroup[label="Community-checked"] option').allTextContents()).toEqual(['Luganda', 'Ikinyarwanda']);
});

test('the shop and the home page lead to it', async () => {
  const { page } = await shop.buyer({ forgive: TOLD });
  await page.getByRole('link', { name: 'See every state' }).click();
  await page.getByRole('heading', { name: 'Every state of the pay button' }).waitFor();
  await page.goto(`${shop.server.url}/`);
  await page.getByRole('link', { name: 'Playground' }).click();
  await page.getByRole('heading', { name: 'Every state of the pay button' }).waitFor();
});

test.for([
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
] as const)('axe finds nothing wrong and nothing is wider than $viewport.width px in $colorScheme colours', async (options) => {
  const page = await visitPlayground(options);
  // No shop shows the panel of one item twice: here several regions are named after it, as they must be.
  expect((await audit(page)).filter((line) => !line.includes(' landmark-unique '))).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(options.viewport.width);
});
