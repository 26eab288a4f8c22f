/** Stripe's stand-in in the runner's pages, under the strictest policy of a site. */
import type { Stripe } from '@stripe/stripe-js';
import { assert } from '@open-wc/testing';
import { itWithStripe, PUBLISHABLE_KEY, stripe } from './support/stripe-world.ts';
import './support/world.ts';

itWithStripe('the stand-in for Stripe.js loads under the policy of a strict site, takes a card and asks as the bank does', async () => {
  const script = document.createElement('script');
  // As a page does that requires Trusted Types: `loadStripe` sets a plain string, which is a violation (stripe-js#403).
  const policy = (window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } }).trustedTypes.createPolicy('malipo', { createScriptURL: (url: string) => url });
  script.src = policy.createScriptURL('https://js.stripe.com/endive/stripe.js');
  document.head.append(script);
  await new Promise((resolve) => script.addEventListener('load', resolve));
  const { id, client_secret: clientSecret } = await stripe.makeIntent();
  const container = document.body.appendChild(document.createElement('div'));
  const made = (window as unknown as { Stripe(key: string): Stripe }).Stripe(PUBLISHABLE_KEY);
  const elements = made.elements({ clientSecret });
  const element = elements.create('payment');
  const ready = new Promise((resolve) => element.on('ready', resolve));
  element.mount(container);
  await ready;
  await stripe.typeCard('4000 0027 6000 3184');
  const confirmed = made.confirmPayment({ elements, redirect: 'if_required', confirmParams: { return_url: location.href } });
  await stripe.answerBank(true);
  assert.equal((await confirmed).paymentIntent?.status, 'succeeded');
  assert.equal((await stripe.intent(id)).status, 'succeeded');
  container.remove();
});
