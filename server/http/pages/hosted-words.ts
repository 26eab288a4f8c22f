/** What the pages say on which the server itself sells, in the languages that the widget speaks, which follows the page's `lang`; and which of them a browser gets. */

export interface Words {
  noScript: string;
  buy: string;
  nothingYet: string;
  secured: string;
  anyAmount: string;
  nothingHere: string;
  oldLink: string;
  back: string;
}

const en: Words = {
  noScript: 'Turn on JavaScript to pay on this page.',
  buy: 'Buy',
  nothingYet: 'Nothing is for sale yet.',
  secured: 'Secured by Malipo',
  anyAmount: 'You choose the amount',
  nothingHere: 'Nothing is sold here',
  oldLink: 'The link may be old, or was not copied whole. Ask whoever gave it to you for a new one.',
  back: 'Back to the shop',
};

const sw: Words = {
  noScript: 'Washa JavaScript ili kulipa kwenye ukurasa huu.',
  buy: 'Nunua',
  nothingYet: 'Hakuna kinachouzwa bado.',
  secured: 'Inalindwa na Malipo',
  anyAmount: 'Unachagua kiasi',
  nothingHere: 'Hakuna kinachouzwa hapa',
  oldLink: 'Huenda kiungo ni cha zamani, au hakikunakiliwa chote. Mwombe aliyekupa akupe kipya.',
  back: 'Rudi dukani',
};

const fr: Words = {
  noScript: 'Activez JavaScript pour payer sur cette page.',
  buy: 'Acheter',
  nothingYet: 'Rien n’est encore en vente.',
  secured: 'Sécurisé par Malipo',
  anyAmount: 'Vous choisissez le montant',
  nothingHere: 'Rien n’est en vente ici',
  oldLink: 'Le lien est peut-être ancien, ou n’a pas été copié en entier. Demandez-en un nouveau à la personne qui vous l’a donné.',
  back: 'Retour à la boutique',
};

const rw: Words = {
  noScript: 'Fungura JavaScript kugira ngo wishyurire kuri uru rupapuro.',
  buy: 'Gura',
  nothingYet: 'Nta kintu kigurishwa kugeza ubu.',
  secured: 'Birinzwe na Malipo',
  anyAmount: 'Uhitamo amafaranga utanga',
  nothingHere: 'Hano nta kintu kigurishwa',
  oldLink: 'Uyu murongo ushobora kuba ushaje, cyangwa utarakoporowe wose. Saba uwawuguhaye undi mushya.',
  back: 'Subira mu iduka',
};

const lg: Words = {
  noScript: 'Ggulawo JavaScript okusasulira ku lupapula luno.',
  buy: 'Gula',
  nothingYet: 'Tewannabaawo kitundibwa.',
  secured: 'Kikuumibwa Malipo',
  anyAmount: 'Ggwe olonda omuwendo',
  nothingHere: 'Wano tewali kitundibwa',
  oldLink: 'Akayunzi kano kayinza okuba nga kakadde, oba tekaakopeddwa konna. Saba eyakakuwadde akuwe akapya.',
  back: 'Ddayo mu dduuka',
};

export const WORDS = { en, sw, fr, rw, lg } as const;
export type Language = keyof typeof WORDS;

/** The language a browser asks for first of those there are (RFC 9110, 12.5.4); `sw-TZ` is `sw`, and English is for all others. */
export function languageFor(acceptLanguage: string | undefined = ''): Language {
  const wishes = acceptLanguage.split(',').map((wish) => {
    const [tag = '', weight] = wish.split(/;\s*q=/);
    return { language: tag.trim().toLowerCase().split('-')[0]!, weight: weight === undefined ? 1 : Number(weight) };
  });
  const best = wishes.toSorted((a, b) => b.weight - a.weight).find(({ language, weight }) => weight > 0 && Object.hasOwn(WORDS, language));
  return (best?.language as Language | undefined) ?? 'en';
}
