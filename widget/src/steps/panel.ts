import type { Currency } from '../../../server/core/money.ts';
import type { Checkout } from '../controllers/checkout.ts';
import type { Draft, FieldErrors } from '../details-form.ts';
import type { Messages } from '../messages/en.ts';

/** What a step may read and do. Steps are plain functions from this to a template. */
export interface Panel {
  readonly checkout: Checkout;
  readonly t: Messages;
  readonly draft: Draft;
  readonly errors: FieldErrors;
  /** The number the request went to, masked; '' after a reload, which does not keep it. */
  readonly sentTo: string;
  /** `4:05`, '' when there is nothing to count. */
  readonly timeLeft: string;
  /** Where the buyer goes on after success, '' for nowhere. */
  readonly successUrl: string;
  /** Whether there is a dialog to close. */
  readonly isModal: boolean;
  readonly money: (amount: number, currency: Currency) => string;
  readonly edit: (change: Partial<Draft>) => void;
  readonly submit: () => void;
  readonly check: () => void;
  readonly retry: () => void;
  readonly close: () => void;
}
