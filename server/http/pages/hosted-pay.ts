/** `/pay/:slug`: an item on a page of the server's own, for shared links and for `<pay-button>` without JavaScript. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { fromHere, isSoldByStripe, offerHtml, sendPage } from './hosted-page.ts';
import { html } from './html.ts';

const params = z.object({ slug: z.string() });

export async function hostedPayRoutes(app: FastifyInstance, { items, apps, routing, limits }: { items: Items; apps: Apps; routing: ProviderRouting; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/pay/:slug', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    const item = await items.bySlug(request.params.slug);
    if (item === null) return sendPage(reply, null);
    const shop = (await apps.byId(item.appId))!.name;
    return sendPage(reply, { title: `${item.name} · ${shop}`, content: itemHtml(item, shop), layout: 'card', takesStripe: isSoldByStripe(item, routing) });
  });
}

function itemHtml(item: Item, shop: string): string {
  const image = item.imageUrl === '' ? '' : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" width="160">\n`;
  return html`<p class="shop">${shop}</p>
` + image + offerHtml(item, 'h1') + html`<pay-button item="${item.slug}"><noscript>Turn on JavaScript to pay on this page.</noscript></pay-button>
<p class="footer">Secured by Malipo</p>`;
}
