/** What v1 prints: the DGateway reference's shapes, and the fields its real clients read besides. */
import { isoTime } from '../../core/clock.ts';
import { toMajor } from '../../core/money.ts';
import type { Payment } from '../../payments/payment.ts';

/** v1 knows three statuses: an expired payment is a failed one with that reason. */
export function v1Status(payment: Payment): 'pending' | 'completed' | 'failed' {
  return payment.status === 'expired' ? 'failed' : payment.status;
}

export function transactionResource(payment: Payment) {
  return {
    reference: payment.reference,
    status: v1Status(payment),
    provider: payment.provider,
    provider_slug: payment.provider,
    provider_ref: payment.providerRef,
    direction: payment.direction,
    amount: toMajor(payment.amountMinor),
    platform_fee: toMajor(payment.feeMinor),
    net_amount: toMajor(payment.amountMinor - payment.feeMinor),
    ...moneyBack(payment),
    currency: payment.currency,
    phone_number: payment.phone,
    description: payment.description,
    failure_reason: payment.failureReason,
    metadata: JSON.parse(payment.metadata) as Record<string, unknown>,
    is_test: payment.mode === 'test',
    created_at: isoTime(payment.createdAt),
    completed_at: payment.completedAt === null ? null : isoTime(payment.completedAt),
  };
}

/** Said only once there is something to say. */
function moneyBack({ refundedMinor, reversedAt }: Payment) {
  return {
    ...(refundedMinor === 0 ? {} : { refunded_amount: toMajor(refundedMinor) }),
    ...(reversedAt === null ? {} : { reversed_at: isoTime(reversedAt) }),
  };
}

export function collectResource(payment: Payment, publishableKey: string) {
  return {
    reference: payment.reference,
    provider: payment.provider,
    provider_ref: payment.providerRef,
    status: v1Status(payment),
    amount: toMajor(payment.amountMinor),
    currency: payment.currency,
    phone_number: payment.phone,
    raw_response: {},
    client_secret: payment.clientSecret,
    stripe_publishable_key: payment.clientSecret === '' ? '' : publishableKey,
    ...(payment.redirectUrl === '' ? {} : { redirect_url: payment.redirectUrl }),
  };
}
