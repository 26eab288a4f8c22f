/** What a review is about, and what people call that. */
import { type Reader, statement } from '../db/store.ts';
import type { Review } from './reviews.ts';

export type Subject = 'payment' | 'withdrawal' | 'refund';

const REFERENCE_OF = {
  payment: statement<{ reference: string }>('SELECT reference FROM payments WHERE id = :id'),
  withdrawal: statement<{ reference: string }>('SELECT reference FROM withdrawals WHERE id = :id'),
  refund: statement<{ reference: string }>('SELECT reference FROM refunds WHERE id = :id'),
} as const;

/** A review for people, who know what it is about by that one's reference. */
export interface NamedReview extends Review {
  reference: string;
}

export function subjectOf({ subject }: Pick<Review, 'subject'>): { what: Subject; id: number } {
  const [what, id] = subject.split(':');
  if (what !== 'payment' && what !== 'withdrawal' && what !== 'refund') throw new Error(`A review of ${subject}, of which nobody knows what it is`);
  return { what, id: Number(id) };
}

export async function named(reader: Reader, review: Review): Promise<NamedReview> {
  const { what, id } = subjectOf(review);
  return { ...review, reference: (await reader.get(REFERENCE_OF[what], { id }))?.reference ?? '' };
}

/** `payment dgw_…`. Commands take withdrawals and refunds by their number, so they have that, too. */
export function nameOf(review: NamedReview): string {
  const { what, id } = subjectOf(review);
  return what === 'payment' ? `payment ${review.reference}` : `${what} ${id} (${review.reference})`;
}
