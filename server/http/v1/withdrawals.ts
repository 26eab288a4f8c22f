/** `/v1/withdrawals`: taking money out of a wallet, to a phone or to a bank account. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { Credential } from '../../access/keys.ts';
import { isoTime } from '../../core/clock.ts';
import { ApiError } from '../../core/errors.ts';
import { isCurrency, toMajor } from '../../core/money.ts';
import { insistWithinLimits } from '../../payments/limits.ts';
import { checkAmount, checkOrder } from '../../payments/order.ts';
import type { ProviderRouting } from '../../providers/routing.ts';
import type { WithdrawalListing } from '../../wallets/listing.ts';
import { type Withdrawal, WITHDRAWAL_METHODS, WITHDRAWAL_STATUSES } from '../../wallets/withdrawal.ts';
import { ASK_AT_ONCE_DEADLINE_MS, type Withdrawing, type WithdrawalWish } from '../../wallets/withdrawing.ts';
import { ANSWER_WITHIN_MS } from '../answers-in-time.ts';
import { credentialOf } from '../authentication.ts';
import { idempotencyOf, sendAnswer } from '../idempotency-header.ts';
import type { Limits } from '../rate-limits.ts';
import { NO_NUL, optionalText } from '../validation.ts';
import { dropEmptyFilters, meta, metaOf, oneOf, pageQuery, readPage } from './list-query.ts';
import { DESCRIPTION_CHARS_MAX, errorAnswers, idempotencyHeaders } from './schemas.ts';

/** The provider is sent the money, and then asked what became of it. */
const WITHDRAWN_WITHIN_MS = ANSWER_WITHIN_MS + ASK_AT_ONCE_DEADLINE_MS;

const withdrawalBody = z
  .object({
    amount: z.number().positive('must be above 0').meta({ examples: [500000], description: 'Major units; whole for UGX and RWF' }),
    currency: z.string().min(1, 'is required').meta({ examples: ['UGX'] }),
    provider: optionalText(32).meta({ examples: ['iotec'], description: 'Whose wallet; chosen by currency when absent' }),
    method: z.enum(WITHDRAWAL_METHODS, `must be ${WITHDRAWAL_METHODS.join(' or ')}`),
    destination: z
      .string()
      .trim()
      .min(1, 'is required')
      .max(64, 'must have at most 64 characters')
      .refine(NO_NUL.test, NO_NUL.message)
      .meta({ examples: ['256771234567'], description: 'A phone number, or an account number' }),
    destination_name: optionalText(255).meta({ examples: ['John Doe'] }),
    bank_name: optionalText(255).meta({ description: 'Required for a bank transfer' }),
    note: optionalText(DESCRIPTION_CHARS_MAX).meta({ examples: ['Monthly payout'] }),
  })
  .refine(({ method, bank_name }) => method !== 'bank_transfer' || Boolean(bank_name?.trim()), {
    path: ['bank_name'],
    message: 'is required for a bank transfer',
  });

type Body = z.output<typeof withdrawalBody>;

const withdrawalsQuery = pageQuery.extend({ status: oneOf(WITHDRAWAL_STATUSES) });

const withdrawal = z.object({
  id: z.int(),
  app_id: z.int(),
  amount: z.number(),
  currency: z.string(),
  provider_slug: z.string(),
  method: z.enum(WITHDRAWAL_METHODS),
  destination: z.string(),
  destination_name: z.string(),
  bank_name: z.string(),
  status: z.enum(WITHDRAWAL_STATUSES),
  note: z.string().meta({ description: 'Your own; of a failed withdrawal, why it failed' }),
  created_at: z.string(),
});

const withdrawalAnswer = z.object({ data: withdrawal, message: z.string() });
const withdrawalsAnswer = z.object({ data: z.array(withdrawal), meta });

export interface WithdrawalServices {
  withdrawing: Withdrawing;
  withdrawals: WithdrawalListing;
  routing: ProviderRouting;
  limits: Limits;
}

