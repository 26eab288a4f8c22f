import { expect, fixture, html, waitUntil } from '@open-wc/testing';
import { TIMING } from '../../widget/src/timing.ts';
import { type HeldTimers, holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { anItem, aStart, aStatus, aWaitingWorld, PATIENCE, World } from './support/world.ts';

const done = aStatus({ status: 'completed' });

async function aPayingWorld(): Promise<World> {
  return (await aWaitingWorld()).says({ stream: { data: done }, status: { data: done } });
}

/** Collects what is written to the console while `act` runs, beside what the runner shows. */
async function consoleLines(level: 'error' | 'warn', act: () => Promise<void>): Promise<string[]> {
  const lines: string[] = [];
  const original = console[level];
  console[level] = (...words: unknown[]) => lines.push(words.join(' '));
  try {
    await act();
  } finally {
    console[level] = original;
  }
  return lines;
}

/** What `act` leaves running, counted where the browser keeps it: by wrapping what starts and what ends each kind. */
async function leftBehindBy(act: () => Promise<void>): Promise<{ listeners: string[]; intervals: number; timeouts: number; observers: number }> {
  const listeners = new Map<string, number>();
  const [intervals, timeouts] = [new Set<unknown>(), new Set<unknown>()];
  let observers = 0;
  const originals = { addEventListener, removeEventListener, setTimeout, clearTimeout, setInterval, clearInterval };
  const { observe, disconnect } = MutationObserver.prototype;
  const count = (type: string, change: number): void => void listeners.set(type, (listeners.get(type) ?? 0) + change);
  // A listener that is already there is not added again, and one removal is enough: only what stays above is left behind.
  window.addEventListener = (...args: Parameters<typeof addEventListener>) => (count(args[0], 1), originals.addEventListener.apply(window, args));
  window.removeEventListener = (...args: Parameters<typeof removeEventListener>) => (count(args[0], -1), originals.removeEventListener.apply(window, args));
  const starting = (running: Set<unknown>, start: (act: () => void, delay?: number) => unknown) => (work: () => void, delay?: number) => {
    const timer = start(() => (timeouts.delete(timer), work()), delay);
    running.add(timer);
    return timer;
  };
  const ending = (running: Set<unknown>, end: (timer: never) => void) => (timer: unknown) => (running.delete(timer), end(timer as never));
  Object.assign(window, {
    setTimeout: starting(timeouts, originals.setTimeout),
    clearTimeout: ending(timeouts, originals.clearTimeout),
    setInterval: starting(intervals, originals.setInterval),
    clearInterval: ending(intervals, originals.clearInterval),
  });
  MutationObserver.prototype.observe = function (...args) { observers++; observe.apply(this, args); };
  MutationObserver.prototype.disconnect = function () { observers--; disconnect.apply(this); };
  try {
    await act();
  } finally {
    Object.assign(window, originals);
    Object.assign(MutationObserver.prototype, { observe, disconnect });
  }
  return { listeners: [...listeners].filter(([, more]) => more > 0).map(([type]) => type), intervals: intervals.size, timeouts: timeouts.size, observers };
}

describe('events', () => {
  it('tell the whole story, in order, with the payment', async () => {
    const buyer = await (await Buyer.arrives(await aPayingWorld())).pays();
    await buyer.sees('succeeded');
    buyer.element.close();
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending', 'pay-success', 'pay-close']);
    const payment = { reference: 'dgw_first', amount: 25_000, currency: 'UGX' };
    expect(buyer.events('pay-pending')[0]?.detail).to.deep.equal({ ...payment, status: 'pending' });
    expect(buyer.events('pay-success')[0]?.detail).to.deep.equal({ ...payment, status: 'completed' });
    const states = buyer.events('pay-statechange').map(({ detail }) => detail.state);
    expect(states.join(' ')).to.match(/^(loading )?details starting waiting succeeded$/);
  });

  it('bubble out of shadow roots', async () => {
    const world = await aWaitingWorld();
    const host = await fixture<HTMLElement>(html`<div></div>`);
    const inner = document.createElement('pay-button');
    inner.item = 'book';
    inner.baseUrl = world.server;
    host.attachShadow({ mode: 'open' }).append(inner);
    const heard: string[] = [];
    document.addEventListener('pay-open', ({ type }) => heard.push(type), { once: true });
    inner.open();
    expect(heard).to.deep.equal(['pay-open']);
  });

  it('pay-start can be prevented: nothing is sent, and nothing is lost', async () => {
    const world = await aWaitingWorld();
    const buyer = await Buyer.arrives(world);
    buyer.element.addEventListener('pay-start', (event) => { event.preventDefault(); }, { once: true });
    await buyer.pays();
    expect(buyer.element.state).to.equal('details');
    expect(await world.calls('pay')).to.have.length(0);
    expect(localStorage).to.have.length(0);
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
  });

  it('a listener that throws breaks nothing', async () => {
    const buyer = await Buyer.arrives(await aPayingWorld());
    const onError = window.onerror;
    window.onerror = () => true;
    buyer.element.addEventListener('pay-pending', () => {
      throw new Error('a bug of the site');
    });
    await buyer.pays();
    await buyer.sees('succeeded');
    window.onerror = onError;
  });
});

describe('an item the server does not have', () => {
  it('has words for the buyer and one line for the developer, however often it is opened', async () => {
    const world = new World();
    let buyer: Buyer | undefined;
    const lines = await consoleLines('error', async () => {
      buyer = await Buyer.arrives(world, { item: 'bok' });
      await buyer.sees('unavailable');
      expect(buyer.buttonText).to.equal('Not available');
      await buyer.opens();
      expect(buyer.panelText).to.contain('This item is not for sale here.');
      await expect(buyer.element).to.be.accessible();
      buyer.element.close();
      await buyer.opens();
      await buyer.presses('[part=done]');
      await buyer.sees('unavailable');
    });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('item="bok"').and.contain(`NOT_FOUND at ${world.server}. said NOT_FOUND. Check item`);
  });

  it('comes to life when the item is corrected', async () => {
    const world = await new World().says({ item: [{ status: 404, code: 'NOT_FOUND' }, { data: anItem() }] });
    await consoleLines('error', async () => {
      const buyer = await Buyer.arrives(world);
      await buyer.sees('unavailable');
      buyer.element.item = 'another';
      await buyer.settles();
      expect(buyer.element.state).to.equal('idle');
      await buyer.comesToTheForm();
    });
  });

  it('an element without an item says so, and throws nothing', async () => {
    const lines = await consoleLines('error', async () => {
      const buyer = await Buyer.arrives(new World(), { item: '', amount: 'lots', mode: 'sideways', 'base-url': 'http://[', 'success-url': 'http://[' });
      await buyer.opens();
      expect(buyer.element.state).to.equal('unavailable');
    });
    expect(lines).to.have.length(1);
  });

  it('a server in trouble is another matter: try again', async () => {
    const world = await new World().says({ item: { status: 500, code: 'DB_ERROR' } });
    const lines = await consoleLines('error', async () => {
      const buyer = await Buyer.arrives(world);
      await world.heard('item');
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(buyer.element.state, 'reading ahead fails unseen').to.equal('idle');
      await buyer.opens();
      await buyer.sees('unavailable');
      await world.says({ item: { data: anItem() } });
      await buyer.presses('[part=done]');
      await buyer.sees('details');
    });
    expect(lines.length).to.be.at.most(1);
  });

  it('an unreachable server is said as such', async () => {
    const world = await new World().says({ item: { isCut: true } });
    const buyer = await (await Buyer.arrives(world)).opens();
    await buyer.sees('offline');
    expect(buyer.title, 'the buyer’s own network is there').to.equal('Not available');
    expect(buyer.panelText).to.contain('The shop cannot be reached');
    await expect(buyer.element).to.be.accessible();
    await world.says({ item: { data: anItem() } });
    await buyer.presses('[part=done]');
    await buyer.sees('details');
  });
});

describe('what a site gets wrong', () => {
  for (const [name, attributes] of [
    ['amount', { amount: 'lots' }],
    ['amount', { amount: '-5' }],
    ['quantity', { quantity: '1.5' }],
    ['quantity', { quantity: '100000' }],
    ['mode', { mode: 'sideways' }],
    ['locale', { locale: 'xx' }],
    ['messages', { messages: '{payNow' }],
  ] as const) {
    it(`is one line for its developer, and sells all the same: ${JSON.stringify(attributes)}`, async () => {
      const world = await aWaitingWorld();
      let buyer: Buyer | undefined;
      const lines = await consoleLines('warn', async () => {
        buyer = await Buyer.arrives(world, attributes);
        await buyer.pays();
        await buyer.sees('waiting');
      });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.contain(name).and.contain('item="book"');
      const [call] = await world.calls('pay');
      expect(call?.body).to.deep.equal({ method: 'mobile_money', phone_number: '256772123456', network: 'mtn' });
    });
  }

  for (const [name, answer] of [
    ['a page of HTML', { html: '<!doctype html><h1>It works!</h1>' }],
    ['a page of HTML with an error', { status: 502, html: '<h1>Bad gateway</h1>' }],
    ['half of a JSON answer', { html: '{"data": {"slug": "bo' }],
    ['an answer of another kind', { data: { hello: 'world' } }],
  ] as const) {
    it(`a server elsewhere is words for the buyer and one line for the developer: ${name}`, async () => {
      const world = await new World().says({ item: answer });
      const lines = await consoleLines('error', async () => {
        const buyer = await (await Buyer.arrives(world)).opens();
        await waitUntil(() => ['unavailable', 'offline'].includes(buyer.element.state), 'it is said', PATIENCE);
        await buyer.settles();
        expect(buyer.panelText).to.contain('The shop cannot be reached').and.contain('Try again');
        await buyer.presses('[part=done]');
        await world.heard('item', 2);
      });
      expect(lines).to.have.length(1);
      expect(lines[0]).to.contain(world.server).and.contain('base-url');
    });
  }

  it('a status nobody knows is no end: it is asked again, and told to the developer', async () => {
    const odd = { ...aStatus(), status: 'teleported' };
    const world = await (await aWaitingWorld()).says({ status: { data: odd }, stream: { data: odd } });
    const lines = await consoleLines('error', async () => {
      const buyer = await (await Buyer.arrives(world)).pays();
      await buyer.sees('waiting');
      await buyer.presses('[part=check]');
      await buyer.sees('unknown');
      expect(buyer.events('pay-failure')).to.deep.equal([]);
      await world.comesTo(done);
      await buyer.presses('[part=done]');
      await buyer.sees('succeeded');
    });
    expect(lines).to.have.length(1);
  });
});

describe('the form around the button', () => {
  async function aForm(world: World, attributes: Record<string, string> = {}): Promise<{ form: HTMLFormElement; buyer: Buyer }> {
    const form = await fixture<HTMLFormElement>(html`<form><fieldset></fieldset></form>`);
    const element = document.createElement('pay-button');
    for (const [name, value] of Object.entries({ item: 'book', 'base-url': world.server, name: 'payment', required: '', ...attributes })) element.setAttribute(name, value);
    form.querySelector('fieldset')?.append(element);
    await element.updateComplete;
    return { form, buyer: new Buyer(element) };
  }

  /** Each sending of it, which does not leave the page. */
  function whatIsSentOf(form: HTMLFormElement): [string, FormDataEntryValue][][] {
    const sent: [string, FormDataEntryValue][][] = [];
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      sent.push([...new FormData(form)]);
    });
    return sent;
  }

  it('carries the reference once it is paid, and cannot be sent before', async () => {
    const { form, buyer } = await aForm(await aPayingWorld());
    expect(buyer.element.form === form).to.equal(true);
    expect(form.checkValidity()).to.equal(false);
    expect([...new FormData(form)]).to.deep.equal([]);
    await buyer.pays();
    await buyer.sees('succeeded');
    expect(buyer.element.value).to.equal('dgw_first');
    expect([...new FormData(form)]).to.deep.equal([['payment', 'dgw_first']]);
    expect(form.checkValidity()).to.equal(true);
  });

  it('a disabled fieldset disables the button', async () => {
    const { form, buyer } = await aForm(await aWaitingWorld());
    form.querySelector('fieldset')!.disabled = true;
    await buyer.settles();
    expect(buyer.find<HTMLButtonElement>('[part=button]').disabled).to.equal(true);
    buyer.element.open();
    await buyer.settles();
    expect(buyer.element.isOpen).to.equal(false);
  });

  for (const [name, attributes, isSent] of [
    ['is sent by itself where the site says so', { 'submit-on-success': '' }, true],
    ['is left alone otherwise', {}, false],
  ] as const) {
    it(name, async () => {
      const { form, buyer } = await aForm(await aPayingWorld(), attributes);
      const sent = whatIsSentOf(form);
      await buyer.pays();
      await buyer.sees('succeeded');
      await buyer.settles();
      expect(sent).to.deep.equal(isSent ? [[['payment', 'dgw_first']]] : []);
      buyer.element.requestUpdate();
      await buyer.settles();
      expect(sent).to.have.length(isSent ? 1 : 0);
    });
  }

  for (const [name, status, isSent] of [
    ['is not sent again for who comes back to it', 'completed', false],
    ['is sent where the payment was still on its way when the buyer left', 'pending', true],
  ] as const) {
    it(name, async () => {
      const { form, buyer } = await aForm(await aPayingWorld(), { 'submit-on-success': '' });
      const sent = whatIsSentOf(form);
      buyer.findsInTheForm('dgw_first', status);
      await buyer.sees('succeeded');
      expect(sent).to.deep.equal(isSent ? [[['payment', 'dgw_first']]] : []);
    });
  }

  it('a form restored by the browser asks what became of its reference', async () => {
    const buyer = await Buyer.arrives(await aPayingWorld());
    buyer.findsInTheForm('dgw_first', 'pending');
    await buyer.sees('succeeded');
    expect(buyer.element.value).to.equal('dgw_first');
  });

  it('a form restored by the browser is not paid by what was paid for something else, as where each visit has a session of its own', async () => {
    const { setFormValue } = ElementInternals.prototype;
    let kept: unknown;
    ElementInternals.prototype.setFormValue = function (value, state) {
      kept = state;
      setFormValue.call(this, value, state);
    };
    try {
      const world = await aPayingWorld();
      const first = await Buyer.arrives(world, { item: 'cs-first', name: 'payment' });
      await (await first.pays()).sees('succeeded');
      const before = kept;
      first.element.remove();
      const [second, again] = [await Buyer.arrives(world, { item: 'cs-second', name: 'payment' }), await Buyer.arrives(world, { item: 'cs-first', name: 'payment' })];
      for (const { element } of [second, again]) element.formStateRestoreCallback(before);
      await again.sees('succeeded');
      await second.settles();
      expect([second.element.state, second.element.value]).to.deep.equal(['idle', '']);
      expect(second.told).to.deep.equal([]);
    } finally {
      ElementInternals.prototype.setFormValue = setFormValue;
    }
  });
});

