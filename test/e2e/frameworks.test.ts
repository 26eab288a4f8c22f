import { expect, test } from 'vitest';
import { bundle } from './support/bundle.ts';
import { EBOOK } from './support/buyer.ts';
import { svelte, vue } from './support/compilers.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a merchant is promised whose page is made by Vue or Svelte.
const shop = openShop({ approvalMs: NEVER_MS });

test.for([
  ['Vue', 'frameworks/vue.js', vue],
  ['Svelte', 'frameworks/svelte.js', svelte],
] as const)('%s: attributes, objects and flags reach the element, a render disturbs nothing, its link gives way, and the newest handler hears of the success once', async ([, entry, compiler]) => {
  const site = await serveSite({
    '/page.html': `<!doctype html><html lang="en"><title>Shop</title><div id="root"></div><script>globalThis.MALIPO = '${shop.server.url}'</script><script type="module" src="app.js"></script></html>`,
    '/app.js': await bundle(entry, { plugins: [compiler] }),
  });
  const buyer = await shop.stranger({ homes: [site] });
  // They set properties, and so no attributes.
  buyer.item = '';
  await buyer.page.goto(`${site}/page.html`);
  await buyer.seesOnButton('Lipa hapa');
  const ofElement = () =>
    buyer.page.locator('pay-button').evaluate((element) => {
      const { item, customerName, required, disabled, messages } = element as HTMLElement & Record<string, unknown>;
      return { item, customerName, required, disabled, messages };
    });
  expect(await ofElement()).toEqual({ item: EBOOK, customerName: 'Asha 1', required: true, disabled: false, messages: { payNow: 'Lipa hapa' } });
  expect(await buyer.page.locator('pay-button > a').isVisible()).toBe(false);

  const reference = await buyer.startPaying('0772 123 456');
  await buyer.page.evaluate(() => document.dispatchEvent(new Event('render')));
  await expect.poll(ofElement).toMatchObject({ customerName: 'Asha 2' });
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  await expect.poll(() => buyer.page.locator('ol li').allInnerTexts()).toEqual([`2: ${reference}`]);
});
