import { expect, test } from 'vitest';
import { NEVER_MS, openShop } from './support/shop.ts';

// Whoever is asked answers by hand, on the sandbox phone beside the shop.
const shop = openShop({ approvalMs: NEVER_MS });

test('a buyer is sent to the phone, and a PIN there pays', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 456');
  expect(await buyer.chosenNetwork()).toBe('MTN MoMo');
  await buyer.pay();
  const reference = await buyer.seesWaiting();
  await buyer.sees('UGX 25,000');
  await buyer.sees(/MTN MoMo asks on your phone/);
  await buyer.phoneShows('Pay UGX 25,000 to Duka la Vitabu?');
  expect((await shop.backOffice.transaction(reference)).status).toBe('pending');
  await buyer.approveOnPhone('1234');
  expect(await buyer.seesSuccess()).toBe(reference);
  expect((await shop.backOffice.transaction(reference)).status).toBe('completed');
});

test('a PIN that is none is refused by the phone, and the payment waits', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 457');
  await buyer.approveOnPhone('12');
  await buyer.phoneShows('Enter 4 or 5 digits.');
  expect((await shop.backOffice.transaction(reference)).status).toBe('pending');
  await buyer.approveOnPhone('12345');
  await buyer.seesSuccess();
});

test('declining on the phone is said in words, and trying again is a new payment', async () => {
  const buyer = await shop.buyer();
  const declined = await buyer.startPaying('0772 123 458');
  await buyer.declineOnPhone();
  await buyer.sees(/declined on the phone/);

  await buyer.tryAgain();
  await buyer.pay();
  const reference = await buyer.seesWaiting();
  expect(reference).not.toBe(declined);
  await buyer.approveOnPhone('1234');
  expect(await buyer.seesSuccess()).toBe(reference);
  expect((await shop.backOffice.transaction(declined)).status).toBe('failed');
  expect(new Set(buyer.startKeys()).size).toBe(2);
});

test('a prompt that is ignored leaves the shop waiting, also when the buyer has it looked up', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 459');
  await buyer.ignorePhone();
  await buyer.phoneShows(/You ignored/);
  await buyer.checkNow();
  await buyer.sees(/Not confirmed yet/);
  await buyer.seesWaiting();
  expect((await shop.backOffice.transaction(reference)).status).toBe('pending');
  expect(await buyer.events('pay-failure')).toEqual([]);
});

test('a closed dialog does not stop the payment', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.startPaying('0772 123 460');
  await buyer.putPhoneDown();
  await buyer.closeDialog();
  await buyer.seesOnButton(/Waiting/);
  await buyer.approveOnPhone('1234');
  await buyer.seesOnButton('Paid');
  expect((await buyer.hears('pay-success')).detail.reference).toBe(reference);
  await buyer.openPayButton();
  expect(await buyer.seesSuccess()).toBe(reference);
});
