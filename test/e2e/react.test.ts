import { fileURLToPath } from 'node:url';
import { build, type Rolldown } from 'vite';
import { expect, test } from 'vitest';
import { type Buyer, EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a merchant is promised whose page is made by React, of the three versions that pages are made with.
const shop = openShop({ approvalMs: NEVER_MS });

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const SUFFIX = { 17: '-17', 18: '-18', 19: '' } as const;
type Version = keyof typeof SUFFIX;

/** The page's script with that version, as its developers run it: StrictMode does everything twice, and React complains aloud. */
async function bundle(entry: string, version: Version): Promise<string> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    root: here('./react'),
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: {
      alias: [
        { find: 'malipo/react', replacement: here('../../widget/frameworks/react.ts') },
        { find: 'malipo/widget/jsx', replacement: here('../../widget/frameworks/jsx.ts') },
        { find: /^react(-dom)?(?=\/|$)/, replacement: `react$1${SUFFIX[version]}` },
      ],
    },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: { write: false, minify: false, rolldownOptions: { input: here(`./react/${entry}`), output: { codeSplitting: false } } },
  })) as Rolldown.RolldownOutput;
  return output[0].code;
}

async function visit(entry: string, version: Version): Promise<Buyer> {
  const site = await serveSite({
    '/page.html': `<!doctype html><html lang="en"><title>React</title><div id="root"></div><script>globalThis.MALIPO = '${shop.server.url}'</script><script type="module" src="app.js"></script></html>`,
    '/app.js': await bundle(entry, version),
  });
  const buyer = await shop.stranger({ homes: [site] });
  // React 19 sets properties, and so no attributes.
  buyer.item = '';
  await buyer.page.goto(`${site}/page.html`);
  await buyer.payButton.waitFor();
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
    const buyer = await visit(entry, version);
    const first = { item: EBOOK, customerName: 'Asha 1', required: true, disabled: false, messages: { payNow: 'Lipa hapa' }, label: 'Pay, render 1', className: 'wide', marginTop: '8px' };
    expect(await ofElement(buyer)).toEqual(first);
    await command(buyer, 'render');
    await buyer.seesOnButton('Pay, render 2');
    await command(buyer, 'render');
    await buyer.seesOnButton('Lipa hapa');
    expect(await ofElement(buyer)).toMatchObject({ ...first, customerName: 'Asha 3', label: expect.not.stringContaining('render') as unknown });
  });

  test(`React ${version}: the ref opens it, renders in the middle of the wait disturb nothing, and the newest handler hears each event once`, async () => {
    const buyer = await visit(entry, version);
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
    const buyer = await visit(entry, version);
    const reference = await buyer.startPaying('0772 123 457');
    await command(buyer, 'toggle');
    await buyer.page.locator('pay-button').waitFor({ state: 'detached' });
    await command(buyer, 'toggle');
    await buyer.seesOnButton(/Waiting/);
    await shop.backOffice.approveElsewhere(reference);
    await buyer.seesOnButton('Paid');
    await expect.poll(() => heard(buyer)).toEqual([`1: pay-pending ${reference}`, `1: pay-pending ${reference}`, `1: pay-success ${reference}`]);
    expect(buyer.starts).toHaveLength(1);
  });
}

test('React 19: the element itself in JSX takes attributes and objects, and its handler hears each event once', async () => {
  const buyer = await visit('element.jsx', 19);
  expect(await buyer.page.title()).toBe('ref: pay-button');
  expect(await ofElement(buyer)).toMatchObject({ item: EBOOK, customerName: 'Asha', required: true, disabled: false, messages: { payNow: 'Lipa hapa' } });
  await buyer.seesOnButton('Lipa hapa');
  const reference = await buyer.startPaying('0772 123 458');
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  await expect.poll(() => heard(buyer)).toEqual([`pay-success ${reference}`]);
});
