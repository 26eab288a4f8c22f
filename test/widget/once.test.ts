import { expect, waitUntil } from '@open-wc/testing';
import { TIMING } from '../../widget/src/timing.ts';
import { holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { aCardWorld, aStart, aStatus, aWaitingWorld, PATIENCE, type World } from './support/world.ts';

/** What is stored for this world's book. */
function stored(world: World): Record<string, unknown> | null {
  return JSON.parse(localStorage.getItem(`malipo:${world.server}:book`) ?? 'null') as Record<string, unknown> | null;
}

async function keysOf(world: World): Promise<Set<string | undefined>> {
  return new Set((await world.calls('pay')).map(({ key }) => key));
}

/** Long enough for what must not come. */
async function aMoment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 300));
}

/** A buyer whose time ran out, with the panel open. */
async function anExpiredPayment(): Promise<{ world: World; buyer: Buyer }> {
  const world = await (await aWaitingWorld()).says({ stream: { data: aStatus({ status: 'expired', failure_code: 'expired' }) } });
  const buyer = await (await Buyer.arrives(world)).pays();
  return { world, buyer: await buyer.sees('expired') };
}

/** Another tab, which is a frame here, waits for this payment. */
function anotherTabWrites(world: World, reference: string): void {
  const tab = document.createElement('iframe');
  document.body.append(tab);
  tab.contentWindow?.localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference, expires_at: '', started_at: Date.now() }));
  tab.remove();
}

