/** Stripe, played on both sides: its API to the server, its script and frames to the browser, its events from one to the other. */
import type { BrowserContext } from 'playwright-core';
import { systemClock } from '../../../server/core/clock.ts';
import type { FaultyLine } from '../../simulators/faults.ts';
import { type HttpSimulator, overHttp } from '../../simulators/http-shell.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { StripeJs } from '../../simulators/stripe-js/stand-in.ts';
import { STRIPE, StripeSimulator } from '../../simulators/stripe/stripe.ts';

/** What belongs to every visit with a card that is declined: a browser reports what was answered. */
export const STRIPES_ANSWERS = /^console: Failed to load resource: the server responded with a status of 40[02]/;

export const STRIPES_HOMES = ['https://js.stripe.com', 'https://api.stripe.com', 'https://hooks.stripe.com'];

export class PlayedStripe {
  #shell: HttpSimulator | null = null;
  #js: StripeJs | null = null;
  /** Where events go; '' keeps them back. */
  merchant = '';

  /** Starts, and answers what the server has to know. */
  async credentials(): Promise<Record<string, string>> {
    this.#shell = await overHttp(new StripeSimulator({ clock: systemClock, tell: (event) => void this.#tell(event) }));
    this.#js = new StripeJs({ line: this.#shell.line });
    return {
      STRIPE_SECRET_KEY: STRIPE.secretKey,
      STRIPE_PUBLISHABLE_KEY: STRIPE.publishableKey,
      STRIPE_WEBHOOK_SECRET: STRIPE.webhookSecret,
      STRIPE_BASE_URL: this.#shell.url,
    };
  }

  get js(): StripeJs {
    return this.#js!;
  }

  get line(): FaultyLine {
    return this.#shell!.line;
  }

  async routeIn(context: BrowserContext): Promise<void> {
    await this.js.routeIn(context);
  }

  async stop(): Promise<void> {
    await this.#shell?.close();
  }

  async #tell({ body, headers }: SimulatedCallback): Promise<void> {
    if (this.merchant) await fetch(`${this.merchant}/v1/webhooks/stripe`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  }
}
