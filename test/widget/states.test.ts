import { expect, waitUntil } from '@open-wc/testing';
import { Buyer } from './support/buyer.ts';
import { anItem, aStart, aStatus, aWaitingWorld, PATIENCE, World } from './support/world.ts';

describe('each state', () => {
  it('idle: a button that says what it does', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld());
    expect(buyer.element.state).to.equal('idle');
    expect(buyer.buttonText).to.equal('Pay now');
    await expect(buyer.element).to.be.accessible();
  });

  it('loading: one moment', async () => {
    const world = await new World().says({ item: { isHeld: true, data: anItem() } });
    const buyer = await (await Buyer.arrives(world)).opens();
    await buyer.sees('loading');
    expect(buyer.title).to.equal('One moment…');
    await expect(buyer.element).to.be.accessible();
    await world.heard('item');
    await world.releases();
    await buyer.sees('details');
  });

  it('details: the shop, the item, the price and the form', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    expect(buyer.title).to.equal('Swahili for Beginners');
    expect(buyer.panelText).to.contain('Kitabu House').and.contain('UGX 25,000');
    expect(buyer.dialog.matches(':modal')).to.equal(true);
    await expect(buyer.element).to.be.accessible();
  });

  it('starting: the form stays, and is busy', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const buyer = await (await Buyer.arrives(world)).pays();
    expect(buyer.element.state).to.equal('starting');
    expect(buyer.find('form').getAttribute('aria-busy')).to.equal('true');
    expect(buyer.find('[part=submit]').getAttribute('aria-disabled')).to.equal('true');
    await expect(buyer.element).to.be.accessible();
    await world.heard('pay');
    await world.releases();
    await buyer.sees('waiting');
  });

  it('waiting: what to do, on which phone, for how much and how long', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).pays();
    await buyer.sees('waiting');
    expect(buyer.title).to.equal('Check your phone');
    expect(buyer.panelText).to.contain('UGX 25,000').and.contain('MTN MoMo asks on your phone').and.contain('+256 77• ••• 456').and.contain('dgw_first');
    expect(buyer.panelText).not.to.contain('0772');
    expect(buyer.panelText).to.match(/You can pay until \d\d:\d\d(?!\d)/);
    // Nothing runs down: the request on the phone ends long before.
    expect(buyer.has('[role=timer]')).to.equal(false);
    expect(buyer.spoken).to.contain('Check your phone');
    expect(buyer.buttonText).to.contain('Waiting');
    await expect(buyer.element).to.be.accessible();
  });

  it('waiting: the last minutes are counted in seconds', async () => {
    const expires_at = new Date(Date.now() + 300_000).toISOString();
    const status = aStatus({ expires_at });
    const world = await (await aWaitingWorld()).says({ pay: { status: 201, data: aStart({ expires_at }) }, stream: { data: status }, status: { data: status } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('waiting');
    const timer = buyer.find('[role=timer]');
    expect(timer.textContent).to.match(/^Time left: (5:00|4:\d\d)$/);
    const before = timer.textContent;
    await waitUntil(() => timer.textContent !== before, 'it counts', PATIENCE);
  });

  it('checking: the buyer asked, and is told that it is not confirmed yet', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('waiting');
    await world.says({ status: { isHeld: true, data: aStatus() } });
    await buyer.presses('[part=check]');
    expect(buyer.element.state).to.equal('checking');
    await expect(buyer.element).to.be.accessible();
    await world.heard('status');
    await world.releases();
    await buyer.sees('waiting');
    expect(buyer.spoken).to.contain('Not confirmed yet');
    expect(buyer.hasFocus('[part=check]')).to.equal(true);
  });

  it('succeeded: thanks, the amount and the reference', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { data: aStatus({ status: 'completed' }) } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('succeeded');
    expect(buyer.title).to.equal('Payment received');
    expect(buyer.panelText).to.contain('UGX 25,000').and.contain('dgw_first');
    expect(buyer.buttonText).to.equal('Paid');
    await expect(buyer.element).to.be.accessible();
    await buyer.presses('[part=done]');
    expect(buyer.dialog.open).to.equal(false);
  });

  for (const [code, words] of [
    ['insufficient_funds', 'There is not enough money in the wallet.'],
    ['declined', 'The request was declined on the phone.'],
    ['failed', 'The network did not say why.'],
    ['lunar_eclipse', 'The moon was in the way'],
  ] as const) {
    it(`failed: ${code} in words`, async () => {
      const status = aStatus({ status: 'failed', failure_code: code as 'failed', failure_reason: 'The moon was in the way' });
      const world = await (await aWaitingWorld()).says({ stream: { data: status } });
      const buyer = await (await Buyer.arrives(world)).pays();
      await buyer.sees('failed');
      expect(buyer.panelText).to.contain(words);
      expect(buyer.buttonText).to.equal('Try again');
      await expect(buyer.element).to.be.accessible();
    });
  }

  it('expired: said as such, with the reference for a late success', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { data: aStatus({ status: 'expired', failure_code: 'expired' }) } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('expired');
    expect(buyer.title).to.equal('Time ran out');
    expect(buyer.panelText).to.contain('dgw_first');
    await expect(buyer.element).to.be.accessible();
  });

  it('unknown: never called a failure, and nobody is told to try again', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { status: 500, code: 'DB_ERROR' } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    expect(buyer.title).to.equal('We do not know yet');
    expect(buyer.panelText).not.to.contain('Try again');
    expect(buyer.events('pay-failure')).to.deep.equal([]);
    await expect(buyer.element).to.be.accessible();
  });

  it('unavailable: an item that can be paid in no way the site offers says so', async () => {
    const world = await new World().says({ item: { data: anItem({ methods: [{ type: 'card', publishable_key: 'pk_test_sandbox' }] }) } });
    const buyer = await (await Buyer.arrives(world, { methods: 'mobile_money' })).opens();
    await buyer.sees('unavailable');
    expect(buyer.panelText).to.contain('cannot be paid here');
    await expect(buyer.element).to.be.accessible();
  });

  it('in a narrow column nothing stands out of the panel, however long the name and large the amount', async () => {
    const item = anItem({ name: 'Encyclopaedia of the Kiswahili-speaking peoples, Donaudampfschifffahrtsgesellschaft', amount: 99_999_999.5, currency: 'KES', methods: [{ type: 'mobile_money', country: 'KE', networks: [{ id: 'safaricom', name: 'M-Pesa', healthy: true }] }] });
    const buyer = await Buyer.arrives(await (await aWaitingWorld()).says({ item: { data: item } }), { mode: 'inline' });
    buyer.element.parentElement!.style.width = '240px';
    await buyer.seesTheForm();
    const { right } = buyer.find('[part=panel]').getBoundingClientRect();
    for (const each of buyer.element.shadowRoot?.querySelectorAll('.step *') ?? []) expect(each.getBoundingClientRect().right, each.outerHTML).to.be.at.most(right);
  });

  it('test mode is written on the panel, and only then', async () => {
    const world = await (await aWaitingWorld()).says({ item: { data: anItem({ is_test: true }) }, stream: { isHeld: true } });
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    expect(buyer.find('[part=ribbon]').textContent).to.contain('Test mode').and.contain('00001');
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect(buyer.find('[part=ribbon]').textContent, 'no longer of use').to.contain('Test mode').and.not.contain('00001');
    buyer.element.close();
    const live = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    expect(live.has('[part=ribbon]')).to.equal(false);
    live.element.close();
  });

  it('a test mode that is known late takes the focus from nobody', async () => {
    const world = await aWaitingWorld();
    await world.says({ item: { isHeld: true, data: anItem() }, status: { isHeld: true, data: aStatus({ is_test: true }) } });
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_first', started_at: Date.now() }));
    const buyer = await (await Buyer.arrives(world)).opens();
    expect(buyer.hasFocus('#title')).to.equal(true);
    expect(buyer.has('[part=ribbon]')).to.equal(false);
    await world.heard('status');
    await world.releases();
    await waitUntil(() => buyer.has('[part=ribbon]'), 'it is known', PATIENCE);
    await buyer.settles();
    expect(buyer.hasFocus('#title')).to.equal(true);
  });
});
