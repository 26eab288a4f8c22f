/** `/v1/checkout/sessions`: what a merchant's own server sells once, on the server's page or by a button on its own. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Credential } from '../../access/keys.ts';
import { type Clock, isoTime } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import { CURRENCIES, type Currency, isCurrency, toMajor } from '../../core/money.ts';
import { countryOfCurrency, NUMBER_PLANS } from '../../core/number-plans.ts';
import { parsePhone } from '../../core/phone.ts';
import type { Store } from '../../db/store.ts';
import { answeredOnce } from '../../payments/idempotency.ts';
import { checkAmount } from '../../payments/order.ts';
import type { ProviderLines } from '../../providers/lines/lines.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import { type CheckoutSessions, EXPIRES_IN, type NewSession, type Session } from '../../shop/sessions.ts';
import { credentialOf } from '../authentication.ts';
import { methodsOf, type Offer } from '../checkout/resources.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import { metadata, optionalText, webAddress } from '../validation.ts';
import { errorAnswers, idempotencyHeaders } from './schemas.ts';

const methods = z.enum(['mobile_money', 'card'], 'must be mobile_money or card');

const sessionBody = z.object({
  amount: z.number().positive('must be above 0').meta({ examples: [50000], description: 'Major units; whole for UGX and RWF' }),
  currency: z.string().min(1, 'is required').meta({ examples: ['UGX'] }),
  description: optionalText(255).meta({ examples: ['Order #1234'], description: 'What the buyer reads; the app’s name when absent' }),
  methods: z.array(methods).max(2, 'must name each once').nullish().meta({ description: 'To confine it to; all that take the amount when absent' }),
  customer: z
    .object({ name: optionalText(255), email: optionalText(255), phone_number: optionalText(32) })
    .nullish()
    .meta({ examples: [{ name: 'Jane Doe', email: 'jane@example.com' }], description: 'Who pays; the number is written into the form on the server’s own page' }),
  metadata: metadata.meta({ examples: [{ order_id: '1234' }], description: 'Comes with its payment and in the webhooks' }),
  success_url: webAddress.meta({ examples: ['https://myapp.com/thanks'], description: 'Where the server’s own page leads when it is paid; `reference` is added to its query' }),
  cancel_url: webAddress.meta({ examples: ['https://myapp.com/cart'], description: 'Where it leads back to' }),
  expires_in: z
    .int('must be a whole number of seconds')
    .min(EXPIRES_IN.least, `must be at least ${EXPIRES_IN.least} seconds`)
    .max(EXPIRES_IN.most, `must be at most ${EXPIRES_IN.most} seconds`)
    .nullish()
    .meta({ description: `Seconds in which a payment can be begun, ${EXPIRES_IN.least} to ${EXPIRES_IN.most}; ${EXPIRES_IN.usual} when absent` }),
});

const session = z.object({
  id: z.int(),
  slug: z.string().meta({ description: 'The `item` of a pay button' }),
  url: z.string().meta({ description: 'The server’s own page on which it is paid' }),
  status: z.enum(['open', 'completed', 'expired']),
  reference: z.string().nullable().meta({ description: 'Of the payment that completed it, else of the latest; null while nobody has tried' }),
  amount: z.number(),
  currency: z.enum(CURRENCIES),
  description: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  is_test: z.boolean(),
  created_at: z.string(),
  expires_at: z.string(),
});

const sessionAnswer = z.object({ data: session });
const createdAnswer = sessionAnswer.extend({ message: z.string() });

const idParams = z.object({ id: z.string() });

export interface SessionServices {
  store: Store;
  clock: Clock;
  sessions: CheckoutSessions;
  lines: ProviderLines;
  routing: ProviderRouting;
  limits: Limits;
  publicUrl: (request: FastifyRequest) => string;
}

export async function sessionRoutes(app: FastifyInstance, services: SessionServices): Promise<void> {
  const { store, clock, sessions, lines, routing, limits, publicUrl } = services;
  const tags = ['Checkout'];
  const security = [{ apiKey: [] }];

  app.post<{ Body: z.infer<typeof sessionBody> }>(
    '/checkout/sessions',
    {
      config: limits('default'),
      schema: { summary: 'Make a checkout session', tags, security, headers: idempotencyHeaders, body: sessionBody, response: { 201: createdAnswer, ...errorAnswers } },
    },
    async (request, reply) => {
      const credential = credentialOf(request);
      const url = publicUrl(request);
      const answered = await answeredOnce(store, idempotencyOf(request, credential.app.id, credential.mode), {
        now: clock.now(),
        prepare: async () => {
          const wish = wishOf(request.body, credential);
          insistSellable(wish, { routing, lines: await lines.states() });
          return wish;
        },
        act: async (tx, wish) => {
          const made = await sessions.createWithin(tx, wish);
          return { status: 201, body: { data: sessionResource(made, { status: 'open', reference: null, url }), message: 'Checkout session created' } };
        },
      });
      return sendAnswer(reply, answered);
    },
  );

  app.get<{ Params: z.infer<typeof idParams> }>(
    '/checkout/sessions/:id',
    {
      config: limits('default'),
      schema: { summary: 'Get a checkout session', tags, security, params: idParams, response: { 200: sessionAnswer, ...errorAnswers } },
    },
    async (request) => {
      const { id } = request.params;
      const made = await sessions.own(credentialOf(request), /^\d{1,15}$/.test(id) ? Number(id) : 0);
      const { status, payment } = await sessions.standing(made);
      return { data: sessionResource(made, { status, reference: payment?.reference ?? null, url: publicUrl(request) }) };
    },
  );
}

/** Checked in the order every surface reports errors: phone, currency, amount. */
function wishOf(body: z.infer<typeof sessionBody>, { app, mode }: Credential): NewSession {
  const { customer, description } = body;
  const currency = isCurrency(body.currency) ? body.currency : null;
  const phone = phoneOf(customer?.phone_number ?? '', currency);
  if (currency === null) throw new ApiError('INVALID_CURRENCY', `Currency ${JSON.stringify(body.currency)} is not supported`);
  return {
    appId: app.id,
    mode,
    name: description?.trim() || app.name,
    currency,
    amountMinor: checkAmount(body.amount, currency),
    methods: [...new Set(body.methods)],
    customer: { name: customer?.name ?? '', email: customer?.email ?? '', phone },
    metadata: body.metadata ?? {},
    successUrl: body.success_url ?? '',
    cancelUrl: body.cancel_url ?? '',
    expiresInSeconds: body.expires_in ?? EXPIRES_IN.usual,
  };
}

