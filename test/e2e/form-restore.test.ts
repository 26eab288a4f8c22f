import { expect, test } from 'vitest';
import { type Buyer, EBOOK } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// A browser that restores a form restores the payment in it, by the reference that the form holds and by nothing else:
// these tests throw away what the button keeps itself. (Playwright's Chromium keeps no page in a back/forward cache.)
const shop = openShop({ approvalMs: NEVER_MS });

async function atTheForm(attributes = ''): Promise<Buyer> {
  const site = await serveSite({
    '/order.html': `<!doctype html><html lang="en"><title>Order</title><script type="module" src="${shop.server.url}/pay-button.js"></script>
      <form action="/sent.html"><label>Name on the ticket <input name="ticket_name"></label>
      <pay-button item="${EBOOK}" name="payment" required ${attributes}></pay-button><button>Send</button></form></html>`,
    '/sent.html': '<!doctype html><html lang="en"><title>Sent</title><p>Sent</p></html>',
    '/elsewhere.html': '<!doctype html><html lang="en"><title>Elsewhere</title><p>Elsewhere</p></html>',
  });
  const buyer = await shop.stranger({ homes: [site] });
  await buyer.page.goto(`${site}/order.html`);
  await buyer.page.getByLabel('Name on the ticket').fill('Asha');
  return buyer;
}

/** Away to another page of the site, and back by the browser's own button. */
async function awayAndBack(buyer: Buyer, meanwhile = async (): Promise<void> => undefined): Promise<void> {
  await buyer.page.goto(new URL('/elsewhere.html', buyer.page.url()).href);
  await buyer.page.evaluate(() => localStorage.clear());
  await meanwhile();
  await buyer.page.goBack();
  expect(await buyer.page.getByLabel('Name on the ticket').inputValue()).toBe('Asha');
}

test('a payment that waits is taken up again by the form that the browser restores', async () => {
  const buyer = await atTheForm();
  const reference = await buyer.startPaying('0772 123 456');
  await awayAndBack(buyer);
  await buyer.seesOnButton(/Waiting/);
  await buyer.openPayButton();
  expect(await buyer.seesWaiting()).toBe(reference);
  await shop.backOffice.approveElsewhere(reference);
  await buyer.seesSuccess();
  expect(await buyer.page.locator('form').evaluate((form) => new FormData(form as HTMLFormElement).get('payment'))).toBe(reference);
  expect(buyer.starts).toHaveLength(1);
});

test('a payment that was approved meanwhile makes the restored form valid', async () => {
  const buyer = await atTheForm();
  const reference = await buyer.startPaying('0772 123 457');
  await awayAndBack(buyer, () => shop.backOffice.approveElsewhere(reference));
  await buyer.seesOnButton('Paid');
  const form = buyer.page.locator('form');
  expect(await form.evaluate((element) => (element as HTMLFormElement).checkValidity())).toBe(true);
  expect(await form.evaluate((element) => new FormData(element as HTMLFormElement).get('payment'))).toBe(reference);
});

test('a form whose payment was never begun comes back without one', async () => {
  const buyer = await atTheForm();
  await awayAndBack(buyer);
  await buyer.seesOnButton('Pay now');
  expect(await buyer.page.locator('form').evaluate((element) => (element as HTMLFormElement).checkValidity())).toBe(false);
});

test('a form that was sent by itself is not sent again when the buyer comes back to it', async () => {
  const buyer = await atTheForm('submit-on-success');
  const { page } = buyer;
  await shop.backOffice.approveElsewhere(await buyer.startPaying('0772 123 458'));
  await page.waitForURL('**/sent.html?**');
  await page.addInitScript(() => addEventListener('submit', () => { sessionStorage.setItem('again', 'yes'); }));
  await page.goBack();
  await buyer.seesOnButton('Paid');
  expect(await page.evaluate(() => sessionStorage.getItem('again'))).toBe(null);
});
