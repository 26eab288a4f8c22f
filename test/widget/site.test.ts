import { expect, waitUntil } from '@open-wc/testing';
import { WIDGET_PARTS } from '../../widget/src/part-names.ts';
import type { PayButton } from '../../widget/src/pay-button.element.ts';
import { Buyer } from './support/buyer.ts';
import { itWithStripe, PUBLISHABLE_KEY, stripe } from './support/stripe-world.ts';
import { aCardStart, aCardWorld, aStart, aStatus, aWaitingWorld, PATIENCE, World } from './support/world.ts';

/** Opens a page of a site, which gets the widget as built from the world's server. */
async function visit(world: World, page: string): Promise<HTMLIFrameElement> {
  const frame = document.createElement('iframe');
  frame.title = page;
  frame.width = '900';
  frame.height = '700';
  frame.src = `${world.server}/${page}`;
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  return frame;
}

async function aBuyerAt(frame: HTMLIFrameElement): Promise<Buyer> {
  const element = frame.contentDocument?.querySelector('pay-button') as PayButton;
  await waitUntil(() => element.shadowRoot, 'the element is there', PATIENCE);
  return new Buyer(element);
}

async function reports(world: World): Promise<string[]> {
  return (await (await fetch(`${world.server}/reports`)).json()) as string[];
}

