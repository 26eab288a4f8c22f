/**
 * Everything that can happen to money, each as one typed posting. Nothing else makes ledger entries.
 *
 * Signs. `wallet`, `held` and `fees` hold what Malipo owes or has earned, as positive amounts; `clearing` is the
 * other side of the same money at the provider, and so is its negative. Every posting sums to zero.
 *
 *   collectSettled       clearing −amount   wallet +(amount − fee)   fees +fee
 *   refundHeld           wallet −(amount − fee)   fees −fee    held +amount
 *   refundPaid           held −amount       clearing +amount
 *   refundReleased       held −amount       wallet +(amount − fee)   fees +fee
 *   payoutHeld           wallet −amount     held +amount
 *   payoutSent           held −amount       clearing +amount
 *   payoutReleased       held −amount       wallet +amount
 *   withdrawalHeld, withdrawalPaid, withdrawalReleased: as for payouts
 *   collectReversed      clearing +amount   wallet −(amount − fee − short)   fees −(fee + short)
 *   collectRestored      clearing −amount   wallet +back               fees +(amount − back)
 *   shortfallRecovered   wallet −short      fees +short
 *   payoutReversed, withdrawalReversed      clearing −amount   wallet +amount
 *   refundReversed       clearing −amount   wallet +(amount − fee)   fees +fee
 *   refundMadeThere      clearing +amount   wallet −(amount − fee − short)   fees −(fee + short)
 *   refundUndoneThere    clearing −amount   wallet +back               fees +(amount − back)
 *   payoutPaidLate, withdrawalPaidLate, refundPaidLate        wallet −amount   clearing +amount
 *   payoutAbsorbed, withdrawalAbsorbed, refundAbsorbed        fees −amount     clearing +amount
 *   absorbedReturned     clearing −amount   fees +amount
 *
 * A provider can take a payment back, or give a part of it back by hand, whose money the app has spent: no wallet goes
 * below zero, so the platform bears what is short until it is recovered. `PaidLate` and `Absorbed` are a person's answers to money that left after its
 * hold had been released: the app pays for it, or the platform does.
 *
 * In test mode payouts draw on an unlimited sandbox float instead of the wallet: the provider's test clearing.
 */
import type { Mode } from '../core/mode.ts';
import { type Currency, isCurrency } from '../core/money.ts';
import type { Account } from './accounts.ts';

export const POSTING_NAMES = [
  'collectSettled',
  'refundHeld',
  'refundPaid',
  'refundReleased',
  'payoutHeld',
  'payoutSent',
  'payoutReleased',
  'withdrawalHeld',
  'withdrawalPaid',
  'withdrawalReleased',
  'collectReversed',
  'collectRestored',
  'shortfallRecovered',
  'payoutReversed',
  'withdrawalReversed',
  'refundReversed',
  'refundMadeThere',
  'refundUndoneThere',
  'payoutPaidLate',
  'withdrawalPaidLate',
  'refundPaidLate',
  'payoutAbsorbed',
  'withdrawalAbsorbed',
  'refundAbsorbed',
  'absorbedReturned',
] as const;
export type PostingName = (typeof POSTING_NAMES)[number];

/** What a source looks like: a kind of record and its row id. */
const SOURCE = /^(payment|refund|withdrawal|review):[1-9][0-9]*$/;

/** One movement of an app's money. Amounts are positive minor units; `eventAt` is when it moved, as the provider tells it. */
export interface Movement {
  /** The record the money moves for (`payment:12`): the same fact has the same source however often it is reported. See sources.ts. */
  source: string;
  appId: number;
  provider: string;
  currency: Currency;
  mode: Mode;
  amountMinor: number;
  eventAt: number;
}

export interface MovementWithFee extends Movement {
  feeMinor: number;
}

export interface Entry {
  readonly account: Account;
  readonly amountMinor: number;
}

/** Makes a posting impossible to write by hand. */
declare const madeHere: unique symbol;

export interface Posting {
  readonly [madeHere]: true;
  readonly posting: PostingName;
  readonly source: string;
  readonly currency: Currency;
  readonly eventAt: number;
  readonly entries: readonly Entry[];
}

export interface HoldEnding {
  readonly hold: PostingName;
  readonly otherEnding: PostingName;
}

/**
 * A hold is ended once, by one of its two endings, over its whole amount. The ledger refuses the other ending:
 * a payout that was released and then turns out to have been sent is a matter for a person, not for a posting.
 */
export const HOLD_ENDINGS: Readonly<Partial<Record<PostingName, HoldEnding>>> = {
  refundPaid: { hold: 'refundHeld', otherEnding: 'refundReleased' },
  refundReleased: { hold: 'refundHeld', otherEnding: 'refundPaid' },
  payoutSent: { hold: 'payoutHeld', otherEnding: 'payoutReleased' },
  payoutReleased: { hold: 'payoutHeld', otherEnding: 'payoutSent' },
  withdrawalPaid: { hold: 'withdrawalHeld', otherEnding: 'withdrawalReleased' },
  withdrawalReleased: { hold: 'withdrawalHeld', otherEnding: 'withdrawalPaid' },
};

