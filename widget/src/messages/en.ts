/** What the panel says in English, and the shape every other language has to fill. */
export const en = {
  close: 'Close',
  done: 'Done',
  test: 'Test mode: no money moves.',
  testNumbers: 'Numbers ending in 00001 pay, in 00002 fail.',

  amount: 'Amount',
  /** Either end may be missing. */
  range: (min: string, max: string) => (min && max ? `From ${min} up to ${max}. ` : min ? `At least ${min}. ` : max && `Up to ${max}. `),
  whole: 'Whole amounts only.',
  phone: 'Mobile money number',
  network: 'Network',
  down: (network: string) => `${network} has trouble right now: the request may not arrive.`,
  promise: 'You approve with your PIN on your own phone. Never type it here.',

  approve: (network: string) => `Enter your ${network} PIN on your phone to approve.`,
  sent: (phone: string) => `Sent to ${phone}`,
  left: 'Time left',
  check: 'I have approved, check now',
  notYet: 'Not confirmed yet. It can take a minute.',
  mayClose: 'You can close this, the payment goes on.',
  reference: 'Reference',

  title: {
    waiting: 'Check your phone',
    succeeded: 'Payment received',
    failed: 'The payment did not go through',
    expired: 'Time ran out',
    unknown: 'We do not know yet',
    offline: 'You are offline',
    unavailable: 'Not available',
  },
  /** Sentences by state or by code: the server's own words are for developers. */
  text: {
    succeeded: 'Thank you. Keep the reference.',
    failed: 'The network did not say why.',
    insufficient_funds: 'There is not enough money in the wallet.',
    declined: 'The request was declined on the phone.',
    expired: 'Nobody approved in time. If money was taken after all, keep the reference.',
    unknown: 'We have not heard whether the payment went through. Check before you pay again.',
    offline: 'Your payment is saved. We check it as soon as you are back.',
    NOT_FOUND: 'This item is not for sale here.',
    NO_METHOD: 'This item cannot be paid by mobile money here.',
    INVALID_PHONE: 'Type a mobile number, like 0771 234 567.',
    NETWORK: 'Choose your network.',
    AMOUNT: 'Type an amount in digits.',
    TOO_LITTLE: 'That is too little.',
    TOO_MUCH: 'That is too much.',
    PROVIDER_LINE_DOWN: 'This network cannot take payments right now. Try another, or later.',
    PROVIDER_ERROR: 'The network refused the payment.',
    RATE_LIMIT: 'Too many tries. Please wait a minute.',
    TEST_NUMBER_ON_LIVE_KEY: 'This is a test number. Please use a real one.',
    OTHER: 'This did not work. Please check what you typed.',
  },
};

export type PanelMessages = typeof en;