describe('on a site with the strictest policy, the built script', () => {
  for (const fate of ['comes', 'comes late'] as const) {
    it(`sells from the first press to the success, and breaks no rule: the panel ${fate}`, async () => {
      const world = await (await aWaitingWorld(fate === 'comes late' ? '-shy' : '')).says({ stream: { data: aStatus({ status: 'completed' }) } });
      const frame = await visit(world, 'site.html');
      const buyer = await aBuyerAt(frame);
      const { element } = buyer;
      expect(element.server, 'the server is where the script came from').to.equal(world.server);
      if (fate === 'comes late') {
        // The panel's script is lost on the way the first time.
        await buyer.presses('[part=button]');
        await waitUntil(() => buyer.buttonText.includes('cannot be reached'), 'the loss is said', PATIENCE);
        expect(element.isOpen).to.equal(false);
      }
      await buyer.pays();
      await buyer.sees('succeeded');
      frame.remove();
      expect(await reports(world)).to.deep.equal([]);
    });
  }

  it('takes the panel of its own release where a cache has another', async () => {
    const world = await aWaitingWorld('-stale');
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    await buyer.comesToTheForm();
    const fetched = frame.contentWindow?.performance.getEntriesByType('resource').filter(({ name }) => name.includes('panel.js'));
    expect(fetched, 'asked for once more, past the cache').to.have.length(2);
    frame.remove();
  });

  for (const [fate, ending] of [['comes', ''], ['is lost', '-lost']] as const) {
    it(`waits for no words that hang: the panel ${fate}`, async () => {
      const frame = await visit(await aWaitingWorld(ending), 'site.html');
      const buyer = await aBuyerAt(frame);
      buyer.element.locale = 'lg';
      await buyer.settles();
      expect(buyer.buttonText).to.equal('Sasula kati');
      await buyer.presses('[part=button]');
      if (ending) await waitUntil(() => buyer.buttonText.includes('cannot be reached'), 'the loss is said', PATIENCE);
      else await waitUntil(() => buyer.panelText.includes('Mobile money number'), 'it speaks English meanwhile', PATIENCE);
      frame.remove();
    });
  }

  for (const [fate, presses] of [['lost', 2], ['upgraded', 1]] as const) {
    it(`leads to the hosted page when no panel is to be had: ${fate}`, async () => {
      const world = await aWaitingWorld(`-${fate}`);
      const frame = await visit(world, 'site.html');
      const buyer = await aBuyerAt(frame);
      for (let press = 1; press <= presses; press++) {
        await buyer.presses('[part=button]');
        await waitUntil(() => /cannot be reached|payment page/.test(buyer.buttonText), 'the loss is said', PATIENCE);
        await buyer.settles();
      }
      const link = buyer.find<HTMLAnchorElement>('a[part=button]');
      expect(link.href, 'the site’s own link').to.equal(`${location.origin}/pay/book`);
      expect(buyer.hasFocus('a[part=button]'), 'focus is not lost with the button').to.equal(true);
      buyer.element.replaceChildren();
      buyer.element.item = 'books & more';
      await buyer.settles();
      expect(link.href).to.equal(`${world.server}/pay/books%20%26%20more`);
      frame.remove();
    });
  }

  it('does not send anybody to pay again whose payment is on its way', async () => {
    const world = await aWaitingWorld('-upgraded');
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_first', expires_at: '', started_at: 1 }));
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    await buyer.presses('[part=button]');
    await waitUntil(() => !buyer.element.isOpen, 'the panel did not come', PATIENCE);
    await buyer.settles();
    expect(buyer.has('a')).to.equal(false);
    expect(buyer.buttonText).to.contain('Waiting');
    frame.remove();
  });

  it('inline, says the loss instead of waiting for ever', async () => {
    const world = await aWaitingWorld('-lost');
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    buyer.element.mode = 'inline';
    await waitUntil(() => buyer.has('[part=button]') && buyer.buttonText.includes('cannot be reached'), 'the loss is said', PATIENCE);
    await buyer.presses('[part=button]');
    await waitUntil(() => buyer.has('a[part=button]'), 'and the way out', PATIENCE);
    frame.remove();
  });

  it('would be caught if it broke one', async () => {
    const world = await aWaitingWorld();
    const frame = await visit(world, 'careless.html');
    await waitUntil(async () => (await reports(world)).length > 0, 'the violation is reported', PATIENCE);
    expect((await reports(world))[0]).to.contain('style-src');
    frame.remove();
  });

  it('meets another release of itself with one warning', async () => {
    const world = new World();
    const frame = await visit(world, 'empty.html');
    const site = frame.contentWindow as Window & typeof globalThis;
    const warnings: string[] = [];
    site.console.warn = (...words: unknown[]) => warnings.push(words.join(' '));
    for (const file of ['pay-button.js', 'pay-button-old.js']) {
      const script = site.document.createElement('script');
      script.type = 'module';
      script.setAttribute('src', `${world.server}/${file}`);
      const loaded = new Promise((resolve, reject) => {
        script.onload = resolve;
        script.onerror = reject;
      });
      site.document.head.append(script);
      await loaded;
    }
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('0.1.0').and.contain('0.0.1');
    frame.remove();
  });

  it('fetches the card step when card is chosen, not before, and nothing of Stripe for the sandbox', async () => {
    const world = await (await aCardWorld()).says({ status: { data: aStatus({ network: '', status: 'completed' }) } });
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    const fetched = (what: string): number => frame.contentWindow?.performance.getEntriesByType('resource').filter(({ name }) => name.includes(what)).length ?? 0;
    await buyer.comesToTheForm();
    await buyer.types('#phone', '0772123456');
    expect(fetched('panel.js')).to.equal(1);
    expect(fetched('card.js'), 'not yet').to.equal(0);
    await buyer.chooses('Card');
    await waitUntil(() => fetched('card.js') === 1, 'it is fetched at the choice', PATIENCE);
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect(fetched('stripe')).to.equal(0);
    frame.remove();
    expect(await reports(world)).to.deep.equal([]);
  });

  it('says that the card step did not come, fetches it again, and knows another way', async () => {
    const world = await aCardWorld('-cardless');
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    await buyer.comesToTheForm();
    await buyer.types('#phone', '0772123456');
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    const isLost = (): boolean => buyer.panelText.includes('cannot be reached');
    await waitUntil(isLost, 'the loss is said', PATIENCE);
    await buyer.settles();
    expect(buyer.spoken).to.contain('cannot be reached');
    await buyer.presses('[part=another]');
    await buyer.sees('details');
    await buyer.chooses('Mobile money');
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772123456');
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await waitUntil(isLost, 'the loss is said again', PATIENCE);
    await fetch(`${world.server}/mend`);
    await buyer.presses('[part=done]');
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    frame.remove();
  });

  it('sends a buyer to the provider’s own page for a card, and waits for the end of it on the way back', async () => {
    const world = await aCardWorld();
    const page = `${world.server}/empty.html`;
    await world.says({ pay: { status: 201, data: aStart({ network: '', redirect_url: page }) } });
    const frame = await visit(world, 'site.html');
    const there = await aBuyerAt(frame);
    await there.comesToTheForm();
    await there.chooses('Card');
    const isLeft = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    there.find('[part=submit]').click();
    await isLeft;
    expect(frame.contentWindow?.location.href).to.equal(page);

    frame.src = `${world.server}/site.html`;
    await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    const buyer = await aBuyerAt(frame);
    await buyer.sees('waiting');
    await buyer.opens();
    await waitUntil(() => buyer.title === 'Pay on the next page', 'the page is spoken of', PATIENCE);
    await buyer.settles();
    expect(buyer.find<HTMLAnchorElement>('a[part=done]').href).to.equal(page);
    expect(buyer.panelText).not.to.contain('PIN');
    expect(buyer.spoken).to.contain('Pay on the next page');
    const asked = (await world.calls('status')).length;
    await buyer.presses('[part=cancel]');
    await world.heard('status', asked + 1);
    await waitUntil(() => buyer.panelText.includes('you shall not pay twice'), 'it can still be paid there', PATIENCE);
    await world.comesTo(aStatus({ network: '', status: 'completed' }));
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
    frame.remove();
    expect(await reports(world)).to.deep.equal([]);
  });

  it('never leads to a page that is none', async () => {
    const world = await aCardWorld();
    await world.says({ pay: { status: 201, data: aStart({ network: '', redirect_url: 'javascript:parent.document.title="run"' }) } });
    const frame = await visit(world, 'site.html');
    const buyer = await aBuyerAt(frame);
    await buyer.comesToTheForm();
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await waitUntil(() => buyer.panelText.includes('The card form did not come'), 'there is nowhere to go', PATIENCE);
    expect(document.title).not.to.equal('run');
    expect(buyer.has('a[part=done]')).to.equal(false);
    frame.remove();
  });

  itWithStripe('takes a card from Stripe’s form under the policy that the documentation gives', async () => {
    const { client_secret } = await stripe.makeIntent();
    const world = await aCardWorld();
    await world.says({ pay: { status: 201, data: aCardStart({ client_secret, stripe_publishable_key: PUBLISHABLE_KEY }) } });
    const frame = await visit(world, 'card-site.html');
    const buyer = await aBuyerAt(frame);
    await buyer.comesToTheCard();
    await waitUntil(() => buyer.find('[part=submit]').getAttribute('aria-disabled') === 'false', 'it is ready', PATIENCE);
    await buyer.presses('[part=submit]');
    await waitUntil(() => buyer.panelText.includes('Please check what you typed.'), 'Stripe looked at it', PATIENCE);
    frame.remove();
    expect(await reports(world)).to.deep.equal([]);
  });

  it('stays within its budget', async () => {
    const sizes = (await (await fetch(`${new World().server}/sizes`)).json()) as Record<string, number>;
    const [panel, card] = ['panel', 'card'].map((part) => Object.keys(sizes).find((name) => name.endsWith(`/${part}.js`)) ?? '') as [string, string];
    const words = Object.keys(sizes).filter((name) => name.split('/').length === 3 && name !== panel && name !== card);
    expect(words).to.have.length(WIDGET_PARTS.length - 2);
    expect(sizes['pay-button.js']).to.be.at.most(14_000);
    expect(sizes[panel]).to.be.at.most(10_200);
    expect(sizes[card]).to.be.at.most(9_000);
    for (const name of words) expect(sizes[name], name).to.be.at.most(2_500);
  });
});
