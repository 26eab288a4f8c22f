import type { CheckoutPayRequest } from '../../server/core/checkout-contract.ts';
import type { Attempt } from './attempt-store.ts';

/**
 * What the same request stands for when it is made once more. A payment by card that was left is then the same payment. And
 * what a limit or a line that is down refused keeps its key: browsers send a POST again by themselves when a kept connection
 * breaks, so it may have got through before.
 */
export class PutOff {
  attempt: Attempt | null = null;

  /** The key this request has had, '' for none. */
  key(body: CheckoutPayRequest): string {
    return (JSON.stringify(this.attempt?.body) === JSON.stringify(body) && this.attempt?.key) || '';
  }

  /** The payment that was left, while nothing else is under way; else ''. */
  reference(now: Attempt | null): string {
    const isLeft = !now || (now.key === this.attempt?.key && !now.reference);
    return (isLeft && this.attempt?.reference) || '';
  }

  /** It is on its way again: once it has ended, its key would bring back that end. */
  answered({ key }: Attempt): void {
    if (key === this.attempt?.key) this.attempt = null;
  }
}
