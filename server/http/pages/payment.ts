/**
 * `/payment/:reference`: what became of a payment, for a buyer whom a provider's own page sends away from there. It says
 * what stands and asks the provider, as a look does; what the browser was sent with decides nothing. `/return/relworx` is
 * where Relworx sends it, as the "Auto Return" of the business account in its dashboard.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import * as z from 'zod';
import type { App, Apps } from '../../access/apps.ts';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import type { FreshLook } from '../../payments/fresh-look.ts';
import type { PaymentLookup } from '../../payments/lookup.ts';
import type { Payment } from '../../payments/payment.ts';
import type { Items } from '../../shop/items.ts';
import type { CheckoutSessions } from '../../shop/sessions.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { type Language, languageFor } from './hosted-words.ts';
import { html } from './html.ts';
import { PAYMENT_WORDS } from './payment-words.ts';
import { quietPage } from './quiet-page.ts';

export interface PaymentPageServices {
  apps: Apps;
  items: Items;
  sessions: CheckoutSessions;
  lookup: PaymentLookup;
  freshLook: FreshLook;
  clock: Clock;
  limits: Limits;
}

/** A page that waits looks again by itself: soon at first, less and less often for one that is left open. */
const LOOK_AGAIN_SECONDS = { least: 3, most: 60, shareOfAge: 1 / 20 } as const;

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const params = z.object({ reference: z.string() });

export async function paymentPages(app: FastifyInstance, services: PaymentPageServices): Promise<void> {
  const { apps, items, sessions, lookup, freshLook, clock, limits } = services;
  app.setErrorHandler(errorHandler(v1Dialect));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get<{ Params: z.infer<typeof params> }>('/payment/:reference', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    reply.header('Referrer-Policy', 'no-referrer').header('Cache-Control', 'no-store');
    const language = languageFor(request.headers['accept-language']);
    const known = await lookup.byReference(request.params.reference).catch(nullWhereNotFound);
    if (known === null) return sendPage(reply.code(404), noSuchPayment(language), language);
    const looked = await freshLook.look(known).catch((error: unknown) => void request.log.error(error));
    const payment = looked ?? (await lookup.byReference(known.reference));
    const item = payment.itemId === null ? await sessions.ofPayment(payment) : await items.byId(payment.itemId);
    return sendPage(reply, paymentPage(payment, { app: (await apps.byId(payment.appId))!, item, language, now: clock.now() }), language);
  });

  /**
   * A POST by the buyer's browser with `status`, `customer_reference`, `internal_reference` and `relworx_signature`
   * (Relworx's documentation, "Auto Return"). The signature is over a time that is not among them, so it proves nothing
   * here; nor need it: all that is taken is which payment to show.
   */
  app.route<{ Body: string | undefined; Querystring: Record<string, unknown> }>({
    method: ['GET', 'POST'],
    url: '/return/relworx',
    config: limits('publicRead'),
    schema: { hide: true },
    handler: (request, reply) => {
      const { customer_reference: reference = request.query.customer_reference } = fieldsOf(request.body ?? '');
      const isOne = typeof reference === 'string' && /^[\w-]{1,100}$/.test(reference);
      const language = languageFor(request.headers['accept-language']);
      if (!isOne) return sendPage(reply.code(404), noSuchPayment(language), language);
      return reply.redirect(`../payment/${reference}`, 303);
    },
  });
}

/** A form as browsers send it, or JSON. */
function fieldsOf(body: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}

function nullWhereNotFound(error: unknown): null {
  if (error instanceof ApiError && error.code === 'NOT_FOUND') return null;
  throw error;
}

interface Page {
  title: string;
  /** HTML, as what follows. */
  head?: string;
  content: string;
}

function sendPage(reply: FastifyReply, { title, ...page }: Page, language: Language): FastifyReply {
  return reply
    .header('Content-Security-Policy', POLICY)
    .header('Vary', 'Accept-Language')
    .type('text/html; charset=utf-8')
    .send(quietPage(title, { language, ...page }));
}

function noSuchPayment(language: Language): Page {
  const { title, words } = PAYMENT_WORDS[language].noSuch;
  return { title, content: html`<h1 class="item">${title}</h1>\n<p class="description">${words}</p>` };
}

function paymentPage(payment: Payment, { app, item, language, now }: { app: App; item: { name: string } | null; language: Language; now: number }): Page {
  const { status, reference, currency, amountMinor } = payment;
  const { [status]: { title }, reference: referenceWord } = PAYMENT_WORDS[language];
  const bought = item === null ? '' : html`<p class="description">${item.name}</p>\n`;
  return {
    title: `${title} · ${app.name}`,
    head: status === 'pending' ? html`<meta http-equiv="refresh" content="${lookAgainAfter(payment, now)}">` : '',
    content:
      html`<p class="shop">${app.name}</p>
<h1 class="item">${title}</h1>
` +
      bought +
      html`<p class="price">${currency} ${toMajor(amountMinor).toLocaleString(language)}</p>
<p class="description">${explanation(payment, language)}</p>
` +
      wayOn(payment, app, language) +
      html`<p class="footer">${referenceWord} <code>${reference}</code></p>`,
  };
}

function explanation({ status, redirectUrl, failureCode, failureReason }: Payment, language: Language): string {
  const { [status]: { words }, byEmail, why } = PAYMENT_WORDS[language];
  if (status === 'failed') return why === null ? failureReason || words : (why[failureCode] ?? words);
  // Relworx asks of this page to say so: its card payments are confirmed by email.
  return status === 'completed' && redirectUrl !== '' ? `${words} ${byEmail}` : words;
}

/** Where a buyer goes from here: on to pay, or back to the shop, whose own page knows the payment too. */
function wayOn({ status, redirectUrl }: Payment, { name, origins }: App, language: Language): string {
  const { goOn, backTo, canClose } = PAYMENT_WORDS[language];
  const toPay = status === 'pending' && redirectUrl !== '' ? html`<p><a href="${redirectUrl}">${goOn}</a></p>\n` : '';
  const [origin, ...more] = origins;
  const back = origin !== undefined && more.length === 0 ? html`<p><a href="${origin}">${backTo(name)}</a></p>\n` : html`<p class="description">${canClose}</p>\n`;
  return toPay + back;
}

function lookAgainAfter({ createdAt }: Payment, now: number): number {
  const { least, most, shareOfAge } = LOOK_AGAIN_SECONDS;
  return Math.round(Math.min(most, Math.max(least, ((now - createdAt) / SECOND_MS) * shareOfAge)));
}
