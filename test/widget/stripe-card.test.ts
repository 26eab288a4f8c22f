/** The card step with Stripe's form, against the stand-in for Stripe.js, under the strictest policy of a site. */
import { expect, fixture, html, waitUntil } from '@open-wc/testing';
import { rgbOf } from '../../widget/src/stripe/appearance.ts';
import { STRIPE_SCRIPT } from '../../widget/src/stripe/load.ts';
import { TIMING } from '../../widget/src/timing.ts';
import { holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { describeStripe, PUBLISHABLE_KEY, stripe } from './support/stripe-world.ts';
import { aCardStart, aCardWorld, anItem, aStart, aStatus, PATIENCE, type World } from './support/world.ts';

const completed = aStatus({ status: 'completed', network: '' });

/** An item for either, and a payment by card whose intent Stripe knows. */
async function aStripeWorld(): Promise<World & { intent: string }> {
  const { id, client_secret } = await stripe.makeIntent();
  const [mobileMoney] = anItem().methods;
  const world = await (await aCardWorld()).says({
    item: { data: anItem({ methods: [mobileMoney!, { type: 'card', publishable_key: PUBLISHABLE_KEY }] }) },
    pay: { status: 201, data: aCardStart({ client_secret, stripe_publishable_key: PUBLISHABLE_KEY }) },
    status: { data: aStatus({ network: '' }) },
    stream: { data: aStatus({ network: '' }) },
  });
  return Object.assign(world, { intent: id });
}

function frames(): HTMLIFrameElement[] {
  const found: HTMLIFrameElement[] = [];
  const look = (root: Document | ShadowRoot): void => {
    found.push(...root.querySelectorAll('iframe'));
    for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) look(shadowRoot);
  };
  look(document);
  return found;
}

/** The form is here and can be filled in. */
async function isReady(buyer: Buyer): Promise<Buyer> {
  await buyer.settles();
  await waitUntil(() => buyer.has('slot[name=card]') && buyer.find('[part=submit]').getAttribute('aria-disabled') === 'false', 'Stripe’s form is ready', PATIENCE);
  await buyer.settles();
  return buyer;
}

async function atStripe(buyer: Buyer): Promise<Buyer> {
  return isReady(await buyer.comesToTheCard());
}

/** Stripe has charged the card. Before, the payment must not end: the page would show that as soon as it has the focus again. */
async function isPaid({ intent }: { intent: string }): Promise<void> {
  await waitUntil(async () => (await stripe.intent(intent)).status === 'succeeded', 'the card is charged', PATIENCE);
}

async function says(buyer: Buyer, words: string): Promise<void> {
  await waitUntil(() => buyer.panelText.includes(words), `it says: ${words}`, PATIENCE);
  await buyer.settles();
}

function stored(world: World): Record<string, unknown> | null {
  return JSON.parse(localStorage.getItem(`malipo:${world.server}:book`) ?? 'null') as Record<string, unknown> | null;
}

