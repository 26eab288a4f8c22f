/** What a webhook says, in each dialect: pure functions of what was true at the moment of the event. */
import type { WebhookFormat } from '../access/apps.ts';
import { eastAfricaTime, isoTime } from '../core/clock.ts';
import type { Mode } from '../core/mode.ts';
import { toMajor } from '../core/money.ts';
import type { Payment } from '../payments/payment.ts';
import type { MoneyBack } from '../payments/settlement.ts';

/** A payment as it was when its status moved. Kept with the event, so that a retry tells no newer or older story. */
export interface Facts
  extends Pick<Payment, 'id' | 'reference' | 'direction' | 'provider' | 'providerRef' | 'amountMinor' | 'currency' | 'phone' | 'failureReason' | 'completedAt'> {
  status: Exclude<Payment['status'], 'pending'>;
  metadata: Record<string, unknown>;
  /** Absent in events that an earlier release wrote. */
  mode?: Mode;
  /** Absent in an event of the payment's own status. */
  back?: { news: MoneyBack; refundedMinor: number };
}

export interface ToldEvent {
  facts: Facts;
  /** When it happened, in milliseconds. */
  at: number;
}

export function factsOf(payment: Payment, news?: MoneyBack): Facts {
  const { id, reference, mode, status, direction, provider, providerRef, amountMinor, currency, phone, failureReason, completedAt } = payment;
  if (status === 'pending') throw new Error(`payment ${id} is pending: there is nothing to tell`);
  const metadata = JSON.parse(payment.metadata) as Record<string, unknown>;
  const back = news && { back: { news, refundedMinor: payment.refundedMinor } };
  return { id, reference, mode, status, direction, provider, providerRef, amountMinor, currency, phone, failureReason, completedAt, metadata, ...back };
}

/** Whether a dialect has words for it: Dukuzi knows no payouts, and would tell one as if a customer had paid. */
export function canTell(format: WebhookFormat, { direction }: Pick<Facts, 'direction'>): boolean {
  return format === 'dgateway' || direction === 'collect';
}

export type EventName = 'transaction.completed' | 'transaction.failed' | 'transaction.refunded' | 'transaction.refund_failed' | 'transaction.reversed' | 'transaction.restored';

/** The Dukuzi dialect has no name for events, and tells the status. */
export function eventName({ status, back }: Pick<Facts, 'status' | 'back'>): EventName {
  if (back !== undefined) return `transaction.${back.news.kind}`;
  return status === 'completed' ? 'transaction.completed' : 'transaction.failed';
}

/**
 * What a client reads as the status. Money that goes back has a word of its own: half of the clients look at nothing
 * else, and would hand the goods over again for a `completed`.
 */
function toldStatus({ status, back }: Facts): string {
  if (back !== undefined) return back.news.kind;
  return status === 'completed' ? 'completed' : 'failed';
}

export function payload(format: WebhookFormat, event: ToldEvent): object {
  switch (format) {
    case 'dgateway':
      return dgatewayPayload(event);
    case 'dukuzi':
      return dukuziPayload(event);
    default:
      return format satisfies never;
  }
}

/** The seed's envelope. Half of the real clients read the payment at the top level, so what they read is there too. */
function dgatewayPayload({ facts, at }: ToldEvent) {
  const data = {
    reference: facts.reference,
    status: toldStatus(facts),
    amount: toMajor(facts.amountMinor),
    currency: facts.currency,
    provider: facts.provider,
    direction: facts.direction,
    failure_reason: facts.failureReason,
    provider_ref: facts.providerRef,
    phone_number: facts.phone,
    metadata: facts.metadata,
    ...(facts.mode === undefined ? {} : { is_test: facts.mode === 'test' }),
    ...moneyBack(facts),
  };
  const { reference, status, amount, currency, failure_reason } = data;
  return { event: eventName(facts), data, timestamp: isoTime(at), reference, status, amount, currency, failure_reason };
}

/** How much went back now and in all, in major units. */
function moneyBack({ back }: Facts): object {
  if (back === undefined) return {};
  const { news, refundedMinor } = back;
  const amount = toMajor(news.amountMinor);
  const { reason } = news;
  if (!('reference' in news)) return { [`${news.kind}_amount`]: amount, reason };
  return { refund_reference: news.reference, refund_amount: amount, refunded_amount: toMajor(refundedMinor), reason };
}

function dukuziPayload({ facts }: ToldEvent) {
  return {
    transaction_id: facts.id,
    status: facts.back?.news.kind ?? facts.status,
    amount: toMajor(facts.back?.news.amountMinor ?? facts.amountMinor),
    customer_phone: facts.phone,
    completed_at: facts.completedAt === null ? null : eastAfricaTime(facts.completedAt),
    // Its reference knows no tests: what says nothing of them is money.
    ...(facts.mode === 'test' ? { is_test: true } : {}),
  };
}
