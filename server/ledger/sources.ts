/**
 * Under which names money moved for one thing. A posting stands once under each: the first time under the thing's own
 * (`payment:12`); where what had happened to it happens again, under that of the review by which a person decided so
 * (`review:7`), of which there is one for each time.
 */
import { statement, type Transaction } from '../db/store.ts';
import type { PostingName } from './postings.ts';

/** A review, by what it is about. */
export interface Decided {
  id: number;
  subject: string;
}

const findTransfer = statement<{ id: number }>('SELECT id FROM ledger_transfers WHERE posting = :posting AND source = :source');

/** Whether such a posting stands for a thing: then another of the kind is a person's to decide on. */
export async function hasHappened(tx: Transaction, posting: PostingName, subject: string): Promise<boolean> {
  return (await tx.get(findTransfer, { posting, source: subject })) !== undefined;
}

/** The name for such a posting that a person has decided on. */
export async function sourceOf(tx: Transaction, posting: PostingName, { id, subject }: Decided): Promise<string> {
  return (await hasHappened(tx, posting, subject)) ? `review:${id}` : subject;
}

/** All names of a thing, as a SQL query; `subject` is SQL for its own. */
export function sourcesOf(subject: string): string {
  return `SELECT CAST(${subject} AS TEXT) UNION ALL SELECT 'review:' || decided.id FROM reviews decided WHERE decided.subject = ${subject}`;
}

/** What a transfer `t` is of, as SQL, beside the review that it may be named after. */
export const TRANSFERS = `ledger_transfers t LEFT JOIN reviews decided ON decided.id = CASE WHEN t.source LIKE 'review:%' THEN CAST(substr(t.source, 8) AS BIGINT) END`;
export const SUBJECT = `coalesce(decided.subject, t.source)`;

/** Whether a transfer `t` is of what a person decided to have happened again: of money that left once more after it had come back. */
export const IS_AGAIN = `t.source LIKE 'review:%'`;

/** The payments `p` that transfers `t` are of, found from the transfers: for those of which there are few. */
export const PAYMENTS_OF_TRANSFERS = `${TRANSFERS} JOIN payments p ON p.id = CASE WHEN ${SUBJECT} LIKE 'payment:%' THEN CAST(substr(${SUBJECT}, 9) AS BIGINT) END`;
