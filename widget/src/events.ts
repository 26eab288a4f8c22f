/** The events of `<pay-button>`: all bubble and cross shadow roots, so one listener on the document hears every button. */
import type { PaymentStatus } from '../../server/core/checkout-contract.ts';
import type { Currency } from '../../server/core/money.ts';
import type { CheckoutState } from './machine.ts';

export interface PayDetail {
  /** Empty until the server has named the payment. */
  reference: string;
  /** Empty until the server has named the payment. */
  status: PaymentStatus | '';
  /** Major units; null while nobody has chosen it. */
  amount: number | null;
  currency: Currency | '';
}

export interface PayStateDetail extends PayDetail {
  state: CheckoutState;
}

class PayEvent<Detail extends PayDetail = PayDetail> extends Event {
  readonly detail: Detail;

  constructor(type: string, detail: Detail, cancelable = false) {
    super(type, { bubbles: true, composed: true, cancelable });
    this.detail = detail;
  }
}

/** The panel was opened. */
export class PayOpenEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-open', detail);
  }
}

/** The buyer confirmed and nothing has been sent: `preventDefault()` keeps it so. */
export class PayStartEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-start', detail, true);
  }
}

/** The payment exists and waits for the buyer's approval; also after a reload. */
export class PayPendingEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-pending', detail);
  }
}

/** The money arrived. Let your server verify the reference before you deliver. */
export class PaySuccessEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-success', detail);
  }
}

/** The payment failed for certain. */
export class PayFailureEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-failure', detail);
  }
}

/** Nobody approved in time. */
export class PayExpireEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-expire', detail);
  }
}

/** The panel was closed; a payment that waits goes on. */
export class PayCloseEvent extends PayEvent {
  constructor(detail: PayDetail) {
    super('pay-close', detail);
  }
}

/** `state` changed. */
export class PayStateChangeEvent extends PayEvent<PayStateDetail> {
  constructor(detail: PayStateDetail) {
    super('pay-statechange', detail);
  }
}

const OUTCOMES = { pending: PayPendingEvent, completed: PaySuccessEvent, failed: PayFailureEvent, expired: PayExpireEvent };

/** The event for a payment of this status. */
export function outcomeEvent(status: PaymentStatus, detail: PayDetail): Event {
  return new OUTCOMES[status](detail);
}

declare global {
  // Elements, documents and windows all extend this map.
  interface GlobalEventHandlersEventMap {
    'pay-open': PayOpenEvent;
    'pay-start': PayStartEvent;
    'pay-pending': PayPendingEvent;
    'pay-success': PaySuccessEvent;
    'pay-failure': PayFailureEvent;
    'pay-expire': PayExpireEvent;
    'pay-close': PayCloseEvent;
    'pay-statechange': PayStateChangeEvent;
  }
}
