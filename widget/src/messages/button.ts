/** What the button says by itself, before and without its panel: in every language from the start. */
const en = {
  pay: (amount: string) => `Pay ${amount || 'now'}`,
  retry: 'Try again',
  wait: 'One moment…',
  unreachable: 'The shop cannot be reached. Please try again.',
  elsewhere: 'Go on to the payment page',
  waiting: 'Waiting for your approval…',
  paid: 'Paid',
  look: 'Check your payment',
  unavailable: 'Not available',
};

export type ButtonMessages = typeof en;

const sw: ButtonMessages = {
  pay: (amount) => `Lipa ${amount || 'sasa'}`,
  retry: 'Jaribu tena',
  wait: 'Subiri kidogo…',
  unreachable: 'Duka halipatikani. Tafadhali jaribu tena.',
  elsewhere: 'Endelea kwenye ukurasa wa malipo',
  waiting: 'Tunasubiri uidhinishe…',
  paid: 'Imelipwa',
  look: 'Angalia malipo yako',
  unavailable: 'Haipatikani',
};

export const BUTTON_MESSAGES = { en, sw };

export type Language = keyof typeof BUTTON_MESSAGES;
