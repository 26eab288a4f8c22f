import { expect, test } from 'vitest';
import { audit, prepareAudits } from './support/audit.ts';
import { Keyboard } from './support/keyboard.ts';
import { NETWORK_TROUBLE, NEVER_MS, openShop } from './support/shop.ts';

// The sandbox's cards, against the real server: what becomes of each is in the merchant's books.
const shop = openShop({ approvalMs: NEVER_MS });

test('a card pays, and the money is in the merchant’s books', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.comeToTheCard();
  await buyer.chooseTestCard('4242 4242 4242 4242');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(await shop.backOffice.transaction(reference)).toMatchObject({ status: 'completed', amount: 25_000, currency: 'UGX', phone_number: '', is_test: true });
  const states = (await buyer.events('pay-statechange')).map(({ detail }) => detail.state);
  expect(states).toEqual(expect.arrayContaining(['details', 'starting', 'card', 'succeeded']));
  expect(await buyer.events('pay-success')).toHaveLength(1);
});

test('a declined card is followed by another, on the same payment', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.comeToTheCard();
  await buyer.chooseTestCard('4000 0000 0000 0002');
  await buyer.pay();
  await buyer.sees(/The bank declined the card/);
  expect((await shop.backOffice.transaction(reference)).status).toBe('pending');
  await buyer.chooseTestCard('4242 4242 4242 4242');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
  expect(buyer.starts).toHaveLength(1);
});

test('a bank that asks is told no, then yes', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.comeToTheCard();
  await buyer.chooseTestCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.seesTitle('Your bank asks');
  await buyer.answerBank('No, refuse');
  await buyer.sees(/could not tell that it was you/);
  await buyer.pay();
  await buyer.answerBank('Yes, approve');
  expect(await buyer.seesSuccess()).toBe(reference);
  expect((await shop.backOffice.transaction(reference)).status).toBe('completed');
});

test('to the card and back keeps the number, and the phone pays instead', async () => {
  const buyer = await shop.buyer();
  await buyer.openPayButton();
  await buyer.typePhone('0772 123 456');
  await buyer.chooseMethod('Card');
  await buyer.pay();
  await buyer.seesTitle('Pay by card');
  const left = await buyer.reference();
  await buyer.payAnotherWay();
  await buyer.chooseMethod('Mobile money');
  expect(await buyer.phoneField.inputValue()).toBe('0772 123 456');
  await buyer.pay();
  const reference = await buyer.seesWaiting();
  expect(reference).not.toBe(left);
  await shop.backOffice.approveElsewhere(reference);
  expect(await buyer.seesSuccess()).toBe(reference);
  expect((await shop.backOffice.transaction(left)).status).toBe('pending');
});

test('a reload, a killed tab and a second tab find the card form of the same payment', async () => {
  const buyer = await shop.buyer();
  const reference = await buyer.comeToTheCard();
  await buyer.reload();
  await buyer.seesOnButton('Pay now');
  await buyer.openPayButton();
  await buyer.seesTitle('Pay by card');
  expect(await buyer.reference()).toBe(reference);
  await buyer.tabIsKilled();
  await buyer.openAnotherTab();
  const first = buyer.page;
  await buyer.openAnotherTab();
  await buyer.openPayButton();
  await buyer.seesTitle('Pay by card');
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
  buyer.page = first;
  await buyer.page.bringToFront();
  await buyer.seesOnButton('Paid');
  expect(new Set(buyer.startKeys()).size).toBe(1);
});

test('a card step that does not come is said, and comes at the next try', async () => {
  const buyer = await shop.buyer({ forgive: NETWORK_TROUBLE });
  await buyer.context.route('**/pay-button/*/card.js*', (route) => route.abort());
  await buyer.openPayButton();
  await buyer.chooseMethod('Card');
  await buyer.pay();
  await buyer.seesTitle(/cannot be reached/);
  await buyer.context.unroute('**/pay-button/*/card.js*');
  await buyer.press(buyer.panel.getByRole('button', { name: 'Try again' }));
  await buyer.seesTitle('Pay by card');
  await buyer.pay();
  await buyer.seesSuccess();
});

