/** However a card payment goes wrong between the buyer, the server and Stripe: one intent, one charge, one payment. */
import { afterAll, expect, test } from 'vitest';
import type { Buyer } from './support/buyer.ts';
import { PlayedStripe, STRIPES_ANSWERS, STRIPES_HOMES } from './support/played-stripe.ts';
import { NETWORK_TROUBLE, NEVER_MS, openShop, type VisitOptions } from './support/shop.ts';

const stripe = new PlayedStripe();
const shop = openShop({ approvalMs: NEVER_MS, credentials: () => stripe.credentials() });

afterAll(() => stripe.stop());

async function aBuyer(options: VisitOptions = {}): Promise<Buyer> {
  stripe.merchant = shop.server.url;
  stripe.line.plan = () => undefined;
  const buyer = await shop.buyer({ homes: STRIPES_HOMES, forgive: STRIPES_ANSWERS, ...options });
  await stripe.routeIn(buyer.context);
  return buyer;
}

/** What Stripe has of a payment, and how often its cards were tried. */
function atStripe(reference: string): { statuses: string[]; confirmations: number } {
  const movements = stripe.line.simulator.books.byReference(reference);
  const paths = movements.map(({ id }) => `/v1/payment_intents/${id}/confirm`);
  return { statuses: movements.map(({ status }) => status), confirmations: stripe.line.requests.filter(({ path }) => paths.includes(path)).length };
}

async function seesItPaidOnce(buyer: Buyer, reference: string, confirmations: number): Promise<void> {
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(atStripe(reference)).toEqual({ statuses: ['success'], confirmations });
  expect(await shop.backOffice.transaction(reference)).toMatchObject({ status: 'completed', amount: 25_000, currency: 'UGX' });
  expect(buyer.starts.length, 'starts').toBeGreaterThan(0);
  expect(new Set(buyer.startKeys()).size).toBe(1);
}

test('Stripe’s answer to the intent is lost: its form comes all the same, for the same intent', async () => {
  const buyer = await aBuyer();
  stripe.line.next(/^\/v1\/payment_intents$/, { kind: 'does_and_resets' });
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  await seesItPaidOnce(buyer, reference, 1);
});

test('three cards are declined and the fourth pays', async () => {
  const buyer = await aBuyer();
  const reference = await buyer.comeToTheCard();
  for (const [number, words] of [['4000 0000 0000 0002', 'was declined'], ['4000 0000 0000 9995', 'insufficient funds'], ['4000 0000 0000 0002', 'was declined']] as const) {
    await buyer.typeCard(number);
    await buyer.pay();
    await buyer.sees(new RegExp(words));
  }
  await buyer.typeCard('4242 4242 4242 4242');
  await buyer.pay();
  await seesItPaidOnce(buyer, reference, 4);
});

test('the connection to Stripe breaks when it has charged: the buyer is told of a payment, and cannot pay again', async () => {
  const buyer = await aBuyer({ forgive: new RegExp(`${STRIPES_ANSWERS.source}|${NETWORK_TROUBLE.source}`) });
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4242 4242 4242 4242');
  stripe.line.next(/\/confirm$/, { kind: 'does_and_resets' });
  await buyer.pay();
  await seesItPaidOnce(buyer, reference, 1);
});

test('the server dies while the buyer is at the bank, and Stripe’s event finds nobody', async () => {
  const buyer = await aBuyer({ forgive: new RegExp(`${STRIPES_ANSWERS.source}|${NETWORK_TROUBLE.source}`) });
  const reference = await buyer.comeToTheCard();
  await buyer.typeCard('4000 0027 6000 3184');
  await buyer.pay();
  await shop.server.crash();
  stripe.merchant = '';
  await buyer.answerStripesBank('Complete');
  await shop.server.startAgain();
  await seesItPaidOnce(buyer, reference, 1);
});
