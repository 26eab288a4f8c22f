/** The public checkout: what the widget and hosted pages call. No key; the server alone decides price and mode. */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import type { App, Apps } from '../../access/apps.ts';
import { ApiError } from '../../core/errors.ts';
import { isRefused, type Collecting, type RenderAnswer } from '../../payments/collecting.ts';
import type { FreshLook } from '../../payments/fresh-look.ts';
import type { PaymentLookup } from '../../payments/lookup.ts';
import { checkOrder } from '../../payments/order.ts';
import type { Payment } from '../../payments/payment.ts';
import type { ProviderLines } from '../../providers/lines/lines.ts';
import type { Method } from '../../providers/provider.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { Items } from '../../shop/items.ts';
import { feeBasisPointsOf, priceOf } from '../../shop/price.ts';
import type { CheckoutSessions, ForSale, Session } from '../../shop/sessions.ts';
import { callerAddress } from '../caller-address.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import { errorAnswers, idempotencyHeaders } from '../v1/schemas.ts';
import { checkoutApp, checkoutItem, checkoutStart, checkoutStatus, modeOf } from './resources.ts';
import * as schemas from './schemas.ts';
import type { StatusStreams } from './status-streams.ts';

export interface CheckoutServices {
  apps: Apps;
  items: Items;
  sessions: CheckoutSessions;
  collecting: Collecting;
  lines: ProviderLines;
  lookup: PaymentLookup;
  freshLook: FreshLook;
  routing: ProviderRouting;
  streams: StatusStreams;
  limits: Limits;
  /** Where buyers reach this server, without a trailing slash. */
  publicUrl: (request: FastifyRequest) => string;
}

