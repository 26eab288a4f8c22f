import { expect, test } from 'vitest';
import { EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// What a careful site is promised: the very script it has looked at, or none.
const shop = openShop({ approvalMs: NEVER_MS });

interface Pinned {
  path: string;
  integrity: string;
}

async function pinned(): Promise<Pinned> {
  return ((await (await fetch(`${shop.server.url}/pay-button.json`)).json()) as { data: Pinned }).data;
}

function pageWith({ path, integrity }: Pinned): string {
  return `<!doctype html><html lang="en"><title>A careful site</title>
<script type="module" src="${shop.server.url}${path}" integrity="${integrity}" crossorigin="anonymous"></script>
<pay-button item="${EBOOK}"><a href="${shop.server.url}/pay/${EBOOK}">Buy the book</a></pay-button></html>`;
}

/** Somebody comes to a page of another origin than Malipo's, under the strictest policy such a page can have. */
async function visit(script: Pinned, forgive?: RegExp) {
  const policy = `default-src 'none'; script-src ${shop.server.url}; connect-src ${shop.server.url}; img-src ${shop.server.url}; require-trusted-types-for 'script'; trusted-types lit-html`;
  const site = await serveSite({ '/careful.html': pageWith(script) }, policy);
  const buyer = await shop.stranger({ ...(forgive ? { forgive } : {}), homes: [site] });
  await buyer.page.goto(`${site}/careful.html`);
  return buyer;
}

test('a page that pins the script by its hash sells with it', async () => {
  const script = await pinned();
  const buyer = await visit(script);
  const parts: string[] = [];
  buyer.page.on('request', (request) => parts.push(new URL(request.url()).pathname));
  await buyer.startPaying('0772 123 456');
  expect(parts.filter((path) => path.startsWith('/pay-button/'))).toEqual([script.path.replace('.js', '/panel.js')]);
});

test('a script with another hash does not run, and the plain link stays', async () => {
  const { path, integrity } = await pinned();
  const buyer = await visit({ path, integrity: integrity.replace(/-..../, '-AAAA') }, /integrity/);
  await buyer.page.getByRole('link', { name: 'Buy the book' }).waitFor();
  expect(await buyer.page.evaluate(() => customElements.get('pay-button') === undefined)).toBe(true);
});
