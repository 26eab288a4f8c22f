/** `/shop/:appSlug`: everything an app sells on one page of the server's own, for merchants who have no site. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { App, Apps } from '../../access/apps.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { fromHere, isSoldByStripe, offerHtml, sendPage } from './hosted-page.ts';
import { html } from './html.ts';

const params = z.object({ appSlug: z.string() });

export async function hostedShopRoutes(app: FastifyInstance, { items, apps, routing, limits }: { items: Items; apps: Apps; routing: ProviderRouting; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/shop/:appSlug', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    const shop = await apps.bySlug(request.params.appSlug);
    if (shop === null) return sendPage(reply, null);
    const sold = await items.ofApp(shop.id);
    return sendPage(reply, { title: shop.name, content: shopHtml(shop, sold), layout: 'whole-shop', takesStripe: sold.some((item) => isSoldByStripe(item, routing)) });
  });
}

function shopHtml({ name, logoUrl }: App, sold: readonly Item[]): string {
  const logo = logoUrl === '' ? '' : html`<img class="logo" src="${fromHere(logoUrl)}" alt="" width="56" height="56">\n`;
  const shelf = sold.length === 0 ? html`<p class="description">Nothing is for sale yet.</p>\n` : `<ul class="shelf">\n${sold.map(itemHtml).join('')}</ul>\n`;
  return html`<header>
` + logo + html`<h1>${name}</h1>
</header>
<noscript><p class="card">Turn on JavaScript to pay on this page.</p></noscript>
` + shelf + html`<p class="footer">Secured by Malipo</p>`;
}

/** Without a picture of its own an item shows the first letter of its name: a shelf has no gaps. */
function itemHtml(item: Item): string {
  const image = item.imageUrl === '' ? html`<span class="image" aria-hidden="true">${Array.from(item.name)[0] ?? ''}</span>` : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" loading="lazy">`;
  return `<li class="card">\n${image}\n` + offerHtml(item, 'h2') + html`<pay-button item="${item.slug}"><a href="../pay/${encodeURIComponent(item.slug)}">Buy</a></pay-button>
</li>
`;
}
