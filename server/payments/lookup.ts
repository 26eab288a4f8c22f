import { ApiError } from '../core/errors.ts';
import type { Mode } from '../core/mode.ts';
import type { Store } from '../db/store.ts';
import type { Payment } from './payment.ts';
import { ownPaymentById, ownPaymentByReference, paymentByReference } from './statements.ts';

/** Whoever owns a payment: its app, in the mode of the key that asks. */
export interface Owner {
  mode: Mode;
  app: { id: number };
}

/** Reading payments. What is not yours is not found, exactly as what does not exist. */
export class PaymentLookup {
  readonly #store: Store;

  constructor({ store }: { store: Store }) {
    this.#store = store;
  }

  async own({ app, mode }: Owner, reference: string): Promise<Payment> {
    return found(await this.#store.read.get(ownPaymentByReference, { reference, appId: app.id, mode }));
  }

  /** For a dialect that knows only payments in. */
  async ownById({ app, mode }: Owner, id: number): Promise<Payment> {
    return found(collected(await this.#store.read.get(ownPaymentById, { id, appId: app.id, mode })));
  }

  /** For the public checkout, where the unguessable reference is the permission. */
  async byReference(reference: string): Promise<Payment> {
    return found(collected(await this.#store.read.get(paymentByReference, { reference })));
  }
}

/** Who was paid out is nobody's business but the app's. */
function collected(payment: Payment | undefined): Payment | undefined {
  return payment?.direction === 'collect' ? payment : undefined;
}

function found(payment: Payment | undefined): Payment {
  if (payment === undefined) throw new ApiError('NOT_FOUND', 'Transaction not found');
  return payment;
}
