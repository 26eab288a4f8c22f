import { expect, test } from 'vitest';
import { audit, prepareAudits } from './support/audit.ts';
import { LIBRARY_FUND } from './support/buyer.ts';
import { NEVER_MS, openShop } from './support/shop.ts';

const shop = openShop({ approvalMs: NEVER_MS });

test.for([
  { colorScheme: 'light', screen: 'wide', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', screen: 'wide', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', screen: 'small', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
] as const)('axe finds nothing wrong at any step, on a $screen screen in $colorScheme colours', async ({ screen: _, ...options }) => {
  const buyer = await shop.stranger(options);
  await prepareAudits(buyer.context);
  await buyer.visitShop();
  const wrong: Record<string, string[]> = {};
  wrong.page = await audit(buyer.page);

  await buyer.openPayButton(LIBRARY_FUND);
  wrong.details = await audit(buyer.page);
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).not.toBe('');
  wrong.mistakes = await audit(buyer.page);

  await buyer.chooseAmount('UGX 20,000');
  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  await buyer.seesWaiting();
  await buyer.phoneShows(/Pay UGX 20,000/);
  wrong.phone = await audit(buyer.page);
  await buyer.putPhoneDown();
  wrong.waiting = await audit(buyer.page);

  await shop.backOffice.declineElsewhere(await buyer.reference());
  await buyer.seesTitle('The payment did not go through');
  wrong.failure = await audit(buyer.page);

  await buyer.tryAgain();
  await buyer.pay();
  await shop.backOffice.approveElsewhere(await buyer.seesWaiting());
  await buyer.seesSuccess();
  wrong.success = await audit(buyer.page);

  expect(Object.entries(wrong).filter(([, lines]) => lines.length > 0)).toEqual([]);
});

const HOSTED = ['light', 'dark'].flatMap((colorScheme) => [['/pay/swahili-ebook', colorScheme], ['/shop/duka-la-vitabu', colorScheme]] as [string, 'light' | 'dark'][]);

test.for(HOSTED)('axe finds nothing wrong on %s in %s colours', async ([path, colorScheme]) => {
  const buyer = await shop.stranger({ colorScheme });
  await prepareAudits(buyer.context);
  await buyer.page.goto(shop.server.url + path);
  await buyer.payButton.waitFor();
  expect(await audit(buyer.page)).toEqual([]);
  await buyer.openPayButton();
  expect(await audit(buyer.page)).toEqual([]);
});
