import { afterAll, expect, test } from 'vitest';
import { audit, prepareAudits } from './support/audit.ts';
import type { Buyer } from './support/buyer.ts';
import { PlayedStripe, STRIPES_ANSWERS, STRIPES_HOMES } from './support/played-stripe.ts';
import { NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';

// Stripe's own form on the merchant's page, from the press to the merchant's books.
const stripe = new PlayedStripe();
const shop = openShop({ approvalMs: NEVER_MS, credentials: () => stripe.credentials() });

afterAll(() => stripe.stop());

async function stranger(options: VisitOptions = {}): Promise<Buyer> {
  stripe.merchant = shop.server.url;
  const buyer = await shop.stranger({ homes: STRIPES_HOMES, forgive: STRIPES_ANSWERS, ...options });
  await stripe.routeIn(buyer.context);
  return buyer;
}

async function aBuyer(options: VisitOptions = {}): Promise<Buyer> {
  return (await stranger(options)).visitShop();
}

test('a card pays in Stripe’s form, and the money is in the merchant’s books', async () => {
  const buyer = await aBuyer();
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await shop.backOffice.transaction(reference)).toMatchObject({ status: 'completed', provider: 'stripe', amount: 25_000, currency: 'UGX' });
  expect(await buyer.page.locator('pay-button [slot=card]').count()).toBe(0);
});

test('a declined card is followed by another, on the same payment', async () => {
  const buyer = await aBuyer();
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4000 0000 0000 0002');
  await buyer.pay();
  await buyer.sees('Your card was declined.');
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(buyer.starts).toHaveLength(1);
});

test.for(['nothing around the button', 'a transform around the button'])('the bank’s question lies above the panel, is answered there, and a no is followed by a yes: %s', async (around) => {
  const buyer = await aBuyer();
  if (around.startsWith('a transform')) await buyer.payButton.evaluate((button) => void ((button.getRootNode() as ShadowRoot).host.parentElement!.style.transform = 'translateY(30px)'));
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.answerStripesBank('Fail');
  await buyer.sees(/could not tell that it was you/);
  await buyer.typeCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.answerStripesBank('Complete');
  expect(await buyer.seesSuccess()).toBe(reference);
});

test.for(['Authorize', 'Fail'] as const)('a bank’s own page comes back to the shop, which asks its server: %s', async (answer) => {
  const buyer = await aBuyer();
  const reference = await buyer.comeToTheCard();
  await buyer.press(buyer.stripeForm.getByRole('button', { name: 'Pay by bank' }));
  await buyer.pay();
  await buyer.press(buyer.page.getByRole('button', { name: `${answer} test payment` }));
  await buyer.page.waitForURL(/redirect_status=/);
  await buyer.payButton.waitFor();
  if (answer === 'Authorize') {
    await buyer.seesOnButton('Paid');
    expect((await buyer.hears('pay-success')).detail.reference).toBe(reference);
  } else {
    await buyer.seesOnButton('Check your payment');
    await buyer.openPayButton();
    await buyer.sees('Nothing was charged.');
    await buyer.typeCard('4242 4242 4242 4242');
    await buyer.pay();
    expect(await buyer.seesSuccess()).toBe(reference);
  }
  expect(new URL(buyer.page.url()).searchParams.has('redirect_status'), 'the page’s address is the site’s').toBe(true);
  expect(new Set(buyer.startKeys()).size).toBe(1);
});

test('an event that never comes is made up for by asking Stripe at once', async () => {
  const buyer = await aBuyer();
  stripe.merchant = '';
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4242 4242 4242 4242');
  const firstLook = buyer.page.waitForResponse((response) => response.url().endsWith('?fresh=true') && response.request().resourceType() === 'fetch');
  await buyer.pay();
  expect(await (await firstLook).json()).toMatchObject({ data: { reference, status: 'completed' } });
  expect(await buyer.seesSuccess()).toBe(reference);
});

test('a reload in the card step finds the form of the same payment', async () => {
  const buyer = await aBuyer();
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.reload();
  await buyer.seesOnButton('Pay now');
  await buyer.openPayButton();
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
});

test('Stripe.js that does not come is said, and comes at the next try', async () => {
  const buyer = await aBuyer({ forgive: /console: (Failed to load resource: net::|<pay-button item="swahili-ebook">: the card form did not load)/ });
  stripe.js.failLoads(1);
  await buyer.comeToTheCard();
  await buyer.sees(/The card form did not come/);
  await buyer.press(buyer.panel.getByRole('button', { name: 'Try again' }));
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  await buyer.seesSuccess();
});

test('the hosted page takes cards under its own policy', async () => {
  const buyer = await stranger();
  await buyer.page.goto(`${shop.server.url}/pay/${buyer.item}`);
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.answerStripesBank('Complete');
  expect(await buyer.seesSuccess()).toBe(reference);
});

test.for([
  { name: 'wide and light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'small and dark', viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
] as const)('axe finds nothing wrong around Stripe’s form: $name', async ({ name: _, ...options }) => {
  const buyer = await stranger(options);
  await prepareAudits(buyer.context);
  await buyer.visitShop();
  await buyer.comeToTheCard();
  await buyer.typeCard('4000 0000 0000 0002');
  // What lies in Stripe's frame is Stripe's.
  const ours = async (): Promise<string[]> => (await audit(buyer.page)).filter((line) => !line.startsWith('/stand-in/'));
  expect(await ours()).toEqual([]);
  await buyer.pay();
  await buyer.sees('Your card was declined.');
  expect(await ours()).toEqual([]);
});
