/** The stand-in for Stripe.js keeps to what the real one was seen to do: `test/simulators/stripe-js/stand-in.ts` has the sources. */
import type { PaymentIntentResult, Stripe, StripeConstructor, StripeElements, StripePaymentElement } from '@stripe/stripe-js';
import { expect, test } from 'vitest';
import { STRIPE } from '../simulators/stripe/stripe.ts';
import { SHOP, type StripePage, stripePages } from './support/stripe-page.ts';

const openPage = stripePages();
const KEY: string = STRIPE.publishableKey;

/** What these pages have on their window. */
interface World {
  Stripe: StripeConstructor & { version: string };
  stripe: Stripe;
  elements: StripeElements;
  element: StripePaymentElement;
  heard: [string, object][];
  confirm(options?: object): Promise<PaymentIntentResult>;
}

/** A tag for the script, as a page has it that loads Stripe.js by itself. */
async function loaded(options?: Parameters<typeof openPage>[0]): Promise<StripePage> {
  const at = await openPage(options);
  await at.page.addScriptTag({ url: 'https://js.stripe.com/endive/stripe.js' });
  return at;
}

/** What a piece of the page's script throws, or rejects with; `stripe` is there, and `secret` where one is given. */
function complaint({ page }: StripePage, script: string, secret = 'pi_1_secret_2', key = KEY): Promise<string> {
  return page.evaluate(
    async ([body, theKey, theSecret]) => {
      const run = new Function('key', 'secret', `return (async () => { ${body} })()`) as (key: string, secret: string) => Promise<unknown>;
      return run(theKey!, theSecret!).then(
        () => 'nothing',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    },
    [`const stripe = window.Stripe(key); ${script}`, key, secret],
  );
}

/** A mounted form, its events by name, and `confirm` as the widget calls it. */
async function mounted(at: StripePage, secret: string): Promise<void> {
  await at.page.evaluate(
    ({ key, clientSecret }) => {
      const world = window as unknown as World & { Stripe: StripeConstructor };
      world.heard = [];
      world.stripe = world.Stripe(key);
      world.elements = world.stripe.elements({ clientSecret });
      world.element = world.elements.create('payment');
      for (const name of ['ready', 'loaderstart', 'loaderror', 'change', 'focus', 'blur', 'escape']) world.element.on(name as 'ready', (event) => world.heard.push([name, event]));
      world.element.mount('#card');
      world.confirm = (options) => world.stripe.confirmPayment({ elements: world.elements, redirect: 'if_required', confirmParams: { return_url: 'https://shop.example/back' }, ...options });
    },
    { key: KEY, clientSecret: secret },
  );
}

async function ready(options?: Parameters<typeof openPage>[0]): Promise<StripePage & { secret: string }> {
  const at = await loaded(options);
  const secret = at.merchant.makeIntent().client_secret;
  await mounted(at, secret);
  await at.form.getByLabel('Card number').waitFor();
  return { ...at, secret };
}

async function typeCard({ form }: StripePage, number: string, { expiry = '12 / 40', cvc = '123' } = {}): Promise<void> {
  await form.getByLabel('Card number').fill(number);
  await form.getByLabel('Expiration date').fill(expiry);
  await form.getByLabel('Security code').fill(cvc);
}

/** What `confirmPayment` came to. */
function confirm({ page }: StripePage, options = {}): Promise<PaymentIntentResult> {
  return page.evaluate((given) => (window as unknown as World).confirm(given), options);
}

const heard = ({ page }: StripePage) => page.evaluate(() => (window as unknown as World).heard);
const names = async (at: StripePage) => (await heard(at)).map(([name]) => name);

test('@stripe/stripe-js loads it without a warning, once, and again after a load that failed', async () => {
  const { page, stripe, console: said } = await openPage({ html: '<script type="module">import { loadStripe } from "/pure.mjs"; window.loadStripe = loadStripe</script>' });
  stripe.failLoads(2);
  const load = () => page.evaluate((key) => (window as unknown as { loadStripe(key: string): Promise<object> }).loadStripe(key).then((made) => typeof made, String), KEY);
  expect(await load()).toBe('Error: Failed to load Stripe.js');
  expect([await load(), await load()]).toEqual(['object', 'object']);
  expect(stripe.loads).toBe(3);
  expect(said.filter((line) => !/ERR_INTERNET_DISCONNECTED/.test(line))).toEqual([]);
  expect(await page.evaluate(() => (window.Stripe as unknown as World['Stripe']).version)).toBe('endive');
});

test('a second script warns and changes nothing', async () => {
  const { page, console: said } = await loaded();
  await page.evaluate(() => Object.assign(window, { first: window.Stripe }));
  await page.addScriptTag({ url: 'https://js.stripe.com/endive/stripe.js' });
  expect(await page.evaluate(() => window.Stripe === (window as unknown as { first: unknown }).first)).toBe(true);
  await expect.poll(() => said.join()).toContain('loaded more than one time');
});

test.each([
  ['sk_test_abc', 'secret key'],
  ['rk_live_abc', 'secret key'],
  ['anything', 'publishable key'],
])('the key %s is refused', async (key, words) => {
  expect(await complaint(await loaded(), '', '', key)).toMatch(new RegExp(`^IntegrationError: .*${words}`));
});

test('without TLS a test key warns and a live key does not work', async () => {
  const at = await loaded({ address: 'http://127.0.0.1:9/' });
  expect(await complaint(at, '')).toBe('nothing');
  await expect.poll(() => at.console.join()).toContain('over HTTP');
  expect(await complaint(at, '', '', 'pk_live_abc')).toContain('must use HTTPS');
});

test.each([
  ['no client secret', 'stripe.elements()', 'you must pass a clientSecret'],
  ['an empty client secret', 'stripe.elements({ clientSecret: "" })', 'should be a client secret of the form'],
  ['a checkout session’s secret', 'stripe.elements({ clientSecret: "cs_test_a_secret_b" })', 'should be a client secret of the form'],
  ['another Element', 'stripe.elements({ clientSecret: secret }).create("card")', 'A valid Element name'],
  ['a second Payment Element', 'const e = stripe.elements({ clientSecret: secret }); e.create("payment"); e.create("payment")', 'Can only create one Element of type payment'],
  ['a selector that finds nothing', 'stripe.elements({ clientSecret: secret }).create("payment").mount("#nowhere")', 'applies to no DOM elements'],
  ['no node', 'stripe.elements({ clientSecret: secret }).create("payment").mount(null)', 'Invalid DOM element'],
  ['a node that is in no document', 'stripe.elements({ clientSecret: secret }).create("payment").mount(document.createElement("div"))', 'Please mount in the Light DOM'],
  ['a node in a shadow root', 'const root = document.body.attachShadow({ mode: "open" }); const div = root.appendChild(document.createElement("div")); stripe.elements({ clientSecret: secret }).create("payment").mount(div)', 'cannot be mounted in a ShadowRoot'],
  ['an event that does not exist', 'stripe.elements({ clientSecret: secret }).create("payment").on("loaded", () => 0)', 'have no event'],
  ['mounting what was destroyed', 'const e = stripe.elements({ clientSecret: secret }).create("payment"); e.destroy(); e.mount("#card")', 'already been destroyed'],
  ['destroying twice', 'const e = stripe.elements({ clientSecret: secret }).create("payment"); e.destroy(); e.destroy()', 'already been destroyed'],
  ['submitting what is not mounted', 'await stripe.elements({ clientSecret: secret }).submit()', 'should have a mounted Payment Element'],
  ['confirming what is not mounted', 'await stripe.confirmPayment({ elements: stripe.elements({ clientSecret: secret }), redirect: "if_required" })', 'should have a mounted Payment Element'],
  ['confirming right after mounting', 'const e = stripe.elements({ clientSecret: secret }); e.create("payment").mount("#card"); await stripe.confirmPayment({ elements: e, redirect: "if_required" })', 'should have a mounted Payment Element'],
  ['confirming nothing', 'await stripe.confirmPayment({ redirect: "if_required" })', 'got neither'],
  ['confirming without a return_url', 'await stripe.confirmPayment({ elements: stripe.elements({ clientSecret: secret }) })', 'return_url` argument is required'],
  ['a relative return_url', 'await stripe.confirmPayment({ elements: stripe.elements({ clientSecret: secret }), confirmParams: { return_url: "/back" } })', 'should be an absolute URL'],
  ['another redirect', 'await stripe.confirmPayment({ elements: stripe.elements({ clientSecret: secret }), redirect: "never" })', 'should be one of: always, if_required'],
  ['another payment’s secret', 'await stripe.confirmPayment({ elements: stripe.elements({ clientSecret: secret }), clientSecret: "pi_9_secret_9", redirect: "if_required" })', 'not the one that these Elements'],
])('%s is a mistake in the integration', async (_name, script, words) => {
  const said = await complaint(await loaded(), script);
  expect(said).toMatch(/^IntegrationError: /);
  expect(said).toContain(words);
});

test('with a live key a shadow root is only complained of', async () => {
  const at = await loaded();
  const script = 'const root = document.body.attachShadow({ mode: "open" }); const div = root.appendChild(document.createElement("div")); stripe.elements({ clientSecret: secret }).create("payment").mount(div)';
  expect(await complaint(at, script, 'pi_1_secret_2', 'pk_live_abc')).toBe('nothing');
  await expect.poll(() => at.console.join()).toContain('cannot be mounted in a ShadowRoot');
});

test.each([
  ['unknown options', 'stripe.elements({ clientSecret: secret, colour: "red" })', 'colour is not a recognized parameter'],
  ['a language it does not have', 'stripe.elements({ clientSecret: secret, locale: "sw" })', '"sw" is not a supported locale'],
  ['a container that has something in it', 'document.querySelector("#card").textContent = "Loading"; stripe.elements({ clientSecret: secret }).create("payment").mount("#card")', 'contains child nodes'],
  ['mounting elsewhere while mounted', 'const e = stripe.elements({ clientSecret: secret }).create("payment"); e.mount("#card"); e.mount(document.body)', 'already mounted'],
])('%s: a warning', async (_name, script, words) => {
  const at = await loaded();
  expect(await complaint(at, script)).toBe('nothing');
  await expect.poll(() => at.console.join('\n')).toContain(words);
});

test('an Element can be made again after it was destroyed, and mounted again after it was unmounted', async () => {
  const at = await ready();
  await at.page.evaluate(() => {
    const { element } = window as unknown as World;
    element.unmount();
    element.mount('#card');
  });
  await at.form.getByLabel('Card number').waitFor();
  await expect.poll(async () => (await names(at)).filter((name) => name === 'ready')).toHaveLength(2);
  await at.page.evaluate(() => {
    const world = window as unknown as World;
    world.element.destroy();
    world.elements.create('payment').mount('#card');
  });
  await at.form.getByLabel('Card number').waitFor();
});

test('the form is a frame of Stripe’s origin in the light DOM, into which the page cannot look', async () => {
  const { page } = await ready();
  const seen = await page.evaluate(() => {
    const iframe = document.querySelector<HTMLIFrameElement>('#card iframe')!;
    return { origin: new URL(iframe.src).origin, document: iframe.contentDocument, height: iframe.getBoundingClientRect().height };
  });
  expect(seen).toMatchObject({ origin: 'https://js.stripe.com', document: null });
  expect(seen.height).toBeGreaterThan(100);
});

test('events come later than the call that causes them, and say what the form is like', async () => {
  const at = await ready();
  const { page, form } = at;
  expect(await page.evaluate(() => {
    const world = window as unknown as World;
    const before = world.heard.length;
    world.element.focus();
    return world.heard.length - before;
  })).toBe(0);
  await page.waitForFunction(() => (window as unknown as World).heard.some(([name]) => name === 'focus'));
  await typeCard(at, '4242424242424242');
  await form.getByLabel('Security code').press('Escape');
  await page.waitForFunction(() => (window as unknown as World).heard.some(([name]) => name === 'escape'));
  const all = await heard(at);
  expect(all.map(([name]) => name).slice(0, 2)).toEqual(['loaderstart', 'ready']);
  expect(all.filter(([name]) => name === 'change').map(([, event]) => event)).toEqual([
    { elementType: 'payment', collapsed: false, empty: false, complete: false, value: { type: 'card' } },
    { elementType: 'payment', collapsed: false, empty: false, complete: true, value: { type: 'card' } },
  ]);
  expect(await page.locator('#card').getAttribute('class')).toContain('StripeElement--complete');
});

test.each([
  ['an intent that does not exist', () => 'pi_9_secret_9', KEY, /No such payment_intent/],
  ['a live key’s form', (at: StripePage) => at.merchant.makeIntent().client_secret, 'pk_live_abc', /does not match any associated PaymentIntent on this account/],
  [
    'an intent that is over',
    (at: StripePage) => {
      const secret = at.merchant.makeIntent().client_secret;
      at.simulator.books.approve(at.simulator.books.movements[0]!);
      return secret;
    },
    KEY,
    /in a terminal state/,
  ],
])('%s is a load error, on the console where nobody listens', async (_name, secretOf, key, words) => {
  const at = await loaded();
  const script = 'const e = stripe.elements({ clientSecret: secret }).create("payment"); if (window.listens) e.on("loaderror", (event) => { window.failed = event.error }); e.mount("#card")';
  await complaint(at, script, secretOf(at), key);
  await expect.poll(() => at.console.join('\n')).toContain('Unhandled payment Element loaderror');
  const second = await loaded();
  await complaint(second, `window.listens = true; ${script}`, secretOf(second), key);
  await second.page.waitForFunction(() => 'failed' in window);
  expect(await second.page.evaluate(() => (window as unknown as { failed: object }).failed)).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(words) });
  expect(second.console.join('\n')).not.toContain('Unhandled');
});

