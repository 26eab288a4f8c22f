import { expect, test } from 'vitest';
import { NEVER_MS, openShop } from './support/shop.ts';

// The buyer leaves for the phone, because the shop said so; what happens to the page meanwhile is anybody's guess.
const shop = openShop({ approvalMs: NEVER_MS });

test('a reload while waiting is back in the wait without a click, and success is told with the dialog closed', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 456');
  await buyer.reload();
  await buyer.seesOnButton(/Waiting/);
  expect((await buyer.hears('pay-pending')).detail.reference).toBe(reference);

  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesOnButton('Paid');
  expect((await buyer.hears('pay-success')).detail).toMatchObject({ reference, status: 'completed', amount: 25_000 });
  await buyer.openPayButton();
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await buyer.events('pay-success')).toHaveLength(1);
});

test('the reopened dialog shows the wait and then the success', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 457');
  await buyer.reload();
  await buyer.seesOnButton(/Waiting/);
  await buyer.openPayButton();
  expect(await buyer.seesWaiting()).toBe(reference);
  await buyer.sees(/UGX\s25,000/);
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  expect(await buyer.events('pay-success')).toHaveLength(1);
});

test('approval while the page was away is found on the way back', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 458');
  await buyer.page.goto('about:blank');
  await shop.backOffice.approveElsewhere(reference);
  await buyer.visitShop();
  await buyer.seesOnButton('Paid');
  expect((await buyer.hears('pay-success')).detail.reference).toBe(reference);
});

test('a killed tab is taken up by the next one', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 459');
  await buyer.tabIsKilled();
  await buyer.openAnotherTab();
  await buyer.seesOnButton(/Waiting/);
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesOnButton('Paid');
  expect((await buyer.hears('pay-success')).detail.reference).toBe(reference);
});

test('a second tab waits along, cannot pay again, and both hear of the success', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 460');
  const first = buyer.page;
  await buyer.openAnotherTab();
  await buyer.seesOnButton(/Waiting/);
  await buyer.openPayButton();
  expect(await buyer.seesWaiting()).toBe(reference);

  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  buyer.page = first;
  await buyer.page.bringToFront();
  await buyer.seesSuccess();
  expect(buyer.starts).toHaveLength(1);
});

test('a refusal while the page was away is told, and the next try is a new payment', async () => {
  const buyer = await shop.buyer();
  const declined = await buyer.startPaying('0772 123 461');
  await buyer.page.goto('about:blank');
  await shop.backOffice.declineElsewhere(declined);
  await buyer.visitShop();
  expect((await buyer.hears('pay-failure')).detail.reference).toBe(declined);
  await buyer.openPayButton();
  await buyer.sees(/declined on the phone/);
  await buyer.tryAgain();
  await buyer.typePhone('0772 123 461');
  await buyer.pay();
  expect(await buyer.seesWaiting()).not.toBe(declined);
});
