import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundle } from './support/bundle.ts';
import { type Buyer, EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a merchant is promised whose page is made by React, of the three versions that pages are made with.
const shop = openShop({ approvalMs: NEVER_MS });

const SUFFIX = { 17: '-17', 18: '-18', 19: '' } as const;
type Version = keyof typeof SUFFIX;

/** The page's script with that version: StrictMode does everything twice, and React complains aloud. */
async function bundleWith(version: Version, entry: string, shown = 'shop.jsx'): Promise<string> {
  return bundle(`react/${entry}`, {
    alias: [
      { find: '#shown', replacement: fileURLToPath(new URL(`react/${shown}`, import.meta.url)) },
      { find: /^react(-dom)?(?=\/|$)/, replacement: `react$1${SUFFIX[version]}` },
    ],
  });
}

/** A page that this script makes, of this markup where a server has made it already. */
async function visit(script: string, markup = ''): Promise<Buyer> {
  const site = await serveSite({
    '/page.html': `<!doctype html><html lang="en"><title>React</title><div id="root">${markup}</div><script>globalThis.MALIPO = '${shop.server.url}'; globalThis.SERVED = document.querySelector('pay-button')</script><script type="module" src="app.js"></script></html>`,
    '/app.js': script,
  });
  const buyer = await shop.stranger({ homes: [site] });
  // React 19 sets properties, and so no attributes.
  buyer.item = '';
  await buyer.page.goto(`${site}/page.html`);
  await buyer.page.waitForFunction(() => 'IS_DONE' in globalThis || document.querySelector('pay-button')?.shadowRoot?.querySelector('button'));
  return buyer;
}

const command = (buyer: Buyer, name: string) => buyer.page.evaluate((type) => document.dispatchEvent(new Event(type)), name);
const heard = (buyer: Buyer) => buyer.page.locator('ol li').allInnerTexts();

/** What the element itself says, by its properties. */
const ofElement = (buyer: Buyer) =>
  buyer.page.locator('pay-button').evaluate((element) => {
    const { item, customerName, required, disabled, messages, label, className, style } = element as HTMLElement & Record<string, unknown>;
    return { item, customerName, required, disabled, messages, label, className, marginTop: style.marginTop };
  });

for (const version of [17, 18, 19] as const) {
  const entry = version === 17 ? 'root-17.jsx' : 'root.jsx';

  test(`React ${version}: props reach the element, and a label that goes gives its place back`, async () => {
    const buyer = await visit(await bundleWith(version, entry));
    const first = { item: EBOOK, customerName: 'Asha 1', required: true, disabled: false, messages: { payNow: 'Lipa hapa' }, label: 'Pay, render 1', className: 'wide', marginTop: '8px' };
    expect(await ofElement(buyer)).toEqual(first);
    await command(buyer, 'render');
    await buyer.seesOnButton('Pay, render 2');
    await command(buyer, 'render');
    await buyer.seesOnButton('Lipa hapa');
    expect(await ofElement(buyer)).toMatchObject({ ...first, customerName: 'Asha 3', label: expect.not.stringContaining('render') as unknown });
  });

  test(`React ${version}: the ref opens it, renders in the middle of the wait disturb nothing, and the newest handler hears each event once`, async () => {
    const buyer = await visit(await bundleWith(version, entry));
    await command(buyer, 'open');
    await buyer.phoneField.waitFor();
    await buyer.typePhone('0772 123 456');
    await buyer.pay();
    const reference = await buyer.seesWaiting();
    await command(buyer, 'render');
    await command(buyer, 'render');
    expect(await buyer.seesWaiting()).toBe(reference);
    expect(await buyer.page.locator('main').getAttribute('data-state')).toBe('waiting');
    await shop.backOffice.approveElsewhere(reference);
    await buyer.seesSuccess();
    await expect.poll(() => heard(buyer)).toEqual([`1: pay-pending ${reference}`, `3: pay-success ${reference}`]);
    expect(buyer.starts).toHaveLength(1);
  });

  test(`React ${version}: taken out in the middle of the wait and put back, it waits on and pays once`, async () => {
    const buyer = await visit(await bundleWith(version, entry));
    const reference = await buyer.startPaying('0772 123 457');
    await command(buyer, 'toggle');
    await buyer.page.locator('pay-button').waitFor({ state: 'detached' });
    await command(buyer, 'toggle');
    await expect.poll(() => heard(buyer)).toHaveLength(2);
    await buyer.seesOnButton(/Waiting/);
    await shop.backOffice.approveElsewhere(reference);
    await buyer.seesOnButton('Paid');
    await expect.poll(() => heard(buyer)).toEqual([`1: pay-pending ${reference}`, `1: pay-pending ${reference}`, `1: pay-success ${reference}`]);
    expect(buyer.starts).toHaveLength(1);
  });
}

test('React 19: the element itself in JSX takes attributes and objects, and its handler hears each event once', async () => {
  const buyer = await visit(await bundleWith(19, 'root.jsx', 'element.jsx'));
  expect(await buyer.page.title()).toBe('ref: pay-button');
  expect(await ofElement(buyer)).toMatchObject({ item: EBOOK, customerName: 'Asha', required: true, disabled: false, messages: { payNow: 'Lipa hapa' } });
  await buyer.seesOnButton('Lipa hapa');
  const reference = await buyer.startPaying('0772 123 458');
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  await expect.poll(() => heard(buyer)).toEqual([`pay-success ${reference}`]);
});

for (const [version, shown] of [[18, 'shop.jsx'], [19, 'shop.jsx'], [19, 'element.jsx']] as const) {
  test(`React ${version}, ${shown}: what a server rendered, the link in it, is taken over as it is, and pays`, async () => {
    const rendering = await visit(await bundleWith(version, 'server.jsx', shown));
    const markup = await rendering.page.evaluate(() => (globalThis as { MARKUP?: string }).MARKUP!);
    expect(markup).toMatch(/^<main[^>]*><pay-button [^>]*item="swahili-ebook"[^>]*><a href="[^"]*\/pay\/swahili-ebook">Buy the book<\/a><\/pay-button>/);

    const buyer = await visit(await bundleWith(version, 'hydrate.jsx', shown), markup);
    expect(await buyer.page.evaluate(() => document.querySelector('pay-button') === (globalThis as { SERVED?: Element }).SERVED)).toBe(true);
    await expect.poll(() => ofElement(buyer)).toMatchObject({ item: EBOOK, required: true, disabled: false, customerName: expect.stringContaining('Asha') as unknown });
    expect(await buyer.page.locator('pay-button > a').isVisible()).toBe(false);
    const reference = await buyer.startPaying('0772 123 459');
    await shop.backOffice.approveElsewhere(reference);
    await buyer.seesSuccess();
    // React 19 hears nothing of an element that it took over; the component does so by itself.
    if (shown === 'shop.jsx') await expect.poll(() => heard(buyer)).toContainEqual(expect.stringContaining(`pay-success ${reference}`));
  });
}
