/**
 * The sandbox's card form: three of Stripe's test numbers, and no other. Whoever pays has the client secret of a payment
 * that the sandbox itself was asked for, so nothing here can touch another's payment, or money.
 */
import { ApiError } from '../../core/errors.ts';
import type { Store } from '../../db/store.ts';
import { declineCard, promptByReference } from './books.ts';
import type { Sandbox } from './sandbox.ts';

/** Source: docs.stripe.com/testing, so that whoever knows these knows ours. */
const CARDS: Readonly<Record<string, 'pays' | 'declined' | 'asks'>> = {
  '4242424242424242': 'pays',
  '4000000000000002': 'declined',
  '4000002760003184': 'asks',
};

export interface CardTry {
  clientSecret: string;
  number: string;
  /** What the cardholder answered when the bank asked. */
  challenge?: 'passed' | 'failed' | undefined;
}

/** As Stripe.js would say it; a declined card may be followed by another. */
export type CardResult = 'succeeded' | 'card_declined' | 'requires_action';

export class SandboxCard {
  readonly #store: Store;
  readonly #sandbox: Sandbox;

  constructor(deps: { store: Store; sandbox: Sandbox }) {
    this.#store = deps.store;
    this.#sandbox = deps.sandbox;
  }

  /** Throws NOT_FOUND without the right secret and VALIDATION_ERROR for any other number, which is neither kept nor repeated. */
  async confirm(reference: string, { clientSecret, number, challenge }: CardTry): Promise<CardResult> {
    const card = CARDS[number.replace(/[\s-]/g, '')];
    const prompt = await this.#store.read.get(promptByReference, { reference });
    if (prompt?.method !== 'card' || !this.#sandbox.isCardSecret(reference, clientSecret)) throw new ApiError('NOT_FOUND', 'There is no such card payment');
    if (card === undefined) throw new ApiError('VALIDATION_ERROR', 'number must be one of the sandbox’s: 4242 4242 4242 4242, 4000 0000 0000 0002 or 4000 0027 6000 3184. Never type a real one here');
    if (prompt.status !== 'waiting') return prompt.status === 'approved' ? 'succeeded' : 'card_declined';
    if (card === 'declined' || (card === 'asks' && challenge === 'failed')) {
      await this.#store.write((tx) => tx.run(declineCard, { reference }));
      return 'card_declined';
    }
    if (card === 'asks' && challenge === undefined) return 'requires_action';
    await this.#store.write((tx) => this.#sandbox.answer(tx, prompt, 'approved'));
    await this.#sandbox.sendCallbacks(reference);
    return 'succeeded';
  }
}
