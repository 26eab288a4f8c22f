/** Every statement on the withdrawals table. */
import { statement } from '../db/store.ts';
import type { Withdrawal } from './withdrawal.ts';

const COLUMNS = `
  id, reference, app_id AS "appId", provider, currency, amount_minor AS "amountMinor", method, destination,
  destination_name AS "destinationName", bank_name AS "bankName", network, note, status, submission,
  provider_ref AS "providerRef", failure_reason AS "failureReason", review, reversed_at AS "reversedAt", created_at AS "createdAt",
  updated_at AS "updatedAt", completed_at AS "completedAt"`;

export const insertWithdrawal = statement<Withdrawal>(`
  INSERT INTO withdrawals (reference, app_id, provider, currency, amount_minor, method, destination, destination_name,
    bank_name, network, note, submission, created_at, updated_at)
  VALUES (:reference, :appId, :provider, :currency, :amountMinor, :method, :destination, :destinationName,
    :bankName, :network, :note, :submission, :now, :now)
  RETURNING ${COLUMNS}`);

export const withdrawalById = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals WHERE id = :id`);

export const withdrawalByReference = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals WHERE reference = :reference`);

/** As of payments: the gateway is named because a partial index is used only where the query says that its condition holds. */
export const withdrawalByUpstreamRef = statement<{ reference: string }>(`
  SELECT reference FROM withdrawals
  WHERE provider = 'dgateway' AND provider_ref <> '' AND provider_ref = :providerRef AND provider = :provider ORDER BY id DESC LIMIT 1`);

/** Keeps what the provider answered; what it once acknowledged stays sent. */
export const recordWithdrawalSubmission = statement<Withdrawal>(`
  UPDATE withdrawals SET submission = CASE WHEN submission = 'sent' THEN submission ELSE :submission END,
    provider_ref = CASE WHEN :providerRef = '' OR (submission = 'sent' AND :submission = 'refused') THEN provider_ref ELSE :providerRef END, updated_at = CASE WHEN submission = 'sent' AND status = 'failed' THEN updated_at ELSE :now END
  WHERE id = :id RETURNING ${COLUMNS}`);

/** Gives up an open withdrawal for never sent, unless its provider has acknowledged it: then there is no row. */
export const giveUpUnsentWithdrawal = statement<Withdrawal>(`
  UPDATE withdrawals SET submission = 'unknown', updated_at = :now
  WHERE id = :id AND status = 'pending' AND submission <> 'sent' RETURNING ${COLUMNS}`);

/** Ends a withdrawal that is still open. */
export const endWithdrawal = statement<Withdrawal>(`
  UPDATE withdrawals SET status = :status, completed_at = :completedAt, failure_reason = :failureReason, updated_at = :now,
    provider_ref = CASE WHEN :providerRef = '' THEN provider_ref ELSE :providerRef END
  WHERE id = :id AND status = 'pending' RETURNING ${COLUMNS}`);

/** A person decided that a withdrawal which failed was paid after all. */
export const completeLateWithdrawal = statement<Withdrawal>(`
  UPDATE withdrawals SET status = 'completed', completed_at = :at, failure_reason = '', provider_ref = :providerRef, updated_at = :now
  WHERE id = :id AND status = 'failed' RETURNING ${COLUMNS}`);

/** Of one that has failed the last change is its end, from which its look-backs count. */
export const setReview = statement<Withdrawal>(`
  UPDATE withdrawals SET review = :review, updated_at = CASE WHEN status = 'failed' THEN updated_at ELSE :now END WHERE id = :id RETURNING ${COLUMNS}`);

/** What had come back left after all, and its app pays for it. */
export const markWithdrawalPaidAgain = statement<Withdrawal>(`
  UPDATE withdrawals SET reversed_at = NULL, completed_at = :at, updated_at = :now WHERE id = :id AND reversed_at IS NOT NULL RETURNING ${COLUMNS}`);

/** The provider took a completed withdrawal back. Once. */
export const markWithdrawalReversed = statement<Withdrawal>(`
  UPDATE withdrawals SET reversed_at = :at, updated_at = :now WHERE id = :id AND status = 'completed' AND reversed_at IS NULL RETURNING ${COLUMNS}`);

const PAGE = 'ORDER BY id DESC LIMIT :limit OFFSET :offset';

export const withdrawalsOfApp = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals WHERE app_id = :appId ${PAGE}`);

export const withdrawalsOfAppWithStatus = statement<Withdrawal>(`
  SELECT ${COLUMNS} FROM withdrawals WHERE app_id = :appId AND status = :status ${PAGE}`);

// Counted from the index. An app makes a few of these a day, not a thousand a minute.
export const countOfApp = statement<{ withdrawals: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS withdrawals FROM withdrawals WHERE app_id = :appId`);

export const countOfAppWithStatus = statement<{ withdrawals: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS withdrawals FROM withdrawals WHERE app_id = :appId AND status = :status`);

/** What waits for the operator, or for a provider: the oldest first. */
export const openWithdrawals = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals WHERE status = 'pending' ORDER BY id`);

/** What needs a person although it is over. */
export const withdrawalsInReview = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals WHERE review <> '' AND status <> 'pending' ORDER BY id`);

/** The latest of every app. */
export const latestWithdrawals = statement<Withdrawal>(`SELECT ${COLUMNS} FROM withdrawals ORDER BY id DESC LIMIT :limit`);

/** Makes due every check of a withdrawal whose sending was cut off; the last server died in the middle of it. */
export const askAboutDoubtfulWithdrawalsNow = statement(`
  UPDATE jobs SET run_at = :now WHERE kind = 'withdrawal.check' AND subject IN (
    SELECT 'withdrawal:' || id FROM withdrawals WHERE submission = 'sending')`);
