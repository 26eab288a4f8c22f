/** Where one thing that was to move has to stand at the end of all time, by what its provider did, and what a person decided. */
import type { Resolution, ReviewKind } from '../../../server/reviews/reviews.ts';
import type { OurRow } from './our-books.ts';
import type { TheirMovement } from './their-books.ts';

export interface Verdict {
  problem: string | null;
  /** What our account at the provider has more than our ledger says, in the row's currency. */
  gapMinor: number;
  /** Why the two may differ, where they do; null where they must not. */
  excuse: string | null;
}

export interface Evidence {
  row: OurRow;
  /** Absent where the provider never heard of it. */
  movement: TheirMovement | undefined;
  /** Whether the operator took it out of the account and paid it by hand. */
  isPaidByHand: boolean;
}

/** What a person makes of money that went out otherwise than was agreed, or of which nobody knows. */
const DECIDED: Readonly<Partial<Record<Resolution | 'open', string>>> = { accept: 'completed', release: 'failed' };

export function judgeRow(evidence: Evidence): Verdict {
  const { row } = evidence;
  const gapMinor = stands(evidence) - row.bookedMinor;
  const differs = gapMinor !== 0 || isInAnotherCurrency(evidence);
  const excuse = differs ? excuseOf(evidence, gapMinor) : null;
  const expected = statusesOf(evidence);
  const wrongReview = [...row.reviews].find(([kind, resolution]) => !hasCause(evidence, kind, resolution));
  let problem: string | null = null;
  if (differs && excuse === null) problem = `has ${gapMinor} (minor units) more at its provider than in our ledger`;
  else if (!expected.includes(row.status)) problem = `should be ${expected.join(' or ')}`;
  else if (wrongReview !== undefined) problem = `has a review of ${wrongReview[0]} for no reason`;
  return { problem: problem && `${row.kind} ${row.name} (${row.reference}) at ${row.provider} ${problem}: ${describe(evidence)}`, gapMinor, excuse };
}

/** In the row's own currency: what came in another is in none of our books. */
function stands(evidence: Evidence): number {
  const { row, movement, isPaidByHand } = evidence;
  if (isPaidByHand) return -row.amountMinor;
  return movement === undefined || isInAnotherCurrency(evidence) ? 0 : movement.standsMinor;
}

export function isInAnotherCurrency({ row, movement }: Evidence): boolean {
  return movement !== undefined && movement.standsMinor !== 0 && movement.reported.currency !== row.currency;
}

function excuseOf({ row, movement }: Evidence, gapMinor: number): string | null {
  const { reviews } = row;
  const decided = reviews.get('outcome_unknown');
  if (decided === 'credit' || decided === 'accept') return 'a person took it for paid';
  if (movement === undefined) return null;
  if (decided === 'release' && reviews.has('paid_after_release')) return 'a person took it for lost';
  if (decided === 'release' && row.isFollowed && row.bookedMinor === 0) return 'a person took it for lost, and it is still to be looked back at';
  if (isOtherwise(movement)) {
    const isDecided = reviews.get('amount_mismatch') === 'accept' || reviews.get('amount_mismatch') === 'credit';
    if (reviews.has('amount_mismatch') && (isDecided || row.bookedMinor === 0)) return 'another amount, before a person';
  }
  if (row.kind === 'collect' && row.submission !== 'sent' && reviews.has('outcome_unknown') && row.bookedMinor === 0) return 'nobody knows its name there';
  if (movement.hadFailed && row.bookedMinor === 0) {
    const released = reviews.get('paid_after_release');
    if (released === 'open' || released === 'dismiss') return 'paid after it had failed, before a person';
    if (released === undefined && isUnheard(row, movement)) return 'paid after it had failed, without a word';
  }
  if (movement.isTakenBack && reviews.has('reversal_mismatch')) return 'taken back otherwise, before a person';
  // Nobody listens any more: reconciling shows it.
  if (movement.isTakenBack && reviews.get('paid_after_release') === 'absorb') return 'borne by the platform, and taken back since';
  if (movement.isTakenBack && movement.isUntold && row.kind === 'collect') return 'taken back without a word';
  if (movement.isTakenBack && movement.isUntold && row.isFollowed) return 'taken back without a word, and still to be looked back at';
  if (movement.isUntold && movement.givenBackByHandMinor > 0 && gapMinor === -movement.givenBackByHandMinor) return 'given back in the dashboard without a word';
  return null;
}

