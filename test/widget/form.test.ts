import { expect, waitUntil } from '@open-wc/testing';
import { Buyer } from './support/buyer.ts';
import { aCardWorld, aDonation, anItem, aWaitingWorld, PATIENCE, World } from './support/world.ts';

describe('the form', () => {
  it('guesses the network while the number is typed, and the buyer’s choice wins', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    expect(buyer.has('input:checked')).to.equal(false);
    await buyer.types('#phone', '+256 77');
    expect(buyer.chosenNetwork).to.equal('MTN MoMo');
    await buyer.types('#phone', '0701 234 567');
    expect(buyer.chosenNetwork).to.equal('Airtel Money');
    await buyer.chooses('MTN MoMo');
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('pay');
    expect(call?.body).to.deep.equal({ method: 'mobile_money', phone_number: '256701234567', network: 'mtn' });
    await buyer.sees('waiting');
  });

  it('warns of a network that has trouble, and lets the buyer go on', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.types('#phone', '0701234567');
    expect(buyer.panelText).to.contain('Airtel Money has trouble right now');
    await expect(buyer.element).to.be.accessible();
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
  });

  it('says which networks work instead', async () => {
    const networks = (['vodacom', 'yas', 'airtel'] as const).map((id) => ({ id, name: id, healthy: id !== 'vodacom' }));
    const item = anItem({ currency: 'TZS', methods: [{ type: 'mobile_money', country: 'TZ', networks }] });
    const buyer = await (await Buyer.arrives(await (await aWaitingWorld()).says({ item: { data: item } }))).comesToTheForm();
    await buyer.types('#phone', '0752 123 456');
    expect(buyer.panelText).to.contain('You can pay with yas or airtel.');
  });

  it('knows after a refusal for a line that is down which lines are up', async () => {
    const down = anItem({ methods: [{ type: 'mobile_money', country: 'UG', networks: [{ id: 'mtn', name: 'MTN MoMo', healthy: false }, { id: 'airtel', name: 'Airtel Money', healthy: true }] }] });
    const world = await (await aWaitingWorld()).says({ item: [{ data: anItem() }, { data: down }], pay: { status: 503, code: 'PROVIDER_LINE_DOWN' } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await world.heard('item', 2);
    await waitUntil(() => buyer.panelText.includes('You can pay with Airtel Money.'), 'the other is named', PATIENCE);
  });

  it('asks for the network when the number tells none', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.types('#phone', '0999 123 456');
    await buyer.presses('[part=submit]');
    expect(buyer.panelText).to.contain('Choose your network.');
    expect(buyer.descriptionOf('[role=radiogroup]')).to.equal('Choose your network.');
    expect(buyer.hasFocus('[role=radiogroup] input')).to.equal(true);
    await expect(buyer.element).to.be.accessible();
    expect(await world.calls('pay')).to.have.length(0);
    await buyer.chooses('MTN MoMo');
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
  });

  it('says at the field what is wrong with a number, before anything is sent, until it is corrected', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.types('#phone', '0772 12');
    await buyer.presses('[part=submit]');
    expect(buyer.find('#phone').getAttribute('aria-invalid')).to.equal('true');
    expect(buyer.descriptionOf('#phone')).to.contain('0781 234 567');
    expect(buyer.hasFocus('#phone')).to.equal(true);
    await expect(buyer.element).to.be.accessible();
    const box = buyer.find('[part=field]');
    const [border, { top, bottom }] = [getComputedStyle(box).borderTopWidth, buyer.find('#phone').getBoundingClientRect()];
    await buyer.types('#phone', '0772 123 456');
    expect(buyer.find('#phone').getAttribute('aria-invalid')).to.equal('false');
    expect([border, getComputedStyle(box).borderTopWidth], 'seen without colours').to.deep.equal(['2px', '1px']);
    expect(bottom - top, 'and nothing grows by it').to.equal(buyer.find('#phone').getBoundingClientRect().height);
    expect(await world.calls('pay')).to.have.length(0);
    expect(buyer.events('pay-start')).to.have.length(0);
  });

  it('never sends an amount for a fixed price, whatever the page says', async () => {
    const world = await aWaitingWorld();
    const buyer = await Buyer.arrives(world, { amount: '1' });
    expect(buyer.buttonText).to.equal('Pay 1');
    await buyer.pays();
    const [call] = await world.heard('pay');
    expect(call?.body).not.to.have.property('amount');
    await buyer.sees('waiting');
    expect(buyer.panelText).to.contain('UGX 25,000');
  });

  it('takes an amount the buyer chooses, typed with separators or picked', async () => {
    const world = await (await aWaitingWorld()).says({ item: { data: aDonation } });
    const buyer = await (await Buyer.arrives(world, { amount: '3000' })).comesToTheForm();
    expect(buyer.find<HTMLInputElement>('#amount').value).to.equal('3000');
    await buyer.presses('button[part=chip]');
    expect(buyer.find<HTMLInputElement>('#amount').value).to.equal('5000');
    expect(buyer.find('button[part=chip]').getAttribute('aria-pressed')).to.equal('true');
    await buyer.types('#amount', '7,500');
    expect(buyer.find('[part=submit]').textContent).to.match(/Pay UGX\s7,500/);
    await expect(buyer.element).to.be.accessible();
    await buyer.types('#phone', '772123456');
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('pay');
    expect(call?.body).to.deep.include({ amount: 7500, phone_number: '256772123456' });
    expect(buyer.events('pay-start')[0]?.detail).to.deep.equal({ reference: '', status: '', amount: 7500, currency: 'UGX' });
    await buyer.sees('waiting');
  });

  for (const [typed, words] of [
    ['', 'Type an amount in digits.'],
    ['lots', 'Type an amount in digits.'],
    ['1500.50', 'Type an amount in digits.'],
    ['999', 'That is too little.'],
    ['2000001', 'That is too much.'],
  ] as const) {
    it(`explains why ${typed || 'nothing'} is no amount here`, async () => {
      const world = await (await aWaitingWorld()).says({ item: { data: aDonation } });
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      await buyer.types('#phone', '0772123456');
      await buyer.types('#amount', typed);
      await buyer.presses('[part=submit]');
      expect(buyer.descriptionOf('#amount')).to.equal(`${words} From UGX 1,000 up to UGX 2,000,000. Whole amounts only.`);
      expect(buyer.hasFocus('#amount')).to.equal(true);
      expect(await world.calls('pay')).to.have.length(0);
    });
  }

  for (const [limits, words] of [
    [{ min_amount: 500, max_amount: null }, 'At least UGX 500. Whole amounts only.'],
    [{ min_amount: null, max_amount: 9_000 }, 'Up to UGX 9,000. Whole amounts only.'],
    [{ min_amount: null, max_amount: null }, 'Whole amounts only.'],
  ] as const) {
    it(`says before anything is typed what may be: ${words}`, async () => {
      const world = await (await aWaitingWorld()).says({ item: { data: { ...aDonation, ...limits } } });
      const buyer = await (await Buyer.arrives(world)).comesToTheForm();
      expect(buyer.descriptionOf('#amount')).to.equal(words);
    });
  }

  it('buys several at a fixed price, and the server multiplies', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world, { quantity: '3' })).comesToTheForm();
    expect(buyer.panelText).to.match(/UGX\s75,000 3 × UGX\s25,000/).and.match(/Pay UGX\s75,000/);
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('pay');
    expect(call?.body).to.deep.equal({ method: 'mobile_money', phone_number: '256772123456', network: 'mtn', quantity: 3 });
    expect(buyer.events('pay-start')[0]?.detail.amount).to.equal(75_000);
    await buyer.sees('waiting');
  });

  it('buys one of an amount the buyer chooses, whatever the page says', async () => {
    const world = await (await aWaitingWorld()).says({ item: { data: aDonation } });
    const buyer = await (await Buyer.arrives(world, { quantity: '3', amount: '5000' })).comesToTheForm();
    await buyer.types('#phone', '0772123456');
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('pay');
    expect(call?.body).to.include({ amount: 5000 }).and.not.have.property('quantity');
    await buyer.sees('waiting');
  });

  for (const [plan, price] of [
    [{ interval: 'monthly' }, /UGX\s10,000 a month/],
    [{ interval: 'weekly' }, /UGX\s10,000 a week/],
    [{ interval: 'custom', interval_days: 10 }, /UGX\s10,000 every 10 days/],
  ] as const) {
    it(`says how often a plan is paid: ${plan.interval}`, async () => {
      const item = anItem({ kind: 'plan', amount: 10_000, trial_days: 7, setup_fee: 5_000, ...plan });
      const buyer = await (await Buyer.arrives(await (await aWaitingWorld()).says({ item: { data: item } }))).comesToTheForm();
      expect(buyer.panelText).to.match(price).and.contain('Free for 7 days at first.').and.match(/Once, to begin: UGX\s5,000\./).and.contain('You approve each payment');
      await expect(buyer.element).to.be.accessible();
    });
  }

  it('says it whole in languages that browsers do not speak', async () => {
    const networks = (['vodacom', 'yas', 'airtel'] as const).map((id) => ({ id, name: id, healthy: id !== 'vodacom' }));
    const plan = { kind: 'plan', amount: 10_000, interval: 'custom', interval_days: 10, trial_days: 1 } as const;
    const item = anItem({ ...plan, currency: 'TZS', methods: [{ type: 'mobile_money', country: 'TZ', networks }] });
    const buyer = await (await Buyer.arrives(await (await aWaitingWorld()).says({ item: { data: item } }), { locale: 'rw' })).comesToTheForm();
    await buyer.types('#phone', '0752 123 456');
    await waitUntil(() => buyer.panelText.includes('buri minsi 10'), 'the words are here', PATIENCE);
    expect(buyer.panelText).to.contain('Utangira ku buntu mu munsi 1.').and.contain('yas cyangwa airtel');
  });

  it('shows the picture of the item as a decoration, and nothing where it does not come', async () => {
    const world = await (await aWaitingWorld()).says({ item: { data: anItem({ image_url: `${location.origin}/gone.png` }) } });
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    expect(buyer.find<HTMLImageElement>('[part=image]').alt).to.equal('');
    await waitUntil(() => getComputedStyle(buyer.find('[part=image]')).display === 'none', 'it leaves no hole', PATIENCE);
  });

  it('fills in a sandbox number by a press, each with what becomes of it', async () => {
    const buyer = await (await Buyer.arrives(await (await aWaitingWorld()).says({ item: { data: anItem({ is_test: true }) } }))).comesToTheForm();
    await buyer.presses('[part=ribbon] summary');
    await expect(buyer.element).to.be.accessible();
    const numbers = [...(buyer.element.shadowRoot?.querySelectorAll<HTMLElement>('[part=ribbon] button') ?? [])];
    expect(numbers.map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim())).to.include('0780 000002There is not enough money in the wallet.');
    numbers[1]?.click();
    await buyer.settles();
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0780 000002');
    expect(buyer.chosenNetwork).to.contain('MTN MoMo');
  });

  it('sends the name and e-mail address the site knows, and takes its phone number as a start', async () => {
    const world = await aWaitingWorld();
    const buyer = await Buyer.arrives(world, { 'customer-name': 'Amina', email: 'amina@example.com', phone: '0772 123 456' });
    await buyer.comesToTheForm();
    expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123 456');
    await buyer.presses('[part=submit]');
    const [call] = await world.heard('pay');
    expect(call?.body).to.deep.include({ customer_name: 'Amina', customer_email: 'amina@example.com' });
    await buyer.sees('waiting');
  });

  for (const [code, status, words] of [
    ['VALIDATION_ERROR', 400, 'This did not work.'],
    ['PROVIDER_LINE_DOWN', 503, 'This network cannot take payments right now.'],
    ['PROVIDER_ERROR', 502, 'The network refused the payment.'],
    ['RATE_LIMIT', 429, 'Too many tries.'],
    ['TEST_NUMBER_ON_LIVE_KEY', 400, 'This is a test number.'],
    ['NOT_FOUND', 404, 'This item is not for sale here.'],
    ['SOMETHING_NEW', 422, 'This did not work.'],
  ] as const) {
    it(`comes back with words after ${code}, and can be sent again`, async () => {
      const world = await (await aWaitingWorld()).says({ pay: [{ status, code }, { status: 201, data: undefined }] });
      const buyer = await (await Buyer.arrives(world)).pays();
      await buyer.sees('details');
      expect(buyer.find('#refusal').textContent).to.contain(words);
      expect(buyer.spoken).to.contain(words);
      expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123 456');
      expect(localStorage).to.have.length(0);
      await expect(buyer.element).to.be.accessible();
      await world.says({ pay: { status: 201, data: (await import('./support/world.ts')).aStart() } });
      await buyer.presses('[part=submit]');
      const [first, second] = await world.heard('pay', 2);
      const isForNow = code === 'RATE_LIMIT' || code === 'PROVIDER_LINE_DOWN';
      expect(first?.key === second?.key, 'only what was refused for now is the same attempt').to.equal(isForNow);
      await buyer.sees('waiting');
    });
  }

  it('shows a number the server did not take at its field', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { status: 400, code: 'INVALID_PHONE' } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('details');
    expect(buyer.descriptionOf('#phone')).to.contain('0781 234 567');
    expect(buyer.hasFocus('#phone')).to.equal(true);
  });

  for (const [name, attributes, field] of [
    ['a fixed price', {}, '#phone'],
    ['an amount still to choose', {}, '#amount'],
    ['an amount the site has chosen', { amount: '3000' }, '#phone'],
  ] as const) {
    it(`one can type at once, at what is to fill in first: ${name}`, async () => {
      const item = name === 'a fixed price' ? anItem() : aDonation;
      const world = await (await aWaitingWorld()).says({ item: { isHeld: true, data: item } });
      const buyer = await (await Buyer.arrives(world, attributes)).opens();
      expect(buyer.hasFocus('#title'), 'while the item is loading').to.equal(true);
      await world.heard('item');
      await world.releases();
      await buyer.sees('details');
      expect(buyer.hasFocus(field), 'when it has come').to.equal(true);
      buyer.element.close();
      await buyer.settles();
      await buyer.opens();
      expect(buyer.hasFocus(field), 'when it was there').to.equal(true);
    });
  }

  it('in the flow of the page it takes no focus', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld(), { mode: 'inline' });
    await buyer.seesTheForm();
    expect(buyer.has('[data-first]')).to.equal(false);
    expect(buyer.element.shadowRoot?.activeElement ?? null).to.equal(null);
  });

  it('is used by keyboard alone: Enter in the field pays', async () => {
    const buyer = await (await Buyer.arrives(await aWaitingWorld())).comesToTheForm();
    await buyer.types('#phone', '0772123456');
    buyer.find<HTMLFormElement>('form').requestSubmit();
    await buyer.sees('waiting');
    expect(buyer.hasFocus('#title'), 'focus is not lost with the form').to.equal(true);
  });

  it('fits every country: Tanzania has five networks and its own calling code', async () => {
    const networks = [
      { id: 'vodacom', name: 'M-Pesa', healthy: true },
      { id: 'yas', name: 'Mixx by Yas', healthy: true },
    ] as const;
    const item = anItem({ currency: 'TZS', amount: 12_000, methods: [{ type: 'mobile_money', country: 'TZ', networks: [...networks] }] });
    const buyer = await (await Buyer.arrives(await new World().says({ item: { data: item } }))).comesToTheForm();
    expect(buyer.panelText).to.contain('TZS 12,000').and.contain('+255');
    await buyer.types('#phone', '0712345678');
    expect(buyer.chosenNetwork).to.equal('Mixx by Yas');
  });
});

