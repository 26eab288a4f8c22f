/** What a merchant's server does at the Stripe simulator, for tests that have no server. */
import type { FaultyLine } from '../faults.ts';
import { API_VERSION, STRIPE } from './stripe.ts';

export interface Intent {
  id: string;
  client_secret: string;
  status: string;
}

export class StripeMerchant {
  readonly #line: FaultyLine;

  constructor(line: FaultyLine) {
    this.#line = line;
  }

  /** An intent of 19.99 dollars, unless the parameters say otherwise. */
  makeIntent(change: Record<string, string> = {}): Intent {
    const wanted = { amount: '1999', currency: 'usd', 'automatic_payment_methods[enabled]': 'true', ...change };
    return this.#ask('POST', '/v1/payment_intents', new URLSearchParams(wanted).toString());
  }

  intent(id: string): Intent {
    return this.#ask('GET', `/v1/payment_intents/${id}`);
  }

  cancel(id: string): Intent {
    return this.#ask('POST', `/v1/payment_intents/${id}/cancel`, 'cancellation_reason=abandoned');
  }

  #ask(method: string, path: string, body = ''): Intent {
    const headers = { authorization: `Bearer ${STRIPE.secretKey}`, 'stripe-version': API_VERSION };
    return this.#line.simulator.handle({ method, path, query: new URLSearchParams(), headers, body }).json as Intent;
  }
}
