/**
 * What a checkout can be doing, and what may follow what. Data only: no DOM, no clock, no requests.
 */
import type { PaymentStatus } from '../../server/core/checkout-contract.ts';

export type CheckoutState =
  /** Nothing is going on; the button waits to be pressed. */
  | 'idle'
  /** The item is being fetched. */
  | 'loading'
  /** The buyer types a number, and an amount where the buyer chooses it. */
  | 'details'
  /** The start request is on its way. */
  | 'starting'
  /** The buyer approves on the phone. */
  | 'waiting'
  /** The buyer types a card. */
  | 'card'
  /** The buyer asked to look now. */
  | 'checking'
  | 'succeeded'
  | 'failed'
  | 'expired'
  /** Money may be moving and nobody has told us: never shown as a failure. */
  | 'unknown'
  /** The device has no network; what is known is saved. */
  | 'offline'
  /** This item cannot be bought here. */
  | 'unavailable';

/**
 * From each state, the states that may follow. `waiting` and `unknown` can follow nearly all of them because
 * another tab may have started a payment for the same item; nothing follows `succeeded`, a second purchase is
 * a new machine. `failed` and `expired` are looked at again before a retry: a late success is still a success.
 */
export const TRANSITIONS: Readonly<Record<CheckoutState, readonly CheckoutState[]>> = {
  idle: ['loading', 'details', 'waiting', 'unknown', 'unavailable'],
  loading: ['idle', 'details', 'waiting', 'unknown', 'offline', 'unavailable'],
  details: ['idle', 'starting', 'card', 'waiting', 'unknown', 'unavailable'],
  starting: ['idle', 'details', 'waiting', 'card', 'succeeded', 'failed', 'expired', 'unknown', 'offline'],
  waiting: ['idle', 'card', 'checking', 'succeeded', 'failed', 'expired', 'unknown', 'offline'],
  card: ['idle', 'details', 'waiting', 'checking', 'succeeded', 'failed', 'expired', 'unknown', 'offline'],
  checking: ['idle', 'loading', 'details', 'waiting', 'card', 'succeeded', 'failed', 'expired', 'unknown', 'offline'],
  succeeded: [],
  failed: ['checking', 'waiting', 'unknown'],
  expired: ['checking', 'waiting', 'unknown'],
  unknown: ['idle', 'loading', 'details', 'checking', 'waiting', 'card', 'succeeded', 'failed', 'expired', 'offline'],
  offline: ['idle', 'loading', 'details', 'checking', 'waiting', 'card', 'succeeded', 'failed', 'expired', 'unknown'],
  unavailable: ['loading', 'waiting', 'unknown'],
};

/** Whether the table lets `to` follow `from`. Staying is not a move. */
export function canMove(from: CheckoutState, to: CheckoutState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** The state that shows a payment of this status. */
export function stateOf(status: PaymentStatus): CheckoutState {
  switch (status) {
    case 'pending':
      return 'waiting';
    case 'completed':
      return 'succeeded';
    case 'failed':
    case 'expired':
      return status;
    default:
      return status satisfies never;
  }
}
