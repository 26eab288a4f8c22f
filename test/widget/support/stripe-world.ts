/** A test's hand on its page's Stripe: `await stripe.makeIntent()`, `await stripe.typeCard('4242 4242 4242 4242')`, … */
import type { StripeOrders } from './stripe-pages.ts';

/** The stand-in's publishable key; the pages know no other. */
export const PUBLISHABLE_KEY = 'pk_test_simulated_stripe_key';

type Later<Orders> = { [Name in keyof Orders]: Orders[Name] extends (...args: infer Args) => infer Answer ? (...args: Args) => Promise<Awaited<Answer>> : never };

type Order = (name: string, ...args: unknown[]) => Promise<never>;

/** Only Playwright plays Stripe at Stripe's own addresses: in a browser that another drives, what needs it is told as skipped. */
const HAS_STRIPE = 'stripeOrders' in window;
export const describeStripe = HAS_STRIPE ? describe : describe.skip;
export const itWithStripe = HAS_STRIPE ? it : it.skip;

export const stripe = new Proxy({} as Later<StripeOrders>, {
  get: (_target, name: string) => (...args: unknown[]) => (window as unknown as { stripeOrders: Order }).stripeOrders(name, ...args),
});
