import { expect, test } from 'vitest';
import { ScreenReader } from './support/screen-reader.ts';
import { NEVER_MS, openShop } from './support/shop.ts';

// The whole journey as it is heard, top to bottom.
const shop = openShop({ approvalMs: NEVER_MS });

const BEFORE_THE_FIELD = [
  'Test mode: no money moves.',
  'DisclosureTriangle: Numbers to try',
  'button: Close',
  'Duka la Vitabu',
  'heading: Jifunze Kiswahili: a Swahili reader',
  'UGX 25,000',
];
const METHODS = (chosen: 'Mobile money' | 'Card'): string[] => [
  'radiogroup: How to pay',
  ...['Mobile money', 'Card'].map((name) => `radio: ${name}${name === chosen ? ' (checked)' : ''}`),
];
const PHONE = [...METHODS('Mobile money'), 'Mobile money number', '+256'];
const AFTER_THE_NETWORKS = ['button: Pay UGX 25,000', 'You approve with your PIN on your own phone. Never type it here.'];

test('a screen reader hears everything once, in the order in which it is needed', async () => {
  const buyer = await shop.buyer();
  const reader = new ScreenReader(buyer.page);
  await buyer.openPayButton();
  await buyer.phoneField.waitFor();
  expect(await reader.readsDialog()).toEqual([
    'dialog: Jifunze Kiswahili: a Swahili reader (modal)',
    ...BEFORE_THE_FIELD,
    ...PHONE,
    'textbox: Mobile money number (required)',
    'radiogroup: Network',
    'radio: MTN MoMo',
    'MTN MoMo',
    'radio: Airtel Money',
    'Airtel Money',
    ...AFTER_THE_NETWORKS,
    'status:',
  ]);

  await buyer.typePhone('0772 12');
  await buyer.pay();
  await expect.poll(() => buyer.whatIsWrongWith(buyer.phoneField)).not.toBe('');
  expect(await reader.readsDialog()).toEqual([
    'dialog: Jifunze Kiswahili: a Swahili reader (modal)',
    ...BEFORE_THE_FIELD,
    ...PHONE,
    'textbox: Mobile money number (invalid) (required) - Type a mobile number, like 0781 234 567.',
    'Type a mobile number, like 0781 234 567.',
    'radiogroup: Network',
    'radio: MTN MoMo (checked)',
    'MTN MoMo',
    'radio: Airtel Money',
    'Airtel Money',
    ...AFTER_THE_NETWORKS,
    'status:',
  ]);

  await buyer.typePhone('0772 123 456');
  await buyer.pay();
  const declined = await buyer.seesWaiting();
  await buyer.phoneShows(/Pay UGX/);
  await buyer.putPhoneDown();
  expect((await reader.readsDialog()).map((line) => line.replace(/until \d\d:\d\d$/, 'until …'))).toEqual([
    'dialog: Check your phone (modal)',
    'Test mode: no money moves.',
    'button: Close',
    'heading: Check your phone',
    'UGX 25,000',
    'MTN MoMo asks on your phone for UGX 25,000. Enter your PIN there to approve.',
    'Sent to +256 77• ••• 456',
    'You can pay until …',
    'button: I have approved, check now',
    'You can close this, the payment goes on.',
    'DisclosureTriangle: Nothing on your phone?',
    'Reference',
    declined,
    'button: Copy',
    'button: Cancel this payment',
    'status: Check your phone. MTN MoMo asks on your phone for UGX 25,000. Enter your PIN there to approve.',
  ]);

  await shop.backOffice.declineElsewhere(declined);
  await buyer.seesTitle('The payment did not go through');
  expect(await reader.readsDialog()).toEqual([
    'dialog: The payment did not go through (modal)',
    'Test mode: no money moves.',
    'button: Close',
    'heading: The payment did not go through',
    'UGX 25,000',
    'The request was declined on the phone.',
    'button: Try again',
    'Reference',
    declined,
    'button: Copy',
    'status: The payment did not go through. The request was declined on the phone.',
  ]);

  await buyer.tryAgain();
  await buyer.pay();
  const paid = await buyer.seesWaiting();
  await buyer.phoneShows(/Pay UGX/);
  await buyer.putPhoneDown();
  await shop.backOffice.approveElsewhere(paid);
  await buyer.seesSuccess();
  expect(await reader.readsDialog()).toEqual([
    'dialog: Payment received (modal)',
    'Test mode: no money moves.',
    'button: Close',
    'heading: Payment received',
    'UGX 25,000',
    'Thank you. Keep the reference.',
    'button: Done',
    'Reference',
    paid,
    'button: Copy',
    'status: Payment received. Thank you. Keep the reference.',
  ]);
});

test('a card is heard as clearly: the choice, the form, the refusal and the bank’s question', async () => {
  const buyer = await shop.buyer();
  const reader = new ScreenReader(buyer.page);
  await buyer.openPayButton();
  await buyer.chooseMethod('Card');
  expect(await reader.readsDialog()).toEqual([
    'dialog: Jifunze Kiswahili: a Swahili reader (modal)',
    ...BEFORE_THE_FIELD.filter((line) => !line.includes('Numbers to try')),
    ...METHODS('Card'),
    'button: Go on to the card',
    'status:',
  ]);

  await buyer.pay();
  await buyer.seesTitle('Pay by card');
  const reference = await buyer.reference();
  const form = (chosen: string, wrong = ''): string[] => [
    'dialog: Pay by card',
    'Test mode: no money moves.',
    'button: Close',
    'heading: Pay by card',
    'UGX 25,000',
    'Test mode takes these three cards and no other. Never give it a real one.',
    `radiogroup: Test card ${wrong && '(invalid) '}- Test mode takes these three cards and no other. Never give it a real one.${wrong && ` ${wrong}`}`,
    ...[['4242 4242 4242 4242', 'pays'], ['4000 0000 0000 0002', 'is declined'], ['4000 0027 6000 3184', 'the bank asks first']].flatMap(([number, outcome]) => [
      `radio: ${number} ${outcome}${number === chosen ? ' (checked)' : ''}`,
      number!,
      outcome!,
    ]),
    ...(wrong ? [wrong] : []),
    `button: Pay UGX 25,000${wrong && ` - ${wrong}`}`,
    'button: Pay another way',
    'Reference',
    reference,
    'button: Copy',
  ];
  expect(await reader.readsDialog()).toEqual([...form('4242 4242 4242 4242'), 'status: Pay by card']);

  await buyer.chooseTestCard('4000 0000 0000 0002');
  await buyer.pay();
  const declined = 'The bank declined the card. Nothing was charged. Try another card.';
  await buyer.sees(declined);
  expect(await reader.readsDialog()).toEqual([...form('4000 0000 0000 0002', declined), `status: ${declined}`]);

  await buyer.chooseTestCard('4000 0027 6000 3184');
  await buyer.pay();
  await buyer.seesTitle('Your bank asks');
  expect(await reader.readsDialog()).toEqual([
    'dialog: Your bank asks',
    'Test mode: no money moves.',
    'button: Close',
    'heading: Your bank asks',
    'UGX 25,000',
    'Do you approve this payment to Duka la Vitabu?',
    'button: Yes, approve',
    'button: No, refuse',
    'button: Pay another way',
    'Reference',
    reference,
    'button: Copy',
    'status: Your bank asks',
  ]);

  await buyer.answerBank('Yes, approve');
  expect(await buyer.seesSuccess()).toBe(reference);
});
