/** Every statement on the payments table. */
import { statement } from '../db/store.ts';
import type { Payment } from './payment.ts';

export const COLUMNS = `
  id, reference, app_id AS "appId", mode, direction, method, provider, network, provider_ref AS "providerRef",
  status, submission, amount_minor AS "amountMinor", fee_minor AS "feeMinor", currency, phone, description,
  callback_url AS "callbackUrl", metadata, customer_name AS "customerName", customer_email AS "customerEmail",
  item_id AS "itemId", quantity, client_secret AS "clientSecret", redirect_url AS "redirectUrl",
  refunded_minor AS "refundedMinor", reversed_at AS "reversedAt", failure_code AS "failureCode",
  failure_reason AS "failureReason", version, created_at AS "createdAt", updated_at AS "updatedAt",
  expires_at AS "expiresAt", completed_at AS "completedAt"`;

export const insertPayment = statement<Payment>(`
  INSERT INTO payments (reference, app_id, mode, direction, method, provider, network, amount_minor, fee_minor, currency, phone,
    description, callback_url, metadata, customer_name, customer_email, item_id, quantity, created_at, updated_at, expires_at)
  VALUES (:reference, :appId, :mode, :direction, :method, :provider, :network, :amountMinor, :feeMinor, :currency, :phone,
    :description, :callbackUrl, :metadata, :customerName, :customerEmail, :itemId, :quantity, :now, :now, :expiresAt)
  RETURNING ${COLUMNS}`);

export const paymentById = statement<Payment>(`SELECT ${COLUMNS} FROM payments WHERE id = :id`);

export const paymentByReference = statement<Payment>(`SELECT ${COLUMNS} FROM payments WHERE reference = :reference`);

/** Those of a checkout session, the latest first. */
export const paymentsOfSession = statement<Payment>(`
  SELECT ${COLUMNS} FROM payments WHERE id IN (SELECT payment_id FROM session_payments WHERE session_id = :sessionId) ORDER BY id DESC`);

/**
 * The payment that is called by its provider's own reference when its provider calls back. The providers are named because
 * a partial index is used only where the query says that its condition holds.
 */
export const paymentByUpstreamRef = statement<Payment>(`
  SELECT ${COLUMNS} FROM payments
  WHERE provider IN ('dgateway', 'dukuzi', 'stripe') AND provider_ref <> '' AND provider_ref = :providerRef AND provider = :provider
  ORDER BY id DESC LIMIT 1`);

/** Several at once, their references with a space between. Only for PostgreSQL, where payments move in other processes too. */
export const paymentsByReferences = statement<Payment>(`
  SELECT ${COLUMNS} FROM payments WHERE reference = ANY (string_to_array(CAST(:references AS TEXT), ' '))`);

/**
 * Keeps what the provider answered; the status is settled elsewhere and may be ahead of this already. Answers
 * overtake each other: what the provider once acknowledged stays sent, under the name by which it acknowledged it, and
 * nothing known is emptied.
 */
export const recordSubmission = statement<Payment>(`
  UPDATE payments SET submission = CASE WHEN submission = 'sent' THEN submission ELSE :submission END,
    provider_ref = CASE WHEN :providerRef = '' OR (submission = 'sent' AND :submission = 'refused') THEN provider_ref ELSE :providerRef END,
    client_secret = CASE WHEN :clientSecret = '' THEN client_secret ELSE :clientSecret END,
    redirect_url = CASE WHEN :redirectUrl = '' THEN redirect_url ELSE :redirectUrl END, updated_at = CASE WHEN submission = 'sent' AND status = 'failed' THEN updated_at ELSE :now END
  WHERE id = :id RETURNING ${COLUMNS}`);

/** Gives a payment whose answer was lost its provider's reference, unless the answer came after all: then there is no row. */
export const nameLost = statement<Payment>(`
  UPDATE payments SET submission = 'sent', provider_ref = :providerRef, updated_at = :now
  WHERE id = :id AND provider_ref = '' RETURNING ${COLUMNS}`);

/** Gives up a pending payment for never sent, unless its provider has acknowledged it: then there is no row. */
export const giveUpUnsent = statement<Payment>(`
  UPDATE payments SET submission = 'unknown', updated_at = :now
  WHERE id = :id AND status = 'pending' AND submission <> 'sent' RETURNING ${COLUMNS}`);

/** Moves the status if it is still what the caller saw. */
export const moveStatus = statement<Payment>(`
  UPDATE payments SET status = :to, version = version + 1, updated_at = :now, completed_at = :completedAt,
    provider_ref = CASE WHEN :providerRef = '' THEN provider_ref ELSE :providerRef END,
    failure_code = :failureCode, failure_reason = :failureReason
  WHERE id = :id AND status = :from RETURNING ${COLUMNS}`);

/** Holds the row until the commit, and changes nothing: what it answers stays so until then. */
export const holdPayment = statement<Payment>(`UPDATE payments SET updated_at = updated_at WHERE id = :id RETURNING ${COLUMNS}`);

/** The provider took a completed payment back; a version of its own tells it. Once. */
export const markReversed = statement<Payment>(`
  UPDATE payments SET reversed_at = :at, version = version + 1, updated_at = :now
  WHERE id = :id AND status = 'completed' AND reversed_at IS NULL RETURNING ${COLUMNS}`);

/** What the provider had taken back is there again; a version of its own tells it. Once for each time. */
export const unmarkReversed = statement<Payment>(`
  UPDATE payments SET reversed_at = NULL, version = version + 1, updated_at = :now
  WHERE id = :id AND reversed_at IS NOT NULL RETURNING ${COLUMNS}`);

/** A payout that had come back left after all, and its app pays for it; a version of its own tells it. */
export const markPaidAgain = statement<Payment>(`
  UPDATE payments SET reversed_at = NULL, completed_at = :at, version = version + 1, updated_at = :now
  WHERE id = :id AND reversed_at IS NOT NULL RETURNING ${COLUMNS}`);

/** Another part of it went back to the customer. */
export const addRefunded = statement<Payment>(`
  UPDATE payments SET refunded_minor = refunded_minor + :amountMinor, version = version + 1, updated_at = :now
  WHERE id = :id RETURNING ${COLUMNS}`);

/** A person decided that another amount than was agreed is the payment; before it is completed only. */
export const correctAmount = statement<Payment>(`
  UPDATE payments SET amount_minor = :amountMinor, fee_minor = :feeMinor, updated_at = :now
  WHERE id = :id AND status <> 'completed' RETURNING ${COLUMNS}`);

/** Payments that wait for a person. */
export const openReviews = statement<{ open: number }>('SELECT CAST(count(*) AS BIGINT) AS open FROM reviews WHERE resolved_at IS NULL');

/** Makes due every check of a payment whose sending was cut off; the last server died in the middle of it. */
export const askAboutDoubtfulNow = statement(`
  UPDATE jobs SET run_at = :now WHERE kind = 'payment.check' AND subject IN (
    SELECT 'payment:' || id FROM payments WHERE submission = 'sending')`);
