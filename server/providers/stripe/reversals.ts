/**
 * Money that Stripe took back from a payment which had succeeded, other than by a refund of ours.
 *
 * A dispute counts when it is lost: while it runs Stripe holds the money, and gives it back when it is won, which a
 * reversing entry could not follow. A refund made in Stripe's dashboard counts when it gives back the whole payment. One
 * of a part does not: no entry of ours says what was given back for what, so the operator is told, and `malipo
 * reconcile` shows it as a refund that only Stripe knows.
 */
import type Stripe from 'stripe';
import * as z from 'zod';
import type { ProviderLog } from '../live.ts';
import * as answers from './answers.ts';

const MAX_PER_PAYMENT = 100;

const disputes = z.object({ data: z.array(answers.dispute) });
const refunds = z.object({ data: z.array(answers.refund) });

/** Why a paid intent's money went back, or null while it stands. Throws when Stripe does not say. */
export async function takenBack(paid: answers.Intent, { stripe, log }: { stripe: Stripe; log: ProviderLog }): Promise<string | null> {
  const { id, latest_charge: charge, amount_received } = paid;
  if (typeof charge !== 'object' || charge === null) return null;
  const asked = { payment_intent: id, limit: MAX_PER_PAYMENT };
  if (charge.disputed) {
    const lost = disputes.parse(await stripe.disputes.list(asked)).data.find(({ status }) => status === 'lost');
    if (lost !== undefined) return `The cardholder’s bank took the money back (${lost.reason ?? 'no reason given'})`;
  }
  if (charge.amount_refunded === 0) return null;
  const given = refunds.parse(await stripe.refunds.list(asked)).data;
  const notOurs = given.filter((refund) => !refund.metadata?.['reference'] && answers.meaningOfRefund(refund) === 'completed');
  const amount = notOurs.reduce((sum, refund) => sum + refund.amount, 0);
  if (amount >= amount_received) return 'Refunded in Stripe’s dashboard';
  if (amount > 0) log.warn({ provider: 'stripe', providerRef: id, amount }, 'A part of a payment was refunded in Stripe’s dashboard: it is in no book here; malipo reconcile shows it');
  return null;
}
