/**
 * What waits for a person. A provider's word that does not fit what was agreed is neither credited nor thrown away: it
 * becomes a review, and stays on the list until somebody decides. Said again, it is the same review; something else said
 * later is shown in the open one, beside what was said before, and opens a new one where a person has decided. What was
 * decided is never changed; where it is over (what was taken is there again), a settled one stands behind it, and the same
 * said once more is new.
 */
import { type Reader, statement, type Transaction } from '../db/store.ts';
import { tellIn } from './telling.ts';

export const REVIEW_KINDS = ['amount_mismatch', 'paid_after_release', 'reversal_mismatch', 'reversal_shortfall', 'outcome_unknown', 'paid_twice'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** What a person can decide; which of them fit is in desk.ts. */
export const RESOLUTIONS = ['credit', 'accept', 'release', 'charge', 'absorb', 'dismiss'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Off the list without a person: what was to be decided is so no more. */
const SETTLED = 'settled';

export interface Review {
  id: number;
  /** `payment:12`, `withdrawal:3`, `refund:4` */
  subject: string;
  kind: ReviewKind;
  /** JSON. */
  detail: string;
  createdAt: number;
  resolvedAt: number | null;
  resolution: Resolution | typeof SETTLED | '';
  note: string;
}

const COLUMNS = 'id, subject, kind, detail, created_at AS "createdAt", resolved_at AS "resolvedAt", resolution, note';

/** How many are shown at once. */
const SHOWN = 200;

/** What was reported before is kept with a review, so much of it: a provider that changes its mind at every asking fills no database. */
const EARLIER_KEPT = 20;

const insert = statement<Review>(`
  INSERT INTO reviews (subject, kind, detail, created_at) VALUES (:subject, :kind, :detail, :now)
  ON CONFLICT (subject, kind) WHERE resolved_at IS NULL DO NOTHING RETURNING ${COLUMNS}`);

const latestOf = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE subject = :subject AND kind = :kind ORDER BY id DESC LIMIT 1`);

/** What its provider said last that had moved of it, where that was not what was agreed, or not when it could be. */
const latestMoved = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE subject = :subject AND kind IN ('amount_mismatch', 'paid_after_release') ORDER BY id DESC LIMIT 1`);

const decidedBefore = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE subject = :subject AND kind = :kind AND id < :id ORDER BY id`);

const update = statement('UPDATE reviews SET detail = :detail WHERE id = :id AND resolved_at IS NULL');

const openOnes = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE resolved_at IS NULL ORDER BY id LIMIT ${SHOWN}`);

const latest = statement<Review>(`SELECT ${COLUMNS} FROM reviews ORDER BY id DESC LIMIT ${SHOWN}`);

const openOf = statement<{ open: number }>(`SELECT CAST(count(*) AS BIGINT) AS open FROM reviews WHERE subject = :subject AND resolved_at IS NULL`);

/** Of each kind the last that its provider said; what is settled is over. */
const standingOf = statement<Review>(`
  SELECT ${COLUMNS} FROM reviews r
  WHERE subject = :subject AND kind <> 'paid_twice' AND resolution <> '${SETTLED}'
    AND NOT EXISTS (SELECT 1 FROM reviews later WHERE later.subject = r.subject AND later.kind = r.kind AND later.id > r.id)
  ORDER BY CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1`);

const byId = statement<Review>(`SELECT ${COLUMNS} FROM reviews WHERE id = :id`);

const resolve = statement<Review>(`
  UPDATE reviews SET resolved_at = :now, resolution = :resolution, note = :note
  WHERE id = :id AND resolved_at IS NULL RETURNING ${COLUMNS}`);

const close = statement(`
  UPDATE reviews SET resolved_at = :now, resolution = :resolution, note = :note
  WHERE subject = :subject AND kind = :kind AND resolved_at IS NULL`);

const settleEnded = statement(`
  UPDATE reviews SET resolved_at = :now, resolution = '${SETTLED}', note = 'It is ' || :status || ' now.'
  WHERE subject = :subject AND resolved_at IS NULL AND (:status = 'completed' OR kind = 'outcome_unknown')`);

const insertSettled = statement(`
  INSERT INTO reviews (subject, kind, detail, created_at, resolved_at, resolution, note) VALUES (:subject, :kind, :detail, :now, :now, '${SETTLED}', :note)`);

