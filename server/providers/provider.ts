/**
 * The port every provider stands behind. An adapter translates one provider's protocol and decides nothing:
 * it says what the provider answered, and says `unknown` whenever that is not certain.
 */
import type { FailureCode } from '../core/checkout-contract.ts';
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
}

/** What became of asking a provider to collect or to pay out. */
export type Submission =
  | {
      kind: 'accepted';
      providerRef: string;
      clientSecret?: string;
      /** What the sandbox, which keeps its books in our database, writes in the commit that records this answer. */
      inCommit?: (tx: Transaction) => Awaitable<void>;
    }
  /** A definite no: nothing was or will be charged or paid out. `unsent`: ours, the provider was not asked. */
  | { kind: 'refused'; code: FailureCode; reason: string; unsent?: true }
  /** A time-out, a reset, a 5xx or nonsense: the customer may or may not have been asked, or paid. */
  | { kind: 'unknown'; reason: string; inCommit?: (tx: Transaction) => Awaitable<void> };

/** What a provider says of a payment when asked. */
export type ProviderStatus =
  | { kind: 'pending'; providerRef?: string }
  | { kind: 'completed'; providerRef: string; amountMinor: number; currency: string; at: number }
  | { kind: 'failed'; providerRef?: string; code: FailureCode; reason: string }
  /** The provider is sure that it never got the request. */
  | { kind: 'not_found' }
  | { kind: 'unknown'; reason: string };

export interface AskedPayment {
  reference: string;
  providerRef: string;
  direction: Direction;
}

/** What a check of a line found; one that gets no answer throws. */
export type LineCheck = 'up' | { down: string };

/** An authenticated callback: which payment or withdrawal to ask about, nothing more. */
export interface CallbackHint {
  reference: string;
}

export type CallbackHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Provider {
  readonly slug: string;
  collect(request: CollectRequest): Promise<Submission>;
  /** Pays out. Routing never asks one that cannot; its adapter answers `refused`. */
  disburse(request: DisburseRequest): Promise<Submission>;
  /** Asks by our reference (and the provider's own, where we know it); many keep payouts in books of their own. */
  status(payment: AskedPayment): Promise<ProviderStatus>;
  /** Asks, without moving money, whether a network can be reached; absent where the provider cannot tell. */
  check?(line: { network: NetworkId; currency: Currency }): Promise<LineCheck>;
  /** Authenticates a callback over its raw body; null when it is not the provider's. */
  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null;
  /** How long after sending a `not_found` may still be overtaken by the request itself, in milliseconds. */
  readonly notFoundIsFinalAfterMs: number;
}
