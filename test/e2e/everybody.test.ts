import { expect, test } from 'vitest';
import { Keyboard } from './support/keyboard.ts';
import { NEVER_MS, openShop } from './support/shop.ts';

// Whatever the buyer's hands, language and screen are.
const shop = openShop({ approvalMs: NEVER_MS });

const SMALL_PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2, reducedMotion: 'no-preference' } as const;

test('the keyboard alone pays, PIN and all, and ends where it began', async () => {
  const buyer = await shop.buyer();
  const keyboard = new Keyboard(buyer);
  await keyboard.tabTo('Pay now');
  await keyboard.press('Enter');
  await buyer.seesTitle(/Jifunze Kiswahili/);
  await expect.poll(() => keyboard.focused()).toMatch(/^Mobile money number/);
  await keyboard.type('0772123456');
  await keyboard.press('Enter');
  await buyer.seesWaiting();

  await buyer.phoneShows(/Pay UGX 25,000/);
  await keyboard.tabTo('Enter PIN to approve');
  await keyboard.type('1234');
  await keyboard.press('Enter');

  await buyer.seesSuccess();
  await buyer.phoneIsPutDown();
  await keyboard.tabTo('Done');
  await keyboard.press('Enter');
  await buyer.panel.waitFor({ state: 'detached' });
  expect(await keyboard.focused()).toBe('Paid');
});

test('Escape closes the dialog and the focus is back on the button', async () => {
  const buyer = await shop.buyer();
  const keyboard = new Keyboard(buyer);
  await keyboard.tabTo('Pay now');
  await keyboard.press('Enter');
  await buyer.seesTitle(/Jifunze Kiswahili/);
  await keyboard.press('Escape');
  await buyer.panel.waitFor({ state: 'detached' });
  expect(await keyboard.focused()).toBe('Pay now');
});

test.for(['light', 'dark'] as const)('a small touch screen pays in %s colours', async (colorScheme) => {
  const buyer = await shop.buyer({ ...SMALL_PHONE, colorScheme });
  const reference = await buyer.startPaying('0772 123 457');
  await buyer.approveOnPhone('1234');
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await buyer.page.evaluate(() => document.documentElement.scrollWidth)).toBe(SMALL_PHONE.viewport.width);
});

test('shop and widget change to Kiswahili and back together, also in the middle of a payment', async () => {
  const buyer = await shop.buyer();
  const toSwahili = buyer.page.getByRole('button', { name: 'Kiswahili' });
  await toSwahili.click();
  await buyer.seesOnButton('Lipa sasa');
  await buyer.page.getByText('Duka la mfano').waitFor();
  await buyer.openPayButton();
  await buyer.typePhone('0772 12');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).toMatch(/0771 234 567/);
  await buyer.typePhone('0772 123 458');
  await buyer.pay();
  await buyer.seesTitle('Angalia simu yako');

  await buyer.putPhoneDown();
  await buyer.closeDialog();
  await buyer.page.getByRole('button', { name: 'English' }).click();
  await buyer.seesOnButton('Waiting for your approval');
  await buyer.page.getByText('A demo shop').waitFor();
  await toSwahili.click();
  await buyer.reload();
  await buyer.openPayButton();
  await buyer.seesTitle('Angalia simu yako');
});
