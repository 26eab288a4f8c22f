import { expect, waitUntil } from '@open-wc/testing';
import { TIMING } from '../../widget/src/timing.ts';
import { browserSays, holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { aCardStart, aCardWorld, aDonation, anItem, aStart, aStatus, aWaitingWorld, PATIENCE, type World } from './support/world.ts';

const completed = aStatus({ status: 'completed', network: '', is_test: true });

function stored(world: World): Record<string, unknown> | null {
  return JSON.parse(localStorage.getItem(`malipo:${world.server}:book`) ?? 'null') as Record<string, unknown> | null;
}

async function keysOf(world: World): Promise<Set<string | undefined>> {
  return new Set((await world.calls('pay')).map(({ key }) => key));
}

describe('the choice between mobile money and card', () => {
  it('begins with mobile money, and is a labelled group', async () => {
    const buyer = await (await Buyer.arrives(await aCardWorld())).comesToTheForm();
    const group = buyer.find('[role=radiogroup]');
    expect(group.getAttribute('aria-label')).to.equal('How to pay');
    expect(buyer.chosenMethod).to.equal('Mobile money');
    expect(buyer.has('#phone')).to.equal(true);
    await expect(buyer.element).to.be.accessible();
  });

  it('card hides the number and the network, and switching back loses nothing', async () => {
    const buyer = await (await Buyer.arrives(await (await aCardWorld()).says({ item: { data: { ...aDonation, methods: [...anItem().methods, { type: 'card', publishable_key: 'pk_test_sandbox' }] } } }))).comesToTheForm();
    await buyer.types('#amount', '7,500');
    await buyer.types('#phone', '0701 234 567');
    await buyer.chooses('MTN MoMo');
    await buyer.chooses('Card');
    expect(buyer.has('#phone')).to.equal(false);
    expect(buyer.panelText).not.to.contain('MTN MoMo').and.not.contain('PIN');
    expect(buyer.find<HTMLInputElement>('#amount').value).to.equal('7,500');
    expect(buyer.has('button[part=chip]'), 'suggested amounts stay').to.equal(true);
    expect(buyer.find('[part=submit]').textContent.trim()).to.equal('Go on to the card');
    await expect(buyer.element).to.be.accessible();
    await buyer.chooses('Mobile money');
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0701 234 567');
    expect(buyer.chosenNetwork).to.equal('MTN MoMo');
  });

  for (const [what, methods, attribute] of [
    ['only mobile money is offered', anItem().methods, ''],
    ['only card is offered', [{ type: 'card', publishable_key: 'pk_test_sandbox' }], ''],
    ['the site asks for mobile money', undefined, 'mobile_money'],
    ['the site asks for card', undefined, 'card'],
  ] as const) {
    it(`is not shown where ${what}`, async () => {
      const world = await aCardWorld();
      if (methods) await world.says({ item: { data: anItem({ methods: [...methods] }) } });
      const buyer = await (await Buyer.arrives(world, { methods: attribute })).comesToTheForm();
      expect(buyer.panelText).not.to.contain('Mobile money Card');
      expect(buyer.has('#phone')).to.equal(!what.endsWith('card') && !what.includes('only card'));
      await expect(buyer.element).to.be.accessible();
    });
  }

  it('sends no number with a card, one key, and keeps the request until the payment has ended', async () => {
    const world = await aCardWorld();
    const buyer = await Buyer.arrives(world, { phone: '0772123456', email: 'a@example.org' });
    await buyer.comesToTheCard();
    const [call] = await world.heard('pay');
    expect(call?.body).to.deep.equal({ method: 'card', customer_email: 'a@example.org' });
    expect(stored(world)).to.deep.include({ key: call?.key, body: call?.body, reference: 'dgw_first' });
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending']);
  });

  it('a lost answer is asked for again with the same key', async () => {
    const world = await (await aCardWorld()).says({ pay: [{ isCut: true }, { status: 500, code: 'DB_ERROR' }, { status: 201, data: aCardStart() }] });
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    expect(await world.calls('pay')).to.have.length(3);
    expect((await keysOf(world)).size).to.equal(1);
  });
});

describe('the provider’s own page', () => {
  for (const [who, mode, leave] of [
    ['has closed the dialog', 'dialog', ({ element }: Buyer) => { element.close(); }],
    ['sees something else in its place by now', 'inline', ({ element }: Buyer) => { element.remove(); }],
  ] as const) {
    it(`is not gone to by who ${who}, and is kept for the way back`, async () => {
      const page = `${location.href}#there`;
      const world = await aCardWorld();
      await world.says({ pay: { isHeld: true, status: 201, data: aStart({ network: '', redirect_url: page }) } });
      const buyer = await Buyer.arrives(world, { mode });
      if (mode === 'dialog') await buyer.opens();
      await buyer.seesTheForm();
      await buyer.chooses('Card');
      await buyer.presses('[part=submit]');
      await world.heard('pay');
      leave(buyer);
      await world.releases();
      await buyer.sees('waiting');
      expect(location.hash).to.equal('');
      expect(stored(world)).to.include({ page });
    });
  }
});

describe('the sandbox’s card form', () => {
  it('offers three test cards, has no field, and says so', async () => {
    const buyer = await (await Buyer.arrives(await aCardWorld())).comesToTheCard();
    expect(buyer.title).to.equal('Pay by card');
    expect(buyer.panelText).to.contain('UGX 25,000').and.contain('these three cards and no other');
    const inputs = [...(buyer.element.shadowRoot?.querySelectorAll('input') ?? [])];
    expect(inputs.map(({ type }) => type)).to.deep.equal(['radio', 'radio', 'radio']);
    expect(buyer.find('.cards').textContent).to.contain('4242 4242 4242 4242').and.contain('4000 0000 0000 0002').and.contain('4000 0027 6000 3184');
    expect(buyer.element.querySelectorAll('*'), 'nothing of Stripe').to.have.length(0);
    await expect(buyer.element).to.be.accessible();
  });

  it('4242 pays, and the server’s word is what counts', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('card');
    expect(call?.body).to.deep.equal({ client_secret: 'secret_first', number: '4242 4242 4242 4242' });
    // The form said "succeeded"; the server has not heard of it yet.
    await buyer.sees('waiting');
    expect(buyer.title).to.equal('Waiting for your bank');
    expect(buyer.events('pay-success')).to.have.length(0);
    await expect(buyer.element).to.be.accessible();
    await world.comesTo(completed);
    await buyer.sees('succeeded');
    expect(buyer.events('pay-success')).to.have.length(1);
    expect(stored(world)).to.equal(null);
  });

  it('a card whose answer was lost can be sent again also where the site has emptied its storage meanwhile', async () => {
    const world = await (await aCardWorld()).says({ card: [{ status: 500, code: 'INTERNAL_ERROR' }, { data: { result: 'succeeded' } }] });
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    localStorage.clear();
    await buyer.presses('[part=another]');
    await buyer.sees('card');
    await buyer.presses('[part=submit]');
    await world.heard('card', 2);
    await buyer.sees('waiting');
    expect(stored(world)).to.include({ reference: 'dgw_first', confirmed: true });
  });

  it('the status is asked for at once', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await world.says({ status: { data: completed } });
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    const states = buyer.events('pay-statechange').map(({ detail }) => detail.state);
    expect(states.slice(-3)).to.deep.equal(['card', 'checking', 'succeeded']);
    expect((await world.calls('status')).map(({ isFresh }) => isFresh), 'and the provider by the server').to.deep.equal([true]);
  });

  it('a declined card is said, and another is tried on the same payment', async () => {
    const world = await (await aCardWorld()).says({ card: [{ data: { result: 'card_declined' } }, { data: { result: 'succeeded' } }] });
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.chooses('4000 0000 0000 0002');
    await buyer.presses('[part=submit]');
    await waitUntil(() => buyer.panelText.includes('The bank declined the card. Nothing was charged.'), 'it is said', PATIENCE);
    await buyer.settles();
    expect(buyer.element.state).to.equal('card');
    expect(buyer.spoken).to.contain('The bank declined the card');
    expect(buyer.descriptionOf('.cards')).to.contain('The bank declined the card');
    expect(buyer.hasFocus('.cards input:checked'), 'focus is where it is mended').to.equal(true);
    expect(stored(world)?.['confirmed']).to.equal(false);
    expect(buyer.events('pay-failure')).to.have.length(0);
    await expect(buyer.element).to.be.accessible();
    await world.says({ status: { data: completed } });
    await buyer.chooses('4242');
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  for (const [answer, words] of [['approve', ''], ['refuse', 'could not tell that it was you']] as const) {
    it(`a bank that asks is answered: ${answer}`, async () => {
      const world = await (await aCardWorld()).says({ card: [{ data: { result: 'requires_action' } }, { data: { result: answer === 'approve' ? 'succeeded' : 'card_declined' } }] });
      const buyer = await (await Buyer.arrives(world)).comesToTheCard();
      await buyer.chooses('4000 0027 6000 3184');
      await buyer.presses('[part=submit]');
      await waitUntil(() => buyer.has('[part=approve]'), 'it asks', PATIENCE);
      await buyer.settles();
      expect(buyer.title).to.equal('Your bank asks');
      expect(buyer.panelText).to.contain('Do you approve this payment to Kitabu House?').and.contain('UGX 25,000');
      expect(buyer.spoken).to.contain('Your bank asks');
      await expect(buyer.element).to.be.accessible();
      await world.says({ status: { data: answer === 'approve' ? completed : aStatus({ network: '' }) } });
      await buyer.presses(`[part=${answer}]`);
      const [, second] = await world.heard('card', 2);
      expect(second?.body).to.deep.equal({ client_secret: 'secret_first', number: '4000 0027 6000 3184', challenge: answer === 'approve' ? 'passed' : 'failed' });
      if (answer === 'approve') await buyer.sees('succeeded');
      else await waitUntil(() => buyer.panelText.includes(words), 'it is said', PATIENCE);
    });
  }

  it('a double click is one charge', async () => {
    const world = await (await aCardWorld()).says({ card: { isHeld: true, data: { result: 'succeeded' } } });
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    buyer.find('[part=submit]').click();
    buyer.find('[part=submit]').click();
    await world.heard('card');
    expect(buyer.find('[part=submit]').getAttribute('aria-disabled')).to.equal('true');
    await world.says({ status: { data: completed } });
    await world.releases();
    await buyer.sees('succeeded');
    expect(await world.calls('card')).to.have.length(1);
  });

  it('an answer that is lost is not taken for a failure, and the card can be sent again on the same payment', async () => {
    const world = await (await aCardWorld()).says({ card: [{ isCut: true }, { data: { result: 'succeeded' } }] });
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect(stored(world)?.['confirmed']).to.equal(true);
    await buyer.presses('[part=another]');
    await buyer.sees('card');
    expect(buyer.has('[part=another]'), 'it may have been charged: no way out').to.equal(false);
    await world.says({ status: { data: completed } });
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a test server that refuses the request has charged nothing', async () => {
    const world = await (await aCardWorld()).says({ card: { status: 429, code: 'RATE_LIMIT' } });
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.presses('[part=submit]');
    await waitUntil(() => buyer.panelText.includes('Too many tries'), 'it is said', PATIENCE);
    expect(buyer.element.state).to.equal('card');
    expect(stored(world)?.['confirmed']).to.equal(false);
  });
});

describe('another way than the card', () => {
  it('leads back to the form as it was, and mobile money is another payment', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.types('#phone', '0772 123 456');
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    await waitUntil(() => buyer.has('[part=another]'), 'there is a way', PATIENCE);
    await buyer.presses('[part=another]');
    await buyer.sees('details');
    expect(stored(world)).to.equal(null);
    await buyer.chooses('Mobile money');
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123 456');
    await world.says({ pay: { status: 201, data: aStart({ reference: 'dgw_second' }) }, status: { data: aStatus({ reference: 'dgw_second' }) }, stream: { data: aStatus({ reference: 'dgw_second', status: 'completed' }) } });
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect((await keysOf(world)).size).to.equal(2);
  });

  it('card again is the same payment', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.presses('[part=another]');
    await buyer.sees('details');
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    expect((await keysOf(world)).size).to.equal(1);
  });

  it('is not to be had when another tab has sent the card', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ ...stored(world), confirmed: true }));
    await buyer.presses('[part=another]');
    await buyer.sees('card');
    expect(stored(world)).to.include({ reference: 'dgw_first' });
  });

  it('nothing is charged here when another tab has gone another way', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_other', expires_at: '', started_at: Date.now() }));
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect(await world.calls('card')).to.have.length(0);
    expect(stored(world)).to.include({ reference: 'dgw_other' });
  });

  it('nor when another tab has left the payment', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    localStorage.removeItem(`malipo:${world.server}:book`);
    await buyer.presses('[part=submit]');
    await buyer.sees('details');
    expect(await world.calls('card')).to.have.length(0);
  });
});