/** What a provider says was moved, in minor units. */
export interface Report {
  amount_minor: number;
  currency: string;
  provider_ref: string;
  at: number;
}

/** What was agreed, and what the provider reports instead; amounts in minor units. */
export interface Reported {
  agreed: { amount_minor: number; currency: string };
  reported?: Report;
  /** What it reported before that, the oldest first, while nobody had decided. */
  earlier?: Report[];
  shortfall_minor?: number;
  /** Reference of the payment that has paid for the same already. */
  paid_beside?: string;
}

/** What is settled, and why. */
interface Settled {
  subject: string;
  kind: ReviewKind;
  note: string;
}

interface NewReview {
  subject: string;
  kind: ReviewKind;
  detail: Reported;
}

/**
 * Puts something before a person, in place of that nobody knows. What was decided on, or is being looked at, is not asked
 * again, unless another amount is reported than then. Called by whoever holds the subject, so that two do not decide at once.
 * Answers whether it is before a person now.
 */
export async function openReviewIn(tx: Transaction, { subject, kind, detail }: NewReview, now: number): Promise<boolean> {
  if (kind !== 'outcome_unknown') await settleUnknownIn(tx, subject, now);
  const latest = await tx.get(latestOf, { subject, kind });
  const before = latest && (JSON.parse(latest.detail) as Reported);
  const isSame = before !== undefined && isSameReport(before.reported, detail.reported);
  if (latest?.resolvedAt === null) {
    if (!isSame) await tx.run(update, { id: latest.id, detail: JSON.stringify({ ...detail, ...earlierThan(before!) }) });
    return true;
  }
  // Each reversal is short by itself: the same amount another time is not the same.
  if (isSame && latest!.resolution !== SETTLED && kind !== 'reversal_shortfall') return false;
  const opened = await tx.get(insert, { subject, kind, detail: JSON.stringify(detail), now });
  if (opened !== undefined) await tellIn(tx, opened);
  return true;
}

/** Whether two reports speak of the same money, whenever they were made. */
export function isSameReport(one: Report | undefined, other: Report | undefined): boolean {
  return one?.amount_minor === other?.amount_minor && one?.currency === other?.currency;
}

interface Money {
  amountMinor: number;
  currency: string;
}

/** Whether what came back is all that had moved of it: what its provider said last that this was, or as agreed and no less than that. */
export async function isAllBackIn(tx: Transaction, subject: string, agreed: Money, back: Money): Promise<boolean> {
  const latest = await tx.get(latestMoved, { subject });
  const moved = latest && (JSON.parse(latest.detail) as Reported).reported;
  const isAsAgreed = back.amountMinor === agreed.amountMinor && back.currency === agreed.currency;
  if (moved === undefined) return isAsAgreed;
  return back.currency === moved.currency && (back.amountMinor === moved.amount_minor || (isAsAgreed && back.amountMinor > moved.amount_minor));
}

/** Whether all is back that its provider had said had moved of it, otherwise than agreed, where nobody has decided about that. */
export async function isSaidBackIn(tx: Transaction, subject: string, back: Money): Promise<boolean> {
  const latest = await tx.get(latestMoved, { subject });
  if (latest?.resolvedAt !== null) return false;
  const { reported } = JSON.parse(latest.detail) as Reported;
  return reported?.amount_minor === back.amountMinor && reported.currency === back.currency;
}

/** All that had moved is back: what was to be decided about it is over, and what was decided. */
export async function settleAllBackIn(tx: Transaction, subject: string, now: number): Promise<void> {
  const note = 'What had moved is back.';
  await settleReviewIn(tx, { subject, kind: 'reversal_mismatch', note }, now);
  for (const kind of ['amount_mismatch', 'paid_after_release'] as const) {
    await settleReviewIn(tx, { subject, kind, note }, now);
    await endReportIn(tx, { subject, kind, note }, now);
  }
}

function earlierThan({ reported, earlier = [] }: Reported): Pick<Reported, 'earlier'> {
  const all = reported === undefined ? earlier : [...earlier, reported];
  return all.length === 0 ? {} : { earlier: all.slice(-EARLIER_KEPT) };
}

