/** What the card step says in English; other languages have these words beside their others. */
export const messages = {
  'card.title': 'Pay by card',
  'asks.title': 'Your bank asks',
  'bank.title': 'Waiting for your bank',
  'page.title': 'Pay on the next page',

  bank: 'The bank has not confirmed the payment yet. It can take a minute.',
  page: 'This card payment is made on the payment company’s own page. Come back here afterwards.',
  pageOpen: 'It can still be paid on that page, and you shall not pay twice. When it has ended, you can pay again here.',
  backToCard: 'Back to the card',
  formLost: 'The card form did not come. Check your connection and try again.',

  testCards: 'Test card',
  testCardsOnly: 'Test mode takes these three cards and no other. Never give it a real one.',
  testPays: 'pays',
  testDeclined: 'is declined',
  testAsks: 'the bank asks first',
  asks: 'Do you approve this payment to {shop}?',
  approveCard: 'Yes, approve',
  refuseCard: 'No, refuse',

  notCharged: 'Nothing was charged. Try another card.',
  unproven: 'The bank could not tell that it was you.',
  incomplete: 'Please check what you typed.',
  cardFunds: 'There is not enough money on the card.',
  cardExpired: 'The card has expired.',
  cardCode: 'The security code is wrong.',
} as const;