describe('coming back to the card', () => {
  it('after a reload the status is asked first, and then the same payment’s form is shown', async () => {
    const world = await aCardWorld();
    const first = await (await Buyer.arrives(world)).comesToTheCard();
    first.element.remove();
    const buyer = await Buyer.arrives(world);
    await buyer.sees('card');
    expect(buyer.buttonText).to.equal('Pay now');
    expect(await world.calls('pay'), 'the secret is asked for when it is needed').to.have.length(1);
    await buyer.opens();
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    expect((await keysOf(world)).size).to.equal(1);
    await world.says({ status: { data: completed } });
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect((await world.calls('card')).at(-1)?.body['client_secret']).to.equal('secret_first');
  });

  it('what has succeeded meanwhile is not asked for again', async () => {
    const world = await aCardWorld();
    const first = await (await Buyer.arrives(world)).comesToTheCard();
    first.element.remove();
    await world.comesTo(completed);
    const buyer = await Buyer.arrives(world);
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a second tab shows the same form, and hears of the success', async () => {
    const world = await aCardWorld();
    const first = await (await Buyer.arrives(world)).comesToTheCard();
    const second = await Buyer.arrives(world);
    await second.sees('card');
    await world.says({ status: { data: completed } });
    await first.presses('[part=submit]');
    await first.sees('succeeded');
    dispatchEvent(new Event('focus'));
    await second.sees('succeeded');
    expect((await keysOf(world)).size).to.equal(1);
  });

  it('off line and back on the form is as it was left', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await buyer.chooses('4000 0027');
    browserSays({ onLine: false });
    await buyer.sees('offline');
    browserSays({ onLine: true });
    await buyer.sees('card');
    expect(buyer.find('.cards label:has(input:checked)').textContent).to.contain('4000 0027');
  });

  it('a page that comes back from the browser’s memory asks first', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await world.says({ status: { data: completed } });
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('an answer that never comes is not waited for: there is another try, and another way', async () => {
    const world = await aCardWorld();
    (await (await Buyer.arrives(world)).comesToTheCard()).element.remove();
    await world.says({ pay: { isHeld: true } });
    const waits = holdTimers((TIMING.formMs = 7_654_321));
    const buyer = await (await Buyer.arrives(world)).opens();
    await world.heard('pay', 2);
    await waitUntil(() => (waits.end(), buyer.panelText.includes('The card form did not come.')), 'it is said', PATIENCE);
    await world.says({ pay: { status: 201, data: aCardStart() } });
    await buyer.presses('[part=done]');
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    await buyer.presses('[part=another]');
    await buyer.sees('details');
    await world.releases();
  });

  it('a form restored by the browser goes on with the payment that is stored', async () => {
    const world = await aCardWorld();
    const first = await (await Buyer.arrives(world)).comesToTheCard();
    first.element.remove();
    const buyer = await Buyer.arrives(world);
    await buyer.sees('card');
    buyer.findsInTheForm('dgw_first', 'pending');
    expect(stored(world)).to.include.keys('key');
    await buyer.opens();
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
  });

  it('an end that is not success is told as for the phone', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    await world.comesTo(aStatus({ status: 'failed', failure_code: 'card_declined', network: '' }));
    await buyer.sees('failed');
    expect(buyer.panelText).to.contain('The bank declined the card.');
    expect(buyer.has('.cards')).to.equal(false);
  });
});