/** A customer's payment arrived: the app's wallet has the net amount, the platform its fee. */
export function collectSettled(movement: MovementWithFee): Posting {
  const { amountMinor, feeMinor } = checkedFee(movement);
  return transfer('collectSettled', movement, { clearing: -amountMinor, wallet: amountMinor - feeMinor, fees: feeMinor });
}

/**
 * A refund was asked for: its money can be spent no more, and has not left. `amountMinor` is what the customer gets,
 * `feeMinor` the platform's share of it (`refundedFeeMinor`): the platform earns nothing on what is returned. Each refund
 * has a source of its own (`refund:3`), so that a payment can be returned in parts.
 */
export function refundHeld(movement: MovementWithFee): Posting {
  const { amountMinor, feeMinor } = checkedFee(movement);
  return transfer('refundHeld', movement, { wallet: feeMinor - amountMinor, held: amountMinor, fees: -feeMinor });
}

/** The provider confirmed the refund: the money is with the customer. */
export function refundPaid(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('refundPaid', movement, { held: -amount, clearing: amount });
}

/** The provider definitely refused the refund: wallet and fee are as before. Never posted on doubt. */
export function refundReleased(movement: MovementWithFee): Posting {
  const { amountMinor, feeMinor } = checkedFee(movement);
  return transfer('refundReleased', movement, { held: -amountMinor, wallet: amountMinor - feeMinor, fees: feeMinor });
}

/**
 * The provider took a settled payment back: a chargeback, a rollback. `feeMinor` is the platform's share of it, and
 * `shortMinor` what the wallet no longer holds of the rest, which the platform bears.
 */
export const collectReversed = takenThere('collectReversed');

/** Somebody gave a part of it back at the provider, without us: the same of that part. */
export const refundMadeThere = takenThere('refundMadeThere');

/**
 * What a reversal had taken is there again: a dispute was won after all.
 * `walletMinor` is what the wallet had given for it; the rest the platform had.
 */
export const collectRestored = givenBackThere('collectRestored');

/** What somebody had given back at the provider came back to it. */
export const refundUndoneThere = givenBackThere('refundUndoneThere');

/** The app has money again, and pays the platform what a reversal was short of. */
export function shortfallRecovered(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('shortfallRecovered', movement, { wallet: -amount, fees: amount });
}

/** The provider took back what it had paid out: the money is in the wallet again. */
export const payoutReversed = backIn('payoutReversed');
export const withdrawalReversed = backIn('withdrawalReversed');

/** A refund that had been paid came back: wallet and fee are as before it. */
export function refundReversed(movement: MovementWithFee): Posting {
  const { amountMinor, feeMinor } = checkedFee(movement);
  return transfer('refundReversed', movement, { clearing: -amountMinor, wallet: amountMinor - feeMinor, fees: feeMinor });
}

/** Money left after its hold was released, and its app pays for it. */
export const payoutPaidLate = outLate('payoutPaidLate', 'wallet');
export const withdrawalPaidLate = outLate('withdrawalPaidLate', 'wallet');
export const refundPaidLate = outLate('refundPaidLate', 'wallet');

/** Money left after its hold was released, and the platform pays for it. */
export const payoutAbsorbed = outLate('payoutAbsorbed', 'fees');
export const withdrawalAbsorbed = outLate('withdrawalAbsorbed', 'fees');
export const refundAbsorbed = outLate('refundAbsorbed', 'fees');

/** What the platform had borne came back from wherever it went. */
export function absorbedReturned(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('absorbedReturned', movement, { clearing: -amount, fees: amount });
}

function takenThere(name: PostingName): (movement: MovementWithFee & { shortMinor: number }) => Posting {
  return (movement) => {
    const { amountMinor, feeMinor } = checkedFee(movement);
    const { shortMinor } = movement;
    insist(Number.isSafeInteger(shortMinor) && shortMinor >= 0 && shortMinor <= amountMinor - feeMinor, `shortfall is ${shortMinor}`);
    return transfer(name, movement, { clearing: amountMinor, wallet: feeMinor + shortMinor - amountMinor, fees: -feeMinor - shortMinor });
  };
}

function givenBackThere(name: PostingName): (movement: Movement & { walletMinor: number }) => Posting {
  return (movement) => {
    const amount = checkedAmount(movement);
    const { walletMinor } = movement;
    insist(Number.isSafeInteger(walletMinor) && walletMinor >= 0 && walletMinor <= amount, `the wallet gets ${walletMinor} of ${amount}`);
    return transfer(name, movement, { clearing: -amount, wallet: walletMinor, fees: amount - walletMinor });
  };
}

