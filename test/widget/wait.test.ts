import { expect, waitUntil } from '@open-wc/testing';
import { TIMING } from '../../widget/src/timing.ts';
import { holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { aStart, aStatus, aWaitingWorld, PATIENCE, type World } from './support/world.ts';

const failed = aStatus({ status: 'failed', failure_code: 'declined' });

/** A buyer on the wait screen of a world. */
async function aWaiter(world: World): Promise<Buyer> {
  return (await (await Buyer.arrives(world)).pays()).sees('waiting');
}

async function keysOf(world: World): Promise<(string | undefined)[]> {
  return (await world.calls('pay')).map(({ key }) => key);
}

describe('a prompt that did not come', () => {
  for (const [network, currency, code, words] of [
    ['mtn', 'UGX', '*165#', 'look for My Approvals'],
    ['mtn', 'RWF', '*182*7*1#', 'look for My Approvals'],
    ['airtel', 'UGX', '*185#', 'Airtel Money shows its request only once'],
    ['safaricom', 'KES', '*334#', 'M-Pesa shows its request only once'],
    ['telkom', 'KES', '*334#', 'T-Kash shows its request only once'],
    ['vodacom', 'TZS', '*150*00#', 'M-Pesa shows its request only once'],
    ['yas', 'TZS', '*150*01#', 'Mixx by Yas shows its request only once'],
    ['halotel', 'TZS', '*150*88#', 'Halopesa shows its request only once'],
  ] as const) {
    it(`is looked for where this network keeps it: ${network} in ${currency}`, async () => {
      const status = aStatus({ network, currency });
      const world = await (await aWaitingWorld()).says({ pay: { status: 201, data: aStart({ network, currency }) }, status: { data: status }, stream: { data: status } });
      const buyer = await aWaiter(world);
      await buyer.presses('[part=help] summary');
      expect(buyer.find('[part=help]').textContent).to.contain(words).and.contain(code);
      expect(buyer.find<HTMLAnchorElement>('[part=help] a').href).to.equal(`tel:${encodeURIComponent(code)}`);
      expect(buyer.find('[part=help] a').getBoundingClientRect().height, 'a thumb finds it').to.be.at.least(44);
      await expect(buyer.element).to.be.accessible();
    });
  }

  for (const [network, currency, words] of [
    ['', 'UGX', 'mobile money asks on your phone for UGX 25,000'],
    ['ttcl', 'TZS', 'T-Pesa asks on your phone'],
  ] as const) {
    it(`a network whose code nobody has told us, "${network}", gets the rest of the help and no guess`, async () => {
      const status = aStatus({ network, currency });
      const world = await (await aWaitingWorld()).says({ pay: { status: 201, data: aStart({ network, currency }) }, status: { data: status }, stream: { data: status } });
      const buyer = await aWaiter(world);
      expect(buyer.panelText).to.contain(words);
      expect(buyer.has('[part=help] a')).to.equal(false);
      expect(buyer.find('[part=help]').textContent).to.contain('unlocked');
    });
  }
});

it('a phone that is not asked, since another is already, is not said to be', async () => {
  const buyer = await aWaiter(await (await aWaitingWorld()).says({ pay: { status: 201, data: aStart({ asks_another: true }) } }));
  await waitUntil(() => buyer.panelText.includes('asks on another phone for UGX 25,000'), 'it is said', PATIENCE);
  expect(buyer.panelText).not.to.contain('Sent to').and.not.to.contain('on your phone for');
  await expect(buyer.element).to.be.accessible();
});

describe('giving a payment up', () => {
  for (const part of ['resend', 'cancel'] as const) {
    it(`${part}: while it can still be approved nothing is sent, and that is explained`, async () => {
      const world = await aWaitingWorld();
      const buyer = await aWaiter(world);
      const asked = (await world.calls('status')).length;
      await buyer.presses(`[part=${part}]`);
      expect((await world.heard('status', asked + 1)).at(-1)?.isFresh, 'the provider is asked').to.equal(true);
      await buyer.sees('waiting');
      expect(buyer.panelText).to.contain('you shall not pay twice');
      await waitUntil(() => buyer.spoken.includes('you shall not pay twice'), 'it is spoken', PATIENCE);
      await expect(buyer.element).to.be.accessible();
      expect(await world.calls('pay')).to.have.length(1);
    });

    it(`${part}: when it has ended for certain the form is back by itself, and what is sent is another attempt`, async () => {
      const world = await aWaitingWorld();
      const buyer = await aWaiter(world);
      await buyer.presses(`[part=${part}]`);
      await buyer.sees('waiting');
      await world.comesTo(failed);
      await buyer.sees('details');
      expect(buyer.find<HTMLInputElement>('#phone').value).to.equal('0772 123 456');
      expect(buyer.events('pay-failure')).to.have.length(1);
      expect(localStorage).to.have.length(0);
      await world.says({ pay: { status: 201, data: aStart({ reference: 'dgw_second' }) }, stream: { data: aStatus({ reference: 'dgw_second', status: 'completed' }) } });
      await buyer.presses('[part=submit]');
      await buyer.sees('succeeded');
      expect(new Set(await keysOf(world)).size).to.equal(2);
    });
  }

  it('a success that comes after all is the end of it', async () => {
    const world = await aWaitingWorld();
    const buyer = await aWaiter(world);
    await buyer.presses('[part=cancel]');
    await buyer.sees('waiting');
    await world.comesTo(aStatus({ status: 'completed' }));
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a success that was overlooked is found by asking first', async () => {
    const world = await aWaitingWorld();
    const buyer = await aWaiter(world);
    await world.says({ status: { data: aStatus({ status: 'completed' }) } });
    await buyer.presses('[part=resend]');
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a failure that was overlooked brings the form back as well', async () => {
    const world = await aWaitingWorld();
    const buyer = await aWaiter(world);
    await world.says({ status: { data: failed } });
    await buyer.presses('[part=cancel]');
    await buyer.sees('details');
    expect(localStorage).to.have.length(0);
  });

  it('with nobody to ask it is unknown, not given up', async () => {
    const world = await aWaitingWorld();
    const buyer = await aWaiter(world);
    await world.says({ status: { isCut: true }, stream: { isCut: true } });
    await buyer.presses('[part=cancel]');
    await buyer.sees('unknown');
    expect(localStorage).to.have.length(1);
    await world.says({ status: { data: aStatus() } });
    await buyer.presses('[part=done]');
    await buyer.sees('waiting');
  });
});

describe('the reference', () => {
  it('is copied by one press, and said to be', async () => {
    const copied: string[] = [];
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text: string) => void copied.push(text) }, configurable: true });
    try {
      const buyer = await aWaiter(await aWaitingWorld());
      await buyer.presses('[part=copy]');
      await waitUntil(() => buyer.find('[part=copy]').textContent.trim() === 'Copied', 'it is written', PATIENCE);
      expect(copied).to.deep.equal(['dgw_first']);
      expect(buyer.spoken).to.equal('Copied');
    } finally {
      delete (navigator as { clipboard?: unknown }).clipboard;
    }
  });

  it('is marked where pages may not copy, as on plain http', async () => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true });
    try {
      const buyer = await aWaiter(await aWaitingWorld());
      await buyer.presses('[part=copy]');
      await waitUntil(() => getSelection()?.type === 'Range', 'it is marked', PATIENCE);
    } finally {
      delete (navigator as { clipboard?: unknown }).clipboard;
    }
  });
});

describe('a slow server', () => {
  it('that never answers for the item is said to be unreachable, and asked again on a press', async () => {
    const reads = holdTimers((TIMING.readMs = 1_234_567));
    const world = await (await aWaitingWorld()).says({ item: { isHeld: true, data: null } });
    const buyer = await (await Buyer.arrives(world)).opens();
    await world.heard('item');
    reads.end();
    await buyer.sees('offline');
    expect(buyer.panelText).to.contain('The shop cannot be reached');
    await world.says({ item: { data: (await import('./support/world.ts')).anItem() } });
    await buyer.presses('[part=done]');
    await buyer.sees('details');
    await world.releases();
  });
});
