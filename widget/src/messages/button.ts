/**
 * What the button says by itself, before and without its panel: in every language from the start. Of the languages,
 * Luganda (`lg`) and Kinyarwanda (`rw`) are community-checked: corrections by native speakers are welcome.
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

export type ButtonMessages = Readonly<Record<keyof typeof BUTTON_EN, string>>;

const fr: ButtonMessages = {
  pay: 'Payer {amount}',
  payNow: 'Payer',
  retry: 'Réessayer',
  wait: 'Un instant…',
  unreachable: 'La boutique est injoignable. Veuillez réessayer.',
  elsewhere: 'Aller à la page de paiement',
  waiting: 'En attente de votre accord…',
  paid: 'Payé',
  look: 'Vérifier votre paiement',
  unavailable: 'Indisponible',
};

const lg: ButtonMessages = {
  pay: 'Sasula {amount}',
  payNow: 'Sasula kati',
  retry: 'Gezaako nate',
  wait: 'Lindako katono…',
  unreachable: 'Edduuka terifunika. Gezaako nate.',
  elsewhere: 'Genda ku lupapula lw’okusasula',
  waiting: 'Tulinze okukkiriza kwo…',
  paid: 'Kisasuddwa',
  look: 'Kebera okusasula kwo',
  unavailable: 'Tekiriiwo',
};

const rw: ButtonMessages = {
  pay: 'Ishyura {amount}',
  payNow: 'Ishyura ubu',
  retry: 'Ongera ugerageze',
  wait: 'Tegereza gato…',
  unreachable: 'Iduka ntiriboneka. Ongera ugerageze.',
  elsewhere: 'Komeza ku rupapuro rwo kwishyura',
  waiting: 'Dutegereje ko wemeza…',
  paid: 'Byishyuwe',
  look: 'Reba ubwishyu bwawe',
  unavailable: 'Ntibiboneka',
};

const sw: ButtonMessages = {
  pay: 'Lipa {amount}',
  payNow: 'Lipa sasa',
  retry: 'Jaribu tena',
  wait: 'Subiri kidogo…',
  unreachable: 'Duka halipatikani. Tafadhali jaribu tena.',
  elsewhere: 'Endelea kwenye ukurasa wa malipo',
  waiting: 'Tunasubiri uidhinishe…',
  paid: 'Imelipwa',
  look: 'Angalia malipo yako',
  unavailable: 'Haipatikani',
};

export const BUTTON_MESSAGES = { en: BUTTON_EN as ButtonMessages, fr, lg, rw, sw };

export type Language = keyof typeof BUTTON_MESSAGES;
