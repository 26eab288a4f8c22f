/** What Stripe answers, as far as money depends on it. Source: docs.stripe.com/api, version 2026-10-28.endive. */
import * as z from 'zod';
import type { FailureCode } from '../../core/checkout-contract.ts';
import { SECOND_MS } from '../../core/clock.ts';
import type { HistoryEntry } from '../provider.ts';
import { reasonOf } from '../reading.ts';

/** Seconds since 1970. */
const time = z.int().positive();
const amount = z.int().nonnegative();
const metadata = z.record(z.string(), z.string()).nullish();

const charge = z.object({
  id: z.string().min(1),
  created: time,
  amount_refunded: amount,
  disputed: z.boolean(),
});

export const intent = z.object({
  id: z.string().min(1),
  object: z.literal('payment_intent'),
  status: z.string(),
  amount,
  amount_received: amount,
  currency: z.string().min(1),
  created: time,
  client_secret: z.string().min(1).nullish(),
  cancellation_reason: z.string().nullish(),
  last_payment_error: z.object({ type: z.string().nullish(), code: z.string().nullish(), decline_code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  /** Expanded in every request of ours. */
  latest_charge: z.union([charge, z.string()]).nullish(),
  metadata,
});
export type Intent = z.infer<typeof intent>;

export const refund = z.object({
  id: z.string().min(1),
  object: z.literal('refund'),
  status: z.string(),
  amount,
  currency: z.string().min(1),
  created: time,
  failure_reason: z.string().nullish(),
  payment_intent: z.string().nullish(),
  metadata,
});
export type Refund = z.infer<typeof refund>;

export const dispute = z.object({
  id: z.string().min(1),
  object: z.literal('dispute'),
  status: z.string(),
  amount,
  currency: z.string().min(1),
  reason: z.string().nullish(),
  payment_intent: z.string().nullish(),
});

/** The object of an event: what it is, and what it names. Some (a balance) have no id. */
export const event = z.object({
  id: z.string().min(1),
  data: z.object({
    object: z.object({ object: z.string(), id: z.string().nullish(), metadata, payment_intent: z.string().nullish() }),
  }),
});

/**
 * A declined card leaves its intent open: the buyer tries another with the same client secret, so nothing failed yet.
 * `requires_capture` is for those who capture by hand, which we do not ask for: no money has moved.
 */
const INTENT_MEANING = {
  requires_payment_method: 'pending',
  requires_confirmation: 'pending',
  requires_action: 'pending',
  requires_capture: 'pending',
  processing: 'pending',
  succeeded: 'completed',
  canceled: 'failed',
} as const satisfies Record<string, HistoryEntry['status']>;

/** A refund fails after it succeeded, too, when the card's bank sends it back: the money is in Stripe's balance again (docs.stripe.com/refunds#failed-refunds). */
const REFUND_MEANING = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'completed',
  failed: 'reversed',
  canceled: 'failed',
} as const satisfies Record<string, HistoryEntry['status']>;

export function meaningOfIntent({ status }: Intent) {
  return Object.hasOwn(INTENT_MEANING, status) ? INTENT_MEANING[status as keyof typeof INTENT_MEANING] : undefined;
}

export function meaningOfRefund({ status }: Refund) {
  return Object.hasOwn(REFUND_MEANING, status) ? REFUND_MEANING[status as keyof typeof REFUND_MEANING] : undefined;
}

/** When it was paid; an intent without a readable charge was paid some time after it was made, and now is when we learnt of it. */
export function paidAt({ latest_charge }: Intent, now: number): number {
  return typeof latest_charge === 'object' && latest_charge !== null ? latest_charge.created * SECOND_MS : now;
}

/** Decline codes that have words of their own for the buyer; all others are the bank's no. Source: docs.stripe.com/declines/codes. */
const DECLINE_CODES: Readonly<Record<string, FailureCode>> = { insufficient_funds: 'insufficient_funds' };

/** The bank's question was not answered, or wrongly: Stripe calls it no card's error, and its words are for developers. Source: docs.stripe.com/error-codes. */
const NOT_AUTHENTICATED = 'payment_intent_authentication_failure';

/** Why an intent was cancelled: the last refusal of a card says more than its cancelling. */
export function failureOf({ last_payment_error: error, cancellation_reason: why }: Intent): { code: FailureCode; reason: string } {
  if (error?.type === 'card_error') {
    const code = DECLINE_CODES[error.decline_code ?? error.code ?? ''] ?? 'card_declined';
    return { code, reason: reasonOf(error.message) || 'The card was declined' };
  }
  if (error?.code === NOT_AUTHENTICATED) return { code: 'card_declined', reason: 'The bank could not tell that it was the cardholder' };
  if (why === 'requested_by_customer') return { code: 'declined', reason: 'The customer cancelled the payment' };
  if (why === 'abandoned' || why === 'automatic') return { code: 'expired', reason: 'Nobody paid in time' };
  return { code: 'failed', reason: reasonOf(why && `Cancelled: ${why}`) || 'The payment was cancelled at Stripe' };
}