test.each([
  ['', '', '', 'incomplete_number'],
  ['4242 4242 4242 4241', '12 / 40', '123', 'invalid_number'],
  ['4242 4242 4242 4242', '12', '123', 'incomplete_expiry'],
  ['4242 4242 4242 4242', '01 / 20', '123', 'invalid_expiry_year_past'],
  ['4242 4242 4242 4242', '12 / 40', '1', 'incomplete_cvc'],
])('submit finds what is wrong with %j %j %j, and so does confirm', async (number, expiry, cvc, code) => {
  const at = await ready();
  await typeCard(at, number, { expiry, cvc });
  const submitted = await at.page.evaluate(() => (window as unknown as World).elements.submit());
  expect(submitted).toMatchObject({ error: { type: 'validation_error', code } });
  expect(await confirm(at)).toMatchObject(submitted);
  expect(await at.form.getByRole('alert').textContent()).not.toBe('');
  expect(at.line.requests.filter(({ path }) => path.endsWith('/confirm'))).toEqual([]);
});

test('a card that pays: the intent, and Stripe’s event to the merchant', async () => {
  const at = await ready();
  await typeCard(at, '4242 4242 4242 4242');
  expect(await at.page.evaluate(() => (window as unknown as World).elements.submit())).toEqual({});
  const { paymentIntent } = await confirm(at);
  expect(paymentIntent).toMatchObject({ status: 'succeeded', client_secret: at.secret });
  expect(paymentIntent).not.toHaveProperty('metadata');
  expect(at.merchant.intent(at.secret.split('_secret_')[0]!).status).toBe('succeeded');
  expect(at.events.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['payment_intent.succeeded']);
  expect(await confirm(at)).toMatchObject({ error: { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', payment_intent: { status: 'succeeded' } } });
});

test('a declined card is an answer, and another may be tried with the same intent', async () => {
  const at = await ready();
  await typeCard(at, '4000 0000 0000 0002');
  expect(await confirm(at)).toMatchObject({
    error: { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.', payment_intent: { status: 'requires_payment_method' } },
  });
  await typeCard(at, '4242 4242 4242 4242');
  expect(await confirm(at)).toMatchObject({ paymentIntent: { status: 'succeeded' } });
  expect(at.simulator.books.movements).toHaveLength(1);
});

test('two confirmations do not run at once', async () => {
  const at = await ready();
  await typeCard(at, '4242 4242 4242 4242');
  const both = await at.page.evaluate(() => {
    const { confirm } = window as unknown as World;
    return Promise.allSettled([confirm(), confirm()]);
  });
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('no connection is an answer too, and nothing was paid', async () => {
  const at = await ready();
  await typeCard(at, '4242 4242 4242 4242');
  at.line.plan = () => ({ kind: 'resets' });
  expect(await confirm(at)).toMatchObject({ error: { type: 'api_connection_error' } });
  at.line.plan = () => ({ kind: 'breaks', status: 502 });
  expect(await confirm(at)).toMatchObject({ error: { type: 'api_error' } });
  at.line.plan = () => undefined;
  expect(await confirm(at)).toMatchObject({ paymentIntent: { status: 'succeeded' } });
});

test('the bank’s question is a layer over the page, and its answer decides', async () => {
  const at = await ready();
  await typeCard(at, '4000 0027 6000 3184');
  const question = at.page.frameLocator('iframe[title*="3D Secure"]');
  let result = confirm(at);
  await question.getByRole('button', { name: 'Fail' }).click();
  expect(await result).toMatchObject({ error: { code: 'payment_intent_authentication_failure', payment_intent: { status: 'requires_payment_method' } } });
  result = confirm(at);
  await question.getByRole('button', { name: 'Complete' }).waitFor();
  expect(await at.page.evaluate(() => getComputedStyle(document.body.firstElementChild!).zIndex)).toBe('2147483647');
  await question.getByRole('button', { name: 'Complete' }).click();
  expect(await result).toMatchObject({ paymentIntent: { status: 'succeeded' } });
  expect(await at.page.locator('iframe[title*="3D Secure"]').count()).toBe(0);
});

test('a modal dialog covers the bank’s question and makes it inert; one that is not modal does not', async () => {
  const at = await ready({ html: '<dialog><div id="card"></div></dialog><script>document.querySelector("dialog").show()</script>' });
  await typeCard(at, '4000 0027 6000 3184');
  const result = confirm(at);
  const complete = at.page.frameLocator('iframe[title*="3D Secure"]').getByRole('button', { name: 'Complete' });
  await complete.waitFor();
  await at.page.evaluate(() => {
    const dialog = document.querySelector('dialog')!;
    dialog.close();
    dialog.showModal();
  });
  await expect(complete.click({ timeout: 1_000 })).rejects.toThrow();
  await at.page.evaluate(() => {
    const dialog = document.querySelector('dialog')!;
    dialog.close();
    dialog.show();
  });
  await complete.click();
  expect(await result).toMatchObject({ paymentIntent: { status: 'succeeded' } });
});

test('a question that nobody answered is asked again after a reload', async () => {
  const at = await ready();
  await typeCard(at, '4000 0027 6000 3184');
  void confirm(at).catch(() => undefined);
  await at.page.frameLocator('iframe[title*="3D Secure"]').getByRole('button', { name: 'Complete' }).waitFor();
  await at.page.reload();
  await at.page.addScriptTag({ url: 'https://js.stripe.com/endive/stripe.js' });
  await mounted(at, at.secret);
  const result = at.page.evaluate((clientSecret) => (window as unknown as World).stripe.handleNextAction({ clientSecret }), at.secret);
  await at.page.frameLocator('iframe[title*="3D Secure"]').getByRole('button', { name: 'Complete' }).click();
  expect(await result).toMatchObject({ paymentIntent: { status: 'succeeded' } });
});

test('a method that redirects leaves for the bank’s page, which comes back with what became of it', async () => {
  for (const [button, status] of [['Fail test payment', 'failed'], ['Authorize test payment', 'succeeded']] as const) {
    const at = await ready();
    await at.form.getByRole('button', { name: 'Pay by bank' }).click();
    void confirm(at).catch(() => undefined);
    await at.page.getByRole('button', { name: button }).click();
    await at.page.waitForURL(`${SHOP}/back?**`);
    const { searchParams } = new URL(at.page.url());
    expect(Object.fromEntries(searchParams)).toEqual({ payment_intent: at.secret.split('_secret_')[0], payment_intent_client_secret: at.secret, redirect_status: status });
    expect(at.merchant.intent(at.secret.split('_secret_')[0]!).status).toBe(status === 'succeeded' ? 'succeeded' : 'requires_payment_method');
  }
});

test('unless it redirects only if required, a card’s payment leaves the page too', async () => {
  const at = await ready();
  await typeCard(at, '4242 4242 4242 4242');
  void confirm(at, { redirect: 'always' }).catch(() => undefined);
  await at.page.waitForURL(`${SHOP}/back?**redirect_status=succeeded`);
});

test('an intent that allows redirects is not confirmed without a return_url; one that does not is', async () => {
  const at = await ready();
  await typeCard(at, '4242 4242 4242 4242');
  expect(await confirm(at, { confirmParams: {} })).toMatchObject({ error: { type: 'invalid_request_error', message: expect.stringContaining('`return_url` must be specified') } });
  const other = await loaded();
  await mounted(other, other.merchant.makeIntent({ 'automatic_payment_methods[allow_redirects]': 'never' }).client_secret);
  await typeCard(other, '4242 4242 4242 4242');
  expect(await other.form.getByRole('button').count()).toBe(0);
  expect(await confirm(other, { confirmParams: {} })).toMatchObject({ paymentIntent: { status: 'succeeded' } });
});

test('a form that is moved in the document has forgotten its card, and cannot be confirmed', async () => {
  const at = await ready({ html: '<div id="card"></div><section></section>' });
  await typeCard(at, '4242 4242 4242 4242');
  await at.page.evaluate(() => document.querySelector('section')!.append(document.querySelector('#card')!));
  await expect.poll(() => confirm(at).catch(String)).toMatch(/should have a mounted Payment Element/);
});

test('it needs of a policy what Stripe says, and no more', async () => {
  const policy = "default-src 'none'; script-src https://js.stripe.com; frame-src https://js.stripe.com https://hooks.stripe.com; connect-src https://api.stripe.com";
  const at = await openPage({ policy });
  await at.page.evaluate(async () => {
    const script = document.createElement('script');
    script.src = 'https://js.stripe.com/endive/stripe.js';
    document.head.append(script);
    await new Promise((resolve) => script.addEventListener('load', resolve));
  });
  await mounted(at, at.merchant.makeIntent().client_secret);
  await typeCard(at, '4000 0027 6000 3184');
  const result = confirm(at);
  await at.page.frameLocator('iframe[title*="3D Secure"]').getByRole('button', { name: 'Complete' }).click();
  expect(await result).toMatchObject({ paymentIntent: { status: 'succeeded' } });
  expect(at.console).toEqual([]);
});
