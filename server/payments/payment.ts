import type { FailureCode, PaymentStatus } from '../core/checkout-contract.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/clock.ts';
import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import type { Mode } from '../core/mode.ts';
import type { Direction, Method } from '../providers/provider.ts';

/** A payment as it stands in the database. Amounts are minor units, times milliseconds, metadata JSON text. */
export interface Payment {
  id: number;
  reference: string;
  appId: number;
  mode: Mode;
  direction: Direction;
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
  /** The provider's own page where the customer pays, or empty. */
  redirectUrl: string;
  /** What went back to the customer by completed refunds. */
  refundedMinor: number;
  /** When the provider took it back after it had completed. */
  reversedAt: number | null;
  failureCode: FailureCode;
  failureReason: string;
  version: number;
  createdAt: number;
  updatedAt: number;
  /** When the customer can approve no more; of a payout, until when its provider is asked often. */
  expiresAt: number;
  completedAt: number | null;
}

/** How long a customer has to approve. */
export const EXPIRES_AFTER_MS = 4 * HOUR_MS;

/** How long a payout's provider is asked often; its money is held however long the answer takes. */
export const PAYOUT_ASKED_OFTEN_FOR_MS = DAY_MS;

/**
 * Where a status may go. A collect that failed or expired can still complete: the provider's word, verified, beats
 * our guess. A payout never expires, because only its provider knows whether the money left; once it failed, its
 * money was released and may be spent, so a later word that it was paid is for a person. Nothing leaves completed;
 * money goes back only by a refund, which is a record of its own.
 */
const NEXT: Readonly<Record<Direction, Readonly<Record<PaymentStatus, readonly PaymentStatus[]>>>> = {
  collect: { pending: ['completed', 'failed', 'expired'], failed: ['completed'], expired: ['completed'], completed: [] },
  disburse: { pending: ['completed', 'failed'], failed: [], expired: [], completed: [] },
};

export function canBecome({ direction, status }: Pick<Payment, 'direction' | 'status'>, to: PaymentStatus): boolean {
  return NEXT[direction][status].includes(to);
}

/** Ages at which a pending payment's provider is asked, until it expires; the last step repeats. */
const ASK_AT_AGES_MS = [15 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS, 15 * MINUTE_MS];
const ASK_EVERY_MS = 15 * MINUTE_MS;

/** How often a payout is asked about that is still in doubt after its first hours: for as long as it takes. */
const ASK_OLD_PAYOUT_EVERY_MS = 6 * HOUR_MS;

/**
 * How long after expiry the janitor looks back for a success that came late; of money out after it ended without one,
 * whenever a person or its provider ended it: somebody at the provider may still complete it by hand. What its provider
 * refused is not looked back at: it was never taken, so there is nothing there to complete.
 */
const LOOK_BACK_MS = [HOUR_MS, DAY_MS, 7 * DAY_MS];

/** A look-back that got no answer is none: after the last one the provider is asked every day, for so long after expiry. */
const UNANSWERED_EVERY_MS = DAY_MS;
const UNANSWERED_FOR_MS = 30 * DAY_MS;

type Asked = Pick<Payment, 'direction' | 'status' | 'createdAt' | 'expiresAt'> & Partial<Pick<Payment, 'mode' | 'completedAt' | 'reversedAt' | 'updatedAt'>> & { submission: string };

/**
 * When to ask the provider about this payment next, or null when nothing more can come. Depends only on the
 * payment and the time, so that a server that was down takes up where the schedule stands.
 */
export function nextAskAt(payment: Asked, now: number): number | null {
  if (payment.status === 'completed') return nextReversalAskAt(payment, now);
  if (payment.submission === 'refused') return null;
  if (payment.status === 'pending') {
    if (payment.direction === 'disburse') return nextPayoutAskAt(payment, now);
    return Math.min(nextEarlyAskAt(payment.createdAt, now), Math.max(payment.expiresAt, now));
  }
  // What has failed changes no more, so that its last change is its end.
  const since = payment.direction === 'disburse' ? (payment.updatedAt ?? payment.expiresAt) : payment.expiresAt;
  const lookBack = LOOK_BACK_MS.find((after) => since + after > now);
  return lookBack === undefined ? null : since + lookBack;
}

/** As `nextAskAt`, when the provider was just asked: one that said nothing at the last look-back is asked again. */
export function nextAskAfter(payment: Asked, { answered, now }: { answered: boolean; now: number }): number | null {
  const next = nextAskAt(payment, now);
  const isOver = payment.status === 'completed' || payment.submission === 'refused' || now >= payment.expiresAt + UNANSWERED_FOR_MS;
  return next === null && !answered && !isOver ? now + UNANSWERED_EVERY_MS : next;
}

/**
 * Whether money has been on its way out for so long that a person should look: only a provider's word ends its hold, and
 * one that has none may never have it.
 */
export function isOverdue({ direction, status, expiresAt }: Pick<Payment, 'direction' | 'status' | 'expiresAt'>, now: number): boolean {
  return direction === 'disburse' && status === 'pending' && expiresAt <= now;
}

/** When to ask about money on its way out: often at first, then a few times a day until there is an answer. */
export function nextPayoutAskAt({ createdAt, expiresAt }: { createdAt: number; expiresAt: number }, now: number): number {
  const early = nextEarlyAskAt(createdAt, now);
  return early <= expiresAt ? early : Math.max(expiresAt, now) + ASK_OLD_PAYOUT_EVERY_MS;
}

/**
 * Money that was paid out can still come back: a wallet turns out to be closed; and leave after all when it had. Its
 * provider is asked as a late success would be. A payment that was collected is not: what is taken back of it comes with a callback, or shows when
 * the books are reconciled, and a job for each would be a table as large as the payments'.
 */
function nextReversalAskAt({ mode, direction, completedAt, reversedAt }: Asked, now: number): number | null {
  if (mode === 'test' || direction === 'collect' || completedAt == null) return null;
  const since = Math.max(completedAt, reversedAt ?? completedAt);
  const after = LOOK_BACK_MS.find((each) => since + each > now);
  return after === undefined ? null : since + after;
}

function nextEarlyAskAt(createdAt: number, now: number): number {
  const age = now - createdAt;
  return createdAt + (ASK_AT_AGES_MS.find((at) => at > age) ?? (Math.floor(age / ASK_EVERY_MS) + 1) * ASK_EVERY_MS);
}