/** What was decided about the same before this review was opened, the oldest first. */
export async function reviewsBefore(reader: Reader, { id, subject, kind }: Review): Promise<Review[]> {
  return reader.all(decidedBefore, { id, subject, kind });
}

export async function openReviews(reader: Reader): Promise<Review[]> {
  return reader.all(openOnes);
}

export async function latestReviews(reader: Reader): Promise<Review[]> {
  return reader.all(latest);
}

/** What a person has to decide about something that its provider said, or else has decided last and is not over. */
export async function standingReview(reader: Reader, subject: string): Promise<Review | undefined> {
  return reader.get(standingOf, { subject });
}

export async function reviewById(reader: Reader, id: number): Promise<Review | undefined> {
  return reader.get(byId, { id });
}

/** Nobody knows what became of it; unless a person has something of it to decide on already. */
export async function openUnknownIn(tx: Transaction, subject: string, { amountMinor, currency }: { amountMinor: number; currency: string }, now: number): Promise<void> {
  if (await isBeforePerson(tx, subject)) return;
  await openReviewIn(tx, { subject, kind: 'outcome_unknown', detail: { agreed: { amount_minor: amountMinor, currency } } }, now);
}

/** What nobody knew has been told after all. */
export async function settleUnknownIn(tx: Transaction, subject: string, now: number): Promise<void> {
  await settleReviewIn(tx, { subject, kind: 'outcome_unknown', note: 'The provider has answered.' }, now);
}

/** Takes off the list what has been settled without a person. */
export async function settleReviewIn(tx: Transaction, settled: Settled, now: number): Promise<void> {
  await tx.run(close, { ...settled, resolution: SETTLED, now });
}

/** Somebody has done what the open review asks for, and by that decided it. */
export async function decideOpenIn(tx: Transaction, decided: Settled & { resolution: Resolution }, now: number): Promise<void> {
  await tx.run(close, { ...decided, now });
}

/** As that, what there was to decide about something that has ended; but not that its provider called it paid, or back in part, before it failed. */
export async function settleEndedIn(tx: Transaction, subject: string, status: string, now: number): Promise<void> {
  await tx.run(settleEnded, { subject, status, now });
}

/** Whether a person has something of it to decide on. */
export async function isBeforePerson(tx: Transaction, subject: string): Promise<boolean> {
  return (await tx.get(openOf, { subject }))!.open > 0;
}

/**
 * What its provider says of something that has completed, and would be over if it said that all of it is there: that
 * something was taken back, undecided or not, or that it was of another amount, undecided. Not where that is settled.
 */
export async function doubtsAbout(reader: Reader, subject: string): Promise<Review[]> {
  const [reversal, amount] = await Promise.all([reader.get(latestOf, { subject, kind: 'reversal_mismatch' }), reader.get(latestOf, { subject, kind: 'amount_mismatch' })]);
  return [...(reversal === undefined || reversal.resolution === SETTLED ? [] : [reversal]), ...(amount?.resolvedAt === null ? [amount] : [])];
}

/** The provider has been asked since a doubt was read, and says that nothing is gone. Not where it has said more meanwhile. */
export async function endDoubtIn(tx: Transaction, doubt: Review, now: number): Promise<void> {
  const { subject, kind, id, detail } = doubt;
  const latest = await tx.get(latestOf, { subject, kind });
  if (latest?.id !== id || latest.detail !== detail || latest.resolution === SETTLED) return;
  const ended = { subject, kind, note: 'The provider says that all of it is there.' };
  await settleReviewIn(tx, ended, now);
  if (kind === 'reversal_mismatch') await endReportIn(tx, ended, now);
}

/** What a person had decided on is over: the same reported once more is another matter, and is before a person again. */
export async function endReportIn(tx: Transaction, ended: Settled, now: number): Promise<void> {
  const { subject, kind } = ended;
  const latest = await tx.get(latestOf, { subject, kind });
  const isDecided = latest !== undefined && latest.resolvedAt !== null && latest.resolution !== SETTLED;
  if (isDecided) await tx.run(insertSettled, { ...ended, detail: latest.detail, now });
}

/** Undefined when somebody else decided meanwhile. */
export async function resolveIn(tx: Transaction, decided: { id: number; resolution: Resolution; note: string }, now: number): Promise<Review | undefined> {
  return tx.get(resolve, { ...decided, now });
}
