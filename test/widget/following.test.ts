import { expect, waitUntil } from '@open-wc/testing';
import { TIMING } from '../../widget/src/timing.ts';
import { browserSays, holdTimers } from './support/browser.ts';
import { Buyer } from './support/buyer.ts';
import { anItem, aStart, aStatus, aWaitingWorld, PATIENCE, type World } from './support/world.ts';

const done = aStatus({ status: 'completed' });

async function waiting(world: World): Promise<Buyer> {
  const buyer = await (await Buyer.arrives(world)).pays();
  return buyer.sees('waiting');
}

describe('following a payment', () => {
  it('the stream brings the success, and nobody polls meanwhile', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    await world.sends(done);
    await buyer.sees('succeeded');
    expect(await world.calls('status')).to.have.length(0);
    await waitUntil(async () => (await world.openStreams()) === 0, 'the stream is closed', PATIENCE);
    expect(await world.calls('stream'), 'and not opened again').to.have.length(1);
  });

  it('a refused stream is replaced by polling', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { status: 404, code: 'NOT_FOUND' } });
    const buyer = await waiting(world);
    const asked = await world.heard('status', 2);
    expect(asked.map(({ isFresh }) => isFresh), 'no provider is asked in a loop').not.to.include(true);
    await world.says({ status: { data: done } });
    await buyer.sees('succeeded');
    const polls = (await world.calls('status')).length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await world.calls('status')).length, 'polling ends with the payment').to.equal(polls);
  });

  it('a stream that never opens is replaced by polling, and takes over when it does', async () => {
    TIMING.streamOpenMs = 30;
    const world = await (await aWaitingWorld()).says({ stream: { isHeld: true, data: aStatus() } });
    const buyer = await waiting(world);
    await world.heard('status', 1);
    await world.releases();
    await waitUntil(async () => (await world.openStreams()) === 1, 'the stream opens', PATIENCE);
    const polls = async (): Promise<number> => (await world.calls('status')).length;
    await waitUntil(async () => {
      const before = await polls();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return (await polls()) === before;
    }, 'nobody polls any more', PATIENCE);
    await world.sends(done);
    await buyer.sees('succeeded');
  });

  it('a restarting server is no end: the browser reconnects', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    await world.hangsUp();
    await world.heard('stream', 2);
    expect(buyer.element.state).to.equal('waiting');
    await world.comesTo(done);
    await buyer.sees('succeeded');
  });

  it('a stream that breaks again and again is replaced by polling, however soon the browser tries anew', async () => {
    TIMING.streamOpenMs = 1_000;
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    // From now on it comes no further, and every 50 ms the browser finds that anew.
    await world.says({ stream: { isCut: true }, status: { data: done } });
    await world.hangsUp();
    await buyer.sees('succeeded');
  });

  it('silence on an open stream is not trusted, a heartbeat is', async () => {
    const silences = holdTimers((TIMING.silenceMs = 1_234_567));
    const isSilent = (times: number): boolean => silences.begun === times;
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await waitUntil(() => isSilent(2), 'it has opened, and said how things stand', PATIENCE);
    await world.beats();
    await waitUntil(() => isSilent(3), 'the beat is heard, and the silence begins anew', PATIENCE);
    expect(await world.calls('status'), 'heard beating').to.have.length(0);
    await world.says({ status: { data: done } });
    silences.end();
    await buyer.sees('succeeded');
  });

  for (const event of ['pageshow', 'focus', 'online'] as const) {
    it(`on ${event} the status is asked for first, then the stream is opened again`, async () => {
      const world = await aWaitingWorld();
      const buyer = await waiting(world);
      await world.heard('stream');
      dispatchEvent(new Event(event));
      dispatchEvent(new Event('focus'));
      const [, stream] = await world.heard('stream', 2);
      const [status, ...more] = await world.calls('status');
      expect(more, 'one question for all events of a return').to.have.length(0);
      expect(status?.at).to.be.at.most(stream?.at ?? 0);
      expect([status?.isFresh, stream?.isFresh], 'who comes back hears at once what is known, and then what the provider says').to.deep.equal([false, true]);
      await waitUntil(async () => (await world.openStreams()) === 1, 'the old stream is closed', PATIENCE);
      await world.says({ status: { data: done } });
      dispatchEvent(new Event(event));
      await buyer.sees('succeeded');
    });
  }

  it('a hidden page holds no stream, and a return finds what happened meanwhile', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    browserSays({ hidden: true });
    await waitUntil(async () => (await world.openStreams()) === 0, 'the stream is closed', PATIENCE);
    await world.says({ status: { data: done } });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await world.calls('status')).to.have.length(0);
    browserSays({ hidden: false });
    await buyer.sees('succeeded');
  });

  it('off line is said, and on line again the success comes by itself', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    browserSays({ onLine: false });
    await buyer.sees('offline');
    expect(buyer.title).to.equal('You are offline');
    expect(buyer.panelText).to.contain('Your payment is saved').and.contain('Check your payment');
    await expect(buyer.element).to.be.accessible();
    await world.says({ status: { data: done } });
    browserSays({ onLine: true });
    await buyer.sees('succeeded');
    expect(buyer.told).to.deep.equal(['pay-open', 'pay-start', 'pay-pending', 'pay-success']);
  });

  it('a snapshot that was on its way before does not take back that the buyer is off line, news do', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    browserSays({ onLine: false });
    await buyer.sees('offline');
    await world.sends(aStatus({ amount: 26_000 }));
    await waitUntil(() => buyer.panelText.includes('UGX 26,000'), 'the snapshot is read', PATIENCE);
    expect(buyer.element.state).to.equal('offline');
    await world.sends(done);
    await buyer.sees('succeeded');
  });

  it('who is on line again and finds nobody is not called off line any more', async () => {
    // No snapshot is on its way, and no poll: either could come late and say that all is well.
    const world = await (await aWaitingWorld()).says({ stream: { isHeld: true } });
    const buyer = await waiting(world);
    browserSays({ onLine: false });
    await buyer.sees('offline');
    await world.says({ status: { isCut: true }, stream: { isCut: true } });
    TIMING.streamOpenMs = 30;
    browserSays({ onLine: true });
    await buyer.sees('unknown');
    await world.says({ status: { data: done } });
    await buyer.sees('succeeded');
  });

  it('who is on line again with a start that was lost is not called off line any more', async () => {
    const world = await (await aWaitingWorld()).says({ pay: { isCut: true } });
    Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('offline');
    browserSays({ onLine: true });
    await buyer.sees('unknown');
    await world.says({ pay: { status: 201, data: aStart() } });
    await buyer.sees('waiting');
  });

  it('before paying, what is said follows the network, and on line again the form comes by itself', async () => {
    const world = await (await aWaitingWorld()).says({ item: { isCut: true } });
    const buyer = await (await Buyer.arrives(world)).opens();
    await buyer.sees('offline');
    expect(buyer.title, 'the error came before the browser knew').to.equal('Not available');
    browserSays({ onLine: false });
    await buyer.settles();
    expect(buyer.title).to.equal('You are offline');
    await world.says({ item: { data: anItem() } });
    browserSays({ onLine: true });
    await buyer.sees('details');
  });

  it('a shop that was out of reach says nothing of that in the form that comes after all', async () => {
    const world = await (await aWaitingWorld()).says({ item: { isCut: true } });
    const buyer = await (await Buyer.arrives(world)).opens();
    await buyer.sees('offline');
    buyer.element.close();
    await world.says({ item: { data: anItem() } });
    await buyer.comesToTheForm();
    expect(buyer.descriptionOf('[part=submit]')).to.equal('');
  });

  it('an unanswered question is no end, neither is an error of the server', async () => {
    const world = await (await aWaitingWorld()).says({ stream: { status: 503, code: 'UNAVAILABLE' }, status: [{ isCut: true }, { status: 500, code: 'DB_ERROR' }, { data: done }] });
    const buyer = await waiting(world);
    await buyer.sees('succeeded');
    expect(buyer.events('pay-statechange').map(({ detail }) => detail.state)).not.to.include('failed');
  });

  it('check now finds the success, and an unreachable server is unknown, not failed', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.says({ status: { isCut: true } });
    await buyer.presses('[part=check]');
    await buyer.sees('unknown');
    expect(buyer.panelText).to.contain('dgw_first');
    await world.says({ status: { data: done } });
    await buyer.presses('[part=done]');
    await buyer.sees('succeeded');
  });

  it('at the deadline the server is asked once more; unreachable, the payment is unknown', async () => {
    const soon = new Date(Date.now() + 400).toISOString();
    const world = await aWaitingWorld();
    await world.says({ pay: { status: 201, data: aStart({ expires_at: soon }) }, status: { isCut: true } });
    const buyer = await (await Buyer.arrives(world)).pays();
    await buyer.sees('unknown');
    expect(buyer.events('pay-statechange').map(({ detail }) => detail.state)).to.include('waiting');
    expect(buyer.events('pay-failure', 'pay-expire')).to.deep.equal([]);
    await world.says({ status: { data: aStatus({ status: 'expired', failure_code: 'expired' }) } });
    await buyer.sees('expired');
    await buyer.hears('pay-expire');
  });

  it('a payment its server still calls pending after the deadline goes on waiting', async () => {
    const world = await aWaitingWorld();
    const overdue = aStatus({ expires_at: new Date(Date.now() - 1_000).toISOString() });
    await world.says({ pay: { status: 201, data: aStart(overdue) }, stream: { data: overdue }, status: { data: overdue } });
    const buyer = await waiting(world);
    await world.heard('status', 2);
    expect(buyer.element.state).to.equal('waiting');
    expect(buyer.has('[role=timer]')).to.equal(false);
    await world.says({ status: { data: done } });
    await buyer.sees('succeeded');
  });

  it('two buttons of a page hold one stream, and both hear of it', async () => {
    const world = await aWaitingWorld();
    const first = await waiting(world);
    await world.heard('stream');
    const second = await Buyer.arrives(world);
    await second.sees('waiting');
    await world.heard('status', 2);
    expect(await world.openStreams()).to.equal(1);
    await world.comesTo(done);
    await first.sees('succeeded');
    await second.sees('succeeded');
  });
});