describe('paying once', () => {
  it('a double click is one request', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    await buyer.types('#phone', '0772123456');
    buyer.find('[part=submit]').click();
    buyer.find('[part=submit]').click();
    buyer.find<HTMLFormElement>('form').requestSubmit();
    await buyer.sees('waiting');
    expect(await world.calls('pay')).to.have.length(1);
    expect(buyer.events('pay-start')).to.have.length(1);
  });

  it('the attempt is stored with its key before it is sent, and without the number once it is answered', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const buyer = await (await Buyer.arrives(world)).pays();
    const [call] = await world.heard('pay');
    expect(call?.key).to.match(/.{20}/);
    expect(stored(world)).to.deep.include({ key: call?.key, body: call?.body });
    await world.releases();
    await buyer.sees('waiting');
    expect(stored(world)).to.have.all.keys('reference', 'expires_at', 'started_at');
    expect(stored(world)).to.include({ reference: 'dgw_first' });
  });

  it('a lost answer is asked for again with the same key and body, until it comes', async () => {
    const world = await (await aWaitingWorld()).says({ pay: [{ isCut: true }, { status: 500, code: 'DB_ERROR' }, { status: 429, code: 'RATE_LIMIT' }, { status: 201, data: aStart() }] });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('waiting');
    const calls = await world.calls('pay');
    expect(calls).to.have.length(4);
    expect((await keysOf(world)).size).to.equal(1);
    expect(calls.map(({ body }) => body)).to.deep.equal(Array(4).fill(calls[0]?.body));
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending']);
  });

  it('is not asked for again before the server said, unless the buyer asks', async () => {
    const limited = { status: 429, code: 'RATE_LIMIT', retryAfter: 1 };
    const world = await (await aWaitingWorld()).says({ pay: [{ status: 500, code: 'DB_ERROR' }, limited, { status: 503, code: 'PROVIDER_LINE_DOWN', retryAfter: 60 }, { status: 201, data: aStart() }] });
    TIMING.pollMs = [77];
    const polls = holdTimers(77);
    // The next poll begins when the one before has its answer, or has found that it is too early to ask.
    const aRoundIsOver = async (): Promise<void> => {
      const { begun } = polls;
      await waitUntil(() => (polls.end(), polls.begun > begun), 'a round is over', PATIENCE);
    };
    const buyer = await (await Buyer.arrives(world)).pays();
    while ((await world.calls('pay')).length < 3) await aRoundIsOver();
    const [, second, third] = await world.calls('pay');
    expect((third?.at ?? 0) - (second?.at ?? 0)).to.be.at.least(1_000);
    // In the first the last answer may still come; after the second, and after a return, it would have been asked again.
    await aRoundIsOver();
    await aRoundIsOver();
    dispatchEvent(new Event('focus'));
    await aRoundIsOver();
    expect(await world.calls('pay')).to.have.length(3);
    // Pressed while the last answer is still on its way, it says no more than that; while it looks, there is nothing to press.
    await waitUntil(async () => {
      if (buyer.has('[part=done]')) await buyer.presses('[part=done]');
      return (await world.calls('pay')).length > 3;
    }, 'the buyer is heard', PATIENCE);
    await buyer.sees('waiting');
    expect((await keysOf(world)).size).to.equal(1);
  });

  for (const [code, status] of [['RATE_LIMIT', 429], ['PROVIDER_LINE_DOWN', 503]] as const) {
    it(`a start refused for now (${code}) keeps its key when asked again, and another number gets another`, async () => {
      const refused = { status, code };
      const world = await (await aWaitingWorld()).says({ pay: [refused, refused, { status: 201, data: aStart() }] });
      const buyer = await (await Buyer.arrives(world)).pays();
      await buyer.sees('details');
      await buyer.presses('[part=submit]');
      await world.heard('pay', 2);
      await buyer.sees('details');
      expect((await keysOf(world)).size).to.equal(1);
      await buyer.types('#phone', '0772 654 321');
      await buyer.presses('[part=submit]');
      await buyer.sees('waiting');
      expect((await keysOf(world)).size).to.equal(2);
    });
  }

  it('a start refused for now and then for good gets another key: its own would bring back that refusal', async () => {
    const world = await (await aWaitingWorld()).says({ pay: [{ status: 429, code: 'RATE_LIMIT' }, { status: 400, code: 'PROVIDER_ERROR' }, { status: 201, data: aStart() }] });
    const buyer = await (await Buyer.arrives(world)).pays();
    for (const time of [1, 2]) {
      await world.heard('pay', time);
      await buyer.sees('details');
      await buyer.presses('[part=submit]');
    }
    await buyer.sees('waiting');
    const [first, second, third] = (await world.calls('pay')).map(({ key }) => key);
    expect(second).to.equal(first);
    expect(third).not.to.equal(first);
  });

  it('a start whose page went away is replayed by the next page', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const first = await (await Buyer.arrives(world)).pays();
    const [lost] = await world.heard('pay');
    const record = localStorage.getItem(`malipo:${world.server}:book`) ?? '';
    first.element.remove();
    await world.releases();
    await first.sees('waiting');
    await world.says({ pay: { status: 201, data: aStart() } });
    // As the page that never saw the answer left it.
    localStorage.setItem(`malipo:${world.server}:book`, record);
    const buyer = await Buyer.arrives(world);
    await buyer.sees('waiting');
    expect((await buyer.hears('pay-pending')).detail.reference).to.equal('dgw_first');
    const again = (await world.calls('pay')).at(-1);
    expect(again?.key).to.equal(lost?.key);
    expect(again?.body).to.deep.equal(lost?.body);
  });

  it('a start goes on when the element is removed, and its reference is kept', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const gone = await (await Buyer.arrives(world)).pays();
    await world.heard('pay');
    gone.element.remove();
    await world.says({ pay: { status: 201, data: aStart() } });
    await world.releases();
    const buyer = await Buyer.arrives(world);
    await buyer.sees('waiting');
    expect((await keysOf(world)).size).to.equal(1);
    await gone.sees('waiting');
    expect(stored(world)).to.include({ reference: 'dgw_first' });
  });

  it('a start goes on when the button shows another item, and is kept under its own', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await world.heard('pay');
    buyer.element.item = 'another';
    await buyer.sees('details');
    await world.says({ pay: { status: 201, data: aStart() } });
    await world.releases();
    buyer.element.close();
    buyer.element.item = 'book';
    await buyer.sees('waiting');
    await buyer.hears('pay-pending');
    expect((await keysOf(world)).size).to.equal(1);
  });

  it('an old start without an answer is replayed only when the buyer asks', async () => {
    const world = await aWaitingWorld();
    const attempt = { key: 'k'.repeat(20), body: { phone_number: '256772123456' }, started_at: Date.now() - TIMING.replayMs - 1_000 };
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify(attempt));
    const buyer = await (await Buyer.arrives(world)).opens();
    await buyer.sees('unknown');
    expect(buyer.buttonText).to.equal('Check your payment');
    expect(await world.calls('pay')).to.have.length(0);
    await buyer.presses('[part=done]');
    await buyer.sees('waiting');
    expect(await keysOf(world)).to.deep.equal(new Set([attempt.key]));
  });

  it('a start that hangs is not cut off, but said to be unknown', async () => {
    TIMING.startMs = 20;
    const world = await (await aWaitingWorld()).says({ pay: { isHeld: true, status: 201, data: aStart() } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    await world.releases();
    await buyer.sees('waiting');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a start that hangs is made again when the buyer asks, and what comes late of it brings nothing back', async () => {
    TIMING.startMs = 20;
    const world = await (await aWaitingWorld()).says({ pay: [{ isHeld: true, status: 201, data: aStart() }, { status: 201, data: aStart() }] });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    await buyer.presses('[part=done]');
    await buyer.sees('waiting');
    expect((await keysOf(world)).size).to.equal(1);
    await world.comesTo(aStatus({ status: 'completed' }));
    await buyer.sees('succeeded');
    await world.releases();
    await aMoment();
    expect(stored(world)).to.equal(null);
  });

  it('what comes late of a start that hung does not take the place of the payment that was made since', async () => {
    TIMING.startMs = 20;
    const second = aStatus({ reference: 'dgw_second' });
    const world = await (await aWaitingWorld()).says({ pay: [{ isHeld: true, status: 201, data: aStart() }, { status: 201, data: aStart() }, { status: 201, data: aStart({ reference: 'dgw_second' }) }] });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    await buyer.presses('[part=done]');
    await buyer.sees('waiting');
    await world.comesTo(aStatus({ status: 'failed', failure_code: 'declined' }));
    await buyer.sees('failed');
    await buyer.presses('[part=done]');
    await buyer.sees('details');
    await world.says({ status: { data: second }, stream: { data: second } });
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect(JSON.stringify(stored(world))).to.contain('dgw_second');
    await world.releases();
    await aMoment();
    expect(JSON.stringify(stored(world))).to.contain('dgw_second');
  });

  it('a lost start is not replayed by itself any more once its time is over', async () => {
    Object.assign(TIMING, { pollMs: [60_000_000], replayMs: 700 });
    const world = await (await aWaitingWorld()).says({ pay: { status: 500, code: 'DB_ERROR' } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    await world.heard('pay', 2);
    await aMoment();
    expect(await world.calls('pay')).to.have.length(2);
  });

  it('a failed payment is tried again with a new key', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { data: aStatus({ status: 'failed', failure_code: 'declined' }) }, status: { data: aStatus({ status: 'failed', failure_code: 'declined' }) } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('failed');
    expect(stored(world)).to.equal(null);
    await world.says({ pay: { status: 201, data: aStart({ reference: 'dgw_second' }) }, stream: { data: aStatus({ reference: 'dgw_second', status: 'completed' }) } });
    await buyer.presses('[part=done]');
    await buyer.sees('details');
    await buyer.presses('[part=submit]');
    await buyer.sees('succeeded');
    expect((await keysOf(world)).size).to.equal(2);
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending', 'pay-failure', 'pay-start', 'pay-pending', 'pay-success']);
    expect(buyer.events('pay-success')[0]?.detail.reference).to.equal('dgw_second');
  });

  it('a late success is found before the buyer pays a second time', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { data: aStatus({ status: 'expired', failure_code: 'expired' }) }, status: { data: aStatus({ status: 'completed' }) } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('expired');
    buyer.find('[part=done]').click();
    buyer.element.check();
    await buyer.sees('succeeded');
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending', 'pay-expire', 'pay-success']);
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('who closes the panel while a late success is looked for is not sold it a second time', async () => {
    const { world, buyer } = await anExpiredPayment();
    await world.says({ status: { isHeld: true, data: aStatus({ status: 'completed' }) } });
    buyer.find('[part=done]').click();
    await world.heard('status');
    buyer.element.close();
    await world.releases();
    await buyer.hears('pay-success');
    await buyer.settles();
    expect([buyer.element.value, buyer.buttonText]).to.deep.equal(['dgw_first', 'Paid']);
  });

  it('while nobody answers whether a late success has come, nothing is sold, also with the panel opened again', async () => {
    const { world, buyer } = await anExpiredPayment();
    await world.says({ status: { status: 503, code: 'UNAVAILABLE' } });
    await buyer.presses('[part=done]');
    await buyer.sees('offline');
    expect(buyer.panelText).to.contain('cannot be reached').and.to.contain('dgw_first');
    buyer.element.close();
    await world.says({ status: { data: aStatus({ status: 'completed' }) } });
    await buyer.opens();
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });

  it('a payment that has ended, and that its server does not know any more, keeps nobody from paying', async () => {
    const { world, buyer } = await anExpiredPayment();
    await world.says({ status: { status: 404, code: 'NOT_FOUND' } });
    await buyer.presses('[part=done]');
    await buyer.sees('details');
  });

  it('an answer about the payment before does not take the place of what is known of this one', async () => {
    const { world, buyer } = await anExpiredPayment();
    const second = aStatus({ reference: 'dgw_second', status: 'completed' });
    await world.says({ status: [{ isHeld: true, data: aStatus({ status: 'failed' }) }, { data: second }], stream: { data: second } });
    buyer.find('[part=done]').click();
    await world.heard('status');
    anotherTabWrites(world, 'dgw_second');
    await buyer.sees('succeeded');
    await world.releases();
    await aMoment();
    expect(buyer.element.value).to.equal('dgw_second');
    expect(buyer.events('pay-failure')).to.deep.equal([]);
  });

  it('a second button for the same item takes up the payment instead of starting another', async () => {
    const world = await aWaitingWorld();
    const second = await (await Buyer.arrives(world)).comesToTheForm();
    const first = await Buyer.arrives(world);
    await first.pays();
    await first.sees('waiting');
    await second.types('#phone', '0772999999');
    await second.presses('[part=submit]');
    await second.sees('waiting');
    expect(await world.calls('pay')).to.have.length(1);
    expect(first.panelText).to.contain('Sent to +256 77• ••• 456');
    expect(second.panelText, 'the number typed here is not asked').not.to.contain('Sent to');
  });

  it('a start that another button has had answered leaves nothing behind when its own answer comes', async () => {
    const world = await (await aWaitingWorld()).says({ pay: [{ isHeld: true, status: 201, data: aStart() }, { status: 201, data: aStart() }] });
    const first = await (await Buyer.arrives(world)).pays();
    await world.heard('pay');
    const second = await Buyer.arrives(world);
    await second.sees('waiting');
    await first.sees('waiting');
    await world.comesTo(aStatus({ status: 'completed' }));
    await first.sees('succeeded');
    await second.sees('succeeded');
    await world.releases();
    await aMoment();
    expect(stored(world)).to.equal(null);
  });

  it('another tab’s payment shows here at once', async () => {
    const world = await aWaitingWorld();
    const buyer = await (await Buyer.arrives(world)).comesToTheForm();
    anotherTabWrites(world, 'dgw_first');
    await buyer.sees('waiting');
    await buyer.hears('pay-pending');
    await world.comesTo(aStatus({ status: 'completed' }));
    await buyer.sees('succeeded');
  });

  it('a start that another tab has given up for the next is not made here beside that one', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { status: 503, code: 'PROVIDER_LINE_DOWN' } });
    const attemptWith = (key: string, phone: string): string => JSON.stringify({ key, body: { method: 'mobile_money', phone_number: phone }, started_at: Date.now() });
    const place = `malipo:${world.server}:book`;
    localStorage.setItem(place, attemptWith('first'.repeat(4), '256772123456'));
    const buyer = await Buyer.arrives(world);
    await world.heard('pay', 2);
    // Refused for now, the first is the other tab's no more: it pays from another network.
    localStorage.setItem(place, attemptWith('second'.repeat(4), '256701234567'));
    await waitUntil(async () => (await world.calls('pay')).at(-1)?.key === 'second'.repeat(4), 'the next is taken up', PATIENCE);
    const { length } = await world.calls('pay');
    await world.says({ pay: { status: 201, data: aStart() } });
    await buyer.sees('waiting');
    expect((await world.calls('pay')).slice(length).map(({ key }) => key)).not.to.include('first'.repeat(4));
  });

  it('works where storage is blocked, as long as the page lives', async () => {
    const setItem = Storage.prototype.setItem;
    Storage.prototype.setItem = () => {
      throw new DOMException('blocked', 'SecurityError');
    };
    try {
      const world = await (await aWaitingWorld()).says({ pay: [{ isCut: true }, { status: 201, data: aStart() }] });
      const first = await (await Buyer.arrives(world)).pays();
      await first.sees('waiting');
      expect((await keysOf(world)).size).to.equal(1);
      first.element.remove();
      const buyer = await Buyer.arrives(world);
      await buyer.sees('waiting');
      await world.comesTo(aStatus({ status: 'completed' }));
      await buyer.sees('succeeded');
    } finally {
      Storage.prototype.setItem = setItem;
    }
  });

  it('works where storage takes the request and not the answer, being full', async () => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, value) {
      if (value.includes('reference')) throw new DOMException('full', 'QuotaExceededError');
      setItem.call(this, name, value);
    };
    try {
      const world = await aCardWorld();
      const buyer = await (await Buyer.arrives(world)).comesToTheCard();
      await buyer.presses('[part=submit]');
      await world.heard('card');
      await world.comesTo(aStatus({ status: 'completed' }));
      await buyer.sees('succeeded');
      expect(stored(world)).to.equal(null);
    } finally {
      Storage.prototype.setItem = setItem;
    }
  });

  it('works on plain http, where there is no randomUUID', async () => {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    try {
      const world = await aWaitingWorld();
      await (await Buyer.arrives(world)).pays();
      const [call] = await world.heard('pay');
      expect(call?.key).to.match(/^[\d-]{20,}$/);
    } finally {
      delete (crypto as { randomUUID?: unknown }).randomUUID;
    }
  });
});
