/** What a webhook says, in each dialect: pure functions of what was true at the moment of the event. */
import type { WebhookFormat } from '../access/apps.ts';
import { eastAfricaTime, isoTime } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import type { Payment } from '../payments/payment.ts';

/** A payment as it was when its status moved. Kept with the event, so that a retry tells no newer or older story. */
export interface Facts
  extends Pick<Payment, 'id' | 'reference' | 'direction' | 'provider' | 'providerRef' | 'amountMinor' | 'currency' | 'phone' | 'failureReason' | 'completedAt'> {
  status: Exclude<Payment['status'], 'pending'>;
  metadata: Record<string, unknown>;
}

export interface ToldEvent {
  facts: Facts;
  /** When it happened, in milliseconds. */
  at: number;
}

export function factsOf(payment: Payment): Facts {
  const { id, reference, status, direction, provider, providerRef, amountMinor, currency, phone, failureReason, completedAt } = payment;
  if (status === 'pending') throw new Error(`payment ${id} is pending: there is nothing to tell`);
  const metadata = JSON.parse(payment.metadata) as Record<string, unknown>;
  return { id, reference, status, direction, provider, providerRef, amountMinor, currency, phone, failureReason, completedAt, metadata };
}

/** Whether a dialect has words for it: Dukuzi knows no payouts, and would tell one as if a customer had paid. */
export function canTell(format: WebhookFormat, { direction }: Pick<Facts, 'direction'>): boolean {
  return format === 'dgateway' || direction === 'collect';
}

/** `transaction.completed` or `transaction.failed`; the Dukuzi dialect has no name for events, and tells the status. */
export function eventName({ status }: Pick<Facts, 'status'>): 'transaction.completed' | 'transaction.failed' {
  return status === 'completed' ? 'transaction.completed' : 'transaction.failed';
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
    status: facts.status === 'completed' ? 'completed' : 'failed',
    amount: toMajor(facts.amountMinor),
    currency: facts.currency,
    provider: facts.provider,
    direction: facts.direction,
    failure_reason: facts.failureReason,
    provider_ref: facts.providerRef,
    phone_number: facts.phone,
    metadata: facts.metadata,
  };
  const { reference, status, amount, currency, failure_reason } = data;
  return { event: eventName(facts), data, timestamp: isoTime(at), reference, status, amount, currency, failure_reason };
}

function dukuziPayload({ facts }: ToldEvent) {
  return {
    transaction_id: facts.id,
    status: facts.status,
    amount: toMajor(facts.amountMinor),
    customer_phone: facts.phone,
    completed_at: facts.completedAt === null ? null : eastAfricaTime(facts.completedAt),
  };
}
