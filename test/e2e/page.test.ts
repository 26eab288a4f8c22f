import { expect, test } from 'vitest';
import { type Buyer, EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What the merchant's page is promised.
const shop = openShop({ approvalMs: NEVER_MS });

const WIDE = { width: 1280, height: 800 };
const SMALL = { width: 360, height: 740 };

/** The page's cumulative layout shift so far. */
function layoutShift(buyer: Buyer): Promise<number> {
  return buyer.page.evaluate(async () => {
    const shifts: PerformanceEntry[] = [];
    const observer = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    // Two frames: the one that moves something, and the one that tells.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
    shifts.push(...observer.takeRecords());
    return shifts.reduce((sum, shift) => sum + (shift as PerformanceEntry & { value: number }).value, 0);
  });
}

test.for([WIDE, SMALL])('nothing on the page moves when the script arrives late, at $width pixels', async (viewport) => {
  const buyer = await shop.stranger({ viewport });
  const late = Promise.withResolvers<void>();
  await buyer.page.route('**/pay-button.js', async (route) => {
    await late.promise;
    await route.continue();
  });
  const visit = buyer.visitShop();
  // Only what is on the screen can be seen to move.
  await buyer.page.getByRole('link', { name: 'Buy for UGX 25,000' }).evaluate(async (link) => {
    link.scrollIntoView({ block: 'center', behavior: 'instant' });
    await new Promise(requestAnimationFrame);
  });
  late.resolve();
  await visit;
  expect(await layoutShift(buyer)).toBe(0);
  await buyer.openPayButton();
  await buyer.closeDialog();
  expect(await layoutShift(buyer)).toBe(0);
});

test.for(['before', 'after'])('a form in the flow of the page moves nothing, with its item known %s its panel is here', async (when) => {
  const site = await serveSite({
    '/inline.html': `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Inline</title>
      <script type="module" src="${shop.server.url}/pay-button.js"></script>
      <pay-button item="${EBOOK}" mode="inline" style="display: block; min-height: 38rem"></pay-button><p>What follows.</p></html>`,
  });
  const buyer = await shop.stranger({ homes: [site] });
  const late = Promise.withResolvers<void>();
  await buyer.page.route(when === 'before' ? '**/panel.js' : `**/api/store/${EBOOK}`, async (route) => {
    await late.promise;
    await route.continue();
  });
  await buyer.page.goto(`${site}/inline.html`);
  await buyer.page.locator('pay-button i').waitFor();
  if (when === 'after') await buyer.seesTitle('One moment…');
  expect(await layoutShift(buyer)).toBe(0);
  late.resolve();
  await buyer.phoneField.waitFor();
  expect(await layoutShift(buyer)).toBe(0);
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  await shop.backOffice.approveElsewhere(await buyer.seesWaiting());
  await buyer.seesSuccess();
  expect(await buyer.page.getByText('What follows.').evaluate((after) => after.getBoundingClientRect().bottom)).toBeGreaterThan(512);
});

test.for(['the merchant’s page', 'the shop’s page on the server'])('without JavaScript the button is a link to the hosted page: %s', async (where) => {
  const buyer = await shop.stranger({ javaScriptEnabled: false });
  const { url, shopUrl } = shop.server;
  await buyer.page.goto(where.includes('server') ? `${url}/shop/duka-la-vitabu` : `${shopUrl}/`);
  await buyer.page.getByRole('link', { name: /^Buy( for UGX 25,000)?$/ }).first().click();
  await buyer.page.waitForURL(`${shop.server.url}/pay/swahili-ebook`);
  await buyer.page.getByRole('heading', { name: /Jifunze Kiswahili/ }).waitFor();
});

test('the script pasted twice is one button', async () => {
  const buyer = await shop.buyer();
  await buyer.page.evaluate(async (url) => {
    const second = document.createElement('script');
    second.type = 'module';
    second.src = `${url}/pay-button.js?again`;
    const loaded = new Promise((resolve, reject) => {
      second.addEventListener('load', resolve);
      second.addEventListener('error', reject);
    });
    document.head.append(second);
    await loaded;
  }, shop.server.url);
  await buyer.startPaying('0772 123 456');
  expect(await buyer.events('pay-open')).toHaveLength(1);
  expect(buyer.starts).toHaveLength(1);
});

test('the page that pays holds no secret, and neither do the answers it gets', async () => {
  const buyer = await shop.stranger();
  const bodies: Promise<string>[] = [];
  buyer.page.on('response', (response) => {
    const isText = /text|json|javascript/.test(response.headers()['content-type'] ?? '') && !response.url().includes('/status/');
    if (isText) bodies.push(response.text().catch(() => ''));
  });
  await buyer.visitShop();
  await buyer.startPaying('0772 123 457');
  const seen = (await Promise.all(bodies)).join('\n');
  expect(seen).toContain('swahili-ebook');
  expect(seen).not.toMatch(/dgw_(test|live)_\w|whsec_/);
});
