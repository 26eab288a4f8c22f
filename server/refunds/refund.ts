import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import { statement } from '../db/store.ts';
import type { NewJob } from '../jobs/queue.ts';
import { isOverdue, nextAskAfter, PAYOUT_ASKED_OFTEN_FOR_MS } from '../payments/payment.ts';
import { providerLane } from '../providers/lane.ts';

/** Money of a completed payment on its way back to the customer. Amounts are minor units, times milliseconds. */
export interface Refund {
  id: number;
  reference: string;
  appId: number;
  paymentId: number;
  mode: Mode;
  provider: string;
  currency: Currency;
  /** By the provider that took the payment, or by a payout to the phone that paid. */
  method: 'itself' | 'by_payout';
  amountMinor: number;
  /** The platform's share of it. */
  feeMinor: number;
  reason: string;
  status: 'pending' | 'completed' | 'failed';
  /** `queued`: no provider has been asked; the rest as for payments. */
  submission: 'queued' | 'sending' | 'sent' | 'unknown' | 'refused';
  providerRef: string;
  failureReason: string;
  createdAt: number;
  sentAt: number | null;
  updatedAt: number;
  completedAt: number | null;
  /** When it came back after it had completed: the customer does not have it. */
  reversedAt: number | null;
}

export const REFUND_JOB = 'refund.follow';

export function refundSource({ id }: { id: number }): string {
  return `refund:${id}`;
}

/** Whether somebody made it at the provider, and not we: then it has the provider's name alone. */
export function isMadeThere({ method, reference, providerRef }: Refund): boolean {
  return method === 'itself' && reference === providerRef;
}

/** The job that sends a refund, and asks about it. */
export function followJob(refund: Refund, runAt: number): NewJob {
  return { kind: REFUND_JOB, subject: refundSource(refund), lane: providerLane(refund), runAt };
}

/**
 * When to ask the provider about a refund next, as about a payout: while it is under way for as long as it takes, and at
 * the look-backs once it was given up, unless its provider refused it, or once it completed. Null when nothing more can come.
 */
export function nextRefundAskAfter(refund: Refund, asked: { answered: boolean; now: number }): number | null {
  return nextAskAfter(asPayout(refund), asked);
}

/** Whether a person should look what became of it. */
export function isRefundOverdue(refund: Refund, now: number): boolean {
  return isOverdue(asPayout(refund), now);
}

function asPayout(refund: Refund) {
  const since = refund.sentAt ?? refund.createdAt;
  return { ...refund, direction: 'disburse' as const, createdAt: since, expiresAt: since + PAYOUT_ASKED_OFTEN_FOR_MS };
}

const COLUMNS = `
  id, reference, app_id AS "appId", payment_id AS "paymentId", mode, provider, currency, method, amount_minor AS "amountMinor",
  fee_minor AS "feeMinor", reason, status, submission, provider_ref AS "providerRef", failure_reason AS "failureReason",
  created_at AS "createdAt", sent_at AS "sentAt", updated_at AS "updatedAt", completed_at AS "completedAt", reversed_at AS "reversedAt"`;

export const insertRefund = statement<Refund>(`
  INSERT INTO refunds (reference, app_id, payment_id, mode, provider, currency, method, amount_minor, fee_minor, reason, request_key, created_at, updated_at)
  VALUES (:reference, :appId, :paymentId, :mode, :provider, :currency, :method, :amountMinor, :feeMinor, :reason, :key, :now, :now)
  RETURNING ${COLUMNS}`);

/** Made at the provider, and heard of when its money had left: the provider's name for it is its reference, too. */
export const insertRefundMadeThere = statement<Refund>(`
  INSERT INTO refunds (reference, provider_ref, app_id, payment_id, mode, provider, currency, method, amount_minor, fee_minor, reason, status, submission, created_at, sent_at, updated_at, completed_at)
  VALUES (:providerRef, :providerRef, :appId, :paymentId, :mode, :provider, :currency, 'itself', :amountMinor, :feeMinor, :reason, 'completed', 'sent', :now, :at, :now, :at)
  RETURNING ${COLUMNS}`);

