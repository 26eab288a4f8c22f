/**
 * Money that Stripe took back from a payment which had succeeded, other than by a refund of ours.
 *
 * A dispute counts when it is lost: while it runs Stripe holds the money, and gives it back when it is won, which a
 * reversing entry could not follow. Refunds made in Stripe's dashboard count when nothing is left of the payment. Those
 * of a part do not: no entry of ours says what was given back for what, so the operator is told, and `malipo reconcile`
 * shows them as refunds that only Stripe knows.
 */
import type Stripe from 'stripe';
import * as z from 'zod';
import type { ProviderLog } from '../live.ts';
import { fromStripe } from './amounts.ts';
import * as answers from './answers.ts';

const MAX_PER_PAYMENT = 100;

const disputes = z.object({ data: z.array(answers.dispute) });
const refunds = z.object({ data: z.array(answers.refund) });

export interface TakenBack {
  amountMinor: number;
  currency: string;
  reason: string;
  /** Whether nothing of it is left that we know of: only then it counts as taken back. */
  isWhole: boolean;
}

/** What of a paid intent's money went back other than by a refund of ours, and why; null while all of it stands. Throws when Stripe does not say. */
export async function takenBack(paid: answers.Intent, { stripe, log }: { stripe: Stripe; log: ProviderLog }): Promise<TakenBack | null> {
  const { id, latest_charge: charge, amount_received, currency } = paid;
  if (typeof charge !== 'object' || charge === null) return null;
  const asked = { payment_intent: id, limit: MAX_PER_PAYMENT };
  if (charge.disputed) {
    const lost = disputes.parse(await stripe.disputes.list(asked)).data.find(({ status }) => status === 'lost');
    if (lost !== undefined) return { ...fromStripe(lost.amount, lost.currency), reason: `The cardholder’s bank took the money back (${lost.reason ?? 'no reason given'})`, isWhole: true };
  }
  if (charge.amount_refunded === 0) return null;
  const given = refunds.parse(await stripe.refunds.list(asked)).data.filter((refund) => answers.meaningOfRefund(refund) === 'completed');
  const amount = sumOf(given.filter((refund) => !refund.metadata?.['reference']));
  if (amount === 0) return null;
  const isWhole = sumOf(given) >= amount_received;
  if (!isWhole) log.warn({ provider: 'stripe', providerRef: id, amount }, 'A part of a payment was refunded in Stripe’s dashboard: it is in no book here; malipo reconcile shows it');
  return { ...fromStripe(amount, currency), reason: 'Refunded in Stripe’s dashboard', isWhole };
}

function sumOf(refunds: answers.Refund[]): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}
