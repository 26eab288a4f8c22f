/** Stripe.js, asked for only when a buyer has chosen card, and one instance for each key however many buttons there are. */
import type { Stripe } from '@stripe/stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure';

/**
 * What `loadStripe` of this release would ask for. It is asked for here, because `loadStripe` sets a plain address, which
 * pages that require Trusted Types do not take, and waits for ever for a script of the site's own that failed before it
 * began to listen. (stripe/stripe-js#403, and its source.)
 */
export const STRIPE_SCRIPT = 'https://js.stripe.com/endive/stripe.js';

let scripts: Promise<void> | null = null;
const instances: Record<string, Promise<Stripe>> = {};

/** Rejects when it cannot be had now. Nothing of that is remembered: the next call asks the network again. */
export function stripeOf(publishableKey: string): Promise<Stripe> {
  return (instances[publishableKey] ??= load(publishableKey).catch((error: unknown) => {
    delete instances[publishableKey];
    throw error;
  }));
}

async function load(publishableKey: string): Promise<Stripe> {
  await (scripts ??= fetchScript().finally(() => {
    scripts = null;
  }));
  const stripe = await loadStripe(publishableKey);
  // Only said on servers.
  if (!stripe) throw new Error('There is no browser.');
  return stripe;
}

/** A script that says nothing is not waited for any more: the next call asks for another. */
export function abandonScript(): void {
  findScript()?.dispatchEvent(new Event('error'));
}

function fetchScript(): Promise<void> {
  if (isThere()) return Promise.resolve();
  const script = findScript() ?? newScript();
  return new Promise((resolve, reject) => {
    const hear = (): void => {
      if (isThere()) {
        resolve();
      } else {
        script.remove();
        reject(new Error('Stripe.js did not come.'));
      }
    };
    // What a blocker puts in its place loads, and defines nothing.
    script.addEventListener('load', hear);
    script.addEventListener('error', hear);
    if (!script.isConnected) document.head.append(script);
  });
}

function isThere(): boolean {
  return 'Stripe' in window;
}

/** The site may load it as well, under this or another of its addresses. */
function findScript(): HTMLScriptElement | null {
  return isThere() ? null : document.querySelector('script[src^="https://js.stripe.com/"]');
}

function newScript(): HTMLScriptElement {
  const script = document.createElement('script');
  policy ??= newPolicy();
  script.src = policy ? (policy.createScriptURL('') as string) : STRIPE_SCRIPT;
  return script;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(input: string): unknown };
}

let policy: ReturnType<typeof newPolicy>;

/** For one address, whatever it is asked for. Undefined where nobody requires it, or where the site's list has no `malipo`. */
function newPolicy() {
  try {
    return (window as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('malipo', { createScriptURL: () => STRIPE_SCRIPT });
  } catch {
    return undefined;
  }
}