describe('the dialog', () => {
  it('is closed by Escape, by its button and by its backdrop, and gives focus back', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld());
    for (const close of [
      () => buyer.dialog.dispatchEvent(new Event('cancel')) && buyer.dialog.close(),
      () => { buyer.find('[part=close]').click(); },
      () => {
        buyer.dialog.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
        buyer.dialog.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      },
      () => { buyer.element.close(); },
    ]) {
      buyer.heard.length = 0;
      await buyer.comesToTheForm();
      close();
      await waitUntil(() => buyer.events('pay-close').length > 0, 'closed', PATIENCE);
      await buyer.settles();
      expect(buyer.dialog.open).to.equal(false);
      expect(buyer.hasFocus('[part=button]')).to.equal(true);
      expect(buyer.told).to.deep.equal(['pay-open', 'pay-close']);
      expect(buyer.element.state).to.equal('idle');
    }
  });

  it('a press that began inside and ends on the backdrop does not close it', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    buyer.find('#phone').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true }));
    buyer.dialog.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await buyer.settles();
    expect(buyer.dialog.open).to.equal(true);
  });

  it('a payment goes on when it is closed', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('waiting');
    buyer.element.close();
    expect(buyer.element.state).to.equal('waiting');
    await buyer.settles();
    expect(buyer.buttonText).to.contain('Waiting');
    await world.comesTo(done);
    await buyer.sees('succeeded');
    expect(buyer.dialog.open).to.equal(false);
  });

  it('moves nothing in the page', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld());
    const page = (): string => JSON.stringify([document.body.getAttribute('style'), document.documentElement.getAttribute('style'), buyer.find('[part=button]').getBoundingClientRect().x]);
    const before = page();
    await buyer.comesToTheForm();
    expect(page()).to.equal(before);
    buyer.element.remove();
    expect(page().slice(0, 10)).to.equal(before.slice(0, 10));
  });

  it('every target is at least 44 pixels high', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    for (const target of buyer.element.shadowRoot?.querySelectorAll('button, label:has(input), .box') ?? []) {
      expect(target.getBoundingClientRect().height, target.outerHTML).to.be.at.least(44);
    }
  });

  it('inline, the same panel stands in the page', async () => {
    const buyer = await Buyer.arrives(await aPayingWorld(), { mode: 'inline' });
    await buyer.seesTheForm();
    expect(buyer.has('dialog')).to.equal(false);
    await expect(buyer.element).to.be.accessible();
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    // Nothing is to be closed and nowhere to go: the receipt stays, and no button on it that would do nothing.
    expect(buyer.has('[part=done]')).to.equal(false);
    expect(buyer.panelText).to.contain('dgw_first');
    await expect(buyer.element).to.be.accessible();
  });
});