export async function withdrawalRoutes(app: FastifyInstance, { withdrawing, withdrawals, routing, limits }: WithdrawalServices): Promise<void> {
  const tags = ['Wallets'];
  const security = [{ apiKey: [] }];

  app.post<{ Body: Body }>(
    '/withdrawals',
    {
      config: { ...limits('default'), answerWithinMs: WITHDRAWN_WITHIN_MS },
      schema: {
        summary: 'Withdraw from a wallet to a phone or a bank account',
        description:
          'A phone is paid at once; while the outcome is not known the withdrawal is pending and its amount held. A bank transfer is pending until the operator has made it.',
        tags,
        security,
        headers: idempotencyHeaders,
        body: withdrawalBody,
        response: { 201: withdrawalAnswer, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const credential = credentialOf(request);
      const { app, mode } = credential;
      if (mode === 'test') throw new ApiError('TEST_MODE', 'Withdrawals are not available with a test API key');
      const answered = await withdrawing.withdraw(() => wishOf(request.body, credential, routing), {
        idempotency: idempotencyOf(request, app.id, mode),
        render: (made) => ({ status: 201, body: { data: withdrawalResource(made), message: messageOf(made) } }),
      });
      return sendAnswer(reply, answered);
    },
  );

  app.get<{ Querystring: z.infer<typeof withdrawalsQuery> }>(
    '/withdrawals',
    {
      config: limits('default'),
      preValidation: dropEmptyFilters,
      schema: {
        summary: 'List withdrawals, newest first',
        tags,
        security,
        querystring: withdrawalsQuery,
        response: { 200: withdrawalsAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const size = readPage(request.query);
      const found = await withdrawals.page(credentialOf(request), { ...size, status: request.query.status });
      return { data: found.rows.map(withdrawalResource), meta: metaOf(size, found) };
    },
  );
}

/** Checked in the order every surface reports errors: destination, currency, provider, configuration, amount. */
function wishOf(body: Body, { app, mode }: Credential, routing: ProviderRouting): WithdrawalWish {
  const provider = body.provider || undefined;
  const about = { app, note: body.note ?? '', destinationName: body.destination_name ?? '' };
  if (body.method === 'bank_transfer') {
    const { currency } = body;
    if (!isCurrency(currency)) throw new ApiError('INVALID_CURRENCY', `Currency ${JSON.stringify(currency)} is not supported`);
    const wallet = routing.walletFor(provider, currency);
    const to = { method: body.method, accountNumber: body.destination, bankName: body.bank_name?.trim() ?? '' };
    return { ...about, wallet, currency, amountMinor: checkAmount(body.amount, currency), to };
  }
  const { currency, phone, network, route } = checkOrder(routing, {
    mode,
    currency: body.currency,
    phone: body.destination,
    phoneField: 'destination',
    provider,
    method: 'mobile_money',
    direction: 'disburse',
  });
  const to = { method: body.method, phone, network, provider: route.provider };
  const amountMinor = checkAmount(body.amount, currency);
  insistWithinLimits({ currency, amountMinor, route });
  return { ...about, wallet: route.slug, currency, amountMinor, to };
}

function withdrawalResource(made: Withdrawal): z.infer<typeof withdrawal> {
  return {
    id: made.id,
    app_id: made.appId,
    amount: toMajor(made.amountMinor),
    currency: made.currency,
    provider_slug: made.provider,
    method: made.method,
    destination: made.destination,
    destination_name: made.destinationName,
    bank_name: made.bankName,
    status: made.status,
    note: made.status === 'failed' ? made.failureReason : made.note,
    created_at: isoTime(made.createdAt),
  };
}

function messageOf({ status, method }: Withdrawal): string {
  switch (status) {
    case 'completed':
      return 'Withdrawal disbursed successfully';
    case 'failed':
      return 'Withdrawal failed';
    case 'pending':
      return method === 'bank_transfer' ? 'Withdrawal requested; the transfer is made by hand' : 'Withdrawal initiated';
    default:
      return status satisfies never;
  }
}
