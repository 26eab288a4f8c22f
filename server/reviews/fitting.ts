/** Which decision fits which review, what it comes to where the money is now, and what cannot be entered. */
import { ApiError } from '../core/errors.ts';
import { type Currency, MINOR_PER_MAJOR, takesWholeUnitsOnly, toMajor } from '../core/money.ts';
import type { Report, Reported, Resolution, Review, ReviewKind } from './reviews.ts';

/**
 * Which decisions fit which review.
 *
 *   credit    the customer paid: this much (what the provider reports, asked again, or else what was agreed) is the payment
 *   accept    what the provider did is so: a payout is completed as agreed, as much is taken back of a payment as the provider
 *             says, asked again, money out came back whole (neither a part of it, nor another amount of what has completed, can be entered)
 *   release   nothing has left, or it came back: what is held is in the wallet again
 *   charge    the money has left or is missing, and the app pays for it out of its wallet
 *   absorb    the same, and the platform pays for it out of its fees
 *   dismiss   nothing follows; not while money is held, which would then be held for ever
 */
const FITTING: Readonly<Record<ReviewKind, Readonly<Record<'collect' | 'out', readonly Resolution[]>>>> = {
  amount_mismatch: { collect: ['credit', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
  paid_after_release: { collect: [], out: ['charge', 'absorb', 'dismiss'] },
  reversal_mismatch: { collect: ['accept', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
  reversal_shortfall: { collect: ['charge', 'dismiss'], out: ['charge', 'dismiss'] },
  outcome_unknown: { collect: ['credit', 'dismiss'], out: ['accept', 'release', 'dismiss'] },
  // A refund gives one of the two back: that is asked for as any.
  paid_twice: { collect: ['dismiss'], out: [] },
};

/** What a person decided, and about what. */
export interface Decision {
  review: Review;
  resolution: Resolution;
  reported: Partial<Report> & { provider_ref: string; at: number };
  detail: Reported;
}

/** What its kind alone lets be decided about a review; whether it can be now, ReviewDesk.fitting tells. */
export function fittingResolutions(kind: ReviewKind, isCollect: boolean): readonly Resolution[] {
  return FITTING[kind][isCollect ? 'collect' : 'out'];
}

export function insistCreditable(amountMinor: number, currency: Currency): void {
  const isPart = takesWholeUnitsOnly(currency) && amountMinor % MINOR_PER_MAJOR !== 0;
  if (amountMinor > 0 && !isPart) return;
  throw new ApiError('VALIDATION_ERROR', `${toMajor(amountMinor)} ${currency} cannot be a payment${isPart ? `, which is of whole ${currency}` : ''}: give it back, or settle it by hand, and --dismiss this`);
}

export function insistFitting(kind: ReviewKind, direction: 'collect' | 'out', resolution: Resolution): void {
  const fitting = FITTING[kind][direction];
  if (fitting.includes(resolution)) return;
  throw new ApiError('VALIDATION_ERROR', `A review of ${kind} is resolved by ${fitting.map((each) => `--${each}`).join(', ')}, not by --${resolution}`);
}

/** Money out: held, gone, or in the wallet again. */
interface Out {
  status: string;
  amountMinor: number;
  currency: string;
}

/** What a decision comes to, where the money is now. */
export function decidedOut(out: Out, { review: { kind }, resolution, reported }: Decision): 'complete' | 'take back' | 'return' | 'release' | 'charge' | 'absorb' | 'dismiss' {
  insistFitting(kind, 'out', resolution);
  const { status } = out;
  switch (resolution) {
    case 'accept':
      if (status === 'failed' && kind === 'reversal_mismatch') return 'return';
      if (status === 'failed') throw new ApiError('VALIDATION_ERROR', 'What was held is in the wallet again: there is nothing to accept');
      if (status === 'completed' && kind === 'amount_mismatch') {
        throw new ApiError('VALIDATION_ERROR', 'It stands as agreed, and the difference cannot be entered: --dismiss this with a note, and settle it outside');
      }
      if (kind !== 'reversal_mismatch') return 'complete';
      insistCameBackWhole(out, reported);
      return status === 'pending' ? 'release' : 'take back';
    case 'release':
      if (status !== 'pending') throw new ApiError('VALIDATION_ERROR', 'Nothing is held any more: there is nothing to release');
      return 'release';
    case 'dismiss':
      if (status === 'pending') throw new ApiError('VALIDATION_ERROR', 'The money is still held, and would be for ever: --accept or --release it');
      return 'dismiss';
    case 'charge':
    case 'absorb':
      return resolution;
    case 'credit':
      throw new Error('Nothing that goes out is credited');
    default:
      return resolution satisfies never;
  }
}

/** A review that an older release opened tells no amount; it was of what was agreed. */
function reportedMinor({ amountMinor, currency }: Out, reported: Decision['reported']): { amountMinor: number; currency: string } {
  return { amountMinor: reported.amount_minor ?? amountMinor, currency: reported.currency ?? currency };
}

/** All of it, or nothing where its provider says that it never paid. */
function insistCameBackWhole(out: Out, reported: Decision['reported']): void {
  const back = reportedMinor(out, reported);
  if (back.currency === out.currency && (back.amountMinor === out.amountMinor || back.amountMinor === 0)) return;
  const advice = out.status === 'pending' ? '--release it where the app is to have all of it back, and settle the difference outside' : '--dismiss this with a note, and settle it outside';
  throw new ApiError('VALIDATION_ERROR', `The provider says that ${toMajor(back.amountMinor)} ${back.currency} of ${toMajor(out.amountMinor)} ${out.currency} came back, and only the whole can be entered: ${advice}`);
}

/** An app pays for what it asked to be paid out, and for nothing else. */
export function insistAsAgreed(out: Out, reported: Decision['reported']): void {
  const paid = reportedMinor(out, reported);
  if (paid.amountMinor === out.amountMinor && paid.currency === out.currency) return;
  throw new ApiError('VALIDATION_ERROR', `The provider paid ${toMajor(paid.amountMinor)} ${paid.currency}, and the app had asked for ${toMajor(out.amountMinor)} ${out.currency}: --absorb it, or settle it by hand and --dismiss this`);
}

/** What has left, for the platform to bear, or came back to it. */
export function leftLateMinor(out: Out, reported: Decision['reported']): number {
  const { amountMinor, currency } = reportedMinor(out, reported);
  if (currency !== out.currency) throw new ApiError('VALIDATION_ERROR', `${currency} cannot be borne by fees in ${out.currency}: settle it by hand, and --dismiss this`);
  return amountMinor;
}
