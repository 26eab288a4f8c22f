import type { FrameLocator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { EBOOK } from './support/buyer.ts';
import { openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// Where sites put a pay button that is not simply in their page.
const shop = openShop({ approvalMs: 300 });

function button(): string {
  return `<script type="module" src="${shop.server.url}/pay-button.js"></script>
<pay-button item="${EBOOK}"><a href="${shop.server.url}/pay/${EBOOK}">Buy the book</a></pay-button>`;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><title>${title}</title>${body}</html>`;
}

/** Pays in whatever document the button is in, however deep; answers what the button says at the end. */
async function pays(place: Page | FrameLocator): Promise<string> {
  await place.locator('[part=button]').click();
  await place.getByLabel('Mobile money number').fill('0772 123 456');
  await place.locator('[part=submit]').click();
  await place.getByRole('heading', { name: 'Payment received' }).waitFor();
  await place.locator('[part=done]').click();
  return (await place.locator('[part=button]').innerText()).trim();
}

test('in a sandboxed frame of a stranger, where storage is blocked and the origin is none', async () => {
  const site = await serveSite({
    '/outside.html': page('A magazine', '<iframe src="framed.html" sandbox="allow-scripts allow-forms" title="Shop" width="600" height="700"></iframe>'),
    '/framed.html': page('A shop in it', button()),
  });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/outside.html`);
  expect(await pays(buyer.page.frameLocator('iframe'))).toBe('Paid');
});

test('in the shadow of another component, and of one around that', async () => {
  const site = await serveSite({
    '/nested.html': page('Components', `<shop-page></shop-page><script type="module" src="components.js"></script>`),
    '/components.js': `
      class Shadowed extends HTMLElement { constructor() { super(); this.attachShadow({ mode: 'open' }).innerHTML = this.inside; } }
      customElements.define('shop-card', class extends Shadowed { get inside() { return '<pay-button item="${EBOOK}" base-url="${shop.server.url}"></pay-button>'; } });
      customElements.define('shop-page', class extends Shadowed { get inside() { return '<main><shop-card></shop-card></main>'; } });
      addEventListener('pay-success', ({ detail }) => { document.title = detail.status; });
      await import('${shop.server.url}/pay-button.js');`,
  });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/nested.html`);
  expect(await pays(buyer.page)).toBe('Paid');
  expect(await buyer.page.title(), 'heard outside of both').toBe('completed');
});

test('no cookie is set and none is sent, on the site or on the server', async () => {
  const site = await serveSite({ '/plain.html': page('A site', button()) });
  const buyer = await shop.stranger({ homes: [site] });
  const cookies: Promise<string | undefined>[] = [];
  buyer.page.on('request', (request) => {
    if (request.url().includes('/api/store/')) cookies.push(request.allHeaders().then(({ cookie }) => cookie));
  });
  await buyer.context.addCookies([{ name: 'of-the-server', value: '1', url: shop.server.url }]);
  await buyer.page.goto(`${site}/plain.html`);
  expect(await pays(buyer.page)).toBe('Paid');
  expect((await buyer.context.cookies()).map(({ name }) => name)).toEqual(['of-the-server']);
  expect(new Set(await Promise.all(cookies)), 'sent').toEqual(new Set([undefined]));
});
