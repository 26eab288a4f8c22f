/** What Malipo sends to an app, for the `webhooks` section of the document. The payloads are made in webhooks/payloads.ts. */
import * as z from 'zod';
import { CURRENCIES } from '../../core/money.ts';
import { example, type Examples } from './operation.ts';

const status = z.enum(['completed', 'failed', 'refunded', 'refund_failed', 'reversed', 'restored']);

const told = {
  reference: z.string(),
  status,
  amount: z.number(),
  currency: z.enum(CURRENCIES),
  failure_reason: z.string(),
};

export const transactionEvent = z
  .object({
    event: z.enum(['transaction.completed', 'transaction.failed', 'transaction.refunded', 'transaction.refund_failed', 'transaction.reversed', 'transaction.restored']),
    data: z.object({
      ...told,
      provider: z.string(),
      direction: z.enum(['collect', 'disburse']),
      provider_ref: z.string(),
      phone_number: z.string(),
      metadata: z.record(z.string(), z.unknown()).meta({ description: 'What you gave with the payment' }),
      is_test: z.boolean().optional().meta({ description: 'Whether no real money moved: hand nothing over for it. Absent in what an earlier release recorded' }),
      refund_reference: z.string().optional().meta({ description: 'Ours, or Stripe’s (`re_…`) where the refund was made in its dashboard' }),
      refund_amount: z.number().optional().meta({ description: 'What went back with this refund, or came back of it' }),
      refunded_amount: z.number().optional().meta({ description: 'What went back in all' }),
      reversed_amount: z.number().optional().meta({ description: 'What the provider took back' }),
      restored_amount: z.number().optional().meta({ description: 'What of that it has given back again' }),
      reason: z.string().optional(),
    }),
    timestamp: z.string(),
    ...told,
  })
  .meta({ description: 'The payment is in `data`; what most receivers read of it is repeated at the top.' });

export const dukuziEvent = z.object({
  transaction_id: z.int(),
  status: z.enum(['completed', 'failed', 'expired', 'refunded', 'refund_failed', 'reversed', 'restored']),
  amount: z.number(),
  customer_phone: z.string(),
  completed_at: z.string().nullable().meta({ description: 'East Africa Time' }),
  is_test: z.literal(true).optional().meta({ description: 'No real money moved: hand nothing over for it. Absent where it did' }),
});

export interface EventText {
  id: string;
  summary: string;
  description: string;
  schema: 'TransactionEvent' | 'DukuziEvent';
  examples: Examples;
}

const data = {
  reference: 'dgw_abc123xyz',
  status: 'completed',
  amount: 50000,
  currency: 'UGX',
  provider: 'iotec',
  direction: 'collect',
  failure_reason: '',
  provider_ref: 'iotec_txn_456',
  phone_number: '256771234567',
  metadata: { order_id: '123' },
  is_test: false,
};

function told50000(event: string, changed: object) {
  const { reference, status, amount, currency, failure_reason } = { ...data, ...changed };
  return { event, data: { ...data, ...changed }, timestamp: '2026-03-14T10:35:00.000Z', reference, status, amount, currency, failure_reason };
}

const DELIVERY =
  'Answer any 2xx within a few seconds; anything else is tried again for about three days. The same event may come more than once: recognise it by `webhook-id`. ' +
  'Check `webhook-signature` (Standard Webhooks) or `X-DGateway-Signature` (hex HMAC-SHA256 of the raw body) with the app’s secret before believing a word. ' +
  'A payment that failed may still be completed later; a completed one stays so, and is followed by `transaction.refunded` or `transaction.reversed` when its money goes back; a refund that its bank or network sends back later by `transaction.refund_failed`, and what a provider gives back again by `transaction.restored`.';

export const EVENTS: Readonly<Record<string, EventText>> = {
  'transaction.completed': {
    id: 'transactionCompleted',
    summary: 'A payment or payout was completed',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: { completed: example('Paid', told50000('transaction.completed', {})) },
  },
  'transaction.failed': {
    id: 'transactionFailed',
    summary: 'A payment or payout failed, or expired',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: {
      failed: example('Declined', told50000('transaction.failed', { status: 'failed', failure_reason: 'The customer declined the payment' })),
    },
  },
  'transaction.refunded': {
    id: 'transactionRefunded',
    summary: 'Money of a completed payment is back with its customer, all or a part',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: {
      refunded: example('A part', told50000('transaction.refunded', { status: 'refunded', refund_reference: 'dgw_def456uvw', refund_amount: 20000, refunded_amount: 20000, reason: 'Out of stock' })),
    },
  },
  'transaction.refund_failed': {
    id: 'transactionRefundFailed',
    summary: 'A refund that had gone through came back: its customer does not have the money, and it can be refunded again',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: {
      cameBack: example('Came back', told50000('transaction.refund_failed', { status: 'refund_failed', refund_reference: 'dgw_def456uvw', refund_amount: 20000, refunded_amount: 0, reason: 'The card was closed' })),
    },
  },
  'transaction.reversed': {
    id: 'transactionReversed',
    summary: 'A provider took a completed payment or payout back',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: { reversed: example('Charged back', told50000('transaction.reversed', { status: 'reversed', reversed_amount: 50000, reason: 'Charged back' })) },
  },
  'transaction.restored': {
    id: 'transactionRestored',
    summary: 'A provider gave back what it had taken of a completed payment: a dispute was won after all; or a payout that had come back was paid after all',
    description: DELIVERY,
    schema: 'TransactionEvent',
    examples: { restored: example('Given back', told50000('transaction.restored', { status: 'restored', restored_amount: 50000, reason: 'The provider has given it back' })) },
  },
  'dukuzi.transaction': {
    id: 'dukuziTransaction',
    summary: 'A payment’s status changed, in the Dukuzi dialect',
    description: `For apps whose webhook format is \`dukuzi\`. ${DELIVERY}`,
    schema: 'DukuziEvent',
    examples: {
      completed: example('Paid', { transaction_id: 123, status: 'completed', amount: 5000, customer_phone: '255712345678', completed_at: '2026-04-07 10:32:00' }),
    },
  },
};

/** Sent with every delivery. */
export const DELIVERY_HEADERS: Readonly<Record<string, string>> = {
  'webhook-id': 'The event’s id, the same in every attempt',
  'webhook-timestamp': 'When this attempt was made, in seconds since 1970; refuse what is older than five minutes',
  'webhook-signature': 'Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`, one for each secret that is valid',
  'X-DGateway-Signature': 'Lower-case hex HMAC-SHA256 of the raw body, with the whole secret as text',
};
