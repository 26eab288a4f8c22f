/** `POST /v1/payments/disburse`: sending money to a phone. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import { isRefused, type RenderAnswer } from '../../payments/collecting.ts';
import type { Disbursing } from '../../payments/disbursing.ts';
import { checkAmount, checkOrder } from '../../payments/order.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import { credentialOf } from '../authentication.ts';
import { v1Dialect } from '../errors.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import { metadata, optionalText, webAddress } from '../validation.ts';
import { v1Status } from './resources.ts';
import { DESCRIPTION_CHARS_MAX, errorAnswers, idempotencyHeaders } from './schemas.ts';

const disburseBody = z.object({
  amount: z.number().positive('must be above 0').meta({ examples: [25000], description: 'Major units; whole for UGX and RWF' }),
  currency: z.string().min(1, 'is required').meta({ examples: ['UGX'] }),
  phone_number: optionalText(32).meta({ examples: ['256771234567'], description: 'Required: whom to pay' }),
  provider: optionalText(32).meta({ examples: ['iotec'], description: 'Chosen by currency when absent; Stripe cannot disburse' }),
  description: optionalText(DESCRIPTION_CHARS_MAX).meta({ examples: ['Loan disbursement'] }),
  callback_url: webAddress.meta({ examples: ['https://myapp.com/hook'] }),
  metadata: metadata.meta({ examples: [{ loan_id: '123' }] }),
});

const disburseAnswer = z.object({
  data: z.object({
    reference: z.string(),
    provider: z.string(),
    status: z.enum(['pending', 'completed', 'failed']),
    amount: z.number(),
    currency: z.string(),
  }),
  message: z.string(),
});

export interface DisburseServices {
  disbursing: Disbursing;
  routing: ProviderRouting;
  limits: Limits;
}

export async function disburseRoute(app: FastifyInstance, { disbursing, routing, limits }: DisburseServices): Promise<void> {
  const render: RenderAnswer = (payment, submission) => {
    if (isRefused(payment, submission)) return v1Dialect(new ApiError('PROVIDER_ERROR', payment.failureReason));
    const { reference, provider, amountMinor, currency } = payment;
    const data = { reference, provider, status: v1Status(payment), amount: toMajor(amountMinor), currency };
    return { status: 200, body: { data, message: 'Disbursement initiated' } };
  };

  app.post<{ Body: z.infer<typeof disburseBody> }>(
    '/payments/disburse',
    {
      config: limits('disburse'),
      schema: {
        summary: 'Send money to a phone',
        description:
          'Takes the amount out of the app’s wallet at this provider, in this currency; a test key pays from a float without limit. ' +
          'While the outcome is not known the amount is held: it is never sent a second time, and comes back only when the provider says that it failed.',
        tags: ['Payments'],
        security: [{ apiKey: [] }],
        headers: idempotencyHeaders,
        body: disburseBody,
        response: { 200: disburseAnswer, ...errorAnswers },
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
          method: 'mobile_money',
          direction: 'disburse',
        });
        return {
          ...order,
          app,
          amountMinor: checkAmount(body.amount, order.currency),
          description: body.description ?? '',
          callbackUrl: body.callback_url ?? '',
          metadata: body.metadata ?? {},
        };
      };
      return sendAnswer(reply, await disbursing.disburse(prepare, { idempotency: idempotencyOf(request, app.id, mode), render }));
    },
  );
}
