import { expect, test } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

// An order that only the merchant's own server knows, sold once: on its page by a button, or on a page of Malipo's.
const shop = openShop({ approvalMs: 500 });

interface Session {
  id: number;
  slug: string;
  url: string;
  status: string;
  reference: string | null;
}

async function askAsMerchant(path: string, body?: object): Promise<Session> {
  const answer = await fetch(`${shop.server.url}/v1/checkout/sessions${path}`, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: { 'x-api-key': shop.server.testKey, 'content-type': 'application/json' },
  });
  expect(answer.ok).toBe(true);
  return ((await answer.json()) as { data: Session }).data;
}

function order(more: object = {}): Promise<Session> {
  return askAsMerchant('', { amount: 12_500, currency: 'UGX', description: 'Order 1234: two maps', metadata: { order_id: '1234' }, ...more });
}

async function at(buyer: Buyer, url: string, item: string): Promise<Buyer> {
  buyer.item = item;
  await buyer.page.goto(url);
  await buyer.payButton.waitFor();
  return buyer;
}

test('on the merchant’s page a button sells the order, once', async () => {
  const { id, slug } = await order();
  const site = await serveSite({ '/order.html': `<!doctype html><html lang="en"><title>Your order</title><script type="module" src="${shop.server.url}/pay-button.js"></script><pay-button item="${slug}"></pay-button></html>` });
  const buyer = await at(await shop.stranger({ homes: [site], forgive: /404|not found|NOT_FOUND/i }), `${site}/order.html`, slug);
  await buyer.openPayButton();
  await buyer.sees('Order 1234: two maps');
  await buyer.sees(/UGX\s12,500/);
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  const reference = await buyer.seesSuccess();
  expect(await askAsMerchant(`/${id}`)).toMatchObject({ status: 'completed', reference });
  await buyer.reload();
  await buyer.seesOnButton('Not available');
});

test('Malipo’s own page sells it, knows the buyer’s number, and leads on to the merchant with the reference', async () => {
  const site = await serveSite({ '/thanks.html': '<!doctype html><html lang="en"><title>Thank you</title><h1>Thank you</h1></html>' });
  const { id, slug, url } = await order({ customer: { phone_number: '0772123456' }, success_url: `${site}/thanks.html?from=malipo` });
  const buyer = await at(await shop.stranger({ homes: [site] }), url, slug);
  await buyer.openPayButton();
  expect(await buyer.phoneField.inputValue()).toBe('0772123456');
  await buyer.pay();
  const reference = await buyer.seesSuccess();
  await buyer.page.getByRole('heading', { name: 'Thank you' }).waitFor();
  expect(buyer.page.url()).toBe(`${site}/thanks.html?from=malipo&reference=${reference}`);
  expect(await askAsMerchant(`/${id}`)).toMatchObject({ status: 'completed', reference });
  // Who goes back to what has been paid is told so, and sold nothing.
  await buyer.page.goto(url);
  await buyer.page.getByRole('heading', { name: 'Payment received' }).waitFor();
});

test('two people who open it at once pay once', async () => {
  const { slug, url } = await order();
  const [one, other] = await Promise.all([1, 2].map(async () => at(await shop.stranger(), url, slug))) as [Buyer, Buyer];
  await Promise.all([one, other].map((buyer) => buyer.openPayButton()));
  await one.typePhone('0772 100 004');
  await one.pay();
  const reference = await one.seesWaiting();
  await other.typePhone('0772 123 456');
  await other.pay();
  expect(await other.seesWaiting()).toBe(reference);
  await other.sees(/MTN MoMo asks on another phone for UGX\s12,500/);
});
