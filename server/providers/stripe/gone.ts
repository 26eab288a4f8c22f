/**
 * What of a payment that had succeeded is gone from Stripe: lost to its cardholder's bank, or refunded, by us or by hand.
 *
 * A dispute counts when it is lost: while it runs Stripe holds the money, and gives it back when it is won, which a
 * reversing entry could not follow. Refunds are told one by one, as Stripe shows them; which of them are ours, and which
 * were made in its dashboard, our books know.
 */
import type Stripe from 'stripe';
import * as z from 'zod';
import { SECOND_MS } from '../../core/clock.ts';
import type { ToldRefund } from '../provider.ts';
import { reasonOf } from '../reading.ts';
import { fromStripe } from './amounts.ts';
import * as answers from './answers.ts';

/** Stripe's largest page. Who gives one payment back in more parts than that has to be looked after by hand. */
const MAX_PER_PAYMENT = 100;

const disputes = z.object({ data: z.array(answers.dispute) });
const refunds = z.object({ data: z.array(answers.refund), has_more: z.boolean().optional() });

export interface Lost {
  amountMinor: number;
  currency: string;
  reason: string;
}

/** Throws when Stripe does not say. */
export async function goneOf(paid: answers.Intent, stripe: Stripe, now: number): Promise<{ lost: Lost | null; refunds: ToldRefund[] }> {
  const [lost, given] = await Promise.all([lostDispute(paid, stripe), refundsOf(paid, stripe, now)]);
  return { lost, refunds: given };
}

/** What its cardholder's bank took for good; null while it took nothing. */
export async function lostDispute({ id, latest_charge: charge }: answers.Intent, stripe: Stripe): Promise<Lost | null> {
  if (typeof charge !== 'object' || !charge?.disputed) return null;
  const lost = disputes.parse(await stripe.disputes.list({ payment_intent: id, limit: MAX_PER_PAYMENT })).data.find(({ status }) => status === 'lost');
  if (lost === undefined) return null;
  return { ...fromStripe(lost.amount, lost.currency), reason: `The cardholder’s bank took the money back (${lost.reason ?? 'no reason given'})` };
}

/** None are looked for where nothing is gone: a refund that failed since is told, and asked about, by itself. */
async function refundsOf({ id, latest_charge: charge }: answers.Intent, stripe: Stripe, now: number): Promise<ToldRefund[]> {
  if (typeof charge !== 'object' || !charge?.amount_refunded) return [];
  const { data, has_more: hasMore } = refunds.parse(await stripe.refunds.list({ payment_intent: id, limit: MAX_PER_PAYMENT }));
  if (hasMore) throw new Error('Stripe has more refunds of it than can be read');
  return data.map((refund) => told(refund, now));
}

/** Stripe says when a refund was made, and not when it came back: now is when we learnt of that. */
function told(refund: answers.Refund, now: number): ToldRefund {
  const status = answers.meaningOfRefund(refund);
  if (status === undefined) throw new Error('Stripe’s list has a refund of a status that it does not document');
  const reason = status === 'reversed' ? reasonOf(refund.failure_reason) || 'The bank did not take the money' : 'Refunded in Stripe’s dashboard';
  return { providerRef: refund.id, reference: refund.metadata?.['reference'] ?? '', status, ...fromStripe(refund.amount, refund.currency), at: status === 'reversed' ? now : refund.created * SECOND_MS, reason };
}