/** The number in full, '' for none. In a currency of no country here nobody is asked on a phone. */
function phoneOf(phone: string, currency: Currency | null): string {
  const country = currency === null ? null : countryOfCurrency(currency);
  if (phone === '' || country === null) return phone;
  const msisdn = parsePhone(phone, country);
  if (msisdn !== null) return msisdn;
  throw new ApiError('INVALID_PHONE', `customer.phone_number must be digits only: ${NUMBER_PLANS[country].callingCode}XXXXXXXXX or 0XXXXXXXXX`);
}

/** Throws PROVIDER_ERROR for what nobody here could pay for. */
function insistSellable({ mode, currency, amountMinor, methods: confinedTo }: NewSession, offer: Offer): void {
  const wares = { slug: '', currency, amountMinor, minAmountMinor: null, maxAmountMinor: null, mode, methods: confinedTo };
  if (methodsOf(wares, offer).length > 0) return;
  throw new ApiError('PROVIDER_ERROR', `No provider that is configured here takes ${toMajor(amountMinor)} ${currency}${confinedTo.length > 0 ? ` by ${confinedTo.join(' or ')}` : ''} for ${mode} payments`);
}

function sessionResource(made: Session, { status, reference, url }: { status: z.infer<typeof session>['status']; reference: string | null; url: string }): z.infer<typeof session> {
  return {
    id: made.id,
    slug: made.slug,
    url: `${url}/pay/${made.slug}`,
    status,
    reference,
    amount: toMajor(made.amountMinor),
    currency: made.currency,
    description: made.name,
    metadata: made.metadata,
    is_test: made.mode === 'test',
    created_at: isoTime(made.createdAt),
    expires_at: isoTime(made.expiresAt),
  };
}