describe('a page of the provider’s own', () => {
  it('is given up for another way only once it has ended there', async () => {
    const world = await aCardWorld();
    const attempt = { key: 'k'.repeat(20), body: { method: 'card' }, started_at: Date.now(), reference: 'dgw_first', expires_at: '', page: 'https://pay.example/visa' };
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify(attempt));
    const buyer = await Buyer.arrives(world);
    await buyer.sees('waiting');
    await buyer.opens();
    await waitUntil(() => buyer.has('[part=cancel]'), 'there is a way out', PATIENCE);
    await buyer.settles();
    await expect(buyer.element).to.be.accessible();
    await buyer.presses('[part=cancel]');
    await waitUntil(() => buyer.panelText.includes('you shall not pay twice'), 'it can still be paid there', PATIENCE);
    await expect(buyer.element).to.be.accessible();
    expect(await world.calls('pay')).to.have.length(0);
    await world.comesTo(aStatus({ network: '', status: 'failed', failure_code: 'declined' }));
    await buyer.sees('details');
    expect(localStorage).to.have.length(0);
  });
});

describe('the dialog around the card', () => {
  it('is not modal, covers the page all the same, and is modal again afterwards', async () => {
    const world = await aCardWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheCard();
    expect(buyer.dialog.open).to.equal(true);
    expect(buyer.dialog.matches(':modal')).to.equal(false);
    const { width, height } = buyer.find('.backdrop').getBoundingClientRect();
    expect([width, height]).to.deep.equal([document.documentElement.clientWidth, innerHeight]);
    expect(document.elementFromPoint(2, 2)).to.equal(buyer.element);
    expect(Number(getComputedStyle(buyer.dialog).zIndex)).to.be.below(2147483647);
    expect(buyer.hasFocus('#title')).to.equal(true);
    expect(buyer.told).not.to.include('pay-close');
    await world.says({ status: { data: completed } });
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect(buyer.dialog.matches(':modal')).to.equal(true);
    expect(buyer.told).not.to.include('pay-close');
  });

  for (const way of ['Escape', 'the close button', 'a press beside it'] as const) {
    it(`closes by ${way}, and focus is back on the button`, async () => {
      const buyer = await (await Buyer.arrives(await aCardWorld())).comesToTheCard();
      if (way === 'Escape') buyer.find('[part=submit]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true, cancelable: true }));
      else await buyer.presses(way === 'the close button' ? '[part=close]' : '.backdrop');
      await buyer.settles();
      expect(buyer.dialog.open).to.equal(false);
      expect(buyer.hasFocus('[part=button]')).to.equal(true);
      expect(buyer.element.state).to.equal('card');
      expect(buyer.events('pay-close')).to.have.length(1);
      await buyer.opens();
      expect(buyer.has('.cards')).to.equal(true);
    });
  }

  it('keeps Tab inside', async () => {
    const buyer = await (await Buyer.arrives(await aCardWorld())).comesToTheCard();
    const tab = (from: string, shiftKey: boolean): boolean => {
      buyer.find(from).focus();
      return buyer.find(from).dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', shiftKey, bubbles: true, composed: true, cancelable: true }));
    };
    expect(tab('[part=submit]', false), 'in the middle the browser knows best').to.equal(true);
    expect(tab('[part=copy]', false)).to.equal(false);
    expect(buyer.hasFocus('[part=ribbon] summary, [part=close]')).to.equal(true);
    expect(tab('[part=close]', true)).to.equal(false);
    expect(buyer.hasFocus('[part=copy]')).to.equal(true);
  });

  it('inline there is no dialog', async () => {
    const buyer = await Buyer.arrives(await aCardWorld(), { mode: 'inline' });
    await buyer.seesTheForm();
    await buyer.chooses('Card');
    await buyer.presses('[part=submit]');
    await buyer.sees('card');
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    expect(buyer.has('dialog')).to.equal(false);
    expect(getComputedStyle(buyer.find('.backdrop')).display).to.equal('none');
    await expect(buyer.element).to.be.accessible();
  });
});

describe('until card is chosen', () => {
  it('mobile money is as it was', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).pays();
    await buyer.sees('waiting');
    expect(buyer.title).to.equal('Check your phone');
  });
});
