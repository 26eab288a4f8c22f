/**
 * `/payment/:reference`: what became of a payment, for a buyer whom a provider's own page sends away from there. It says
 * what stands and asks the provider, as a look does; what the browser was sent with decides nothing. `/return/relworx` is
 * where Relworx sends it, as the "Auto Return" of the business account in its dashboard.
 */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { App, Apps } from '../../access/apps.ts';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import type { FreshLook } from '../../payments/fresh-look.ts';
import type { PaymentLookup } from '../../payments/lookup.ts';
import type { Payment } from '../../payments/payment.ts';
import type { Item, Items } from '../../shop/items.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import type { Limits } from '../rate-limits.ts';
import { html } from './html.ts';
import { quietPage } from './quiet-page.ts';

export interface PaymentPageServices {
  apps: Apps;
  items: Items;
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
  const { apps, items, lookup, freshLook, clock, limits } = services;
  app.setErrorHandler(errorHandler(v1Dialect));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get<{ Params: z.infer<typeof params> }>('/payment/:reference', { config: limits('publicRead'), schema: { hide: true, params } }, async (request, reply) => {
    reply.header('Content-Security-Policy', POLICY).header('Referrer-Policy', 'no-referrer').header('Cache-Control', 'no-store').type('text/html; charset=utf-8');
    const known = await lookup.byReference(request.params.reference).catch(nullWhereNotFound);
    if (known === null) return reply.code(404).send(NO_SUCH_PAYMENT);
    const looked = await freshLook.look(known).catch((error: unknown) => void request.log.error(error));
    const payment = looked ?? (await lookup.byReference(known.reference));
    const item = payment.itemId === null ? null : await items.byId(payment.itemId);
    return reply.send(paymentPage(payment, { app: (await apps.byId(payment.appId))!, item, now: clock.now() }));
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
      if (!isOne) return reply.code(404).header('Content-Security-Policy', POLICY).type('text/html; charset=utf-8').send(NO_SUCH_PAYMENT);
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

const NO_SUCH_PAYMENT = quietPage('There is no such payment', {
  content: html`<h1 class="item">There is no such payment</h1>
<p class="description">The link may be old, or was not copied whole. If you have paid, go back to the page that you bought on: it shows your payment.</p>`,
});

function paymentPage(payment: Payment, { app, item, now }: { app: App; item: Item | null; now: number }): string {
  const { status, reference, currency, amountMinor } = payment;
  const { title, words } = WORDS[status](payment);
  const bought = item === null ? '' : html`<p class="description">${item.name}</p>\n`;
  const again = status === 'pending' ? html`<meta http-equiv="refresh" content="${lookAgainAfter(payment, now)}">` : '';
  return quietPage(`${title} · ${app.name}`, {
    head: again,
    content:
      html`<p class="shop">${app.name}</p>
<h1 class="item">${title}</h1>
` +
      bought +
      html`<p class="price">${currency} ${toMajor(amountMinor).toLocaleString('en')}</p>
<p class="description">${words}</p>
` +
      wayOn(payment, app) +
      html`<p class="footer">Reference ${reference}</p>`,
  });
}

const WORDS: Readonly<Record<Payment['status'], (payment: Payment) => { title: string; words: string }>> = {
  completed: ({ redirectUrl }) => ({
    title: 'Payment received',
    // Relworx asks of this page to say so: its card payments are confirmed by email.
    words: redirectUrl === '' ? 'The payment is complete.' : 'The payment is complete. You will receive an email with its details.',
  }),
  pending: () => ({ title: 'Asking whether it was paid', words: 'The answer may take a minute; this page looks again by itself.' }),
  failed: ({ failureReason }) => ({ title: 'The payment did not go through', words: failureReason || 'Nothing was charged.' }),
  expired: () => ({ title: 'The time to pay is over', words: 'Nobody paid in time, and nothing was charged.' }),
};

/** Where a buyer goes from here: on to pay, or back to the shop, whose own page knows the payment too. */
function wayOn({ status, redirectUrl }: Payment, { name, origins }: App): string {
  const toPay = status === 'pending' && redirectUrl !== '' ? html`<p><a href="${redirectUrl}">Go on paying</a>, if you have not paid yet.</p>\n` : '';
  const [origin, ...more] = origins;
  const back = origin !== undefined && more.length === 0 ? html`<p><a href="${origin}">Back to ${name}</a></p>\n` : html`<p class="description">You can close this page. The page that you bought on shows the payment too.</p>\n`;
  return toPay + back;
}

function lookAgainAfter({ createdAt }: Payment, now: number): number {
  const { least, most, shareOfAge } = LOOK_AGAIN_SECONDS;
  return Math.round(Math.min(most, Math.max(least, ((now - createdAt) / SECOND_MS) * shareOfAge)));
}
