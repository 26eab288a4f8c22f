import { expect, test } from 'vitest';
import { EBOOK, LIBRARY_FUND } from './support/buyer.ts';
import { openShop } from './support/shop.ts';

// Subscribers answer by themselves, and at once: what is told here is how it ends, not how it waits.
const shop = openShop({ approvalMs: 300 });

test('a buyer types a number, and the money is in the merchant’s books', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton();
  await buyer.sees('UGX 25,000');
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  const reference = await buyer.seesSuccess();

  const paid = await shop.backOffice.transaction(reference);
  expect(paid).toMatchObject({ status: 'completed', amount: 25_000, currency: 'UGX', phone_number: '256772123456', is_test: true });
  expect(paid.completed_at).not.toBeNull();
  expect(paid.platform_fee).toBeGreaterThanOrEqual(0);
  expect(paid.platform_fee + paid.net_amount).toBe(25_000);
});

test('the page hears every step with its payment, and success once', async () => {
  const buyer = await shop.buyer();
  await buyer.buy('0772 123 457');
  const reference = await buyer.seesSuccess();
  await buyer.closeDialog();
  await buyer.seesOnButton('Paid');

  const events = await buyer.events();
  const told = events.filter(({ type }) => type !== 'pay-statechange').map(({ type }) => type);
  expect(told).toEqual(['pay-open', 'pay-start', 'pay-pending', 'pay-success', 'pay-close']);
  expect((await buyer.hears('pay-start')).detail).toEqual({ reference: '', status: '', amount: 25_000, currency: 'UGX' });
  expect((await buyer.hears('pay-pending')).detail).toEqual({ reference, status: 'pending', amount: 25_000, currency: 'UGX' });
  expect((await buyer.hears('pay-success')).detail).toEqual({ reference, status: 'completed', amount: 25_000, currency: 'UGX' });
  const states = events.filter(({ type }) => type === 'pay-statechange').map(({ detail }) => detail.state);
  expect(states).toEqual(expect.arrayContaining(['details', 'starting', 'waiting', 'succeeded']));
});

test('a buyer who declined is told so, and pays at the second try with a new payment', async () => {
  const buyer = await shop.buyer();
  await buyer.buy('0772 000 003');
  await buyer.seesTitle('The payment did not go through');
  await buyer.sees(/declined on the phone/);
  const declined = await buyer.reference();
  expect((await buyer.hears('pay-failure')).detail).toMatchObject({ reference: declined, status: 'failed' });
  expect((await shop.backOffice.transaction(declined)).status).toBe('failed');

  await buyer.tryAgain();
  await buyer.typePhone('0772 000 001');
  await buyer.pay();
  const paid = await buyer.seesSuccess();
  expect(paid).not.toBe(declined);
  expect((await shop.backOffice.transaction(paid)).status).toBe('completed');
  expect((await shop.backOffice.transaction(declined)).status).toBe('failed');
});

test('a buyer without enough money is told so, and pays from another wallet', async () => {
  const buyer = await shop.buyer();
  await buyer.buy('0772 000 002');
  await buyer.sees(/not enough money in the wallet/);
  expect((await buyer.hears('pay-failure')).detail.status).toBe('failed');

  await buyer.tryAgain();
  await buyer.typePhone('0701 000 001');
  expect(await buyer.chosenNetwork()).toBe('Airtel Money');
  await buyer.pay();
  expect((await shop.backOffice.transaction(await buyer.seesSuccess())).status).toBe('completed');
});

test('callbacks that come twice and in the wrong order are one success', async () => {
  const buyer = await shop.buyer();
  await buyer.buy('0772 000 007');
  const reference = await buyer.seesSuccess();
  expect(await buyer.events('pay-success')).toHaveLength(1);
  expect((await shop.backOffice.transaction(reference)).status).toBe('completed');
});

test('a donor presses a suggested amount', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.chooseAmount('UGX 20,000');
  await buyer.typePhone('0772 123 458');
  await buyer.pay();
  const { amount, currency } = await shop.backOffice.transaction(await buyer.seesSuccess());
  expect({ amount, currency }).toEqual({ amount: 20_000, currency: 'UGX' });
});

test('a donor types an amount of his own', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.typeAmount('7,500');
  await buyer.typePhone('0772 123 459');
  await buyer.pay();
  expect((await shop.backOffice.transaction(await buyer.seesSuccess())).amount).toBe(7_500);
});

test('a buyer in Tanzania corrects the guessed network, pays in shillings and comes to the shop’s thanks', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton('kitabu-tz');
  await buyer.typePhone('0712 345 678');
  expect(await buyer.chosenNetwork()).toBe('Mixx by Yas');
  await buyer.chooseNetwork('M-Pesa');
  await buyer.pay();
  // The shop's thanks come three seconds after the success, whoever is still reading that.
  await buyer.page.waitForURL('**/thanks.html?reference=dgw_*');
  const reference = new URL(buyer.page.url()).searchParams.get('reference')!;
  await buyer.page.getByText(reference).waitFor();
  expect(await shop.backOffice.transaction(reference)).toMatchObject({ status: 'completed', amount: 12_000, currency: 'TZS' });
  expect((await shop.backOffice.prompts('255712345678')).map(({ network }) => network)).toEqual(['vodacom']);
});

test.for([`/pay/${EBOOK}`, '/shop/duka-la-vitabu'])('a page of the server’s own sells without any site: %s', async (path) => {
  const buyer = await shop.stranger();
  await buyer.page.goto(shop.server.url + path);
  await buyer.buy('0772 123 460');
  expect((await shop.backOffice.transaction(await buyer.seesSuccess())).status).toBe('completed');
});