function backIn(name: PostingName): (movement: Movement) => Posting {
  return (movement) => transfer(name, movement, { clearing: -checkedAmount(movement), wallet: movement.amountMinor });
}

function outLate(name: PostingName, payer: 'wallet' | 'fees'): (movement: Movement) => Posting {
  return (movement) => transfer(name, movement, { [payer]: -checkedAmount(movement), clearing: movement.amountMinor });
}

/** A payout was asked for: its money can be spent no more, and is not yet gone. */
export function payoutHeld(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('payoutHeld', movement, { [payoutFunds(movement)]: -amount, held: amount });
}

/** The provider confirmed the payout: the money is gone. */
export function payoutSent(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('payoutSent', movement, { held: -amount, clearing: amount });
}

/** The provider definitely refused the payout: the money is back where it was. Never posted on doubt. */
export function payoutReleased(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('payoutReleased', movement, { held: -amount, [payoutFunds(movement)]: amount });
}

export function withdrawalHeld(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('withdrawalHeld', movement, { wallet: -amount, held: amount });
}

export function withdrawalPaid(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('withdrawalPaid', movement, { held: -amount, clearing: amount });
}

export function withdrawalReleased(movement: Movement): Posting {
  const amount = checkedAmount(movement);
  return transfer('withdrawalReleased', movement, { held: -amount, wallet: amount });
}

/**
 * The fee to give back with a refund. The share is taken of everything refunded so far and what was already
 * given back is subtracted, so that parts of whatever size add up to the whole fee, to the minor unit.
 *
 * @param payment what was settled: its amount and fee
 * @param before what earlier refunds of it returned in all
 * @param amountMinor what this refund returns
 */
export function refundedFeeMinor(
  payment: { amountMinor: number; feeMinor: number },
  before: { amountMinor: number; feeMinor: number },
  amountMinor: number,
): number {
  const returned = before.amountMinor + amountMinor;
  insist(returned <= payment.amountMinor, 'no more than a payment can be refunded');
  // Round half up in integers: (2 × fee × returned + amount) / (2 × amount).
  const whole = 2n * BigInt(payment.feeMinor) * BigInt(returned) + BigInt(payment.amountMinor);
  // Refunds that failed or came back left shares that were rounded with theirs: one too many is no negative fee.
  return Math.min(amountMinor, Math.max(0, Number(whole / (2n * BigInt(payment.amountMinor))) - before.feeMinor));
}

function payoutFunds({ mode }: Movement): 'wallet' | 'clearing' {
  return mode === 'test' ? 'clearing' : 'wallet';
}

function transfer(posting: PostingName, movement: Movement, amounts: Partial<Record<Account['kind'], number>>): Posting {
  const { source, appId, provider, currency, mode, eventAt } = movement;
  insist(SOURCE.test(source), `source is ${source}`);
  insist(isCurrency(currency), `currency is ${currency}`);
  insist(Number.isSafeInteger(appId) && appId > 0, `app id is ${appId}`);
  insist(Number.isSafeInteger(eventAt), `event time is ${eventAt}`);
  insist(provider !== '', 'provider is missing');
  const entries: Entry[] = [];
  let sum = 0;
  for (const kind of ['clearing', 'wallet', 'held', 'fees'] as const) {
    const amountMinor = amounts[kind] ?? 0;
    insist(Number.isSafeInteger(amountMinor), `${kind} moves by ${amountMinor}`);
    sum += amountMinor;
    if (amountMinor === 0) continue;
    const account: Account =
      kind === 'wallet' || kind === 'held'
        ? { appId, kind, provider, currency, mode }
        : { appId: null, kind, provider, currency, mode };
    entries.push({ account, amountMinor });
  }
  insist(sum === 0, `entries sum to ${sum}`);
  insist(entries.length >= 2, `only ${entries.length} entries`);
  return { posting, source, currency, eventAt, entries } as unknown as Posting;
}

function checkedAmount({ amountMinor }: Movement): number {
  insist(Number.isSafeInteger(amountMinor) && amountMinor > 0, `amount is ${amountMinor}`);
  return amountMinor;
}

function checkedFee(movement: MovementWithFee): { amountMinor: number; feeMinor: number } {
  const amountMinor = checkedAmount(movement);
  const { feeMinor } = movement;
  insist(Number.isSafeInteger(feeMinor) && feeMinor >= 0 && feeMinor <= amountMinor, `fee is ${feeMinor} of ${amountMinor}`);
  return { amountMinor, feeMinor };
}

/** Money is worth asserting in production: a wrong posting is a bug, and must not be written. */
function insist(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new Error(`Not a posting: ${problem}`);
}