function statusesOf({ row, movement, isPaidByHand }: Evidence): readonly string[] {
  if (row.kind === 'collect') return collectStatuses(row, movement);
  if (row.submission === 'operator') return [isPaidByHand ? 'completed' : 'failed'];
  const decided = DECIDED[row.reviews.get('outcome_unknown') ?? 'open'];
  // What was released and had left is completed late where its app pays for it.
  if (decided !== undefined) return row.reviews.get('paid_after_release') === 'charge' ? ['completed'] : [decided];
  switch (movement?.status) {
    case undefined:
      return ['failed'];
    case 'failed':
      return movement!.direction === 'refund' ? ['failed', 'completed'] : ['failed'];
    case 'pending':
    case 'vendor':
      return ['pending'];
    case 'success':
      if (movement!.hadFailed && row.reviews.has('paid_after_release')) return [row.reviews.get('paid_after_release') === 'charge' ? 'completed' : 'failed'];
      // Found paid before anybody had asked, it never failed here.
      if (isUnheard(row, movement!)) return [row.bookedMinor === 0 ? 'failed' : 'completed'];
      return isOtherwise(movement!) ? [DECIDED[row.reviews.get('amount_mismatch') ?? 'open'] ?? 'pending'] : ['completed'];
    // What another amount came back of is held until somebody says what to do with it.
    case 'reversed':
      return isOtherwise(movement!) ? ['completed', 'failed', 'pending'] : ['completed', 'failed'];
    default:
      return movement!.status satisfies never;
  }
}

function collectStatuses(row: OurRow, movement: TheirMovement | undefined): readonly string[] {
  const { reviews, submission } = row;
  const isCredited = reviews.get('outcome_unknown') === 'credit' || reviews.get('amount_mismatch') === 'credit';
  if (isCredited) return ['completed'];
  const over = ['failed', 'expired'];
  if (movement === undefined || !isPaid(movement) || isOtherwise(movement)) return over;
  if (isUnheard(row, movement)) return ['completed', ...over];
  // What was taken back before we ever heard of it never counted as completed.
  if (movement.isTakenBack) return ['completed', ...over];
  return submission !== 'sent' && reviews.has('outcome_unknown') ? ['completed', ...over] : ['completed'];
}

function hasCause({ row, movement }: Evidence, kind: ReviewKind, resolution: string): boolean {
  switch (kind) {
    case 'amount_mismatch':
      return movement !== undefined && isOtherwise(movement);
    case 'reversal_mismatch':
      // Or less than a person had credited is there.
      return movement?.isTakenBack === true || (row.kind === 'collect' && row.status === 'completed' && movement !== undefined && isOtherwise(movement));
    case 'reversal_shortfall':
      return row.reversedAt !== null || (row.kind === 'refund' && row.reference.startsWith('re_'));
    case 'outcome_unknown':
      if (resolution !== 'open') return true;
      return row.kind === 'collect' ? row.submission !== 'sent' && row.status !== 'completed' : row.status === 'pending';
    // Else only a person lets go of what was paid: no request is on its way for longer than "never heard of it" takes to be believed.
    // Or two answers came in the wrong order: that it was paid after that it came back, which closes this once it is heard again.
    case 'paid_after_release':
      return isReleasedByHand(row) || movement?.hadFailed === true || (movement?.isTakenBack === true && resolution !== 'open');
    // Nobody there sells anything once.
    case 'paid_twice':
      return false;
    default:
      return kind satisfies never;
  }
}

export function isReleasedByHand({ reviews }: OurRow): boolean {
  return reviews.get('amount_mismatch') === 'release' || reviews.get('outcome_unknown') === 'release';
}

/** What its provider refused nobody asks about: that it was paid all the same its provider has to tell, by a name that we know. What failed late is still to be looked back at. */
function isUnheard({ submission, provider, isFollowed }: OurRow, { hadFailed, isUntold }: TheirMovement): boolean {
  if (!hadFailed) return false;
  return submission === 'refused' ? isUntold || provider === 'dgateway' : isUntold && isFollowed;
}

function isPaid({ status }: TheirMovement): boolean {
  return status === 'success' || status === 'reversed';
}

/** Whether another amount, or another currency, went through than was agreed. */
function isOtherwise(movement: TheirMovement): boolean {
  const { agreed, reported } = movement;
  return isPaid(movement) && (agreed.amountMinor !== reported.amountMinor || agreed.currency !== reported.currency);
}

function describe({ row, movement, isPaidByHand }: Evidence): string {
  const reviews = [...row.reviews].map(([kind, resolution]) => `${kind} ${resolution}`).join(', ');
  const here = [row.status, row.submission, `booked ${row.bookedMinor}`, row.reversedAt === null ? '' : 'reversed', reviews].filter(Boolean).join(', ');
  if (movement === undefined) return `here ${here}; ${isPaidByHand ? 'paid by hand' : 'its provider never heard of it'}`;
  const { status, reported, isTakenBack, isUntold } = movement;
  return `here ${here}; its provider says ${[status, `${reported.amountMinor} ${reported.currency}`, isTakenBack ? 'taken back' : '', isUntold ? 'untold' : ''].filter(Boolean).join(', ')}`;
}