test('the keyboard alone pays by card, stays in the panel and ends where it began', async () => {
  const buyer = await shop.buyer();
  const keyboard = new Keyboard(buyer);
  await keyboard.tabTo('Pay now');
  await keyboard.press('Enter');
  await buyer.seesTitle(/Jifunze Kiswahili/);
  await keyboard.press('Shift+Tab');
  expect(await keyboard.focused()).toBe('Mobile money');
  await keyboard.press('ArrowRight');
  await keyboard.tabTo('Go on to the card');
  await keyboard.press('Enter');
  await buyer.seesTitle('Pay by card');
  expect(await keyboard.focused()).toBe('Pay by card');
  const round: string[] = [];
  for (let stop = 0; stop < 6; stop++) {
    await keyboard.press('Tab');
    round.push(await keyboard.focused());
  }
  expect(round).toEqual(['4242 4242 4242 4242 pays', 'Pay UGX 25,000', 'Pay another way', 'Copy', 'Close', '4242 4242 4242 4242 pays']);
  await keyboard.press('Escape');
  await buyer.panel.waitFor({ state: 'detached' });
  expect(await keyboard.focused()).toBe('Pay now');
  await keyboard.press('Enter');
  await buyer.seesTitle('Pay by card');
  await keyboard.tabTo('Pay UGX 25,000');
  await keyboard.press('Enter');
  await buyer.seesSuccess();
  await keyboard.tabTo('Done');
  await keyboard.press('Enter');
  await buyer.panel.waitFor({ state: 'detached' });
  expect(await keyboard.focused()).toBe('Paid');
});

test.for([
  { name: 'wide and light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'small and dark', viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
  { name: 'the narrowest, in forced colours', viewport: { width: 320, height: 568 }, forcedColors: 'active' },
  { name: 'a zoom of 200 %', viewport: { width: 640, height: 400 } },
] as const)('nothing is wrong or cut off in the card’s steps: $name', async ({ name: _, ...options }) => {
  const buyer = await shop.stranger(options);
  await prepareAudits(buyer.context);
  await buyer.visitShop();
  const wrong: Record<string, string[]> = {};
  const look = async (step: string): Promise<void> => {
    const cutOff = await buyer.panel.evaluate((panel) => {
      const dialog = panel.closest('dialog')!;
      const { left, right } = dialog.getBoundingClientRect();
      const out = [...panel.querySelectorAll('*:not([role=status], .backdrop)')].filter((each) => each.getBoundingClientRect().right > right + 1 || (each.getBoundingClientRect().left < left - 1 && each.getBoundingClientRect().width > 0));
      dialog.scrollTop = dialog.scrollHeight;
      return [...out.map(({ outerHTML }) => outerHTML), ...(panel.getBoundingClientRect().bottom > innerHeight + 1 ? ['the end'] : [])];
    });
    // The page's own code sample has its own colours.
    wrong[step] = [...cutOff, ...(await audit(buyer.page)).filter((line) => !line.includes('#snippet'))];
  };
  await buyer.openPayButton();
  await buyer.chooseMethod('Card');
  await look('choice');
  await buyer.pay();
  await buyer.seesTitle('Pay by card');
  await look('form');
  await buyer.chooseTestCard('4000 0000 0000 0002');
  await buyer.pay();
  await buyer.sees(/The bank declined the card/);
  await look('declined');
  await buyer.chooseTestCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.seesTitle('Your bank asks');
  await look('question');
  expect(Object.entries(wrong).filter(([, lines]) => lines.length > 0)).toEqual([]);
  await buyer.answerBank('Yes, approve');
  await buyer.seesSuccess();
});

test('the hosted page takes cards', async () => {
  const buyer = await shop.stranger();
  await buyer.page.goto(`${shop.server.url}/pay/${buyer.item}`);
  const reference = await buyer.comeToTheCard();
  await buyer.pay();
  expect(await buyer.seesSuccess()).toBe(reference);
});
