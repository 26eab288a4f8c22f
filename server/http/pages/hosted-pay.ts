/** `/pay/:slug`: an item on a page of the server's own, for shared links and for `<pay-button>` without JavaScript. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import { ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Item, Items } from '../../shop/items.ts';
import { saleMode } from '../checkout/resources.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import { STRIPE } from '../stripe-hosts.ts';
import { html } from './html.ts';

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
    if (item === null) throw new ApiError('NOT_FOUND', 'There is nothing for sale at this address');
    const app = (await apps.byId(item.appId))!;
    return reply
      .header('Content-Security-Policy', pagePolicy({ takesStripe: routing.takesStripe(saleMode(item.currency, routing)) }))
      .header('Referrer-Policy', 'strict-origin-when-cross-origin')
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page(item, app.name));
  });
}

function page(item: Item, shop: string): string {
  const image = item.imageUrl === '' ? '' : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" width="160">`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${item.name} · ${shop}</title>
<link rel="stylesheet" href="../assets/hosted-page.css">
<script type="module" src="../pay-button.js"></script>
</head>
<body class="page">
<main class="card">
<p class="shop">${shop}</p>
` + image + html`
<h1 class="item">${item.name}</h1>
<p class="description">${item.description}</p>
<p class="price">${priceText(item)}</p>
<pay-button item="${item.slug}"><noscript>Turn on JavaScript to pay on this page.</noscript></pay-button>
<p class="footer">Secured by Malipo</p>
</main>
</body>
</html>
`;
}

/** Addresses of the server's own files are relative to the page, so that they are right below any prefix. */
function fromHere(address: string): string {
  return address.startsWith('/') ? `..${address}` : address;
}

function priceText({ amountMinor, currency }: Item): string {
  return amountMinor === null ? 'You choose the amount' : `${currency} ${toMajor(amountMinor).toLocaleString('en')}`;
}
