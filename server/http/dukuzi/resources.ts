/** What the Dukuzi dialect prints. */
import { eastAfricaTime } from '../../core/clock.ts';
import { type ApiError } from '../../core/errors.ts';
import { toMajor } from '../../core/money.ts';
import type { Payment } from '../../payments/payment.ts';
import type { ErrorDialect } from '../errors.ts';

export function dukuziTransaction(payment: Payment) {
  return {
    transaction_id: payment.id,
    status: payment.status,
    amount: toMajor(payment.amountMinor),
    currency: payment.currency,
    created_at: eastAfricaTime(payment.createdAt),
    completed_at: payment.completedAt === null ? null : eastAfricaTime(payment.completedAt),
  };
}

/** A flat `{"error": "…"}`; whatever is wrong at the provider is a 502 there. */
export const dukuziDialect: ErrorDialect = (error) => ({ status: statusOf(error), body: { error: error.message } });

function statusOf({ code, status }: ApiError): number {
  return code === 'PROVIDER_ERROR' || code === 'PROVIDER_LINE_DOWN' ? 502 : status;
}