describe('coming back', () => {
  it('a reload is back in the wait, tells it with the panel closed, and opens on the wait', async () => {
    const world = await aWaitingWorld();
    (await waiting(world)).element.remove();
    const buyer = await Buyer.arrives(world);
    expect(buyer.element.state).to.equal('waiting');
    expect(buyer.buttonText).to.contain('Waiting');
    expect((await buyer.hears('pay-pending')).detail).to.deep.equal({ reference: 'dgw_first', status: 'pending', amount: 25_000, currency: 'UGX' });
    await buyer.opens();
    expect(buyer.title).to.equal('Check your phone');
    expect(buyer.panelText).to.contain('UGX 25,000').and.not.contain('Sent to');
    await expect(buyer.element).to.be.accessible();
    buyer.element.close();
    await world.comesTo(done);
    expect((await buyer.hears('pay-success')).detail.reference).to.equal('dgw_first');
    expect(buyer.buttonText).to.equal('Paid');
    expect(localStorage).to.have.length(0);
  });

  it('while the page is being read, nothing of a resumed payment is asked or told: its scripts do not listen yet', async () => {
    const world = await (await aWaitingWorld()).says({ status: { data: done } });
    localStorage.setItem(`malipo:${world.server}:book`, JSON.stringify({ reference: 'dgw_first', expires_at: '', started_at: 1 }));
    Object.defineProperty(document, 'readyState', { value: 'loading', configurable: true });
    try {
      const buyer = await Buyer.arrives(world);
      dispatchEvent(new Event('focus'));
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(buyer.buttonText).to.contain('Waiting');
      expect([...(await world.calls('status')), ...(await world.calls('stream'))]).to.deep.equal([]);
      expect(buyer.told).to.deep.equal([]);
      document.dispatchEvent(new Event('DOMContentLoaded'));
      await buyer.hears('pay-success');
    } finally {
      delete (document as { readyState?: unknown }).readyState;
    }
  });

  it('what ended while the page was away is told on return', async () => {
    const world = await aWaitingWorld();
    const away = await waiting(world);
    await world.heard('stream');
    away.element.remove();
    await world.says({ status: { data: aStatus({ status: 'failed', failure_code: 'declined' }) } });
    const buyer = await Buyer.arrives(world);
    await buyer.sees('failed');
    expect(buyer.told).to.deep.equal(['pay-failure']);
    expect(await world.calls('stream')).to.have.length(1);
  });

  it('a reference the server does not know is forgotten, and the button sells again', async () => {
    const world = await aWaitingWorld();
    (await waiting(world)).element.remove();
    await world.says({ status: { status: 404, code: 'NOT_FOUND' } });
    const buyer = await Buyer.arrives(world);
    await buyer.sees('idle');
    expect(localStorage).to.have.length(0);
    await buyer.comesToTheForm();
  });

  it('a moved element goes on where it was', async () => {
    const world = await aWaitingWorld();
    const buyer = await waiting(world);
    await world.heard('stream');
    const elsewhere = document.createElement('div');
    buyer.element.parentElement?.append(elsewhere);
    elsewhere.append(buyer.element);
    expect(buyer.element.state).to.equal('waiting');
    await world.heard('stream', 2);
    await world.comesTo(done);
    await buyer.sees('succeeded');
    expect(await world.calls('pay')).to.have.length(1);
  });
});
