/**
 * The port every provider stands behind. An adapter translates one provider's protocol and decides nothing:
 * it says what the provider answered, and says `unknown` whenever that is not certain.
 */
import type { FailureCode } from '../core/checkout-contract.ts';
import type { Mode } from '../core/mode.ts';
import type { Currency } from '../core/money.ts';
import type { NetworkId } from '../core/number-plans.ts';
import type { Awaitable, Transaction } from '../db/store.ts';

export type Method = 'mobile_money' | 'card';

/** Money from a customer to us, or from us to somebody's phone. */
export type Direction = 'collect' | 'disburse';

export interface CollectRequest {
  /** Our reference, which the provider keeps: the one key by which a payment is asked for again. */
  reference: string;
  method: Method;
  amountMinor: number;
  currency: Currency;
  /** MSISDN, digits only; empty for cards. */
  phone: string;
  network: NetworkId | '';
  merchant: string;
  description: string;
  /** The slug of what is bought, for providers that have products of their own; empty where it is an amount alone. */
  item: string;
  customerName: string;
  customerEmail: string;
  createdAt: number;
  expiresAt: number;
}

export interface DisburseRequest {
  /** As for collecting: under this reference the payout is asked for again, and never sent again. */
  reference: string;
  amountMinor: number;
  currency: Currency;
  /** MSISDN, digits only. */
  phone: string;
  network: NetworkId | '';
  merchant: string;
  description: string;
  createdAt: number;
}

/** Money of a completed payment back to whoever paid it, where the provider does that itself (cards). */
export interface RefundRequest {
  /** The refund's own reference: under it the refund is asked for again, and never made again. */
  reference: string;
  /** The payment's, as its provider knows it. */
  paymentProviderRef: string;
  amountMinor: number;
  currency: Currency;
  reason: string;
  createdAt: number;
}

/** What became of asking a provider to collect, to pay out or to refund. */
export type Submission =
  | {
      kind: 'accepted';
      providerRef: string;
      clientSecret?: string;
      /** The provider's own page where the customer pays, where it has one instead of a prompt on the phone. */
      redirectUrl?: string;
      /** What the sandbox, which keeps its books in our database, writes in the commit that records this answer. */
      inCommit?: (tx: Transaction) => Awaitable<void>;
    }
  /**
   * A definite no: nothing was or will be charged or paid out. `unsent`: ours, the provider was not asked. `lineDown`: the
   * provider says that it cannot reach the network, whoever asks. `providerRef`: its name in the provider's books, where the
   * no stands in them.
   */
  | { kind: 'refused'; code: FailureCode; reason: string; providerRef?: string; unsent?: true; lineDown?: true }
  /**
   * A time-out, a reset, a 5xx or nonsense: the customer may or may not have been asked, or paid. `busy`: the provider
   * answers, and takes no more questions for now.
   */
  | { kind: 'unknown'; reason: string; busy?: true; inCommit?: (tx: Transaction) => Awaitable<void> };

/** The provider's own name of what it answered about; empty where the answer has none. */
export function providerRefIn(submission: Submission): string {
  return submission.kind === 'unknown' ? '' : (submission.providerRef ?? '');
}

/** What a provider says of a payment when asked. */
export type ProviderStatus =
  /** `clientSecret`: of a card payment, for a buyer whose first answer was lost. */
  | { kind: 'pending'; providerRef?: string; clientSecret?: string }
  /** `refunds`: what of it was given back since, by us or by hand in the provider's dashboard. */
  | { kind: 'completed'; providerRef: string; amountMinor: number; currency: string; at: number; refunds?: readonly ToldRefund[] }
  | { kind: 'failed'; providerRef?: string; code: FailureCode; reason: string }
  /** It had completed, and the money was taken back since: a rolled back payout, a payment charged back. */
  | { kind: 'reversed'; providerRef: string; amountMinor: number; currency: string; at: number; reason: string; refunds?: readonly ToldRefund[] }
  /** The provider is sure that it never got the request. */
  | { kind: 'not_found' }
  | { kind: 'unknown'; reason: string };

/** A refund that a provider shows of a payment. Whose it is our books say: those of ours carry our reference. */
export interface ToldRefund {
  /** Unique at the provider. */
  providerRef: string;
  /** Ours; or empty, or somebody else's. */
  reference: string;
  status: HistoryEntry['status'];
  amountMinor: number;
  currency: string;
  at: number;
  reason: string;
}

