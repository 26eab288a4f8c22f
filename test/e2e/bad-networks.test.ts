import { expect, test } from 'vitest';
import { NETWORK_TROUBLE, NEVER_MS, openShop } from './support/shop.ts';

const shop = openShop({ approvalMs: NEVER_MS });

test('off line while waiting is said, and back on line the success comes without a click', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  const reference = await buyer.startPaying('0772 123 456');
  await buyer.context.setOffline(true);
  await buyer.seesTitle('You are offline');
  await buyer.sees(/Your payment is saved/);
  await shop.backOffice.approveElsewhere(reference);
  await buyer.context.setOffline(false);
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await buyer.events('pay-success')).toHaveLength(1);
  expect(await buyer.events('pay-failure')).toEqual([]);
});

test('off line before paying is said, and nothing is lost by it', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 457');
  await buyer.context.setOffline(true);
  await buyer.pay();
  await buyer.seesTitle('You are offline');
  await buyer.context.setOffline(false);
  const reference = await buyer.seesWaiting();
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  expect(new Set(buyer.startKeys()).size).toBe(1);
  expect(await shop.backOffice.prompts('256772123457')).toHaveLength(1);
});

test('where no stream comes through, asking again brings the success', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  await buyer.context.route('**/api/store/status/*', async (route) => {
    if (route.request().headers().accept?.includes('text/event-stream')) await route.abort();
    else await route.continue();
  });
  const reference = await buyer.startPaying('0772 123 458');
  await shop.backOffice.approveElsewhere(reference);
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await buyer.events('pay-success')).toHaveLength(1);
});

test('a server that is killed and started again still brings the success', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  const reference = await buyer.startPaying('0772 123 459');
  await shop.server.crash();
  await shop.server.startAgain();
  expect((await shop.backOffice.transaction(reference)).status).toBe('pending');
  await shop.backOffice.approveElsewhere(reference);
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await shop.backOffice.prompts('256772123459')).toHaveLength(1);
});

test('a server that is away for a while is no failed payment', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  const reference = await buyer.startPaying('0772 123 460');
  await buyer.putPhoneDown();
  await shop.server.crash();
  await buyer.checkNow();
  await buyer.seesTitle('We do not know yet');
  await shop.server.startAgain();
  await shop.backOffice.approveElsewhere(reference);
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await buyer.events('pay-failure')).toEqual([]);
});

/** The scripts that came before the button was pressed, the mouse on it and the focus too. */
async function fetchedBeforehand(saves: boolean): Promise<string[]> {
  const buyer = await shop.stranger();
  const saving = await buyer.context.newCDPSession(buyer.page);
  await saving.send('Emulation.setDataSaverOverride', { dataSaverEnabled: saves });
  await buyer.visitShop();
  const scripts: string[] = [];
  buyer.page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
  await buyer.payButton.hover();
  await buyer.payButton.focus();
  // Whatever was asked for until here has been heard of when this has been answered.
  await buyer.page.evaluate(() => fetch(location.href).then((response) => response.text()));
  const beforehand = [...scripts];
  await buyer.openPayButton();
  await buyer.phoneField.waitFor();
  return beforehand;
}

test('the panel comes as soon as somebody may press, but only by the press where data is saved', async () => {
  expect(await fetchedBeforehand(false)).toEqual([expect.stringMatching(/panel\.js$/)]);
  expect(await fetchedBeforehand(true)).toEqual([]);
});