export async function checkoutRoutes(app: FastifyInstance, services: CheckoutServices): Promise<void> {
  const { apps, items, sessions, collecting, lines, lookup, freshLook, routing, streams, limits, publicUrl } = services;
  app.setErrorHandler(errorHandler(v1Dialect));
  // Any page may read these answers. An app that lists its origins is kept by `admit`, whose refusal a page can read.
  await app.register(cors, {
    origin: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ['Content-Type', 'Idempotency-Key', 'Last-Event-ID'],
    exposedHeaders: ['Idempotent-Replayed', 'Retry-After'],
    // Otherwise an OPTIONS that is no preflight is answered in plain text.
    strictPreflight: false,
    maxAge: 86_400,
  });

  // What a page on another site may send without a preflight, which on a slow phone is two seconds more before the prompt.
  // A preflight would protect nothing here: no cookie is read, and `admit` looks at the origin of every request.
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));

  const admit = (request: FastifyRequest, { origins }: App): void => {
    const { origin } = request.headers;
    if (origin === undefined || origins.length === 0 || origins.includes(origin)) return;
    if (origin === URL.parse(publicUrl(request))?.origin) return;
    throw new ApiError('ORIGIN_NOT_ALLOWED', `${origin} is not among the origins of this shop`);
  };

  const itemOf = async (request: FastifyRequest, slug: string): Promise<{ item: ForSale; app: App }> => {
    const item = (await items.bySlug(slug)) ?? (await sessions.bySlug(slug));
    if (item === null) throw new ApiError('NOT_FOUND', `There is no item ${JSON.stringify(slug)}`);
    const app = (await apps.byId(item.appId))!;
    admit(request, app);
    return { item, app };
  };

  app.get<{ Params: z.infer<typeof schemas.appSlugParams> }>(
    '/shop/:appSlug',
    {
      config: limits('publicRead'),
      schema: {
        summary: 'Get a shop and its items',
        tags: ['Checkout'],
        params: schemas.appSlugParams,
        response: { 200: schemas.shopAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const app = await apps.bySlug(request.params.appSlug);
      if (app === null) throw new ApiError('NOT_FOUND', 'There is no such shop');
      admit(request, app);
      const url = publicUrl(request);
      const offer = { routing, lines: await lines.states() };
      const shown = (await items.ofApp(app.id)).map((item) => checkoutItem(item, app, offer, url));
      return { data: { app: checkoutApp(app, url), items: shown } };
    },
  );

  app.get<{ Params: z.infer<typeof schemas.slugParams> }>(
    '/:slug',
    {
      config: limits('publicRead'),
      schema: {
        summary: 'Get an item',
        tags: ['Checkout'],
        params: schemas.slugParams,
        response: { 200: schemas.itemAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { item, app } = await itemOf(request, request.params.slug);
      if (item.kind === 'session') await sessions.insistOpen(item);
      return { data: checkoutItem(item, app, { routing, lines: await lines.states() }, publicUrl(request)) };
    },
  );

  const answerTo = (asked: string, [payment, submission]: Parameters<RenderAnswer>) => {
    if (isRefused(payment, submission)) return v1Dialect(new ApiError('PROVIDER_ERROR', payment.failureReason));
    return { status: 201, body: { data: checkoutStart(payment, { publishableKey: routing.publishableKey(payment.mode), asked }), message: 'Payment started' } };
  };

  app.post<{ Params: z.infer<typeof schemas.slugParams>; Body: z.infer<typeof schemas.payBody> }>(
    '/:slug/pay',
    {
      config: limits('publicPay'),
      schema: {
        summary: 'Start paying for an item',
        tags: ['Checkout'],
        headers: idempotencyHeaders,
        params: schemas.slugParams,
        body: schemas.payBody,
        response: { 201: schemas.payAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      // The key is no part of what it stands for: in the header or in the body, the request is the same.
      const { idempotency_key: key, ...body } = request.body;
      const { item, app } = await itemOf(request, request.params.slug);
      const session = item.kind === 'session' ? item : undefined;
      const mode = modeOf(item, routing);
      let asked = '';
      const prepare = async () => {
        if (session !== undefined) await sessions.insistOpen(session);
        const amountMinor = priceOf(item, { amount: body.amount ?? undefined, quantity: body.quantity ?? undefined });
        const order = checkOrder(routing, {
          mode,
          currency: item.currency,
          phone: body.phone_number,
          provider: body.provider || undefined,
          method: body.method ?? undefined,
          network: body.network ?? undefined,
          amountIn: () => amountMinor,
          item,
        });
        asked = order.phone;
        if (session !== undefined) insistOnTerms(session, { method: order.route.method, quantity: body.quantity });
        return {
          ...order,
          app,
          amountMinor,
          feeBasisPoints: item.kind === 'session' ? app.feeBasisPoints : feeBasisPointsOf(item),
          description: item.name,
          item: item.kind === 'session' ? undefined : item,
          quantity: body.quantity ?? 1,
          // What the merchant's own server has said is not the browser's to change.
          metadata: session?.metadata ?? body.metadata ?? {},
          customerName: body.customer_name || (session?.customer.name ?? ''),
          customerEmail: body.customer_email || (session?.customer.email ?? ''),
        };
      };
      const scope = idempotencyOf(request, app.id, mode, { key, body });
      const answered = await collecting.collect(prepare, {
        idempotency: scope && { ...scope, inAnyMode: true },
        render: (...heard) => answerTo(asked, heard),
        sale: session && sessions.sale(session, (payment) => routing.adapterOf(payment)?.close !== undefined),
      });
      return sendAnswer(reply, answered);
    },
  );

  app.get<{ Params: z.infer<typeof schemas.referenceParams>; Querystring: z.infer<typeof schemas.statusQuery> }>(
    '/status/:reference',
    {
      config: limits('publicRead'),
      schema: {
        summary: 'Check a payment’s status, as JSON or (Accept: text/event-stream) as a stream of the same document',
        tags: ['Checkout'],
        params: schemas.referenceParams,
        querystring: schemas.statusQuery,
        response: { 200: schemas.statusAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { reference } = request.params;
      const payment = await lookup.byReference(reference);
      admit(request, (await apps.byId(payment.appId))!);
      const item = payment.itemId === null ? await sessions.ofPayment(payment) : await items.byId(payment.itemId);
      const shownItem = item === null ? null : { slug: item.slug, name: item.name };
      const document = (current: Payment) => ({ data: checkoutStatus(current, shownItem) });
      reply.header('Cache-Control', 'no-store').header('Vary', 'Origin, Accept');
      const isFresh = request.query.fresh === 'true';
      // What was read can be shown also when what was heard since cannot be written now.
      const look = () => freshLook.look(payment).catch((error: unknown) => void request.log.error(error));
      // HEAD comes here too, and would be left without an end.
      if (request.method !== 'GET' || !request.headers.accept?.includes('text/event-stream')) {
        return document(isFresh ? ((await look()) ?? (await lookup.byReference(reference))) : payment);
      }
      const address = callerAddress(request.ip);
      streams.admit(address);
      // A browser that connects again by itself is no buyer who comes back.
      if (isFresh && request.headers['last-event-id'] === undefined) void look();
      reply.hijack();
      await streams.stream(reply.raw, reply.getHeaders(), {
        reference,
        address,
        read: () => lookup.byReference(reference),
        show: (current) => JSON.stringify(document(current)),
      });
      return reply;
    },
  );
}

/** What a session is bought by, and how much of it: once, in one of its ways. */
function insistOnTerms({ methods }: Session, wanted: { method: Method; quantity: number | null | undefined }): void {
  if (methods.length > 0 && !methods.includes(wanted.method)) throw new ApiError('VALIDATION_ERROR', `method must be ${methods.join(' or ')}`);
  if ((wanted.quantity ?? 1) !== 1) throw new ApiError('VALIDATION_ERROR', 'quantity must be 1: a checkout session has one price');
}
