/** `window.Stripe`: what https://js.stripe.com/endive/stripe.js defines. `../stand-in.ts` says what it keeps to, and why. */
import { idIn, type PaymentIntent, type Result, retrieve } from '../wire.ts';
import { Elements, insistOnSecret } from './elements.ts';
import { IntegrationError, warnOfUnknown } from './integration-error.ts';
import { leaveFor, takeNextAction } from './next-action.ts';

/** The release train of @stripe/stripe-js 10, which warns of any other. */
const VERSION = 'endive';

interface ConfirmOptions {
  elements?: unknown;
  clientSecret?: unknown;
  confirmParams?: { return_url?: unknown };
  redirect?: unknown;
}

class Stripe {
  readonly #key: string;
  #isConfirming = false;

  constructor(key: string) {
    this.#key = key;
  }

  elements(options?: Record<string, unknown>): Elements {
    return new Elements(this.#key, options);
  }

  async confirmPayment(options: ConfirmOptions): Promise<Result> {
    const { elements, clientSecret, returnUrl, redirect } = checked(options);
    if (this.#isConfirming) throw new IntegrationError('stripe.confirmPayment() was called while an earlier call was still in flight.');
    this.#isConfirming = true;
    try {
      const confirmed = await elements.mounted('stripe.confirmPayment()').confirm(clientSecret, returnUrl);
      const result = 'error' in confirmed ? confirmed : await takeNextAction(this.#key, confirmed.paymentIntent);
      if ('error' in result || redirect === 'if_required') return result;
      return await leaveFor(returnedTo(returnUrl!, result.paymentIntent));
    } finally {
      this.#isConfirming = false;
    }
  }

  async retrievePaymentIntent(clientSecret: unknown): Promise<Result> {
    insistOnSecret('stripe.retrievePaymentIntent()', clientSecret);
    return retrieve(this.#key, clientSecret);
  }

  async handleNextAction({ clientSecret }: { clientSecret?: unknown }): Promise<Result> {
    insistOnSecret('stripe.handleNextAction()', clientSecret);
    const found = await retrieve(this.#key, clientSecret);
    return 'error' in found ? found : takeNextAction(this.#key, found.paymentIntent);
  }

  registerAppInfo(): void {
    // For Stripe's statistics.
  }

  _registerWrapper(): void {
    // The same.
  }
}

function checked({ elements, clientSecret, confirmParams = {}, redirect = 'always', ...others }: ConfirmOptions) {
  warnOfUnknown('stripe.confirmPayment()', others, []);
  if (!(elements instanceof Elements)) throw new IntegrationError('stripe.confirmPayment(): expected either `elements` or `clientSecret`, but got neither.');
  if (redirect !== 'always' && redirect !== 'if_required') throw new IntegrationError(`Invalid value for stripe.confirmPayment(): redirect should be one of: always, if_required. You specified: ${String(redirect)}.`);
  const { return_url: returnUrl } = confirmParams;
  if (returnUrl === undefined && redirect === 'always') throw new IntegrationError('stripe.confirmPayment(): the `confirmParams.return_url` argument is required unless passing `redirect: "if_required"`.');
  if (returnUrl !== undefined && (typeof returnUrl !== 'string' || !URL.canParse(returnUrl))) throw new IntegrationError('Invalid value for stripe.confirmPayment(): return_url should be an absolute URL.');
  if (clientSecret !== undefined) insistOnSecret('stripe.confirmPayment()', clientSecret);
  if (clientSecret !== undefined && idIn(clientSecret) !== idIn(elements.clientSecret)) throw new IntegrationError('The clientSecret passed to stripe.confirmPayment() is not the one that these Elements were created with.');
  return { elements, clientSecret: clientSecret ?? elements.clientSecret, returnUrl, redirect };
}

/** Source: docs.stripe.com/payments/accept-a-payment, what is appended to `return_url`. */
function returnedTo(returnUrl: string, { id, client_secret, status }: PaymentIntent): string {
  const url = new URL(returnUrl);
  url.searchParams.set('payment_intent', id);
  url.searchParams.set('payment_intent_client_secret', client_secret);
  url.searchParams.set('redirect_status', status === 'succeeded' || status === 'processing' ? status : 'failed');
  return url.href;
}

/** With and without `new`. */
function StripeFactory(key: unknown): Stripe {
  if (typeof key !== 'string') throw new IntegrationError('Missing value for Stripe(): apiKey should be a string.');
  if (/^[sr]k_/.test(key)) throw new IntegrationError('You should not use your secret key with Stripe.js.\nPlease pass a publishable key instead.');
  if (!/^pk_(test|live)_\w+$/.test(key)) throw new IntegrationError('Invalid value for Stripe(): apiKey should be a publishable key of the form pk_….');
  if (location.protocol !== 'https:') {
    if (key.startsWith('pk_live_')) throw new IntegrationError('Live Stripe.js integrations must use HTTPS. For more information: https://docs.stripe.com/security/guide#tls');
    console.warn('You may test your Stripe.js integration over HTTP. However, live Stripe.js integrations must use HTTPS.');
  }
  return new Stripe(key);
}

const page = window as { Stripe?: unknown };
if (page.Stripe) console.warn('It looks like Stripe.js was loaded more than one time. Please only load it once per page.');
else page.Stripe = Object.assign(StripeFactory, { version: VERSION });
