/**
 * Stripe's Payment Element. What it says decides what is shown here, never whether the payment has succeeded: that is
 * the server's word. Sending the same intent again charges nobody twice.
 */
import type { PaymentIntent, Stripe, StripeElementLocale, StripeElements, StripeError, StripePaymentElement } from '@stripe/stripe-js';
import type { TemplateResult } from 'lit';
import type { CheckoutStart } from '../../../server/core/checkout-contract.ts';
import type { Panel, PanelHost } from '../panel.ts';
import { appearanceOf } from '../stripe/appearance.ts';
import { LightMount } from '../stripe/light-mount.ts';
import { abandonScript, stripeOf } from '../stripe/load.ts';
import { html } from '../template.ts';
import type { CardForm, CardResult } from './card.ts';

/** Which of our languages Stripe speaks; in the others its form is English. */
const STRIPE_LOCALES: Readonly<Record<string, StripeElementLocale>> = { en: 'en', fr: 'fr' };

/** Our words for what a bank says most often. Source of the codes: docs.stripe.com/declines/codes. */
const REFUSALS: Readonly<Record<string, 'cardFunds' | 'cardExpired' | 'cardCode' | 'unproven'>> = {
  insufficient_funds: 'cardFunds',
  expired_card: 'cardExpired',
  incorrect_cvc: 'cardCode',
  payment_intent_authentication_failure: 'unproven',
};

/** What Stripe adds to the address of a page that a bank sent the buyer back to. */
const RETURN_PARAMETERS = ['payment_intent', 'payment_intent_client_secret', 'redirect_status'];

export interface StripeCard {
  host: PanelHost;
  start: CheckoutStart;
  say: Panel['say'];
  /** It cannot go on: something took it away. */
  onGone: () => void;
}

export class StripeCardForm implements CardForm {
  readonly isAsking = false;
  readonly #card: StripeCard;
  #stripe: Stripe | null = null;
  #elements: StripeElements | null = null;
  #element: StripePaymentElement | null = null;
  #mount: LightMount | null = null;
  #isDestroyed = false;
  /** The look and the language it was last given. */
  #shown = '';
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');

  constructor(card: StripeCard) {
    this.#card = card;
  }

  async load(wasSent: boolean): Promise<CardResult | undefined> {
    const { host, onGone, start } = this.#card;
    const stripe = (this.#stripe = await stripeOf(start.stripe_publishable_key));
    const past = wasSent ? await this.#past(stripe) : undefined;
    if (past?.kind === 'sent') return past;
    await host.updateComplete;
    if (this.#isDestroyed) return undefined;
    this.#mount = new LightMount(host, onGone);
    this.#elements = stripe.elements({ clientSecret: start.client_secret, ...this.#look });
    this.#shown = JSON.stringify(this.#look);
    const element = (this.#element = this.#elements.create('payment'));
    element.on('escape', () => {
      host.close();
    });
    const isReady = new Promise<void>((resolve, reject) => {
      element.on('ready', () => {
        resolve();
      });
      element.on('loaderror', ({ error }) => {
        reject(new Error(error.message));
      });
    });
    // Only what is in the document already can hold it.
    element.mount(this.#mount.node);
    this.#scheme.addEventListener('change', this.refresh);
    try {
      await isReady;
    } catch (error) {
      // Paid in another tab there is no form any more.
      const end = await this.#past(stripe);
      if (end?.kind === 'sent') return end;
      throw error;
    }
    return past;
  }

  /** How far the intent has come, as far as that decides what is shown. */
  async #past(stripe: Stripe): Promise<CardResult | undefined> {
    const { paymentIntent } = await stripe.retrievePaymentIntent(this.#card.start.client_secret);
    const error = paymentIntent?.last_payment_error;
    if (paymentIntent && isOpen(paymentIntent)) return { kind: 'refused', text: error ? this.#why(error) : '' };
    return ['succeeded', 'processing'].includes(paymentIntent?.status ?? '') ? { kind: 'sent' } : undefined;
  }

  async check(): Promise<string> {
    const { error } = (await this.#elements?.submit()) ?? {};
    return error ? this.#card.say('incomplete') : '';
  }

  async send(): Promise<CardResult> {
    const [stripe, elements] = [this.#stripe, this.#elements];
    if (!stripe || !elements) throw new Error('not loaded');
    const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: returnUrl() }, redirect: 'if_required' });
    const isRefused = error && (error.payment_intent ? isOpen(error.payment_intent) : ['card_error', 'validation_error'].includes(error.type));
    return isRefused ? { kind: 'refused', text: this.#why(error) } : { kind: 'sent' };
  }

  readonly refresh = (): void => {
    const look = this.#look;
    const shown = JSON.stringify(look);
    if (!this.#elements || shown === this.#shown) return;
    this.#shown = shown;
    void this.#elements.update(look);
  };

  destroy(): void {
    this.#isDestroyed = true;
    this.#scheme.removeEventListener('change', this.refresh);
    this.#element?.destroy();
    this.#element = this.#elements = null;
    this.#mount?.remove();
  }

  /** Gives up on what has not come, so that the next try does not wait for it. */
  abandon(): void {
    if (!this.#stripe) abandonScript();
  }

  render(): TemplateResult {
    return html`<slot name="card"></slot>`;
  }

  get #look() {
    const { language, shadowRoot } = this.#card.host;
    return { locale: STRIPE_LOCALES[language] ?? 'en', appearance: shadowRoot ? appearanceOf(shadowRoot) : {} } as const;
  }

  /** In the buyer's language: Stripe's own words where it speaks it, else ours. */
  #why({ type, code = '', decline_code = '', message }: Pick<StripeError, 'type' | 'code' | 'decline_code' | 'message'>): string {
    const { host, say } = this.#card;
    if (type === 'card_error' && message && STRIPE_LOCALES[host.language]) return message;
    if (type === 'validation_error') return say('incomplete');
    return `${say(REFUSALS[decline_code] ?? REFUSALS[code] ?? 'card_declined')} ${say('notCharged')}`;
  }
}

/** Nothing was charged, and another card may be tried. */
function isOpen({ status }: PaymentIntent): boolean {
  return status === 'requires_payment_method';
}

/** This page, without what an earlier return has left in its address. */
function returnUrl(): string {
  const url = new URL(location.href);
  for (const name of RETURN_PARAMETERS) url.searchParams.delete(name);
  return url.href;
}