describeStripe('a card taken by Stripe', () => {
  describe('Stripe.js', () => {
    it('is asked for under the address of the installed loader', async () => {
      const loader = await (await fetch('/node_modules/@stripe/stripe-js/dist/pure.mjs')).text();
      const train = /RELEASE_TRAIN = '(\w+)'/.exec(loader)?.[1];
      expect(STRIPE_SCRIPT).to.equal(`https://js.stripe.com/${String(train)}/stripe.js`);
    });

    it('is not asked for before card is chosen and the payment started', async () => {
      const world = await aStripeWorld();
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      await buyer.chooses('Card');
      await buyer.settles();
      expect(await stripe.loads()).to.equal(0);
      expect(frames()).to.have.length(0);
    });

    it('that does not come, or comes empty as from a blocker, is said, in a sentence, with another try and another way', async () => {
      await stripe.failLoads(1);
      const world = await aStripeWorld();
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      await buyer.types('#phone', '0772123456');
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await says(buyer, 'The card form did not come.');
      expect(buyer.spoken).to.contain('The card form did not come');
      expect(buyer.element.state).to.equal('card');
      await expect(buyer.element).to.be.accessible();
      await buyer.presses('[part=another]');
      await buyer.sees('details');
      await buyer.chooses('Mobile money');
      expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772123456');
      await buyer.chooses('Card');
      await stripe.emptyLoads(1);
      await buyer.presses('[part=submit]');
      await says(buyer, 'The card form did not come.');
      await buyer.presses('[part=done]');
      await isReady(buyer);
      expect(await stripe.loads(), 'three times, and each time anew').to.equal(3);
    });

    it('is loaded once for all buttons and payments', async () => {
      const before = await stripe.loads();
      const first = await atStripe(await Buyer.arrives(await aStripeWorld()));
      first.element.close();
      await atStripe(await Buyer.arrives(await aStripeWorld()));
      expect(await stripe.loads()).to.equal(before);
    });
  });

  describe('Stripe’s form', () => {
    it('lies in one child of the button, shown through its slot', async () => {
      const buyer = await atStripe(await Buyer.arrives(await aStripeWorld()));
      expect(buyer.element.children).to.have.length(1);
      const [child] = buyer.element.children;
      expect(child?.slot).to.equal('card');
      expect(child?.getRootNode()).to.equal(document);
      expect(child?.querySelectorAll('iframe')).to.have.length(1);
      const { width, height } = child!.getBoundingClientRect();
      expect(width).to.be.above(200);
      expect(height).to.be.above(50);
      expect(buyer.find<HTMLSlotElement>('slot[name=card]').assignedElements()).to.deep.equal([child]);
      expect(buyer.find('[part=submit]').textContent).to.match(/Pay UGX\s25,000/);
      await expect(buyer.element).to.be.accessible();
    });

    it('takes a card, and the server’s word is what counts', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242 4242 4242');
      await buyer.presses('[part=submit]');
      await buyer.sees('waiting');
      expect((await stripe.intent(world.intent)).status).to.equal('succeeded');
      expect(buyer.title).to.equal('Waiting for your bank');
      expect(buyer.events('pay-success')).to.have.length(0);
      expect(stored(world)?.['confirmed']).to.equal(true);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
      expect(buyer.element.children, 'nothing is left').to.have.length(0);
      expect(frames()).to.have.length(0);
    });

    it('what is wrong with what was typed is said, and nothing is sent', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242');
      await buyer.presses('[part=submit]');
      await says(buyer, 'Please check what you typed.');
      expect(buyer.element.state).to.equal('card');
      expect(stored(world)?.['confirmed']).to.equal(undefined);
      expect((await stripe.requests()).filter((request) => request.endsWith(`${world.intent}/confirm`))).to.have.length(0);
    });

    for (const [locale, words] of [['en', 'Your card was declined.'], ['sw', 'Benki imekataa kadi. Hakuna pesa iliyokatwa.']] as const) {
      it(`a declined card is said in the buyer’s language, and another tried on the same intent: ${locale}`, async () => {
        const world = await aStripeWorld();
        const buyer = await (await Buyer.arrives(world, { locale })).comesToTheForm();
        await waitUntil(() => buyer.panelText.includes(locale === 'sw' ? 'Kadi' : 'Card'), 'the words are here', PATIENCE);
        await buyer.chooses(locale === 'sw' ? 'Kadi' : 'Card');
        await buyer.presses('[part=submit]');
        await isReady(buyer);
        await stripe.typeCard('4000 0000 0000 0002');
        await buyer.presses('[part=submit]');
        await says(buyer, words);
        expect(buyer.spoken).to.contain(words);
        expect(buyer.element.state).to.equal('card');
        expect(stored(world)?.['confirmed']).to.equal(false);
        await expect(buyer.element).to.be.accessible();
        await stripe.typeCard('4242 4242 4242 4242');
        await buyer.presses('[part=submit]');
        await isPaid(world);
        await world.comesTo(completed);
        await buyer.sees('succeeded');
        expect(new Set((await world.calls('pay')).map(({ key }) => key)).size).to.equal(1);
      });
    }

    it('a bank asks above the panel, can be seen, pressed and focused there, and is answered', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4000 0027 6000 3184');
      await buyer.presses('[part=submit]');
      // Playwright presses what a person could press: nothing inert, nothing covered.
      await stripe.answerBank(false);
      await says(buyer, 'could not tell that it was you');
      expect(stored(world)?.['confirmed']).to.equal(false);
      await stripe.typeCard('4000 0027 6000 3184');
      await buyer.presses('[part=submit]');
      await stripe.answerBank(true);
      await isPaid(world);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
    });

    it('Escape inside of it closes the dialog, and what was typed is there when it is opened again', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242 4242 4242');
      await stripe.pressEscape();
      await waitUntil(() => !buyer.dialog.open, 'it is closed', PATIENCE);
      expect(frames(), 'kept').to.have.length(1);
      await buyer.opens();
      await isReady(buyer);
      await buyer.presses('[part=submit]');
      await isPaid(world);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
    });

    it('put off for mobile money it is out of sight, and what was typed is there when the buyer comes back to it', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242 4242 4242');
      await buyer.presses('[part=another]');
      await buyer.sees('details');
      await buyer.chooses('Mobile money');
      expect(buyer.has('#phone')).to.equal(true);
      const [frame, ...more] = frames();
      expect(more).to.have.length(0);
      expect(frame!.getClientRects(), 'out of sight').to.have.length(0);
      await expect(buyer.element).to.be.accessible();
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await isReady(buyer);
      expect(frames()).to.deep.equal([frame]);
      await buyer.presses('[part=submit]');
      await isPaid(world);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
      expect(frames(), 'nothing of it is left').to.have.length(0);
    });

    it('is taken away, and another payment begun, once the one that was put off has ended', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await buyer.presses('[part=another]');
      await buyer.sees('details');
      const expired = { data: aStatus({ status: 'expired', network: '' }) };
      await world.says({ status: expired, stream: expired });
      await buyer.presses('[part=submit]');
      await buyer.sees('expired');
      expect(frames()).to.have.length(0);
      await buyer.presses('[part=done]');
      await buyer.sees('details');
      await buyer.presses('[part=submit]');
      const [first, again, another] = (await world.heard('pay', 3)).map(({ key }) => key);
      expect([again === first, another === first]).to.deep.equal([true, false]);
    });

    it('is taken away where something else is for sale, which its key does not stand for', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await buyer.presses('[part=another]');
      await buyer.sees('details');
      buyer.element.item = 'another';
      await buyer.settles();
      expect(frames()).to.have.length(0);
      await buyer.sees('details');
      await buyer.presses('[part=submit]');
      const [first, another] = (await world.heard('pay', 2)).map(({ key }) => key);
      expect(another).not.to.equal(first);
    });

    it('is taken away once the buyer pays in another way', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await buyer.presses('[part=another]');
      await buyer.sees('details');
      expect(frames()).to.have.length(1);
      await world.says({ pay: { status: 201, data: aStart({ reference: 'dgw_other' }) } });
      await buyer.chooses('Mobile money');
      await buyer.types('#phone', '0772 123 456');
      await buyer.presses('[part=submit]');
      await waitUntil(() => frames().length === 0, 'it is gone', PATIENCE);
    });

    it('a payment that Stripe does not know any more is a form that does not come', async () => {
      const world = await aStripeWorld();
      await stripe.cancel(world.intent);
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await says(buyer, 'The card form did not come.');
      expect(buyer.element.children).to.have.length(0);
    });

    it('that takes too long is not waited for', async () => {
      const waits = holdTimers((TIMING.formMs = 1_234_567));
      const world = await aStripeWorld();
      await stripe.nextRequest(world.intent, { kind: 'hangs' }, 1);
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await waitUntil(async () => (await stripe.requests()).some((request) => request.endsWith(world.intent)), 'the form asks Stripe', PATIENCE);
      waits.end();
      await says(buyer, 'The card form did not come.');
      await buyer.presses('[part=done]');
      await isReady(buyer);
    });
  });

  describe('what Stripe is told of the panel', () => {
    it('is its look and its language, and again when they change', async () => {
      const world = await aStripeWorld();
      const told = await recorded(async () => {
        const buyer = await Buyer.arrives(world, { locale: 'fr', mode: 'inline' });
        buyer.element.style.cssText = '--pay-accent: #7a3b0b; --pay-background: #102030; --pay-text: white; --pay-radius: 4px; --pay-font: Georgia';
        await waitUntil(() => buyer.panelText.includes('Carte'), 'the words are here', PATIENCE);
        await buyer.chooses('Carte');
        await buyer.presses('[part=submit]');
        await isReady(buyer);
        buyer.element.locale = 'rw';
        await waitUntil(() => buyer.title === 'Ishyura n’ikarita', 'the panel speaks Kinyarwanda', PATIENCE);
        buyer.element.style.setProperty('--pay-background', 'white');
        buyer.element.requestUpdate();
        await buyer.settles();
      });
      const [first, second, third] = told;
      expect(first?.locale).to.equal('fr');
      expect(first?.appearance.theme).to.equal('night');
      expect(first?.appearance.variables).to.deep.include({ colorBackground: '#102030', colorText: '#ffffff', colorPrimary: '#7a3b0b', borderRadius: '4px', fontFamily: 'Georgia' });
      expect(first?.appearance.variables?.['colorDanger']).to.match(/^#[\da-f]{6}$/);
      expect(second?.locale, 'Stripe does not speak it').to.equal('en');
      expect(third?.appearance.theme).to.equal('stripe');
    });

    it('every colour is written out', () => {
      expect(rgbOf('rgb(12, 34, 56)')).to.deep.equal([12, 34, 56]);
      expect(rgbOf('rgba(12, 34, 56, 0.5)')).to.deep.equal([12, 34, 56]);
      expect(rgbOf('color(srgb 0.2 0.4 1e-3 / 0.5)').map(Math.round)).to.deep.equal([51, 102, 0]);
    });
  });

  describe('when Stripe’s answer is lost', () => {
    it('nobody says failed; the server is asked, and the same card can be sent again without a second charge', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242 4242 4242');
      await stripe.nextRequest('/confirm', { kind: 'does_and_resets' }, 1);
      await buyer.presses('[part=submit]');
      await buyer.sees('waiting');
      expect(stored(world)?.['confirmed']).to.equal(true);
      expect(buyer.events('pay-failure')).to.have.length(0);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
    });
  });

  describe('coming back to Stripe', () => {
    it('with a card that was sent, its intent says how far it has come: paid is waited for', async () => {
      const world = await aStripeWorld();
      const first = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4242 4242 4242 4242');
      await first.presses('[part=submit]');
      await first.sees('waiting');
      first.element.remove();
      const buyer = await Buyer.arrives(world);
      await buyer.sees('card');
      expect(buyer.buttonText).to.equal('Check your payment');
      await buyer.opens();
      await buyer.sees('waiting');
      await world.comesTo(completed);
      await buyer.sees('succeeded');
      expect(new Set((await world.calls('pay')).map(({ key }) => key)).size).to.equal(1);
    });

    it('and refused is said, with the form for another card', async () => {
      const world = await aStripeWorld();
      const first = await atStripe(await Buyer.arrives(world));
      await stripe.typeCard('4000 0000 0000 0002');
      await first.presses('[part=submit]');
      await says(first, 'Your card was declined.');
      // As when the tab was killed before the answer came.
      localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ ...stored(world), confirmed: true }));
      first.element.remove();
      const buyer = await Buyer.arrives(world);
      await buyer.sees('card');
      await buyer.opens();
      await isReady(buyer);
      await says(buyer, 'Your card was declined.');
      expect(stored(world)?.['confirmed']).to.equal(false);
      expect(buyer.has('[part=another]')).to.equal(true);
    });
  });

  describe('a button with Stripe’s form', () => {
    it('may be moved: the form is made again', async () => {
      const world = await aStripeWorld();
      const buyer = await Buyer.arrives(world, { mode: 'inline' });
      await buyer.seesTheForm();
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await isReady(buyer);
      const elsewhere = await fixture<HTMLElement>(html`<div></div>`);
      elsewhere.append(buyer.element);
      await isReady(buyer);
      expect(buyer.element.children).to.have.length(1);
      await stripe.typeCard('4242 4242 4242 4242');
      await buyer.presses('[part=submit]');
      await isPaid(world);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
    });

    it('may lose its children to the site: the form is made again', async () => {
      const world = await aStripeWorld();
      const buyer = await atStripe(await Buyer.arrives(world));
      buyer.element.replaceChildren();
      await waitUntil(() => frames().length === 1, 'there is another', PATIENCE);
      await isReady(buyer);
      await stripe.typeCard('4242 4242 4242 4242');
      await buyer.presses('[part=submit]');
      await isPaid(world);
      await world.comesTo(completed);
      await buyer.sees('succeeded');
    });

    for (const mode of ['open', 'closed'] as const) {
      it(`may live in nested ${mode} shadow roots, where slots lead out to the document`, async () => {
        const world = await aStripeWorld();
        const outer = await fixture<HTMLElement>(html`<section></section>`);
        const outerRoot = outer.attachShadow({ mode });
        const inner = document.createElement('article');
        outerRoot.append(inner);
        const innerRoot = inner.attachShadow({ mode });
        const buyers = await Promise.all([0, 1].map(async () => {
          const buyer = await Buyer.arrives(world, { mode: 'inline', item: 'book' });
          innerRoot.append(buyer.element);
          return buyer;
        }));
        const [buyer, other] = buyers as [Buyer, Buyer];
        other.element.item = 'another';
        await buyer.sees('details');
        await buyer.chooses('Card');
        await buyer.presses('[part=submit]');
        await isReady(buyer);
        const [mount] = outer.children;
        expect(mount?.getRootNode()).to.equal(document);
        expect(mount?.querySelectorAll('iframe')).to.have.length(1);
        expect(buyer.find<HTMLSlotElement>('slot[name=card]').assignedElements({ flatten: true })).to.deep.equal([mount]);
        expect(mount!.getBoundingClientRect().height).to.be.above(50);
        expect(other.element.children, 'the other button has none').to.have.length(0);
        await stripe.typeCard('4242 4242 4242 4242');
        await buyer.presses('[part=submit]');
        await isPaid(world);
        await world.comesTo(completed);
        await buyer.sees('succeeded');
        expect([outer.children.length, inner.children.length, buyer.element.children.length], 'all of it is gone').to.deep.equal([0, 0, 0]);
      });
    }

    it('leaves nothing behind, however often it is shown', async () => {
      const world = await aStripeWorld();
      const first = await atStripe(await Buyer.arrives(world));
      first.element.remove();
      await waitUntil(() => frames().length === 0, 'all are gone', PATIENCE);
      const before = [document.body.childElementCount, document.head.childElementCount];
      for (let time = 0; time < 100; time++) {
        const home = document.createElement('div');
        document.body.append(home);
        home.append(first.element);
        first.element.open();
        await waitUntil(() => frames().length === 1, `the form is here, time ${String(time)}`, PATIENCE);
        home.remove();
      }
      expect(frames()).to.have.length(0);
      expect(first.element.children).to.have.length(0);
      expect([document.body.childElementCount, document.head.childElementCount]).to.deep.equal(before);
    });
  });

  interface Told {
    locale: string;
    appearance: { theme?: string; variables?: Record<string, string> };
  }

  /** What Stripe's Elements are made with and changed to meanwhile. */
  async function recorded(act: () => Promise<void>): Promise<Told[]> {
    const told: Told[] = [];
    const real = window.Stripe;
    interface Maker {
      elements(options: Told): { update(change: Told): void };
    }
    const maker = (real as unknown as (key: string) => Maker)(PUBLISHABLE_KEY);
    const prototype = Object.getPrototypeOf(maker) as Maker;
    const { elements } = prototype;
    prototype.elements = function record(options) {
      told.push(options);
      const made = elements.call(this, options);
      const { update } = made;
      made.update = (change) => {
        told.push(change);
        update.call(made, change);
      };
      return made;
    };
    await act();
    prototype.elements = elements;
    return told;
  }
});
