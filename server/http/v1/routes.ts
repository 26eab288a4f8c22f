/** The v1 surface: the DGateway dialect over payments. */
import type { FastifyInstance } from 'fastify';
import type * as z from 'zod';
import type { ApiKeys } from '../../access/keys.ts';
import { ApiError } from '../../core/errors.ts';
import { toMinor } from '../../core/money.ts';
import { isRefused, type Collecting, type RenderAnswer } from '../../payments/collecting.ts';
import type { Inquiry } from '../../payments/inquiry.ts';
import { checkAmount, checkOrder } from '../../payments/order.ts';
import type { PaymentLookup } from '../../payments/lookup.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import { credentialOf, requireApiKey } from '../authentication.ts';
import { errorHandler, v1Dialect } from '../errors.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import type { RefusedKeys } from '../refused-keys.ts';
import { sessionRoutes, type SessionServices } from './sessions.ts';
import { disburseRoute, type DisburseServices } from './disburse.ts';
import { collectResource, transactionResource } from './resources.ts';
import * as schemas from './schemas.ts';
import { transactionsRoute, type TransactionsServices } from './transactions.ts';
import { walletsRoute, type WalletsServices } from './wallets.ts';
import { withdrawalRoutes, type WithdrawalServices } from './withdrawals.ts';

export interface V1Services extends DisburseServices, TransactionsServices, WalletsServices, WithdrawalServices, SessionServices {
  keys: ApiKeys;
  refused: RefusedKeys;
  collecting: Collecting;
  inquiry: Inquiry;
  lookup: PaymentLookup;
  routing: ProviderRouting;
  limits: Limits;
}

export async function v1Routes(app: FastifyInstance, services: V1Services): Promise<void> {
  const { keys, refused, collecting, inquiry, lookup, routing, limits } = services;
  app.setErrorHandler(errorHandler(v1Dialect));
  app.addHook('onRequest', requireApiKey(keys, refused));

  const render: RenderAnswer = (payment, submission) => {
    if (isRefused(payment, submission)) return v1Dialect(new ApiError('PROVIDER_ERROR', payment.failureReason));
    return { status: 200, body: { data: collectResource(payment, routing.publishableKey(payment.mode)), message: 'Collection initiated' } };
  };

  app.post<{ Body: z.infer<typeof schemas.collectBody> }>(
    '/payments/collect',
    {
      config: limits('collect'),
      schema: {
        summary: 'Collect money from a customer',
        tags: ['Payments'],
        security: [{ apiKey: [] }],
        headers: schemas.idempotencyHeaders,
        body: schemas.collectBody,
        response: { 200: schemas.collectAnswer, ...schemas.errorAnswers },
      },
    },
    async (request, reply) => {
      const { app, mode } = credentialOf(request);
      const { body } = request;
      const prepare = () => {
        const order = checkOrder(routing, {
          mode,
          currency: body.currency,
          phone: body.phone_number,
          provider: body.provider || undefined,
          method: body.method ?? undefined,
          amountIn: (currency) => toMinor(body.amount, currency),
        });
        return {
          ...order,
          app,
          amountMinor: checkAmount(body.amount, order.currency),
          feeBasisPoints: app.feeBasisPoints,
          description: body.description ?? '',
          callbackUrl: body.callback_url ?? '',
          metadata: body.metadata ?? {},
        };
      };
      return sendAnswer(reply, await collecting.collect(prepare, { idempotency: idempotencyOf(request, app.id, mode), render }));
    },
  );

  await disburseRoute(app, services);
  await transactionsRoute(app, services);
  await walletsRoute(app, services);
  await withdrawalRoutes(app, services);
  await sessionRoutes(app, services);

  app.get<{ Params: z.infer<typeof schemas.referenceParams> }>(
    '/payments/transactions/:reference',
    {
      config: limits('default'),
      schema: {
        summary: 'Get a transaction by reference',
        tags: ['Payments'],
        security: [{ apiKey: [] }],
        params: schemas.referenceParams,
        response: { 200: schemas.transactionAnswer, ...schemas.errorAnswers },
      },
    },
    async (request) => ({ data: transactionResource(await lookup.own(credentialOf(request), request.params.reference)) }),
  );

  app.post<{ Body: z.infer<typeof schemas.verifyBody> }>(
    '/webhooks/verify',
    {
      config: limits('verify'),
      schema: {
        summary: 'Ask the provider for a transaction’s current status',
        tags: ['Payments'],
        security: [{ apiKey: [] }],
        body: schemas.verifyBody,
        response: { 200: schemas.verifyAnswer, ...schemas.errorAnswers },
      },
    },
    async (request) => {
      const payment = await lookup.own(credentialOf(request), request.body.reference);
      return { data: transactionResource(await inquiry.askUnlessRecent(payment)), message: 'Transaction status verified' };
    },
  );
}
