/** `/pay/:slug`: an item on a page of the server's own, for shared links and for `<pay-button>` without JavaScript. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import { toMajor } from '../../core/money.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { saleMode } from '../checkout/resources.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import { STRIPE } from '../stripe-hosts.ts';
import { html } from './html.ts';
import { quietPage } from './quiet-page.ts';

/** As strict as can be; Stripe is let in where the item's cards are taken by Stripe. */
function pagePolicy({ takesStripe }: { takesStripe: boolean }): string {
  const [script, api, frames] = takesStripe ? [` ${STRIPE.script}`, ` ${STRIPE.api}`, `${STRIPE.script} ${STRIPE.hooks}`] : ['', '', "'none'"];
  return [
    "default-src 'none'",
    `script-src 'self'${script}`,
    "style-src 'self'",
    'img-src * data:',
    `connect-src 'self'${api}`,
    `frame-src ${frames}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const params = z.object({ slug: z.string() });

export async function hostedPayRoutes(app: FastifyInstance, { items, apps, routing }: { items: Items; apps: Apps; routing: ProviderRouting }): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/pay/:slug', { schema: { hide: true, params } }, async (request, reply) => {
    const item = await items.bySlug(request.params.slug);
    const app = item === null ? null : await apps.byId(item.appId);
    reply
      .header('Content-Security-Policy', pagePolicy({ takesStripe: item !== null && routing.takesStripe(saleMode(item.currency, routing)) }))
      .header('Referrer-Policy', 'strict-origin-when-cross-origin')
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8');
    // Who follows an old link is a person.
    return item === null ? reply.code(404).send(NOTHING_HERE) : reply.send(itemPage(item, app!.name));
  });
}

function itemPage(item: Item, shop: string): string {
  const image = item.imageUrl === '' ? '' : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" width="160">`;
  const words = html`
<h1 class="item">${item.name}</h1>
<p class="description">${item.description}</p>
<p class="price">${priceText(item)}</p>
<pay-button item="${item.slug}"><noscript>Turn on JavaScript to pay on this page.</noscript></pay-button>
<p class="footer">Secured by Malipo</p>`;
  return quietPage(`${item.name} · ${shop}`, { head: BUTTON, content: html`<p class="shop">${shop}</p>\n` + image + words });
}

const BUTTON = '<script type="module" src="../pay-button.js"></script>';

const NOTHING_HERE = quietPage('Nothing is sold here', {
  content: html`<h1 class="item">Nothing is sold here</h1>
<p class="description">The link may be old, or was not copied whole. Ask whoever gave it to you for a new one.</p>`,
});

/** Addresses of the server's own files are relative to the page, so that they are right below any prefix. */
function fromHere(address: string): string {
  return address.startsWith('/') ? `..${address}` : address;
}

function priceText({ amountMinor, currency }: Item): string {
  return amountMinor === null ? 'You choose the amount' : `${currency} ${toMajor(amountMinor).toLocaleString('en')}`;
}
