/**
 * What of a payment that had succeeded is gone from Stripe: lost to its cardholder's bank, or refunded, by us or by hand.
 *
 * A dispute counts when it is lost: while it runs Stripe holds the money, and gives it back when it is won, which a
 * reversing entry could not follow. Refunds are told one by one, as Stripe shows them; which of them are ours, and which
 * were made in its dashboard, our books know.
 */
import type Stripe from 'stripe';
import type * as z from 'zod';
import { SECOND_MS } from '../../core/clock.ts';
import type { ToldRefund } from '../provider.ts';
import { reasonOf } from '../reading.ts';
import { fromStripe } from './amounts.ts';
import * as answers from './answers.ts';

/** Stripe's largest page; and the most that are read of one payment: who gives it back in more parts has to be looked after by hand. */
const PAGE = 100;
const READ_MAX = 5_000;

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

/**
 * What its cardholder's bank took for good; null while it took nothing. A dispute may be about a part, and another about
 * another part: what all of them took is told, each time that one more is lost.
 */
export async function lostDispute({ id, currency, latest_charge: charge }: answers.Intent, stripe: Stripe): Promise<Lost | null> {
  if (typeof charge !== 'object' || !charge?.disputed) return null;
  const all = await allOf(answers.dispute, stripe.disputes.list({ payment_intent: id, limit: PAGE }));
  const lost = all.filter(({ status }) => status === 'lost');
  if (lost.length === 0) return null;
  // Nothing can be added to what is other money than was paid: then that is told, for a person.
  const told = lost.find((each) => each.currency !== currency) ?? lost[0]!;
  const amount = lost.filter((each) => each.currency === told.currency).reduce((sum, each) => sum + each.amount, 0);
  const reasons = new Set(lost.map(({ reason }) => reason ?? 'no reason given'));
  return { ...fromStripe(amount, told.currency), reason: `The cardholder’s bank took the money back (${[...reasons].join(', ')})` };
}

/** None are looked for where nothing is gone: a refund that failed since is told, and asked about, by itself. */
async function refundsOf({ id, latest_charge: charge }: answers.Intent, stripe: Stripe, now: number): Promise<ToldRefund[]> {
  if (typeof charge !== 'object' || !charge?.amount_refunded) return [];
  const all = await allOf(answers.refund, stripe.refunds.list({ payment_intent: id, limit: PAGE }));
  return all.map((refund) => told(refund, now));
}

/** Page after page. */
async function allOf<Shape extends z.ZodType>(shape: Shape, list: AsyncIterable<unknown>): Promise<z.infer<Shape>[]> {
  const all: z.infer<Shape>[] = [];
  for await (const listed of list) {
    all.push(shape.parse(listed));
    if (all.length > READ_MAX) throw new Error('Stripe has more of it than can be read');
  }
  return all;
}

/** Stripe says when a refund was made, and not when it came back: now is when we learnt of that. */
function told(refund: answers.Refund, now: number): ToldRefund {
  const status = answers.meaningOfRefund(refund);
  if (status === undefined) throw new Error('Stripe’s list has a refund of a status that it does not document');
  const reason = status === 'reversed' ? reasonOf(refund.failure_reason) || 'The bank did not take the money' : 'Refunded in Stripe’s dashboard';
  return { providerRef: refund.id, reference: refund.metadata?.['reference'] ?? '', status, ...fromStripe(refund.amount, refund.currency), at: status === 'reversed' ? now : refund.created * SECOND_MS, reason };
}
