/** Gives every page of the runner a Stripe of its own, and its tests a hand on it: `stripe-world.ts` is their end. */
import type { BrowserContext, Page } from 'playwright-core';
import { systemClock } from '../../../server/core/clock.ts';
import { type Fault, FaultyLine } from '../../simulators/faults.ts';
import { StripeJs } from '../../simulators/stripe-js/stand-in.ts';
import { type Intent, StripeMerchant } from '../../simulators/stripe/merchant.ts';
import { StripeSimulator } from '../../simulators/stripe/stripe.ts';

/** The hand: each order is a call of a function by this name on the page's window. */
export const ORDERS = 'stripeOrders';

export interface StripeOrders {
  makeIntent(change?: Record<string, string>): Intent;
  intent(id: string): Intent;
  cancel(id: string): Intent;
  /** The script cannot be loaded so often; each attempt of `loadStripe` asks twice. */
  failLoads(times: number): void;
  /** The script comes so often without a word in it. */
  emptyLoads(times: number): void;
  /** How often the script was asked for since the page began. */
  loads(): number;
  /** What happens to the next requests to Stripe's API whose path ends so. */
  nextRequest(pathEnd: string, fault: Fault, times?: number): void;
  /** What the browser asked of Stripe's API: method and path. */
  requests(): string[];
  /** What a buyer types into the card form. */
  typeCard(number: string, expiry?: string, cvc?: string): Promise<void>;
  /** Inside the card form. */
  pressEscape(): Promise<void>;
  /** What a buyer answers in the bank's layer over the page. */
  answerBank(isRight: boolean): Promise<void>;
}

export async function pageWithStripe({ context }: { context: BrowserContext }): Promise<Page> {
  const page = await context.newPage();
  const line = new FaultyLine(new StripeSimulator({ clock: systemClock }));
  const stripe = new StripeJs({ line });
  const merchant = new StripeMerchant(line);
  const form = page.frameLocator('iframe[title="Secure payment input frame"]');
  const bank = page.frameLocator('iframe[title*="3D Secure"]');
  const orders: StripeOrders = {
    makeIntent: (change) => merchant.makeIntent(change),
    intent: (id) => merchant.intent(id),
    cancel: (id) => merchant.cancel(id),
    failLoads: (times) => stripe.failLoads(times),
    emptyLoads: (times) => stripe.emptyLoads(times),
    loads: () => stripe.loads,
    nextRequest: (pathEnd, fault, times) => line.next(new RegExp(`${pathEnd}$`), fault, times),
    requests: () => line.requests.map(({ method, path }) => `${method} ${path}`),
    typeCard: async (number, expiry = '12 / 40', cvc = '123') => {
      await form.getByLabel('Card number').fill(number);
      await form.getByLabel('Expiration date').fill(expiry);
      await form.getByLabel('Security code').fill(cvc);
    },
    pressEscape: () => form.getByLabel('Card number').press('Escape'),
    answerBank: (isRight) => bank.getByRole('button', { name: isRight ? 'Complete' : 'Fail' }).click(),
  };
  await stripe.routeIn(page);
  await page.exposeFunction(ORDERS, (order: keyof StripeOrders, ...args: never[]) => (orders[order] as (...given: never[]) => unknown)(...args));
  return page;
}
