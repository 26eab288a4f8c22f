/** `/pay/:slug`: an item or a checkout session on a page of the server's own, for shared links and for `<pay-button>` without JavaScript. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import { nationalNumber } from '../../core/phone.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Items } from '../../shop/items.ts';
import type { CheckoutSessions, ForSale, Session } from '../../shop/sessions.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { fromHere, isSoldByStripe, offerHtml, sendPage } from './hosted-page.ts';
import { type Language, languageFor, WORDS } from './hosted-words.ts';
import { html } from './html.ts';

const params = z.object({ slug: z.string() });

export interface HostedPayServices {
  items: Items;
  sessions: CheckoutSessions;
  apps: Apps;
  routing: ProviderRouting;
  limits: Limits;
}

export async function hostedPayRoutes(app: FastifyInstance, { items, sessions, apps, routing, limits }: HostedPayServices): Promise<void> {
  app.setErrorHandler(errorHandler(v1Dialect));

  app.get<{ Params: z.infer<typeof params> }>('/pay/:slug', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    const language = languageFor(request.headers['accept-language']);
    const { slug } = request.params;
    const item = (await items.bySlug(slug)) ?? (await sessions.bySlug(slug));
    if (item === null) return sendPage(reply, language, null);
    if (item.kind === 'session') {
      const { status, payment } = await sessions.standing(item);
      // Who comes back to what is paid, or may be, sees that, and never that there is nothing here.
      if (status === 'completed' || (status === 'expired' && payment !== undefined)) return reply.redirect(`../payment/${payment!.reference}`, 303);
      if (status === 'expired') return sendPage(reply, language, null);
    }
    const shop = (await apps.byId(item.appId))!.name;
    return sendPage(reply, language, { title: `${item.name} · ${shop}`, content: itemHtml(item, shop, language), layout: 'card', takesStripe: isSoldByStripe(item, routing) });
  });
}

function itemHtml(item: ForSale, shop: string, language: Language): string {
  const { noScript, secured } = WORDS[language];
  const { terms, wayBack } = item.kind === 'session' ? sessionHtml(item, language) : { terms: '', wayBack: '' };
  const image = item.imageUrl === '' ? '' : html`<img class="image" src="${fromHere(item.imageUrl)}" alt="" width="160">\n`;
  return html`<p class="shop">${shop}</p>
` + image + offerHtml(item, 'h1', language) + html`<pay-button item="${item.slug}"` + terms + html`><noscript>${noScript}</noscript></pay-button>
` + wayBack + html`<p class="footer">${secured}</p>`;
}

/** What the merchant's server has said of a session: where the buyer goes from here, and who it is. */
function sessionHtml({ customer, successUrl, cancelUrl }: Session, language: Language): { terms: string; wayBack: string } {
  // As its owner writes it: the country's code stands in front of the field already.
  const phone = customer.phone === '' ? '' : `0${nationalNumber(customer.phone)}`;
  return {
    terms: html` phone="${phone}" success-url="${successUrl}"`,
    wayBack: cancelUrl === '' ? '' : html`<p><a href="${cancelUrl}">${WORDS[language].back}</a></p>\n`,
  };
}
