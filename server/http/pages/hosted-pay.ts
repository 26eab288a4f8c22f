/** `/pay/:slug`: an item on a page of the server's own, for shared links and for `<pay-button>` without JavaScript. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { fromHere, isSoldByStripe, offerHtml, sendPage } from './hosted-page.ts';
import { type Language, languageFor, WORDS } from './hosted-words.ts';
import { html } from './html.ts';

const params = z.object({ slug: z.string() });

export async function hostedPayRoutes(app: FastifyInstance, { items, apps, routing, limits }: { items: Items; apps: Apps; routing: ProviderRouting; limits: Limits }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/pay/:slug', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    const language = languageFor(request.headers['accept-language']);
    const item = await items.bySlug(request.params.slug);
    if (item === null) return sendPage(reply, language, null);
    const shop = (await apps.byId(item.appId))!.name;
    return sendPage(reply, language, { title: `${item.name} · ${shop}`, content: itemHtml(item, shop, language), layout: 'card', takesStripe: isSoldByStripe(item, routing) });
  });
}

function itemHtml(item: Item, shop: string, language: Language): string {
  const { noScript, secured } = WORDS[language];
  const image = item.imageUrl === '' ? '' : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" width="160">\n`;
  return html`<p class="shop">${shop}</p>
` + image + offerHtml(item, 'h1', language) + html`<pay-button item="${item.slug}"><noscript>${noScript}</noscript></pay-button>
<p class="footer">${secured}</p>`;
}
