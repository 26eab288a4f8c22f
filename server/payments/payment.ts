import type { FailureCode, PaymentStatus } from '../core/checkout-contract.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import type { Mode } from '../core/mode.ts';
import type { Method } from '../providers/provider.ts';

/** A payment as it stands in the database. Amounts are minor units, times milliseconds, metadata JSON text. */
export interface Payment {
  id: number;
  reference: string;
  appId: number;
  mode: Mode;
  direction: 'collect' | 'disburse';
  method: Method;
  provider: string;
  network: NetworkId | '';
  providerRef: string;
  status: PaymentStatus;
  submission: 'sending' | 'sent' | 'unknown' | 'refused';
  amountMinor: number;
  feeMinor: number;
  currency: Currency;
  phone: string;
  description: string;
  callbackUrl: string;
  metadata: string;
  customerName: string;
  customerEmail: string;
  itemId: number | null;
  quantity: number;
  clientSecret: string;
  failureCode: FailureCode;
  failureReason: string;
  version: number;
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
  completedAt: number | null;
}

/** How long a customer has to approve. */
export const EXPIRES_AFTER_MS = 4 * HOUR_MS;

/**
 * Where a status may go. A failed or expired payment can still complete: the provider's word, verified, beats
 * our guess. Nothing leaves completed; money goes back only by a refund, which is a record of its own.
 */
const NEXT: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  pending: ['completed', 'failed', 'expired'],
  failed: ['completed'],
  expired: ['completed'],
  completed: [],
};

export function canBecome(from: PaymentStatus, to: PaymentStatus): boolean {
  return NEXT[from].includes(to);
}

/** Ages at which a pending payment's provider is asked, until it expires; the last step repeats. */
const ASK_AT_AGES_MS = [15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS, 15 * MINUTE_MS];
const ASK_EVERY_MS = 15 * MINUTE_MS;

/** How long after expiry the janitor looks back for a success that came late. */
const LOOK_BACK_MS = [HOUR_MS, DAY_MS, 7 * DAY_MS];

/**
 * When to ask the provider about this payment next, or null when nothing more can come. Depends only on the
 * payment and the time, so that a server that was down takes up where the schedule stands.
 */
export function nextAskAt(payment: Pick<Payment, 'status' | 'submission' | 'createdAt' | 'expiresAt'>, now: number): number | null {
  if (payment.status === 'completed' || payment.submission === 'refused') return null;
  if (payment.status === 'pending') {
    const age = now - payment.createdAt;
    const nextAge = ASK_AT_AGES_MS.find((at) => at > age) ?? (Math.floor(age / ASK_EVERY_MS) + 1) * ASK_EVERY_MS;
    return Math.min(payment.createdAt + nextAge, Math.max(payment.expiresAt, now));
  }
  const lookBack = LOOK_BACK_MS.find((after) => payment.expiresAt + after > now);
  return lookBack === undefined ? null : payment.expiresAt + lookBack;
}