describe('a good guest', () => {
  it('a hundred visits leave no stream, no timer, no listener, no observer and no node', async () => {
    const world = await aWaitingWorld();
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_first', expires_at: aStart().expires_at, started_at: 1 }));
    const nodes = document.querySelectorAll('*').length;
    const left = await leftBehindBy(async () => {
      for (let visit = 0; visit < 100; visit++) {
        const element = document.createElement('pay-button');
        element.item = 'book';
        element.baseUrl = world.server;
        document.body.append(element);
        element.open();
        await element.updateComplete;
        expect(element.state).to.equal('waiting');
        element.remove();
      }
      // Each visit asked once; the questions on their way are still answered.
      while ((await world.calls('status')).length < 100) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    expect(left).to.deep.equal({ listeners: [], intervals: 0, timeouts: 0, observers: 0 });
    expect(await world.calls('status'), 'nobody asks any more').to.have.length(100);
    expect(await world.openStreams()).to.equal(0);
    expect(document.querySelectorAll('*').length).to.equal(nodes);
  });

  it('is there before it asks for its item, and asks for nothing when it is gone by then', async () => {
    const world = await aWaitingWorld();
    const { fetch } = window;
    const asked: string[] = [];
    window.fetch = (address, init) => (asked.push(address as string), fetch(address, init));
    try {
      const mounted = (item: string): HTMLElementTagNameMap['pay-button'] => Object.assign(document.createElement('pay-button'), { item, baseUrl: world.server });
      const [gone, stays] = [mounted('gone'), mounted('book')];
      document.body.append(gone, stays);
      await Promise.all([gone.updateComplete, stays.updateComplete]);
      expect(stays.shadowRoot?.querySelector('[part=button]')?.textContent.trim()).to.equal('Pay now');
      expect(asked).to.deep.equal([]);
      gone.remove();
      await waitUntil(() => asked.length > 0, 'the item is asked for', PATIENCE);
      expect(asked).to.deep.equal([`${world.server}/api/store/book`]);
      stays.remove();
    } finally {
      window.fetch = fetch;
    }
  });

  it('a component that moves it while its item is being read still comes to the form', async () => {
    const world = await (await aWaitingWorld()).says({ item: { isHeld: true, data: anItem() } });
    const buyer = await Buyer.arrives(world, { mode: 'inline' });
    await buyer.sees('loading');
    const elsewhere = document.createElement('div');
    buyer.element.parentElement?.append(elsewhere);
    elsewhere.append(buyer.element);
    await world.says({ item: { data: anItem() } });
    await world.releases();
    await buyer.sees('details');
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
  });

  it('a price on the button that is not the item’s is told to the developer, and the server’s is asked for', async () => {
    const world = await aWaitingWorld();
    const warnings = await consoleLines('warn', async () => {
      const buyer = await (await Buyer.arrives(world, { amount: '20000' })).comesToTheForm();
      expect(buyer.panelText).to.contain('Pay UGX 25,000');
      for (const right of [{ amount: '25000' }, { amount: '50000', quantity: '2' }, {}]) await (await Buyer.arrives(world, right as Record<string, string>)).comesToTheForm();
    });
    expect(warnings).to.deep.equal(['<pay-button item="book">: its amount is 20000, and the item costs 25000.']);
  });

  it('a framework that sets every attribute again on each render changes nothing', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world, { phone: '0701', 'success-url': '/thanks' })).comesToTheForm();
    await buyer.types('#phone', '0772 123 456');
    for (const { name, value } of [...buyer.element.attributes]) buyer.element.setAttribute(name, value);
    Object.assign(buyer.element, { item: 'book', phone: '0701', mode: '', methods: '', quantity: 1, amount: null });
    await buyer.settles();
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123 456');
    expect(buyer.element.state).to.equal('details');
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('shows its state to the site’s style sheet', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).pays();
    await buyer.sees('waiting');
    expect(buyer.element.matches(':state(waiting)')).to.equal(true);
    expect(buyer.element.matches(':state(details)')).to.equal(false);
  });

  it('goes on to the success page with the reference, and never to a script', async () => {
    TIMING.redirectMs = 60_000;
    const world = await aPayingWorld();
    const buyer = await (await Buyer.arrives(world, { 'success-url': '/thanks?shop=1' })).pays();
    await buyer.sees('succeeded');
    expect(buyer.find<HTMLAnchorElement>('a[part=done]').href).to.equal(`${location.origin}/thanks?shop=1&reference=dgw_first`);
    await expect(buyer.element).to.be.accessible();
    buyer.element.successUrl = 'javascript:alert(1)';
    await buyer.settles();
    expect(buyer.has('a')).to.equal(false);
  });
});

