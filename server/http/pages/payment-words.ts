/** What the page of a payment says, in the languages of the other pages for buyers. Luganda and Kinyarwanda are community-checked. */
import type { FailureCode, PaymentStatus } from '../../core/checkout-contract.ts';
import type { Language } from './hosted-words.ts';

interface Told {
  title: string;
  words: string;
}

export interface PaymentWords extends Readonly<Record<PaymentStatus, Told>> {
  noSuch: Told;
  /** Where the provider sends one. */
  byEmail: string;
  /** In place of the provider's own reason, which is English; null there. */
  why: Partial<Record<FailureCode, string>> | null;
  goOn: string;
  backTo: (shop: string) => string;
  canClose: string;
  reference: string;
}

const en: PaymentWords = {
  completed: { title: 'Payment received', words: 'The payment is complete.' },
  pending: { title: 'Asking whether it was paid', words: 'The answer may take a minute; this page looks again by itself.' },
  failed: { title: 'The payment did not go through', words: 'Nothing was charged.' },
  expired: { title: 'The time to pay is over', words: 'Nobody paid in time, and nothing was charged.' },
  noSuch: {
    title: 'There is no such payment',
    words: 'The link may be old, or was not copied whole. If you have paid, go back to the page that you bought on: it shows your payment.',
  },
  byEmail: 'You will receive an email with its details.',
  why: null,
  goOn: 'Go on paying, if you have not paid yet',
  backTo: (shop) => `Back to ${shop}`,
  canClose: 'You can close this page. The page that you bought on shows the payment too.',
  reference: 'Reference',
};

const sw: PaymentWords = {
  completed: { title: 'Malipo yamepokelewa', words: 'Malipo yamekamilika.' },
  pending: { title: 'Tunauliza kama imelipwa', words: 'Jibu linaweza kuchukua dakika moja; ukurasa huu utaangalia tena wenyewe.' },
  failed: { title: 'Malipo hayakufanikiwa', words: 'Hakuna pesa iliyokatwa.' },
  expired: { title: 'Muda wa kulipa umekwisha', words: 'Hakuna aliyelipa kwa wakati, na hakuna pesa iliyokatwa.' },
  noSuch: {
    title: 'Hakuna malipo kama hayo',
    words: 'Huenda kiungo ni cha zamani, au hakikunakiliwa chote. Kama umelipa, rudi kwenye ukurasa uliponunua: unaonyesha malipo yako.',
  },
  byEmail: 'Utapokea barua pepe yenye maelezo yake.',
  why: {
    insufficient_funds: 'Salio halitoshi.',
    declined: 'Ombi lilikataliwa.',
    card_declined: 'Benki imekataa kadi.',
    provider_refused: 'Kampuni ya malipo imekataa malipo.',
  },
  goOn: 'Endelea kulipa, kama bado hujalipa',
  backTo: (shop) => `Rudi ${shop}`,
  canClose: 'Unaweza kufunga ukurasa huu. Ukurasa uliponunua unaonyesha malipo pia.',
  reference: 'Kumbukumbu',
};

const fr: PaymentWords = {
  completed: { title: 'Paiement reçu', words: 'Le paiement est terminé.' },
  pending: { title: 'Nous demandons si c’est payé', words: 'La réponse peut prendre une minute ; cette page regarde à nouveau d’elle-même.' },
  failed: { title: 'Le paiement n’a pas abouti', words: 'Rien n’a été débité.' },
  expired: { title: 'Le délai pour payer est passé', words: 'Personne n’a payé à temps, et rien n’a été débité.' },
  noSuch: {
    title: 'Ce paiement n’existe pas',
    words: 'Le lien est peut-être ancien, ou n’a pas été copié en entier. Si vous avez payé, revenez à la page où vous avez acheté : elle montre votre paiement.',
  },
  byEmail: 'Vous recevrez un e-mail avec les détails.',
  why: {
    insufficient_funds: 'Le solde est insuffisant.',
    declined: 'La demande a été refusée.',
    card_declined: 'La banque a refusé la carte.',
    provider_refused: 'La société de paiement a refusé le paiement.',
  },
  goOn: 'Continuer le paiement, si ce n’est pas encore fait',
  backTo: (shop) => `Retour à ${shop}`,
  canClose: 'Vous pouvez fermer cette page. Celle où vous avez acheté montre aussi le paiement.',
  reference: 'Référence',
};

const rw: PaymentWords = {
  completed: { title: 'Ubwishyu bwakiriwe', words: 'Ubwishyu bwarangiye.' },
  pending: { title: 'Turabaza niba byishyuwe', words: 'Igisubizo gishobora gufata umunota; uru rupapuro rwongera kureba ubwarwo.' },
  failed: { title: 'Ubwishyu ntibwakunze', words: 'Nta mafaranga yafashwe.' },
  expired: { title: 'Igihe cyo kwishyura cyarangiye', words: 'Nta wishyuye ku gihe, kandi nta mafaranga yafashwe.' },
  noSuch: {
    title: 'Nta bwishyu nk’ubwo buhari',
    words: 'Uyu murongo ushobora kuba ushaje, cyangwa utarakoporowe wose. Niba warishyuye, subira ku rupapuro waguriyeho: rwerekana ubwishyu bwawe.',
  },
  byEmail: 'Uzahabwa imeyili irimo ibisobanuro byabwo.',
  why: {
    insufficient_funds: 'Nta mafaranga ahagije.',
    declined: 'Ubusabe bwanzwe.',
    card_declined: 'Banki yanze ikarita.',
    provider_refused: 'Ikigo cyishyuza cyanze ubwishyu.',
  },
  goOn: 'Komeza wishyure, niba utarishyura',
  backTo: (shop) => `Subira kuri ${shop}`,
  canClose: 'Ushobora gufunga uru rupapuro. Urupapuro waguriyeho na rwo rwerekana ubwishyu.',
  reference: 'Nimero y’ubwishyu',
};

const lg: PaymentWords = {
  completed: { title: 'Okusasula kutuuse', words: 'Okusasula kuwedde.' },
  pending: { title: 'Tubuuza oba kisasuddwa', words: 'Okuddamu kuyinza okutwala eddakiika; olupapula luno luddamu okukebera lwokka.' },
  failed: { title: 'Okusasula tekugenze', words: 'Tewali ssente ziggyiddwako.' },
  expired: { title: 'Obudde bw’okusasula buweddeko', words: 'Tewali yasasudde mu budde, era tewali ssente ziggyiddwako.' },
  noSuch: {
    title: 'Tewali kusasula ng’okwo',
    words: 'Akayunzi kano kayinza okuba nga kakadde, oba tekaakopeddwa konna. Bw’oba wasasudde, ddayo ku lupapula kwe wagulidde: lulaga okusasula kwo.',
  },
  byEmail: 'Ojja kufuna email erimu ebikwata ku kusasula kuno.',
  why: {
    insufficient_funds: 'Ssente teziri kimala.',
    declined: 'Okusaba kugaaniddwa.',
    card_declined: 'Bbanka egaanye kaadi.',
    provider_refused: 'Kkampuni esasuza egaanye okusasula.',
  },
  goOn: 'Genda mu maaso n’okusasula, bw’oba tonnasasula',
  backTo: (shop) => `Ddayo ku ${shop}`,
  canClose: 'Osobola okuggalawo olupapula luno. Olupapula kwe wagulidde nalwo lulaga okusasula.',
  reference: 'Ennamba y’okusasula',
};

export const PAYMENT_WORDS: Readonly<Record<Language, PaymentWords>> = { en, sw, fr, rw, lg };
