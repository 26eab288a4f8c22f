/** In place of Stripe.js, which takes no simulated key: asks what that would ask, for a person at a page of our own. */
import type { CardDesk, CardOutcome } from '../simulator.ts';
import type { StripeSimulator } from './stripe.ts';

export class StripeCardDesk implements CardDesk {
  readonly #simulator: StripeSimulator;
  readonly #key: string;

  constructor(simulator: StripeSimulator, publishableKey: string) {
    this.#simulator = simulator;
    this.#key = publishableKey;
  }

  pay(id: string, number: string): CardOutcome {
    return this.#ask(id, 'confirm', { 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': number, return_url: 'https://merchant.example' });
  }

  answer(id: string, isRight: boolean): CardOutcome {
    return this.#ask(id, 'answer_challenge', { right: String(isRight) });
  }

  /** A decline leaves the intent open, and nobody is sent anywhere. */
  sendBack(): null {
    return null;
  }

  #ask(id: string, act: string, fields: Record<string, string>): CardOutcome {
    const form = new URLSearchParams({ key: this.#key, client_secret: this.#simulator.secretOf(id), ...fields });
    const { json } = this.#simulator.handle({ method: 'POST', path: `/v1/payment_intents/${id}/${act}`, query: new URLSearchParams(), headers: {}, body: form.toString() });
    const { error, last_payment_error: failed, status } = json as { error?: { message: string }; last_payment_error?: { message: string } | null; status?: string };
    if (error !== undefined || failed) return { declined: (error ?? failed)!.message };
    return status === 'requires_action' ? 'asks' : 'paid';
  }
}