describe('who has paid', () => {
  // The success page is this very page, further down: a browser goes there without leaving it, in which all of them agree.
  const { href } = location;
  let reading: HeldTimers;

  beforeEach(() => {
    reading = holdTimers((TIMING.redirectMs = 1_234_567));
    const page = new URL(href);
    page.searchParams.set('reference', 'dgw_first');
    history.replaceState(null, '', page);
  });

  afterEach(() => {
    history.replaceState(null, '', href);
  });

  async function aBuyerWhoHasPaid(): Promise<Buyer> {
    const buyer = await (await Buyer.arrives(await aPayingWorld(), { 'success-url': '#thanks' })).pays();
    return buyer.sees('succeeded');
  }

  async function paysInThePage(world: World, attributes: Record<string, string> = {}): Promise<Buyer> {
    const buyer = await Buyer.arrives(world, { mode: 'inline', 'success-url': '#thanks', ...attributes });
    await buyer.seesTheForm();
    await buyer.types('#phone', '0772 123 456');
    await buyer.presses('[part=submit]');
    return buyer.sees('succeeded');
  }

  it('is led on from a panel in the flow of the page as well', async () => {
    const buyer = await paysInThePage(await aPayingWorld());
    expect(buyer.has('a[part=done]')).to.equal(true);
    reading.end();
    expect(location.hash).to.equal('#thanks');
  });

  it('is not led away from what has taken the place of the button, and is from where the button was moved to', async () => {
    const { element } = await paysInThePage(await aPayingWorld());
    const home = element.parentElement;
    element.remove();
    await element.updateComplete;
    reading.end();
    expect(location.hash).to.equal('');
    home?.append(element);
    await element.updateComplete;
    reading.end();
    expect(location.hash).to.equal('#thanks');
  });

  it('is not led away from a form that is being sent', async () => {
    const world = await aPayingWorld();
    const form = await fixture<HTMLFormElement>(html`<form><pay-button item="book" base-url=${world.server} mode="inline" success-url="#thanks" submit-on-success></pay-button></form>`);
    let sent = 0;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      sent++;
    });
    const buyer = await new Buyer(form.querySelector('pay-button')!).seesTheForm();
    await buyer.types('#phone', '0772 123 456');
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    reading.end();
    expect([sent, location.hash]).to.deep.equal([1, '']);
  });

  it('stays in the page where the panel was closed meanwhile: what is done there is not cut off', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world, { 'success-url': '#thanks' })).pays();
    await buyer.sees('waiting');
    await buyer.presses('[part=close]');
    await world.comesTo(done);
    await buyer.sees('succeeded');
    reading.end();
    expect([reading.begun, location.hash]).to.deep.equal([0, '']);
  });

  it('and goes on by the link is not sent there a second time, which on a slow network would begin the page anew', async () => {
    const buyer = await aBuyerWhoHasPaid();
    const link = buyer.find<HTMLAnchorElement>('a[part=done]');
    // The page that it leads to is on its way.
    link.addEventListener('click', (event) => {
      event.preventDefault();
    });
    await buyer.presses('a[part=done]');
    reading.end();
    expect(location.hash).to.equal('');
  });

  it('and comes back to that page is not sent away again', async () => {
    const buyer = await Buyer.arrives(await aPayingWorld(), { mode: 'inline', 'success-url': '#thanks' });
    // So the browser hands back what the form held when it was left.
    buyer.findsInTheForm('dgw_first', 'completed');
    await buyer.sees('succeeded');
    await waitUntil(() => buyer.has('a[part=done]'), 'the way on is here', PATIENCE);
    expect(buyer.find<HTMLAnchorElement>('a[part=done]').href).to.equal(`${location.href}#thanks`);
    reading.end();
    expect([reading.begun, location.hash]).to.deep.equal([0, '']);
  });

  it('and went on before the time was over is not sent away by a page that the browser had kept', async () => {
    await paysInThePage(await aPayingWorld());
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    reading.end();
    expect(location.hash).to.equal('');
  });

  it('and had left before that is led on, also where nothing but the form has kept the payment', async () => {
    const world = await aWaitingWorld();
    const buyer = await Buyer.arrives(world, { mode: 'inline', 'success-url': '#thanks' });
    buyer.findsInTheForm('dgw_first', 'pending');
    await buyer.sees('waiting');
    await world.comesTo(done);
    await buyer.sees('succeeded');
    reading.end();
    expect(location.hash).to.equal('#thanks');
  });

  it('is led to the success page after a while', async () => {
    await aBuyerWhoHasPaid();
    expect([reading.begun, location.hash]).to.deep.equal([1, '']);
    reading.end();
    expect(location.hash).to.equal('#thanks');
  });

  it('stays where something else is for sale by then', async () => {
    const buyer = await aBuyerWhoHasPaid();
    buyer.element.item = 'another';
    await buyer.settles();
    reading.end();
    expect(location.hash).to.equal('');
  });
});

describe('a framework', () => {
  it('may set properties to the text of attributes, and take them away again', async () => {
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (...words: unknown[]) => warnings.push(words.join(' '));
    const buyer = await Buyer.arrives(await aWaitingWorld());
    const { element } = buyer;
    Object.assign(element, { amount: '25000', quantity: '2', required: '', messages: '{"pay": "Lipa {amount}"}' });
    await buyer.settles();
    expect([element.amount, element.quantity, element.required, element.messages]).to.deep.equal([25000, 2, true, { pay: 'Lipa {amount}' }]);
    expect(buyer.buttonText).to.equal('Lipa 25,000');
    Object.assign(element, { amount: undefined, quantity: null, required: undefined, messages: undefined, mode: undefined });
    await buyer.settles();
    expect(buyer.buttonText).to.equal('Pay now');
    console.warn = warn;
    expect(warnings).to.deep.equal([]);
  });
});
