/** Stripe.js, asked for only when a buyer has chosen card, and one instance for each key however many buttons there are. */
import type { Stripe } from '@stripe/stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure';

const instances: Record<string, Promise<Stripe>> = {};

/** Rejects when it cannot be had now. Nothing of that is remembered: the next call asks the network again. */
export function stripeOf(publishableKey: string): Promise<Stripe> {
  return (instances[publishableKey] ??= load(publishableKey).catch((error: unknown) => {
    delete instances[publishableKey];
    throw error;
  }));
}

async function load(publishableKey: string): Promise<Stripe> {
  const stripe = await loadStripe(publishableKey);
  // Only said on servers.
  if (!stripe) throw new Error('no browser');
  return stripe;
}

/**
 * A script of the site's own that had failed before ours was asked for says nothing any more, and Stripe's loader waits
 * for it for ever. Told that it failed, the loader puts another in its place.
 */
export function giveUpOnSilentScript(): void {
  if ('Stripe' in window) return;
  document.querySelector('script[src^="https://js.stripe.com/"]')?.dispatchEvent(new Event('error'));
}
