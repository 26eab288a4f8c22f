import { expect, fixture, html, waitUntil } from '@open-wc/testing';
import { Buyer } from './support/buyer.ts';
import { aCardWorld, PATIENCE, type World } from './support/world.ts';

/** A buyer at a button in a small box of the page that has this style. */
async function aBuyerIn(world: World, style: string): Promise<Buyer> {
  const buyer = await Buyer.arrives(world);
  const box = await fixture<HTMLElement>(html`<div></div>`);
  box.style.cssText = `${style}; width: 300px; height: 200px; overflow: hidden`;
  box.append(buyer.element);
  return buyer;
}

/** The same buyer with the card form before them. */
async function atTheCardIn(world: World, style: string): Promise<Buyer> {
  return (await aBuyerIn(world, style)).comesToTheCard();
}

/** What lies at the middle of the dialog, and at the window's corner. */
function seen(buyer: Buyer): { panel: Element | null; corner: Element | null } {
  const { left, top, width, height } = buyer.dialog.getBoundingClientRect();
  return { panel: document.elementFromPoint(left + width / 2, top + height / 2), corner: document.elementFromPoint(1, innerHeight - 2) };
}

/** It is wider than the box, and in the middle of the window. */
function expectFree(buyer: Buyer): void {
  const { width, left, right } = buyer.dialog.getBoundingClientRect();
  expect(width).to.be.greaterThan(300);
  expect(Math.abs(left - (innerWidth - right)), 'it stands in the middle').to.be.at.most(20);
}

describe('the card dialog, not modal', () => {
  for (const style of ['transform: translateY(40px)', 'filter: grayscale(0)', 'contain: paint', 'perspective: 500px', 'will-change: transform']) {
    it(`is not held by an ancestor with ${style}, and covers the page`, async () => {
      const buyer = await atTheCardIn(await aCardWorld(), style);
      expect(buyer.dialog.matches(':modal')).to.equal(false);
      expectFree(buyer);
      expect(seen(buyer)).to.deep.equal({ panel: buyer.element, corner: buyer.element });
      await expect(buyer.element).to.be.accessible();
    });
  }

  it('takes the focus from nothing when it is lifted', async () => {
    const world = await (await aCardWorld()).says({ card: [{ isHeld: true, data: { result: 'card_declined' } }] });
    const buyer = await atTheCardIn(world, 'transform: translateY(40px)');
    const isAtClose = (): boolean => buyer.element.shadowRoot?.activeElement?.matches('[part~=close]') ?? false;
    expect([buyer.dialog.matches(':popover-open'), isAtClose()]).to.deep.equal([true, false]);
    await buyer.presses('[part=submit]');
    await world.heard('card');
    await world.releases();
    await waitUntil(() => buyer.panelText.includes('The bank declined the card.'), 'it is said', PATIENCE);
    expect([buyer.dialog.matches(':popover-open'), isAtClose()]).to.deep.equal([true, false]);
  });

  it('puts the focus on its title where it is lifted late, over a payment that is taken up again', async () => {
    const world = await aCardWorld();
    (await (await Buyer.arrives(world)).comesToTheCard()).element.remove();
    const buyer = await (await aBuyerIn(world, 'transform: translateY(40px)')).sees('card');
    await buyer.opens();
    await waitUntil(() => buyer.has('.cards'), 'the form is here', PATIENCE);
    await buyer.settles();
    expect([buyer.dialog.matches(':popover-open'), buyer.hasFocus('#title')]).to.deep.equal([true, true]);
  });

  it('leaves room above itself while a bank may ask, comes back for the next card, and gives way to the wait', async () => {
    const world = await (await aCardWorld()).says({ card: [{ isHeld: true, data: { result: 'card_declined' } }, { data: { result: 'succeeded' } }] });
    const buyer = await atTheCardIn(world, 'transform: translateY(40px)');
    const isOnTop = (): boolean => buyer.dialog.matches(':popover-open');
    expect(isOnTop()).to.equal(true);
    await buyer.presses('[part=submit]');
    await world.heard('card');
    expect(isOnTop()).to.equal(false);
    await world.releases();
    await waitUntil(() => buyer.panelText.includes('The bank declined the card.'), 'it is said', PATIENCE);
    expect(isOnTop()).to.equal(true);
    expectFree(buyer);
    await buyer.presses('[part=submit]');
    await buyer.sees('waiting');
    expect([isOnTop(), buyer.dialog.matches(':modal')]).to.deep.equal([false, true]);
    expectFree(buyer);
    buyer.element.close();
    await buyer.element.updateComplete;
    expect(buyer.dialog.open).to.equal(false);
  });

  it('stays out of the top layer where nothing holds it', async () => {
    const buyer = await atTheCardIn(await aCardWorld(), 'opacity: 1');
    expect(buyer.dialog.matches(':popover-open')).to.equal(false);
    expect(seen(buyer)).to.deep.equal({ panel: buyer.element, corner: buyer.element });
  });
});
