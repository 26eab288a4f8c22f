/** `/shop/:appSlug`: everything an app sells on one page of the server's own, for merchants who have no site. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { App, Apps } from '../../access/apps.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { fromHere, isSoldByStripe, offerHtml, sendPage } from './hosted-page.ts';
import { type Language, languageFor, WORDS } from './hosted-words.ts';
import { html } from './html.ts';

const params = z.object({ appSlug: z.string() });

export async function hostedShopRoutes(app: FastifyInstance, { items, apps, routing, limits }: { items: Items; apps: Apps; routing: ProviderRouting; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/shop/:appSlug', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    const language = languageFor(request.headers['accept-language']);
    const shop = await apps.bySlug(request.params.appSlug);
    if (shop === null) return sendPage(reply, language, null);
    const sold = await items.ofApp(shop.id);
    return sendPage(reply, language, { title: shop.name, content: shopHtml(shop, sold, language), layout: 'whole-shop', takesStripe: sold.some((item) => isSoldByStripe(item, routing)) });
  });
}

function shopHtml({ name, logoUrl }: App, sold: readonly Item[], language: Language): string {
  const { noScript, nothingYet, secured } = WORDS[language];
  const logo = logoUrl === '' ? '' : html`<img class="logo" src="${fromHere(logoUrl)}" alt="" width="56" height="56">\n`;
  const shelf = sold.length === 0 ? html`<p class="description">${nothingYet}</p>\n` : `<ul class="shelf">\n${sold.map((item) => itemHtml(item, language)).join('')}</ul>\n`;
  return html`<header>
` + logo + html`<h1>${name}</h1>
</header>
<noscript><p class="card">${noScript}</p></noscript>
` + shelf + html`<p class="footer">${secured}</p>`;
}

/** Without a picture of its own an item shows the first letter of its name: a shelf has no gaps. */
function itemHtml(item: Item, language: Language): string {
  const image = item.imageUrl === '' ? html`<span class="image" aria-hidden="true">${Array.from(item.name)[0] ?? ''}</span>` : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" loading="lazy">`;
  return `<li class="card">\n${image}\n` + offerHtml(item, 'h2', language) + html`<pay-button item="${item.slug}"><a href="../pay/${encodeURIComponent(item.slug)}">${WORDS[language].buy}</a></pay-button>
</li>
`;
}
