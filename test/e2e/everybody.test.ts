import { expect, test } from 'vitest';
import { LIBRARY_FUND } from './support/buyer.ts';
import { Keyboard } from './support/keyboard.ts';
import { NEVER_MS, openShop } from './support/shop.ts';
import { serveSite } from './support/site.ts';

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

test.for([
  { what: 'a screen of 320 pixels', viewport: { width: 320, height: 568 }, textSize: '100%' },
  { what: 'a zoom of 200 %', viewport: { width: 640, height: 400 }, textSize: '100%' },
  { what: 'text of 200 % on a small screen', viewport: { width: 360, height: 740 }, textSize: '200%' },
])('$what cuts nothing off, sideways or for good', async ({ viewport, textSize }) => {
  const site = await serveSite({
    '/narrow.html': `<!doctype html><html lang="en" style="font-size: ${textSize}"><meta name="viewport" content="width=device-width"><title>Narrow</title>
      <script type="module" src="${shop.server.url}/pay-button.js"></script><pay-button item="${LIBRARY_FUND}"></pay-button></html>`,
  });
  const buyer = await shop.stranger({ viewport, homes: [site] });
  await buyer.page.goto(`${site}/narrow.html`);
  /** What stands out of the dialog at a side, and whether the dialog's end can be reached. */
  const cutOff = () =>
    buyer.panel.evaluate((panel) => {
      const dialog = panel.closest('dialog')!;
      const { left, right } = dialog.getBoundingClientRect();
      const out = [...panel.querySelectorAll('*:not([role=status])')].filter((each) => each.getBoundingClientRect().right > right + 1 || (each.getBoundingClientRect().left < left - 1 && each.getBoundingClientRect().width > 0));
      dialog.scrollTop = dialog.scrollHeight;
      return [...out.map(({ outerHTML }) => outerHTML), ...(panel.getBoundingClientRect().bottom > innerHeight + 1 ? ['the end'] : [])];
    });
  await buyer.openPayButton(LIBRARY_FUND);
  await buyer.phoneField.waitFor();
  expect(await cutOff()).toEqual([]);
  await buyer.typeAmount('1,999,999');
  await buyer.typePhone('0772 12');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).not.toBe('');
  expect(await cutOff()).toEqual([]);
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  await buyer.seesWaiting();
  await buyer.panel.locator('[part=help] summary').click();
  expect(await cutOff()).toEqual([]);
  await shop.backOffice.approveElsewhere(await buyer.reference());
  await buyer.seesSuccess();
  expect(await cutOff()).toEqual([]);
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
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).toMatch(/0781\s234\s567/);
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
