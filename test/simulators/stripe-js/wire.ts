/** What the page's script and its frames say to each other, and what both know of Stripe's API. Runs in a browser. */

export const SCRIPT_ORIGIN = 'https://js.stripe.com';
export const API_ORIGIN = 'https://api.stripe.com';

/** As far as anybody here reads it. */
export interface PaymentIntent {
  id: string;
  client_secret: string;
  status: string;
  last_payment_error: Failure | null;
  next_action: { type: 'use_stripe_sdk' } | { type: 'redirect_to_url'; redirect_to_url: { url: string } } | null;
}

/** What goes wrong is answered, not thrown. */
export interface Failure {
  type: string;
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  payment_intent?: PaymentIntent;
}

export type Result = { paymentIntent: PaymentIntent } | { error: Failure };

/** A card form's state as its `change` event has it. */
export interface FormState {
  empty: boolean;
  complete: boolean;
  value: { type: string };
}

/** From a frame to the page. `hello` comes first, and again when a browser loads the frame again. */
export type Told =
  | { kind: 'hello' }
  | { kind: 'ready' | 'loaderstart' | 'focus' | 'blur' | 'escape' }
  | { kind: 'loaderror'; error: Failure }
  | { kind: 'change'; state: FormState }
  | { kind: 'height'; px: number }
  | { kind: 'challenged' }
  | { kind: 'reply'; call: number; reply: unknown };

/** From the page to a frame; one with a number is answered. */
export type Asked =
  | { kind: 'init'; key: string; clientSecret: string }
  | { kind: 'focus' | 'blur' | 'clear' }
  | { kind: 'submit'; call: number }
  | { kind: 'confirm'; call: number; clientSecret: string; returnUrl: string | undefined };

/** Every message carries this name: other scripts post to the same windows. */
export const CHANNEL = 'stripe.js';

const NO_CONNECTION: Failure = { type: 'api_connection_error', message: 'We could not connect to Stripe. Please check your internet connection and try again.' };
const NONSENSE: Failure = { type: 'api_error', message: 'Stripe answered with something that is no answer.' };

/** A request as the browser's part of Stripe makes it: a plain form, so that no preflight is needed. */
export async function ask(method: 'GET' | 'POST', path: string, params: Record<string, string>): Promise<Result> {
  const form = new URLSearchParams(params);
  let response: Response;
  try {
    response = await fetch(`${API_ORIGIN}${path}${method === 'GET' ? `?${form}` : ''}`, method === 'GET' ? {} : { method, body: form });
  } catch {
    return { error: NO_CONNECTION };
  }
  try {
    const body = (await response.json()) as PaymentIntent & { error?: Failure };
    return body.error === undefined ? { paymentIntent: body } : { error: body.error };
  } catch {
    return { error: NONSENSE };
  }
}

export function idIn(clientSecret: string): string {
  return clientSecret.slice(0, clientSecret.indexOf('_secret_'));
}

export function retrieve(key: string, clientSecret: string): Promise<Result> {
  return ask('GET', `/v1/payment_intents/${idIn(clientSecret)}`, { key, client_secret: clientSecret });
}
