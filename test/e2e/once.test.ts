import { expect, test } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { NETWORK_TROUBLE, NEVER_MS, openShop } from './support/shop.ts';

const shop = openShop({ approvalMs: NEVER_MS });

/** Holds the start requests back until they are let go. */
async function onASlowLine(buyer: Buyer): Promise<{ letGo(): void }> {
  const line = Promise.withResolvers<void>();
  await buyer.context.route('**/pay', async (route) => {
    await line.promise;
    await route.continue();
  });
  return { letGo: () => line.resolve() };
}

async function expectOnePayment(buyer: Buyer, phone: string): Promise<void> {
  const reference = await buyer.seesWaiting();
  expect(buyer.starts).toHaveLength(1);
  expect((await shop.backOffice.prompts(phone)).map((prompt) => prompt.reference)).toEqual([reference]);
}

test('a double click pays once', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 456');
  await buyer.submitButton.dblclick();
  await expectOnePayment(buyer, '256772123456');
});

test('a double click on a slow line pays once', async () => {
  const buyer = await shop.buyer();
  const line = await onASlowLine(buyer);
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 457');
  await buyer.submitButton.dblclick();
  line.letGo();
  await expectOnePayment(buyer, '256772123457');
});

test('Enter and a click together pay once', async () => {
  const buyer = await shop.buyer();
  const line = await onASlowLine(buyer);
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 458');
  const { x, y, width, height } = (await buyer.submitButton.boundingBox())!;
  await Promise.all([buyer.phoneField.press('Enter'), buyer.page.mouse.click(x + width / 2, y + height / 2)]);
  line.letGo();
  await expectOnePayment(buyer, '256772123458');
});

test('closing and opening the dialog while the start is on its way pays once', async () => {
  const buyer = await shop.buyer();
  const line = await onASlowLine(buyer);
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 459');
  await buyer.pay();
  await buyer.closeDialog();
  await buyer.openPayButton();
  line.letGo();
  await expectOnePayment(buyer, '256772123459');
});

test('when the answer to the start is lost, the buyer who comes back replays the same key', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  await buyer.context.route('**/pay', async (route) => {
    await route.fetch(); // The server has the payment …
    await route.abort('connectionreset'); // … and the buyer does not know.
  });
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 460');
  await buyer.pay();
  await buyer.seesTitle('We do not know yet');
  const [prompt] = await shop.backOffice.prompts('256772123460');

  await buyer.context.unrouteAll({ behavior: 'wait' });
  await buyer.reload();
  await buyer.seesOnButton(/Waiting/);
  expect((await buyer.hears('pay-pending')).detail.reference).toBe(prompt!.reference);
  await shop.backOffice.approveElsewhere(prompt!.reference);
  expect((await buyer.hears('pay-success')).detail.reference).toBe(prompt!.reference);

  expect(new Set(buyer.startKeys()).size).toBe(1);
  expect(await shop.backOffice.prompts('256772123460')).toHaveLength(1);
});

test('when the answer to the start is lost, a buyer who stays sees the payment go on', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  await buyer.context.route('**/pay', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 461');
  await buyer.pay();
  const reference = await buyer.seesWaiting();
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  expect(new Set(buyer.startKeys()).size).toBe(1);
  expect(await shop.backOffice.prompts('256772123461')).toHaveLength(1);
});
