/**
 * A provider that takes back what had completed: a chargeback, a rolled back payout. The status stays; the ledger gets
 * entries that turn the first ones round, the payment a mark, and the merchant is told. What is whole is entered at once;
 * of a part a person decides, and then it is entered as the provider tells it. What it gives back again (a dispute that was
 * won after all) is put back. Of a payment that goes once more a person decides, too; each time stands in the ledger under a
 * name of its own. What somebody gave back by hand at the provider is a refund: see refunds/made-there.ts.
 */
import assert from 'node:assert/strict';
import type { Clock } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { statement, type Transaction } from '../db/store.ts';
import { post } from '../ledger/ledger.ts';
import { collectRestored, collectReversed, payoutPaidLate, payoutReversed, type Posting, type PostingName, refundedFeeMinor, shortfallRecovered } from '../ledger/postings.ts';
import { type Decided, sourceOf, sourcesOf } from '../ledger/sources.ts';
import { capabilitiesOf, type ProviderSlug } from '../providers/capabilities.ts';
import type { ToldRefund } from '../providers/provider.ts';
import { feesGivenBackOf, unbookedOf } from '../refunds/left.ts';
import { endDoubtIn, endReportIn, isSaidBackIn, openReviewIn, type Review, settleReviewIn } from '../reviews/reviews.ts';
import { holdFunds } from './funds.ts';
import type { Payment } from './payment.ts';
import { checkSubject, type PaymentEvents } from './settlement.ts';
import { shortOfIn } from './shortfall.ts';
import { holdPayment, markPaidAgain, markReversed, unmarkReversed } from './statements.ts';

const GIVEN_BACK = 'The provider has given it back.';

type Gone = Pick<Reversed, 'amountMinor' | 'currency'>;

/** The provider's own word. */
export interface Reversed {
  providerRef: string;
  amountMinor: number;
  currency: string;
  at: number;
  reason: string;
  refunds?: readonly ToldRefund[];
}

/** What a provider says that it has of a payment, which it calls completed. */
type Found = Pick<Reversed, 'amountMinor' | 'currency'>;

/** The provider's own word that it stands. */
type Stands = Found & Pick<Reversed, 'providerRef' | 'at' | 'refunds'>;

/** Refunds that were made at the provider, and not by us. */
export interface RefundsMadeThere {
  /** Enters what is new of them, of a completed payment that is not taken back, for whoever holds its `moneyBackLock`. Answers how it stands then. */
  bookIn(tx: Transaction, payment: Payment, told: readonly ToldRefund[]): Promise<Payment>;
}

/**
 * How much of a payment is gone by that; or what the provider has instead, where that is more or something else.
 * `unbookedMinor`: what was given back of it at the provider, and is in no book here.
 */
export function goneBy({ amountMinor, currency }: Payment, found: Found, unbookedMinor: number): Pick<Reversed, 'amountMinor' | 'currency'> {
  const goneMinor = amountMinor - found.amountMinor + unbookedMinor;
  return found.currency === currency && goneMinor >= 0 ? { amountMinor: goneMinor, currency } : { amountMinor: found.amountMinor, currency: found.currency };
}

const refundsUnderWay = statement<{ refunds: number }>(`
  SELECT CAST(count(*) AS BIGINT) AS refunds FROM refunds WHERE payment_id = :id AND status = 'pending'`);

/** What the ledger moved each time that a payment went back, or came again. */
const moved = statement<{ source: string; posting: PostingName; clearingMinor: number; walletMinor: number }>(`
  SELECT t.source, t.posting, CAST(coalesce(sum(CASE a.kind WHEN 'clearing' THEN e.amount_minor END), 0) AS BIGINT) AS "clearingMinor",
    CAST(coalesce(sum(CASE a.kind WHEN 'wallet' THEN e.amount_minor END), 0) AS BIGINT) AS "walletMinor"
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id
  WHERE t.source IN (${sourcesOf(':subject')}) AND t.posting IN ('collectReversed', 'collectRestored', 'shortfallRecovered', 'payoutReversed') GROUP BY t.source, t.posting`);

/** A time that a payment was taken back, as it stands in the ledger. */
interface Taken {
  source: string;
  amountMinor: number;
  /** What the wallet gave for it, at once or for what it was short of. */
  walletMinor: number;
}

/** Held by whoever asks for a refund of a payment or takes the payment back: what is left of it is one of the two's. */
export function moneyBackLock({ reference }: Pick<Payment, 'reference'>): string {
  return `refunds:${reference}`;
}

/** A test payout drew on no wallet that it could come back to. */
export function canBeReversed(payment: Payment): boolean {
  return canChangeStill(payment) && payment.reversedAt === null;
}