export const refundById = statement<Refund>(`SELECT ${COLUMNS} FROM refunds WHERE id = :id`);

export const refundByReference = statement<Refund>(`SELECT ${COLUMNS} FROM refunds WHERE reference = :reference`);

/** As of payments: the gateway is named because a partial index is used only where the query says that its condition holds. */
export const refundByUpstreamRef = statement<{ reference: string }>(`
  SELECT reference FROM refunds
  WHERE provider = 'dgateway' AND provider_ref <> '' AND provider_ref = :providerRef AND provider = :provider ORDER BY id DESC LIMIT 1`);

export const refundByKey = statement<Refund>(`SELECT ${COLUMNS} FROM refunds WHERE request_key = :key`);

export const refundsOfPayment = statement<Refund>(`SELECT ${COLUMNS} FROM refunds WHERE payment_id = :paymentId ORDER BY id`);

/** A refund for people, who know its payment by that one's reference. */
export interface NamedRefund extends Refund {
  paymentReference: string;
}

const NAMED = `SELECT ${COLUMNS}, (SELECT p.reference FROM payments p WHERE p.id = refunds.payment_id) AS "paymentReference" FROM refunds`;

export const namedRefundById = statement<NamedRefund>(`${NAMED} WHERE id = :id`);

/** The newest first. */
export const latestRefunds = statement<NamedRefund>(`${NAMED} ORDER BY id DESC LIMIT :limit`);

/** Whoever gets the row sends it; nobody else ever will. */
export const claimSending = statement<Refund>(`
  UPDATE refunds SET submission = 'sending', sent_at = :now, updated_at = :now WHERE id = :id AND submission = 'queued' RETURNING ${COLUMNS}`);

/** Keeps what the provider answered; what it once acknowledged stays sent. */
export const recordRefundSubmission = statement<Refund>(`
  UPDATE refunds SET submission = CASE WHEN submission = 'sent' THEN submission ELSE :submission END,
    provider_ref = CASE WHEN :providerRef = '' OR (submission = 'sent' AND :submission = 'refused') THEN provider_ref ELSE :providerRef END, updated_at = CASE WHEN submission = 'sent' AND status = 'failed' THEN updated_at ELSE :now END
  WHERE id = :id RETURNING ${COLUMNS}`);

/** Gives up an open refund for never sent, unless its provider has acknowledged it: then there is no row. */
export const giveUpUnsentRefund = statement<Refund>(`
  UPDATE refunds SET submission = 'unknown', updated_at = :now
  WHERE id = :id AND status = 'pending' AND submission <> 'sent' RETURNING ${COLUMNS}`);

/** Holds the row until the commit, and changes nothing: what it answers stays so until then. */
export const holdRefund = statement<Refund>(`UPDATE refunds SET updated_at = updated_at WHERE id = :id RETURNING ${COLUMNS}`);

/** What had come back left after all, and its app pays for it. */
export const markRefundPaidAgain = statement<Refund>(`
  UPDATE refunds SET reversed_at = NULL, completed_at = :at, updated_at = :now WHERE id = :id AND reversed_at IS NOT NULL RETURNING ${COLUMNS}`);

/** A completed refund came back. Once. */
export const markRefundReversed = statement<Refund>(`
  UPDATE refunds SET reversed_at = :at, updated_at = :now WHERE id = :id AND status = 'completed' AND reversed_at IS NULL RETURNING ${COLUMNS}`);

/** A person decided that a refund which failed was paid after all. */
export const completeLateRefund = statement<Refund>(`
  UPDATE refunds SET status = 'completed', completed_at = :at, failure_reason = '', provider_ref = :providerRef, updated_at = :now
  WHERE id = :id AND status = 'failed' RETURNING ${COLUMNS}`);

export const endRefund = statement<Refund>(`
  UPDATE refunds SET status = :status, completed_at = :completedAt, failure_reason = :failureReason, updated_at = :now,
    provider_ref = CASE WHEN :providerRef = '' THEN provider_ref ELSE :providerRef END
  WHERE id = :id AND status = 'pending' RETURNING ${COLUMNS}`);
