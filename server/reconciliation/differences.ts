/** Where a provider's books and ours say different things of one movement of money. Decides, and reads nothing. */
import { MINUTE_MS } from '../core/clock.ts';
import type { HistoryEntry, ProviderStatus } from '../providers/provider.ts';
import type { OurRecord } from './records.ts';

export const DIFFERENCE_KINDS = ['missing_here', 'missing_there', 'amount', 'status', 'ledger', 'unanswered'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** What the provider says of a movement; without an amount where it told none. */
export interface Said {
  status: HistoryEntry['status'] | 'not_found' | 'unknown';
  providerRef: string;
  amountMinor?: number;
  currency?: string;
}

/** How long the two may be apart while one of them is still pending: the poller asks at least this often. */
const CATCHES_UP_WITHIN_MS = 15 * MINUTE_MS;

/** What became of a record of ours, as far as money is concerned. */
export type Standing = OurRecord['status'] | 'reversed';

/** What the provider may say of a record of ours. What expired or failed here and came and went there is nothing that was paid. */
const AGREES: Readonly<Record<Standing, readonly Said['status'][]>> = {
  pending: ['pending'],
  completed: ['completed'],
  reversed: ['reversed', 'failed'],
  failed: ['failed', 'reversed', 'not_found'],
  expired: ['failed', 'reversed', 'not_found', 'pending'],
};

export function standingOf(here: OurRecord): Standing {
  if (isBorne(here)) return 'completed';
  return here.isReversed ? 'reversed' : here.status;
}

/** Money out that failed, or came back, and is booked all the same left after it was released: a person decided who bears what left. */
function isBorne({ status, isReversed, bookedMinor, direction }: OurRecord): boolean {
  return (status === 'failed' || isReversed) && direction !== 'collect' && bookedMinor > 0;
}

/** What moved for a record, or would. */
function movedMinor(here: OurRecord): number {
  return isBorne(here) ? here.bookedMinor : here.amountMinor;
}

/** Whether the ledger says of a record what follows from how it stands. Of a reversed payment a part may be left: refunds are records of their own. */
function isBookedRight(standing: Standing, here: OurRecord): boolean {
  if (standing === 'reversed') return here.bookedMinor < here.amountMinor;
  return here.bookedMinor === (standing === 'completed' ? movedMinor(here) : 0);
}

/** Null where the two agree, or will by themselves. */
export function differenceOf(here: OurRecord, there: Said, now: number): DifferenceKind | null {
  const standing = standingOf(here);
  if (!isBookedRight(standing, here)) return 'ledger';
  // Of what it refused a provider that finds nothing by our reference has no name to tell us.
  if (there.status === 'unknown') return here.submission === 'refused' ? null : 'unanswered';
  const isMoney = there.status === 'completed' || there.status === 'pending';
  if (isMoney && there.amountMinor !== undefined && (there.amountMinor !== movedMinor(here) || there.currency !== here.currency)) return 'amount';
  if (AGREES[standing].includes(there.status)) return null;
  const isOpen = here.status === 'pending' || there.status === 'pending';
  if (isOpen && now < here.createdAt + CATCHES_UP_WITHIN_MS) return null;
  return there.status === 'not_found' ? 'missing_there' : 'status';
}

/** What an answer to a question of ours says. */
export function saidBy(status: ProviderStatus): Said {
  const { kind } = status;
  const providerRef = 'providerRef' in status ? (status.providerRef ?? '') : '';
  if (kind !== 'completed' && kind !== 'reversed') return { status: kind, providerRef };
  return { status: kind, providerRef, amountMinor: status.amountMinor, currency: status.currency };
}
