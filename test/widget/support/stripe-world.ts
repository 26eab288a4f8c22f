/** A test's hand on its page's Stripe: `await stripe.makeIntent()`, `await stripe.typeCard('4242 4242 4242 4242')`, … */
import type { StripeOrders } from './stripe-pages.ts';

/** The stand-in's publishable key; the pages know no other. */
export const PUBLISHABLE_KEY = 'pk_test_simulated_stripe_key';

type Later<Orders> = { [Name in keyof Orders]: Orders[Name] extends (...args: infer Args) => infer Answer ? (...args: Args) => Promise<Awaited<Answer>> : never };

type Order = (name: string, ...args: unknown[]) => Promise<never>;

/** Whether the browser that runs the tests can play Stripe at its own addresses; Playwright's can. */
export const HAS_STRIPE = 'stripeOrders' in window;

export const stripe = new Proxy({} as Later<StripeOrders>, {
  get: (_target, name: string) => (...args: unknown[]) => (window as unknown as { stripeOrders: Order }).stripeOrders(name, ...args),
});