/** Whether its provider can say anything of a completed payment that is news. */
export function canChangeStill({ status, mode, direction }: Payment): boolean {
  return status === 'completed' && !(mode === 'test' && direction === 'disburse');
}

/** What was collected can be given back again; what was paid out and came back is in the wallet, and for a person when it leaves after all. */
function canBeRestored({ reversedAt, direction }: Payment): boolean {
  return reversedAt !== null && direction === 'collect';
}

export class Reversals {
  readonly #clock: Clock;
  readonly #events: PaymentEvents;
  readonly #refunds: RefundsMadeThere;

  constructor({ clock, events, refunds }: { clock: Clock; events: PaymentEvents; refunds: RefundsMadeThere }) {
    this.#clock = clock;
    this.#events = events;
    this.#refunds = refunds;
  }

  /**
   * Reverses a completed payment in the caller's commit. Another amount than is left of it is no reversal that we could
   * enter, and what is left is not known while a refund is under way: then it waits for a person. So does what is taken
   * of one that was taken back before, unless it is what is known already.
   */
  async reverseIn(tx: Transaction, { id, reference }: Pick<Payment, 'id' | 'reference'>, word: Reversed): Promise<Payment> {
    await tx.lock(moneyBackLock({ reference }));
    const held = (await tx.get(holdPayment, { id }))!;
    const payment = await this.#bookIn(tx, held, word.refunds);
    const reversed = { ...word, amountMinor: word.amountMinor + (await unbookedOf(tx, payment, word.refunds)) };
    // All of it went back by refunds, and nothing was taken besides.
    if (leftOf(payment) === 0 && reversed.amountMinor === 0) return payment;
    const { standing, isFirst } = await takenOf(tx, payment);
    const isKnown = reversed.amountMinor === standing?.amountMinor && reversed.currency === payment.currency;
    if (isKnown || !(canBeReversed(payment) || canBeRestored(payment))) return payment;
    const isOut = payment.direction === 'disburse';
    const isWhole = (reversed.amountMinor === leftOf(payment) && reversed.currency === payment.currency) || (isOut && (await isSaidBackIn(tx, checkSubject(payment), reversed)));
    if (!isWhole || !isFirst || (await isBeingRefunded(tx, payment))) {
      await this.doubtIn(tx, payment, reversed);
      return payment;
    }
    return this.takeBackIn(tx, payment, isOut ? { ...reversed, amountMinor: payment.amountMinor } : reversed);
  }

  /**
   * A person has seen that it is gone: as much as the provider says, or all that it had where it says that it never was
   * paid, in place of what was entered before. Where refunds are payouts, what they gave back is not in that: then it is
   * gone twice, and the books say so. Throws VALIDATION_ERROR where that cannot be entered.
   */
  async acceptIn(tx: Transaction, payment: Payment, { amountMinor, currency, at }: Pick<Reversed, 'amountMinor' | 'currency' | 'at'>, review: Decided): Promise<Payment> {
    const hadMinor = capabilitiesOf(payment.provider as ProviderSlug).refunds === 'itself' ? leftOf(payment) : payment.amountMinor;
    const takenMinor = amountMinor === 0 ? hadMinor : amountMinor;
    const { standing } = await takenOf(tx, payment);
    const problem = problemOf(payment, { amountMinor: takenMinor, currency }, standing);
    if (problem !== null) throw new ApiError('VALIDATION_ERROR', `${problem}: settle this by hand, and --dismiss it with a note`);
    const stands = standing === undefined ? payment : await this.#putBackIn(tx, payment, standing);
    const source = await sourceOf(tx, 'collectReversed', review);
    return this.takeBackIn(tx, stands, { amountMinor: takenMinor, at, reason: 'Taken back by the provider' }, source);
  }

  /** So much of a payment is gone from the provider. Throws VALIDATION_ERROR while a refund of it is under way. */
  async takeBackIn(tx: Transaction, payment: Payment, { amountMinor, at, reason }: Pick<Reversed, 'amountMinor' | 'at' | 'reason'>, source = checkSubject(payment)): Promise<Payment> {
    await tx.lock(moneyBackLock(payment));
    if (await isBeingRefunded(tx, payment)) throw new ApiError('VALIDATION_ERROR', `A refund of payment ${payment.reference} is under way: what is left of it is known when that has ended`);
    const now = this.#clock.now();
    const marked = await tx.get(markReversed, { id: payment.id, at, now });
    // Another server was first.
    if (marked === undefined) return payment;
    const movement = { ...movementOf(marked, at), amountMinor, source };
    const posting = marked.direction === 'disburse' ? payoutReversed(movement) : await this.#collectReversal(tx, marked, movement);
    assert(await post(tx, posting, now), `payment ${marked.id} is not reversed, and ${posting.posting} stands in the ledger already`);
    await settleReviewIn(tx, { subject: checkSubject(marked), kind: 'reversal_mismatch', note: 'The provider has taken it back, and the books say so.' }, now);
    await this.#events.record(tx, marked, { kind: 'reversed', amountMinor, reason });
    return marked;
  }

