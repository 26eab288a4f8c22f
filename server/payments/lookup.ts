import { ApiError } from '../core/errors.ts';
import type { Mode } from '../core/mode.ts';
import type { Store } from '../db/store.ts';
import type { Payment } from './payment.ts';
import { paymentById, paymentByReference } from './statements.ts';

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

  async own(owner: Owner, reference: string): Promise<Payment> {
    return found(ownBy(owner, await this.#store.read.get(paymentByReference, { reference })));
  }

  /** For a dialect that knows only payments in. */
  async ownById(owner: Owner, id: number): Promise<Payment> {
    return found(collected(ownBy(owner, await this.#store.read.get(paymentById, { id }))));
  }

  /** For the public checkout, where the unguessable reference is the permission. */
  async byReference(reference: string): Promise<Payment> {
    return found(collected(await this.#store.read.get(paymentByReference, { reference })));
  }
}

/**
 * An app sees its own rows of its key's mode and nothing else. Told here, not asked for: PostgreSQL knows nothing of a new
 * shop's tables yet, and looked through all payments of the app for the one with this reference (2 ms of 6,000, 2026-11).
 */
export function ownBy({ app, mode }: Owner, payment: Payment | undefined): Payment | undefined {
  return payment?.appId === app.id && payment.mode === mode ? payment : undefined;
}

/** Who was paid out is nobody's business but the app's. */
function collected(payment: Payment | undefined): Payment | undefined {
  return payment?.direction === 'collect' ? payment : undefined;
}

function found(payment: Payment | undefined): Payment {
  if (payment === undefined) throw new ApiError('NOT_FOUND', 'Transaction not found');
  return payment;
}
