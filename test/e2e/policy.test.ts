import { expect, test } from 'vitest';
import { policyText } from '../../server/http/docs/widget/policy.ts';
import { EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// The headers that `docs/widget.md` tells a site to set, as they stand there: the button works under each, and every
// visit of these tests fails on a violation.
const shop = openShop({ approvalMs: NEVER_MS });

const TRUSTED = "; require-trusted-types-for 'script'";

test.for([
  { what: 'for mobile money', card: false, before: '', after: '' },
  { what: 'for mobile money and cards', card: true, before: '', after: '' },
  // What is listed is all that is needed: nothing hangs on what a site allows besides.
  { what: 'where nothing else is allowed', card: false, before: "default-src 'none'; ", after: '' },
  { what: 'with trusted types', card: false, before: "default-src 'none'; ", after: TRUSTED },
  { what: 'with trusted types and a list of them', card: false, before: "default-src 'none'; ", after: `${TRUSTED}; trusted-types lit-html` },
])('the policy $what lets a buyer see the picture, change the language and pay', async ({ card, before, after }) => {
  const site = await serveSite(
    {
      '/shop.html': `<!doctype html><html lang="sw"><title>Shop</title><script type="module" src="${shop.server.url}/pay-button.js"></script><pay-button item="${EBOOK}"></pay-button></html>`,
    },
    before + policyText(shop.server.url, { card }) + after,
  );
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/shop.html`);
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 456');
  await expect.poll(() => buyer.panel.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await buyer.pay();
  await buyer.seesTitle('Angalia simu yako');
  await shop.backOffice.approveElsewhere(await buyer.reference());
  await buyer.seesOnButton('Imelipwa');
});

test('a directive that is left out is missed: each of them is needed', async () => {
  const policy = policyText(shop.server.url, { card: false });
  const broken: string[] = [];
  for (const directive of policy.split('; ')) {
    const name = directive.split(' ')[0]!;
    const site = await serveSite(
      { '/shop.html': `<!doctype html><html lang="en"><title>Shop</title><script type="module" src="${shop.server.url}/pay-button.js"></script><pay-button item="${EBOOK}"><a href="${shop.server.url}/pay/${EBOOK}">Buy</a></pay-button></html>` },
      `default-src 'none'; ${policy.replace(directive, `${name} 'self'`)}`,
    );
    const { page, watch } = await shop.stranger({ homes: [site], forgive: /./ });
    await page.goto(`${site}/shop.html`);
    if (name !== 'script-src') await page.locator('pay-button [part=button]').click();
    await expect.poll(() => watch.complaints.some((complaint) => complaint.startsWith(`console: policy: ${name}`))).toBe(true);
    broken.push(name);
  }
  expect(broken).toEqual(['script-src', 'connect-src', 'img-src']);
});
