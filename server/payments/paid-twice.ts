/**
 * What is sold once, and was paid twice all the same: a payment that had failed is completed late by its network, when
 * another one has been made since. Both are real money, and credited; which of them goes back a person decides.
 */
import { statement, type Transaction } from '../db/store.ts';
import { openReviewIn } from '../reviews/reviews.ts';
import type { Payment } from './payment.ts';

/** Held by whoever makes a payment of a session, or completes one. */
export function sessionLock(sessionId: number): string {
  return `session:${sessionId}`;
}

const sessionOf = statement<{ id: number }>('SELECT session_id AS id FROM session_payments WHERE payment_id = :paymentId');

/** Also one that was taken back or refunded since: either may come back, and whoever looks sees it. */
const paidBeside = statement<{ reference: string }>(`
  SELECT reference FROM payments
  WHERE status = 'completed' AND id <> :paymentId AND id IN (SELECT payment_id FROM session_payments WHERE session_id = :sessionId)
  ORDER BY id LIMIT 1`);

/** Puts a payment that has just completed before a person, where another of the same sale has. */
export async function noticePaidTwiceIn(tx: Transaction, { id: paymentId, itemId, amountMinor, currency }: Payment, subject: string, now: number): Promise<void> {
  // What the shop sells it sells to everybody.
  if (itemId !== null) return;
  const session = await tx.get(sessionOf, { paymentId });
  if (session === undefined) return;
  // Of two that complete at once, the second sees the first.
  await tx.lock(sessionLock(session.id));
  const beside = await tx.get(paidBeside, { paymentId, sessionId: session.id });
  if (beside === undefined) return;
  const detail = { agreed: { amount_minor: amountMinor, currency }, paid_beside: beside.reference };
  await openReviewIn(tx, { subject, kind: 'paid_twice', detail }, now);
}
