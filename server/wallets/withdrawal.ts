import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import { isOverdue, nextAskAfter, nextAskAt, PAYOUT_ASKED_OFTEN_FOR_MS } from '../payments/payment.ts';

export const WITHDRAWAL_METHODS = ['mobile_money', 'bank_transfer'] as const;
export type WithdrawalMethod = (typeof WITHDRAWAL_METHODS)[number];

/** A withdrawal is pending until its provider, or the operator, says what became of it; then it is never moved again. */
export const WITHDRAWAL_STATUSES = ['pending', 'completed', 'failed'] as const;
export type WithdrawalStatus = (typeof WITHDRAWAL_STATUSES)[number];

/** A withdrawal as it stands in the database. Amounts are minor units, times milliseconds. */
export interface Withdrawal {
  id: number;
  reference: string;
  appId: number;
  /** Whose wallet it is taken from. */
  provider: string;
  currency: Currency;
  amountMinor: number;
  method: WithdrawalMethod;
  /** MSISDN, or account number. */
  destination: string;
  destinationName: string;
  bankName: string;
  network: NetworkId | '';
  note: string;
  status: WithdrawalStatus;
  /** `operator`: a person pays it out; the rest as for payments. */
  submission: 'sending' | 'sent' | 'unknown' | 'refused' | 'operator';
  providerRef: string;
  failureReason: string;
  /** Why a person has to look at it, or empty. */
  review: string;
  createdAt: number;
  updatedAt: number;
  completedAt: number | null;
  /** When the provider took it back after it had completed. */
  reversedAt: number | null;
}

export const CHECK_WITHDRAWAL_JOB = 'withdrawal.check';

/** A withdrawal's name in the ledger and among the jobs. */
export function withdrawalSource({ id }: { id: number }): string {
  return `withdrawal:${id}`;
}

/** When to ask the provider about it next, or null when nothing more can come or no provider has it. */
export function nextWithdrawalAskAt(withdrawal: Withdrawal, now: number): number | null {
  return withdrawal.submission === 'operator' ? null : nextAskAt(asPayout(withdrawal), now);
}

/** As `nextWithdrawalAskAt`, when the provider was just asked. */
export function nextWithdrawalAskAfter(withdrawal: Withdrawal, asked: { answered: boolean; now: number }): number | null {
  return withdrawal.submission === 'operator' ? null : nextAskAfter(asPayout(withdrawal), asked);
}

/** Whether a person should look what became of it; one that the operator pays is with a person already. */
export function isWithdrawalOverdue(withdrawal: Withdrawal, now: number): boolean {
  return withdrawal.submission !== 'operator' && isOverdue(asPayout(withdrawal), now);
}

function asPayout(withdrawal: Withdrawal) {
  return { ...withdrawal, mode: 'live' as const, direction: 'disburse' as const, expiresAt: withdrawal.createdAt + PAYOUT_ASKED_OFTEN_FOR_MS };
}
