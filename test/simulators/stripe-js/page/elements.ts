/** `stripe.elements({ clientSecret })`: what one payment is paid with. */
import type { Failure } from '../wire.ts';
import { IntegrationError, warnOfUnknown } from './integration-error.ts';
import { NOT_MOUNTED, PaymentElement } from './payment-element.ts';

const ELEMENTS_OPTIONS = ['clientSecret', 'locale', 'appearance', 'fonts', 'loader', 'customerOptions', 'customerSessionClientSecret', 'customPaymentMethods', 'syncAddressCheckbox', 'paymentMethodCreation', 'currency'];

const PAYMENT_OPTIONS = ['defaultValues', 'business', 'paymentMethodOrder', 'fields', 'readOnly', 'terms', 'wallets', 'walletOptions', 'layout', 'applePay'];

/** Source: `StripeElementLocale` of @stripe/stripe-js 10.2.1. There is no Swahili, Kinyarwanda or Luganda. */
const LOCALES =
  'auto ar bg cs da de el en en-AU en-CA en-NZ en-GB es es-ES es-419 et fi fil fr fr-CA fr-FR he hu hr id it it-IT ja ko lt lv ms mt nb nl no pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(' ');

export class Elements {
  readonly #key: string;
  readonly clientSecret: string;
  #payment: PaymentElement | null = null;

  constructor(key: string, options: Record<string, unknown> = {}) {
    warnOfUnknown('elements()', options, ELEMENTS_OPTIONS);
    const { clientSecret, locale } = options;
    if (clientSecret === undefined) throw new IntegrationError('In order to create a payment element, you must pass a clientSecret or mode when creating the Elements group.');
    insistOnSecret('elements()', clientSecret);
    if (typeof locale === 'string' && !LOCALES.includes(locale)) console.warn(`"${locale}" is not a supported locale; defaulting to "en".`);
    this.#key = key;
    this.clientSecret = clientSecret;
  }

  create(type: string, options: Record<string, unknown> = {}): PaymentElement {
    if (type !== 'payment') throw new IntegrationError(`A valid Element name must be provided. You specified: ${JSON.stringify(type)}. (This stand-in has the Payment Element only.)`);
    if (this.#payment !== null) throw new IntegrationError('Can only create one Element of type payment.');
    warnOfUnknown('elements.create()', options, PAYMENT_OPTIONS);
    this.#payment = new PaymentElement({ key: this.#key, clientSecret: this.clientSecret, onDestroy: () => (this.#payment = null) });
    return this.#payment;
  }

  getElement(type: string): PaymentElement | null {
    return type === 'payment' ? this.#payment : null;
  }

  update(options: Record<string, unknown> = {}): void {
    warnOfUnknown('elements.update()', options, ELEMENTS_OPTIONS);
  }

  fetchUpdates(): Promise<{ error?: Failure }> {
    return Promise.resolve({});
  }

  /** Validates the form, and shows in it what is wrong. */
  async submit(): Promise<{ error?: Failure }> {
    return this.mounted('elements.submit()').submit();
  }

  mounted(call: string): PaymentElement {
    if (this.#payment?.isMounted) return this.#payment;
    throw new IntegrationError(NOT_MOUNTED.replace('stripe.confirmPayment()', call));
  }
}

export function insistOnSecret(call: string, given: unknown): asserts given is string {
  if (typeof given === 'string' && /^(pi|seti)_\w+_secret_\w+$/.test(given)) return;
  throw new IntegrationError(`Invalid value for ${call}: clientSecret should be a client secret of the form \${id}_secret_\${secret}. You specified: ${String(given)}.`);
}