export interface AskedPayment {
  reference: string;
  /** The provider's own reference, empty where its answer was lost. */
  providerRef: string;
  direction: Direction | 'refund';
  method: Method;
  currency: Currency;
  /** When it was sent, in milliseconds: where a provider's history has to be searched. */
  createdAt: number;
}

/** One movement in a provider's own history. */
export interface HistoryEntry {
  direction: Direction | 'refund';
  providerRef: string;
  /** Ours, where the provider kept it. */
  reference: string;
  /** Of a refund: its payment's, by the provider's own reference, where that is shown. */
  paymentRef?: string;
  status: 'pending' | 'completed' | 'failed' | 'reversed';
  amountMinor: number;
  currency: string;
  at: number;
}

/** From a time, in milliseconds and inclusive, until another, exclusive. */
export interface HistorySpan {
  from: number;
  until: number;
}

/** What a check of a line found; one that gets no answer throws. */
export type LineCheck = 'up' | { down: string };

/** A callback: which payment or withdrawal to ask about, nothing more. */
export type CallbackHint =
  /** The provider's own, by our reference. */
  | { reference: string }
  /** The provider's own too, by its reference. */
  | { providerRef: string }
  /** The provider's own too, by the first of these that is known here: a refund by our reference, where that is one, or by the provider's, or else the payment which it is of. */
  | { oneOf: readonly string[] }
  /** Anybody may have sent it, by the provider's reference: worth a question now and then, and that only about what is ours. */
  | { unproven: true; providerRef: string; told?: Told };

/** What such a callback says of its payment: where to look for one that we do not know by that reference, and nothing more. */
export interface Told {
  phone: string;
  amountMinor: number;
}

export type CallbackHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Provider {
  readonly slug: string;
  /** Which payments its credentials are for; live ones when absent. */
  readonly mode?: Mode;
  collect(request: CollectRequest): Promise<Submission>;
  /** What it sells an item at by its slug, in minor units, and at no other price; null, or absent, where it takes what it is asked for. */
  priceOf?(item: string): number | null;
  /** Pays out. Routing never asks one that cannot; its adapter answers `refused`. */
  disburse(request: DisburseRequest): Promise<Submission>;
  /** Asks by our reference (and the provider's own, where we know it); many keep payouts in books of their own. */
  status(payment: AskedPayment): Promise<ProviderStatus>;
  /** Ends a payment whose time is over, or that is left for another, so that it can no more be paid, and says how it stands; absent where that ends by itself. */
  close?(payment: AskedPayment): Promise<ProviderStatus>;
  /** Gives money of a completed payment back; absent where that takes a payout. */
  refund?(request: RefundRequest): Promise<Submission>;
  /** What the provider's own books say of a span of time; throws where they cannot be read whole. Absent where it shows none. */
  history?(span: HistorySpan): Promise<HistoryEntry[]>;
  /** What stands in our account there, in minor units; null where the provider does not say. Throws where it gives no answer. */
  balance?(currency: Currency): Promise<number | null>;
  /** Under what name a number’s wallet is registered; null where the provider does not know it. Throws where it gives no answer. */
  nameOf?(phone: string): Promise<string | null>;
  /** Opens the customer's card form in the browser, for providers that have one. */
  readonly publishableKey?: string;
  /** Asks, without moving money, whether a network can be reached; null, or absent, where the provider cannot tell. */
  check?(line: { network: NetworkId; currency: Currency }): Promise<LineCheck | null>;
  /** The operator's variables that its callbacks are checked with; absent where none can be, or while they are not set. */
  readonly callbacksFit?: string;
  /** Authenticates a callback over its raw body; null when it is not the provider's, `unproven` where nothing could prove that it is. */
  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null;
  /**
   * Whether its transaction of this reference can be no other than this payment, whose answer was lost. Absent where the
   * provider finds payments by our reference.
   */
  recognises?(payment: AskedPayment & { amountMinor: number }, providerRef: string): Promise<boolean>;
  /** How long after sending a `not_found` may still be overtaken by the request itself, in milliseconds. */
  readonly notFoundIsFinalAfterMs: number;
}
