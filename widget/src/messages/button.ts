/**
 * What the button says by itself, before and without its panel. Other languages have from the start what stands on the
 * button when the page is read and when it is pressed; the rest comes with the panel's words. Luganda (`lg`) and
 * Kinyarwanda (`rw`) are community-checked: corrections by native speakers are welcome.
 */
export const BUTTON_EN = {
  pay: 'Pay {amount}',
  payNow: 'Pay now',
  retry: 'Try again',
  wait: 'One moment…',
  unreachable: 'The shop cannot be reached. Please try again.',
  elsewhere: 'Go on to the payment page',
  waiting: 'Waiting for your approval…',
  paid: 'Paid',
  look: 'Check your payment',
  unavailable: 'Not available',
} as const;

export type ButtonMessages = Readonly<Record<'pay' | 'payNow' | 'wait' | 'waiting', string>>;

const fr: ButtonMessages = {
  pay: 'Payer {amount}',
  payNow: 'Payer',
  wait: 'Un instant…',
  waiting: 'En attente de votre accord…',
};

const lg: ButtonMessages = {
  pay: 'Sasula {amount}',
  payNow: 'Sasula kati',
  wait: 'Lindako katono…',
  waiting: 'Tulinze okukkiriza kwo…',
};

const rw: ButtonMessages = {
  pay: 'Ishyura {amount}',
  payNow: 'Ishyura ubu',
  wait: 'Tegereza gato…',
  waiting: 'Dutegereje ko wemeza…',
};

const sw: ButtonMessages = {
  pay: 'Lipa {amount}',
  payNow: 'Lipa sasa',
  wait: 'Subiri kidogo…',
  waiting: 'Tunasubiri uidhinishe…',
};

export const BUTTON_MESSAGES = { en: BUTTON_EN, fr, lg, rw, sw };

export type Language = keyof typeof BUTTON_MESSAGES;
