/** A page of a shop with nothing on it but what a test puts there, and Stripe's hosts played by the stand-in. */
import { readFile } from 'node:fs/promises';
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { systemClock } from '../../../server/core/clock.ts';
import { findChrome } from '../../browser.ts';
import { FaultyLine } from '../../simulators/faults.ts';
import type { SimulatedCallback } from '../../simulators/simulator.ts';
import { StripeJs } from '../../simulators/stripe-js/stand-in.ts';
import { StripeMerchant } from '../../simulators/stripe/merchant.ts';
import { StripeSimulator } from '../../simulators/stripe/stripe.ts';

export const SHOP = 'https://shop.example';

/** The loader as it is installed, under the shop's own address. */
const LOADER = new URL('../../../node_modules/@stripe/stripe-js/dist/pure.mjs', import.meta.url);

export interface StripePage {
  page: Page;
  stripe: StripeJs;
  simulator: StripeSimulator;
  line: FaultyLine;
  /** The events that Stripe sent the merchant. */
  events: SimulatedCallback[];
  /** What the page had on its console. */
  console: string[];
  merchant: StripeMerchant;
  /** Inside the card form. */
  form: FrameLocator;
}

/** Call at the top of a test file; then, in a test, for a page of its own. */
export function stripePages(): (options?: { html?: string; policy?: string; address?: string }) => Promise<StripePage> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch(await findChrome());
  });
  afterAll(() => browser?.close());

  return async ({ html = '<div id="card"></div>', policy = '', address = `${SHOP}/` } = {}) => {
    const events: SimulatedCallback[] = [];
    const simulator = new StripeSimulator({ clock: systemClock, tell: (event) => events.push(event) });
    const line = new FaultyLine(simulator);
    const stripe = new StripeJs({ line });
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`uncaught: ${String(error)}`));
    const loader = await readFile(LOADER, 'utf8');
    await context.route(/^https?:\/\/(shop\.example|127\.0\.0\.1)/, (route) => {
      const isLoader = route.request().url().endsWith('/pure.mjs');
      return route.fulfill({
        contentType: isLoader ? 'text/javascript' : 'text/html',
        body: isLoader ? loader : `<!doctype html><html lang="en"><title>Shop</title><body>${html}</body></html>`,
        headers: policy === '' ? {} : { 'content-security-policy': policy },
      });
    });
    await stripe.routeIn(context);
    await page.goto(address);

    return {
      page,
      stripe,
      simulator,
      line,
      events,
      console: said,
      merchant: new StripeMerchant(line),
      form: page.frameLocator('iframe[title="Secure payment input frame"]'),
    };
  };
}