describe('what is chosen', () => {
  it('takes no more room than before: nothing below it moves', async () => {
    const buyer = await Buyer.arrives(await aWaitingWorld());
    // The name just fits into its half.
    buyer.element.style.setProperty('--pay-font', 'monospace');
    await buyer.comesToTheForm();
    const height = (): number => buyer.find('[aria-label=Network]').offsetHeight;
    const before = height();
    await buyer.chooses('Airtel Money');
    expect(buyer.chosenNetwork).to.equal('Airtel Money');
    expect(height()).to.equal(before);
  });

  it('stands beside the other on a phone of 360 pixels, in a page with margins, and moves nothing when it changes', async () => {
    const buyer = await Buyer.arrives(await aCardWorld(), { mode: 'inline' });
    buyer.element.style.width = '328px';
    await buyer.seesTheForm();
    const methods = buyer.find('[aria-label="How to pay"]');
    expect([...methods.children].map((method) => (method as HTMLElement).offsetTop - methods.offsetTop)).to.deep.equal([0, 0]);
    // There as nowhere else a name breaks in two as soon as a tick stands beside it.
    buyer.element.style.setProperty('--pay-font', 'monospace');
    const before = methods.offsetHeight;
    await buyer.chooses('Card');
    expect(buyer.chosenMethod).to.equal('Card');
    expect(methods.offsetHeight).to.equal(before);
  });
});
