/** What the pages share on which the server itself sells: `/pay/:slug` and `/shop/:appSlug`. */
import type { FastifyReply } from 'fastify';
import { toMajor } from '../../core/money.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { ForSale } from '../../shop/sessions.ts';
import { modeOf } from '../checkout/resources.ts';
import { STRIPE } from '../stripe-hosts.ts';
import { type Language, WORDS } from './hosted-words.ts';
import { html } from './html.ts';
import { quietPage } from './quiet-page.ts';

export interface HostedPage {
  /** Plain text. */
  title: string;
  /** HTML, in the language. */
  content: string;
  layout: 'card' | 'whole-shop';
  /** Whether Stripe takes a card for something on it. */
  takesStripe: boolean;
}

/** Answers with the page, or with 404 and one that a person can read: who follows an old link is a person. In their language. */
export function sendPage(reply: FastifyReply, language: Language, page: HostedPage | null): FastifyReply {
  reply
    .header('Content-Security-Policy', pagePolicy(page?.takesStripe ?? false))
    .header('Referrer-Policy', 'strict-origin-when-cross-origin')
    .header('Cache-Control', 'no-cache')
    .header('Vary', 'Accept-Language')
    .type('text/html; charset=utf-8');
  return page === null ? reply.code(404).send(nothingHere(language)) : reply.send(quietPage(page.title, { head: BUTTON, language, ...page }));
}

/** Whether Stripe takes the cards that pay for this item. */
export function isSoldByStripe(item: ForSale, routing: ProviderRouting): boolean {
  return routing.takesStripe(modeOf(item, routing));
}

/** Name, description and price; `level` is that of the heading. */
export function offerHtml(item: ForSale, level: 'h1' | 'h2', language: Language): string {
  const name = level === 'h1' ? html`<h1 class="item">${item.name}</h1>\n` : html`<h2 class="item">${item.name}</h2>\n`;
  const description = item.description === '' ? '' : html`<p class="description">${item.description}</p>\n`;
  return name + description + html`<p class="price">${priceText(item, language)}</p>\n`;
}

/** Addresses of the server's own files are relative to the page, so that they are right below any prefix. */
export function fromHere(address: string): string {
  return address.startsWith('/') ? `..${address}` : address;
}

/** As strict as can be. */
function pagePolicy(takesStripe: boolean): string {
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

const BUTTON = '<script type="module" src="../pay-button.js"></script>';

function nothingHere(language: Language): string {
  const { nothingHere: title, oldLink } = WORDS[language];
  return quietPage(title, { language, content: html`<h1 class="item">${title}</h1>\n<p class="description">${oldLink}</p>` });
}

function priceText({ amountMinor, currency }: ForSale, language: Language): string {
  return amountMinor === null ? WORDS[language].anyAmount : `${currency} ${toMajor(amountMinor).toLocaleString(language)}`;
}
