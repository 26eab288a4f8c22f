/**
 * A stand-in for Stripe.js, which may not be loaded from anywhere but https://js.stripe.com. It answers at that address, in
 * a browser that Playwright drives, and pays with the Stripe simulator at https://api.stripe.com; so the widget's own code
 * runs unchanged, `loadStripe` of @stripe/stripe-js and content security policies included.
 *
 *     const simulator = new StripeSimulator({ clock: systemClock, tell });
 *     const { line } = await overHttp(simulator);            // the server's STRIPE_BASE_URL
 *     const stripe = new StripeJs({ line });
 *     await stripe.routeIn(context);                         // a BrowserContext or a Page
 *     stripe.failLoads(1);                                   // the next request for the script finds no network
 *
 * What it keeps to, and where that is known from. Where the real one was seen to do two things, the stricter is done here.
 *
 *  - `window.Stripe` is a function with `version` 'endive', called with or without `new`; loading the script again warns and
 *    changes nothing. (@stripe/stripe-js 10.2.1 `dist/pure.mjs`; vue-stripe#123)
 *  - The key is a publishable one; over HTTP a test key warns and a live key throws. (docs.stripe.com/security/guide)
 *  - `elements()` wants a client secret of the form `pi_…_secret_…` (ngx-stripe#296, stripe-js#596) and warns of options and
 *    locales that it does not know: `sw`, `rw` and `lg` are none. `create('payment')` once, until it was destroyed.
 *    (react-stripe-js#375, svelte-stripe#61)
 *  - `mount()` wants a selector that finds something, or a DOM node; the node must be in the document and in no shadow root.
 *    With a live key the last is only logged. (stripe-js#662, vue-stripe-js#31, stripe-js#143, stripe-js#399)
 *  - The form is an iframe on Stripe's origin, in the light DOM; one that is moved loads again, and has forgotten what it was for.
 *  - A used-up element throws whatever is asked of it. (react-stripe-elements#358)
 *  - `ready`, `loaderstart`, `loaderror`, `change`, `focus`, `blur` and `escape` come later, never while a method is being
 *    called. Without a listener `loaderror` is on the console. (ngx-stripe#167; the types of @stripe/stripe-js)
 *  - A secret of another account or mode, and an intent that is over, are load errors. (ngx-stripe#167)
 *  - `confirmPayment()` wants mounted elements, and a `return_url` unless `redirect` is 'if_required'. Only one runs at a
 *    time. Errors of cards, validation and connection are answered as `{ error }`, mistakes in the integration thrown.
 *    (docs.stripe.com/js/payment_intents/confirm_payment; react-stripe-js#456)
 *  - Confirming without `return_url` is refused by the API itself for an intent that allows redirects, which is what
 *    `automatic_payment_methods` does unless it says `allow_redirects: never`. (woocommerce-gateway-stripe#2982; that
 *    Stripe.js would add one of its own is documented nowhere.)
 *  - 3-D Secure asks in a frame in a layer on `body`, above everything but a modal dialog's top layer, which covers it and
 *    makes it inert. (stripe-js#599, recurly-js#876)
 *  - A method that redirects leaves the page for the bank's, which comes back to `return_url` with `payment_intent`,
 *    `payment_intent_client_secret` and `redirect_status`. So does every payment unless `redirect` is 'if_required'.
 *
 * What it has not: other Elements, wallets, Link, appearance, languages, intents that are made after the form.
 */
import type { BrowserContext, Page, Route } from 'playwright-core';
import type { FaultyLine } from '../faults.ts';
import { fileAt } from './scripts.ts';

const STRIPE_HOSTS = /^https:\/\/(js|api|hooks)\.stripe\.com\//;

export class StripeJs {
  readonly #line: FaultyLine;
  #failing = 0;
  #empty = 0;
  /** How often the script was asked for. */
  loads = 0;

  /** `line` leads to the Stripe simulator; its faults are the browser's too. */
  constructor({ line }: { line: FaultyLine }) {
    this.#line = line;
  }

  /** From now on Stripe's hosts are here, for one page or every page of a context. */
  async routeIn(browser: Pick<BrowserContext | Page, 'route'>): Promise<void> {
    await browser.route(STRIPE_HOSTS, (route) => this.#answer(route));
  }

  /** The script cannot be loaded so often. (`loadStripe` tries twice by itself.) */
  failLoads(times: number): void {
    this.#failing = times;
  }

  /** The script comes so often without a word in it, as from a blocker that puts an empty one in its place. */
  emptyLoads(times: number): void {
    this.#empty = times;
  }

  async #answer(route: Route): Promise<void> {
    const { hostname, pathname } = new URL(route.request().url());
    if (hostname === 'api.stripe.com') return this.#asApi(route);
    const file = await fileAt(pathname);
    if (file === null) return route.fulfill({ status: 404, contentType: 'text/plain', body: 'Not found' });
    if (file.contentType === 'text/javascript') {
      this.loads++;
      if (this.#failing > 0) {
        this.#failing--;
        return route.abort('internetdisconnected');
      }
      if (this.#empty > 0) {
        this.#empty--;
        return route.fulfill({ ...file, body: '' });
      }
    }
    return route.fulfill({ ...file, headers: { 'access-control-allow-origin': '*' } });
  }

  async #asApi(route: Route): Promise<void> {
    const request = route.request();
    const { pathname: path, searchParams: query } = new URL(request.url());
    const fate = this.#line.meet({ method: request.method(), path, query, headers: request.headers(), body: request.postData() ?? '' });
    switch (fate.kind) {
      case 'silence':
        return;
      case 'reset':
        return route.abort('connectionreset');
      case 'answer': {
        const { status, headers, body } = fate.answer;
        if (fate.afterMs > 0) await new Promise((resolve) => setTimeout(resolve, fate.afterMs));
        // It may have left the page meanwhile.
        return route.fulfill({ status, headers, body }).catch(() => undefined);
      }
      default:
        return fate satisfies never;
    }
  }
}
