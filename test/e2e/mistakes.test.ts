import { expect, test } from 'vitest';
import { LIBRARY_FUND, type Buyer } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';

const shop = openShop({ approvalMs: NEVER_MS });

/** The buyer is still at the form, and the server has heard nothing of it. */
async function expectNothingStarted(buyer: Buyer): Promise<void> {
  expect(await buyer.submitButton.isVisible()).toBe(true);
  expect(buyer.starts).toEqual([]);
  expect(await buyer.events('pay-start')).toEqual([]);
}

test('a number that cannot be asked is explained at its field, before anything is sent', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton();
  await buyer.typePhone('0772 12');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).toMatch(/0781\s234\s567/);
  await expect.poll(() => buyer.phoneField.evaluate((field) => field.matches(':focus'))).toBe(true);
  await expectNothingStarted(buyer);

  await buyer.typePhone('0772 123 456');
  expect(await buyer.whatIsWrongWith(buyer.phoneField)).toBe('');
  await buyer.pay();
  await buyer.seesWaiting();
});

test('an amount below the least is explained with the least', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.typePhone('0772 123 456');
  await buyer.typeAmount('999');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.amountField)).toMatch(/UGX\s1,000/);
  await expectNothingStarted(buyer);
});

test('an amount above the most is explained with the most', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.typePhone('0772 123 456');
  await buyer.typeAmount('2000001');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.amountField)).toMatch(/UGX\s2,000,000/);
  await expectNothingStarted(buyer);
});

test('a donation without an amount is asked for one', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.amountField)).not.toBe('');
  await expectNothingStarted(buyer);
});

test('a misspelt item has words for the buyer and one line for the developer', async () => {
  const buyer = await shop.buyer({ forgive: /^console: (Failed to load resource: .* 404|<pay-button item="swahili-ebok">)/ });
  await buyer.page.evaluate(() => {
    const misspelt = document.createElement('pay-button');
    misspelt.setAttribute('item', 'swahili-ebok');
    document.querySelector('#books .blurb')!.append(misspelt);
  });
  buyer.item = 'swahili-ebok';
  await buyer.openPayButton();
  await buyer.seesTitle(/not available/i);
  await buyer.sees(/this item/i);
  await buyer.closeDialog();
  await buyer.openPayButton();
  await buyer.seesTitle(/not available/i);

  const lines = buyer.watch.complaints.filter((complaint) => complaint.includes('<pay-button'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('item="swahili-ebok"');
  expect(lines[0]).toContain(shop.server.url);
  expect(buyer.starts).toEqual([]);
});
