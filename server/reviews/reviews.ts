/**
 * What waits for a person. A provider's word that does not fit what was agreed is neither credited nor thrown away:
 * it becomes a review, once for each subject and kind, and stays on the list until somebody decides.
 */
import { type Reader, statement, type Transaction } from '../db/store.ts';

export const REVIEW_KINDS = ['amount_mismatch', 'paid_after_release', 'reversal_mismatch', 'reversal_shortfall', 'outcome_unknown'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** What a person can decide; which of them fit is in desk.ts. */
export const RESOLUTIONS = ['credit', 'accept', 'release', 'charge', 'absorb', 'dismiss'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export interface Review {
  id: number;
  /** `payment:12`, `withdrawal:3`, `refund:4` */
  subject: string;
  kind: ReviewKind;
  /** JSON. */
  detail: string;
  createdAt: number;
  resolvedAt: number | null;
  resolution: Resolution | '';
  note: string;
}

const COLUMNS = 'id, subject, kind, detail, created_at AS "createdAt", resolved_at AS "resolvedAt", resolution, note';

/** How many are shown at once. */
const SHOWN = 200;

const insert = statement(`
  INSERT INTO reviews (subject, kind, detail, created_at) VALUES (:subject, :kind, :detail, :now)
  ON CONFLICT (subject, kind) DO NOTHING`);

const openOnes = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE resolved_at IS NULL ORDER BY id LIMIT ${SHOWN}`);

const latest = statement<Review>(`SELECT ${COLUMNS} FROM reviews ORDER BY id DESC LIMIT ${SHOWN}`);

const openOf = statement<{ open: number }>(`SELECT CAST(count(*) AS BIGINT) AS open FROM reviews WHERE subject = :subject AND resolved_at IS NULL`);

const byId = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE id = :id`);

const resolve = statement<Review>(`
  UPDATE reviews SET resolved_at = :now, resolution = :resolution, note = :note
  WHERE id = :id AND resolved_at IS NULL RETURNING ${COLUMNS}`);

const answered = statement(`
  UPDATE reviews SET resolved_at = :now, resolution = 'dismiss', note = 'The provider has answered.'
  WHERE subject = :subject AND kind = 'outcome_unknown' AND resolved_at IS NULL`);

/** What was agreed, and what the provider reports instead; amounts in minor units. */
export interface Reported {
  agreed: { amount_minor: number; currency: string };
  reported?: { amount_minor: number; currency: string; provider_ref: string; at: number };
  shortfall_minor?: number;
}

/** Puts something before a person, in place of that nobody knows. What was decided on once is not asked again. */
export async function openReviewIn(tx: Transaction, { subject, kind, detail }: { subject: string; kind: ReviewKind; detail: Reported }, now: number): Promise<void> {
  if (kind !== 'outcome_unknown') await settleUnknownIn(tx, subject, now);
  await tx.run(insert, { subject, kind, detail: JSON.stringify(detail), now });
}

export async function openReviews(reader: Reader): Promise<Review[]> {
  return reader.all(openOnes);
}

export async function latestReviews(reader: Reader): Promise<Review[]> {
  return reader.all(latest);
}

export async function reviewById(reader: Reader, id: number): Promise<Review | undefined> {
  return reader.get(byId, { id });
}

/** Nobody knows what became of it; unless a person has something of it to decide on already. */
export async function openUnknownIn(tx: Transaction, subject: string, { amountMinor, currency }: { amountMinor: number; currency: string }, now: number): Promise<void> {
  if ((await tx.get(openOf, { subject }))!.open > 0) return;
  await openReviewIn(tx, { subject, kind: 'outcome_unknown', detail: { agreed: { amount_minor: amountMinor, currency } } }, now);
}

/** What nobody knew has been told after all. */
export async function settleUnknownIn(tx: Transaction, subject: string, now: number): Promise<void> {
  await tx.run(answered, { subject, now });
}

/** Undefined when somebody else decided meanwhile. */
export async function resolveIn(tx: Transaction, decided: { id: number; resolution: Resolution; note: string }, now: number): Promise<Review | undefined> {
  return tx.get(resolve, { ...decided, now });
}