  /** A payout that had come back left after all, and a person decided that the app pays for it: it stands again. */
  async payAgainIn(tx: Transaction, payment: Payment, { at }: { at: number }, { id }: Decided): Promise<Payment> {
    const now = this.#clock.now();
    const paid = (await tx.get(markPaidAgain, { id: payment.id, at, now }))!;
    await holdFunds(tx, payoutPaidLate({ ...movementOf(paid, at), source: `review:${id}` }), now);
    await this.#events.record(tx, paid, { kind: 'restored', amountMinor: paid.amountMinor, reason: 'It was paid after all' });
    return paid;
  }

  /** The app has money again for what a reversal was short of. Throws INSUFFICIENT_BALANCE where it has not. */
  async recoverIn(tx: Transaction, payment: Payment, { amountMinor, at }: { amountMinor: number; at: number }): Promise<void> {
    const { standing } = await takenOf(tx, payment);
    assert(standing !== undefined, `payment ${payment.id} is short of something, and was not taken back`);
    await holdFunds(tx, shortfallRecovered({ ...movementOf(payment, at), amountMinor, source: standing.source }), this.#clock.now());
  }

  /**
   * The provider has a payment that has completed: as something else than it was, which is for a person, or although it had
   * taken it back. Whoever gave for that gets it back. Where a part of it is still gone, a person decides, too.
   */
  async standsIn(tx: Transaction, { id, reference }: Pick<Payment, 'id' | 'reference'>, found: Stands, doubts: readonly Review[] = []): Promise<Payment> {
    await tx.lock(moneyBackLock({ reference }));
    const held = (await tx.get(holdPayment, { id }))!;
    const isSame = found.amountMinor === held.amountMinor && found.currency === held.currency;
    const payment = isSame ? await this.#bookIn(tx, held, found.refunds) : held;
    const gone = goneBy(payment, found, await unbookedOf(tx, payment, found.refunds));
    if (canBeRestored(payment)) return this.#restoreIn(tx, payment, found, gone);
    if (payment.status !== 'completed' || payment.direction !== 'collect') return payment;
    if (gone.amountMinor === 0 && gone.currency === payment.currency) for (const doubt of doubts) await endDoubtIn(tx, doubt, this.#clock.now());
    else await this.#isContradictedIn(tx, payment, found, gone);
    return payment;
  }

  /** Whoever gave for it when it was taken back gets that back. Where a part of it is still gone, or it is of something else, a person decides. */
  async #restoreIn(tx: Transaction, payment: Payment, found: Stands, gone: Gone): Promise<Payment> {
    const { standing } = await takenOf(tx, payment);
    assert(standing !== undefined, `payment ${payment.id} says that it was reversed, and the ledger does not`);
    const isSame = (minor: number) => gone.amountMinor === minor && gone.currency === payment.currency;
    if (!isSame(0) && !isSame(standing.amountMinor)) await this.doubtIn(tx, payment, { ...found, ...gone });
    if (!isSame(0)) return payment;
    const ended = { subject: checkSubject(payment), kind: 'reversal_mismatch', note: GIVEN_BACK } as const;
    await settleReviewIn(tx, ended, this.#clock.now());
    await endReportIn(tx, ended, this.#clock.now());
    return this.#putBackIn(tx, payment, standing);
  }

  /** Less of it than was credited is gone; more, or other money, is nothing that anybody agreed on. Neither is entered by itself. */
  async #isContradictedIn(tx: Transaction, payment: Payment, found: Stands, gone: Gone): Promise<void> {
    const { amountMinor, currency, providerRef, at } = found;
    if (currency === payment.currency && amountMinor <= payment.amountMinor) {
      // What is given back beyond what is left is known once the refunds of ours have ended; then it is asked about again.
      if (amountMinor === payment.amountMinor && (await isBeingRefunded(tx, payment))) return;
      return this.doubtIn(tx, payment, { ...found, ...gone });
    }
    const detail = {
      agreed: { amount_minor: payment.amountMinor, currency: payment.currency },
      reported: { amount_minor: amountMinor, currency, provider_ref: providerRef, at },
    };
    await openReviewIn(tx, { subject: checkSubject(payment), kind: 'amount_mismatch', detail }, this.#clock.now());
  }

  /** While it is taken back, what was given back of it besides is in that, or a person's. */
  async #bookIn(tx: Transaction, payment: Payment, refunds: readonly ToldRefund[] = []): Promise<Payment> {
    const isOpen = payment.direction === 'collect' && payment.status === 'completed' && payment.reversedAt === null;
    return isOpen && refunds.length > 0 ? this.#refunds.bookIn(tx, payment, refunds) : payment;
  }

  /** The wallet gets what it had paid, at the reversal or for what that was short of, the platform the rest. */
  async #putBackIn(tx: Transaction, payment: Payment, { source, amountMinor, walletMinor }: Taken): Promise<Payment> {
    const now = this.#clock.now();
    const unmarked = (await tx.get(unmarkReversed, { id: payment.id, now }))!;
    const posting = collectRestored({ ...movementOf(unmarked, now), amountMinor, walletMinor, source });
    assert(await post(tx, posting, now), `payment ${payment.id} is reversed, and its restoration stands in the ledger already`);
    await settleReviewIn(tx, { subject: checkSubject(unmarked), kind: 'reversal_shortfall', note: GIVEN_BACK }, now);
    await this.#events.record(tx, unmarked, { kind: 'restored', amountMinor, reason: 'The provider has given it back' });
    return unmarked;
  }

  /** Whether the provider takes back more than we know of, or says that what it called completed never was. */
  async doubtIn(tx: Transaction, payment: Payment, { amountMinor, currency, providerRef, at }: Omit<Reversed, 'reason'>): Promise<void> {
    const detail = {
      agreed: { amount_minor: leftOf(payment), currency: payment.currency },
      reported: { amount_minor: amountMinor, currency, provider_ref: providerRef, at },
    };
    await openReviewIn(tx, { subject: checkSubject(payment), kind: 'reversal_mismatch', detail }, this.#clock.now());
  }

  async #collectReversal(tx: Transaction, payment: Payment, movement: ReturnType<typeof movementOf>): Promise<Posting> {
    const feeMinor = feeOfPart(payment, movement.amountMinor, await feesGivenBackOf(tx, payment));
    const shortMinor = await shortOfIn(tx, { ...movement, feeMinor }, checkSubject(payment), this.#clock.now());
    return collectReversed({ ...movement, feeMinor, shortMinor });
  }
}

/** Why it cannot be entered that so much was taken of a payment; null where it can. */
function problemOf(payment: Payment, { amountMinor, currency }: { amountMinor: number; currency: string }, standing: Taken | undefined): string | null {
  if (payment.status !== 'completed') return `Payment ${payment.reference} has never counted as paid, and what of it is left is not known`;
  if (currency !== payment.currency) return `${currency} cannot be taken of a payment in ${payment.currency}`;
  if (amountMinor <= 0) return `Payment ${payment.reference} has been refunded in full: nothing of it is left that could be taken back`;
  if (amountMinor > payment.amountMinor) return `More was taken than payment ${payment.reference} was of`;
  if (amountMinor === standing?.amountMinor) return `So much of payment ${payment.reference} has been taken back already`;
  return null;
}

async function isBeingRefunded(tx: Transaction, { id }: Payment): Promise<boolean> {
  return (await tx.get(refundsUnderWay, { id }))!.refunds > 0;
}

function leftOf({ amountMinor, refundedMinor }: Payment): number {
  return amountMinor - refundedMinor;
}

/** The platform's share of what is taken, and never more than refunds have left of it; of all that is left, all of it. */
function feeOfPart(payment: Payment, takenMinor: number, returnedMinor: number): number {
  const keptMinor = payment.feeMinor - returnedMinor;
  if (takenMinor >= leftOf(payment)) return Math.min(keptMinor, takenMinor);
  return Math.min(keptMinor, refundedFeeMinor(payment, { amountMinor: 0, feeMinor: 0 }, takenMinor));
}

/** How a payment stands in the ledger: taken back for now, or not; and whether it never was before. */
async function takenOf(tx: Transaction, payment: Payment): Promise<{ standing: Taken | undefined; isFirst: boolean }> {
  const times = Map.groupBy(await tx.all(moved, { subject: checkSubject(payment) }), ({ source }) => source);
  const [standing] = payment.reversedAt === null ? [] : [...times].filter(([, postings]) => postings.every(({ posting }) => posting !== 'collectRestored'));
  if (standing === undefined) return { standing, isFirst: times.size === 0 };
  const [source, postings] = standing;
  const { clearingMinor } = postings.find(({ posting }) => posting === 'collectReversed')!;
  return { standing: { source, amountMinor: clearingMinor, walletMinor: postings.reduce((sum, each) => sum - each.walletMinor, 0) }, isFirst: false };
}

function movementOf({ id, appId, provider, currency, mode, amountMinor }: Payment, eventAt: number) {
  return { source: checkSubject({ id }), appId, provider, currency, mode, amountMinor, eventAt };
}
