/** `GET /v1/payments/transactions`: the app's payments in and out, newest first. */
import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import type { PaymentStatus } from '../../core/checkout-contract.ts';
import type { PaymentFilter, PaymentListing } from '../../payments/listing.ts';
import { credentialOf } from '../authentication.ts';
import type { Limits } from '../rate-limits.ts';
import { dropEmptyFilters, meta, metaOf, readPage, readPhones, readSpan, type STATUSES, transactionsQuery } from './list-query.ts';
import { transactionResource } from './resources.ts';
import { errorAnswers, transaction } from './schemas.ts';

type Query = z.infer<typeof transactionsQuery>;

const transactionsAnswer = z.object({ data: z.array(transaction), meta });

/** v1 shows an expired payment as a failed one. */
const SHOWN_AS: Readonly<Record<(typeof STATUSES)[number], readonly [PaymentStatus] | readonly [PaymentStatus, PaymentStatus]>> = {
  pending: ['pending'],
  completed: ['completed'],
  failed: ['failed', 'expired'],
};

export interface TransactionsServices {
  listing: PaymentListing;
  limits: Limits;
}

export async function transactionsRoute(app: FastifyInstance, { listing, limits }: TransactionsServices): Promise<void> {
  app.get<{ Querystring: Query }>(
    '/payments/transactions',
    {
      config: limits('default'),
      preValidation: dropEmptyFilters,
      schema: {
        summary: 'List transactions, newest first',
        tags: ['Payments'],
        security: [{ apiKey: [] }],
        querystring: transactionsQuery,
        response: { 200: transactionsAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const { query } = request;
      const size = readPage(query);
      const found = await listing.page(credentialOf(request), filterOf(query), { ...size, startingAfter: query.starting_after });
      return { data: found.rows.map(transactionResource), meta: metaOf(size, found) };
    },
  );
}

function filterOf({ status, direction, provider, currency, phone, from, to }: Query): PaymentFilter {
  const statuses = status && SHOWN_AS[status];
  return { statuses, direction, provider, currency, phones: readPhones(phone, currency), ...readSpan({ from, to }) };
}
