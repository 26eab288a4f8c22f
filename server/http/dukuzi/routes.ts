/** The Dukuzi dialect over the same payments: integer ids, TZS, flat errors, East Africa Time. */
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import type { Apps } from '../../access/apps.ts';
import type { ApiKeys, Credential } from '../../access/keys.ts';
import { ApiError } from '../../core/errors.ts';
import { isRefused, type Collecting, type RenderAnswer } from '../../payments/collecting.ts';
import type { PaymentLookup } from '../../payments/lookup.ts';
import { checkOrder } from '../../payments/order.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import { amountMinorOf } from '../../shop/amount-input.ts';
import type { Item, Items } from '../../shop/items.ts';
import { feeBasisPointsOf, priceOf } from '../../shop/price.ts';
import { credentialOf, requireApiKey } from '../authentication.ts';
import { errorHandler } from '../errors.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import type { RefusedKeys } from '../refused-keys.ts';
import { idempotencyHeaders } from '../v1/schemas.ts';
import { dukuziDialect, dukuziTransaction } from './resources.ts';
import * as schemas from './schemas.ts';

const CURRENCY = 'TZS';

export interface DukuziServices {
  apps: Apps;
  keys: ApiKeys;
  refused: RefusedKeys;
  items: Items;
  collecting: Collecting;
  lookup: PaymentLookup;
  routing: ProviderRouting;
  limits: Limits;
}

export async function dukuziRoutes(app: FastifyInstance, services: DukuziServices): Promise<void> {
  // Each in a scope of its own: the preflight answers of one at `/` would reach into every other surface.
  await app.register(createPayment, { ...services, prefix: '/create-payment' });
  await app.register(transaction, { ...services, prefix: '/transaction' });
}

/** Who may call, and how errors are printed; the same for both routes. */
async function admitOwners(app: FastifyInstance, { apps, keys, refused }: DukuziServices): Promise<void> {
  app.setErrorHandler(errorHandler(dukuziDialect));
  // A preflight carries no key, so it is answered for any app's origin; the request itself only for its own app's.
  await app.register(cors, {
    origin: async (origin: string | undefined) => origin !== undefined && (await apps.anyListsOrigin(origin)),
    methods: ['GET', 'POST'],
    allowedHeaders: ['Content-Type', 'X-API-Key', 'Idempotency-Key'],
    exposedHeaders: ['Idempotent-Replayed', 'Retry-After'],
    strictPreflight: false,
    maxAge: 600,
  });
  app.addHook('onRequest', requireApiKey(keys, refused));
  app.addHook('onRequest', refuseForeignOrigin);
}

async function createPayment(app: FastifyInstance, services: DukuziServices): Promise<void> {
  const { items, collecting, routing, limits } = services;
  await admitOwners(app, services);

  const render: RenderAnswer = (payment, submission) => {
    if (isRefused(payment, submission)) return dukuziDialect(new ApiError('PROVIDER_ERROR', payment.failureReason));
    const message = 'Payment initiated. Customer will receive USSD push.';
    return { status: 200, body: { success: true, transaction_id: payment.id, status: payment.status, message } };
  };

  app.post<{ Body: z.output<typeof schemas.createBody> }>(
    '',
    {
      config: limits('collect'),
      schema: {
        summary: 'Create a mobile money payment in Tanzania',
        tags: ['Dukuzi'],
        security: [{ apiKey: [] }],
        headers: idempotencyHeaders,
        body: schemas.createBody,
        response: { 200: schemas.createAnswer, ...schemas.errorAnswers },
      },
    },
    async (request, reply) => {
      const credential = credentialOf(request);
      const { app, mode } = credential;
      const { body } = request;
      const prepare = async () => {
        const product = await ownProduct(items, credential, body.product_id);
        const agreed = () => agreedAmount(product, body.amount, request.headers.origin !== undefined);
        const order = checkOrder(routing, { mode, currency: CURRENCY, phone: body.phone_number, amountIn: agreed, item: product });
        return {
          ...order,
          app,
          amountMinor: agreed(),
          feeBasisPoints: feeBasisPointsOf(product),
          description: product.name,
          item: product,
          customerName: body.customer_name ?? '',
          customerEmail: body.customer_email ?? '',
        };
      };
      return sendAnswer(reply, await collecting.collect(prepare, { idempotency: idempotencyOf(request, app.id, mode), render }));
    },
  );
}

async function transaction(app: FastifyInstance, services: DukuziServices): Promise<void> {
  const { lookup, limits } = services;
  await admitOwners(app, services);

  app.get<{ Params: z.infer<typeof schemas.transactionParams> }>(
    '/:id',
    {
      config: limits('verify'),
      schema: {
        summary: 'Check a transaction’s status',
        tags: ['Dukuzi'],
        security: [{ apiKey: [] }],
        params: schemas.transactionParams,
        response: { 200: schemas.transactionAnswer, ...schemas.errorAnswers },
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!/^[0-9]{1,15}$/.test(id)) throw new ApiError('NOT_FOUND', 'Transaction not found');
      return dukuziTransaction(await lookup.ownById(credentialOf(request), Number(id)));
    },
  );
}

async function refuseForeignOrigin(request: FastifyRequest): Promise<void> {
  const { origin } = request.headers;
  if (origin === undefined || credentialOf(request).app.origins.includes(origin)) return;
  throw new ApiError('ORIGIN_NOT_ALLOWED', `${origin} is not among the origins of this app`);
}

async function ownProduct(items: Items, { app }: Credential, id: number): Promise<Item> {
  const product = await items.byId(id);
  if (product === null || product.appId !== app.id || product.kind !== 'product') throw new ApiError('VALIDATION_ERROR', 'product_id is not a product of yours');
  if (product.currency !== CURRENCY) throw new ApiError('VALIDATION_ERROR', `product_id is not sold in ${CURRENCY}`);
  return product;
}

/** A merchant's server may name any amount; a page, which anybody can edit, only what the product costs. */
function agreedAmount(product: Item, amount: number, fromBrowser: boolean): number {
  if (fromBrowser) return priceOf(product, { amount });
  return amountMinorOf('amount', amount, CURRENCY);
}
