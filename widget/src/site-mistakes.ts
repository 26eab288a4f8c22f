import { languageOf } from './controllers/locale.ts';
import { BUTTON_MESSAGES } from './messages/button.ts';
import type { PayButton } from './pay-button.element.ts';
import { isQuantity } from './quantity.ts';

/** What a site may get wrong, each told to its developer and never thrown. */
const RIGHT: Readonly<Record<string, (element: PayButton) => boolean>> = {
  amount: ({ amount }) => amount == null || amount > 0,
  // An attribute that is taken away leaves null, some frameworks leave nothing.
  quantity: ({ quantity }) => (quantity as number | null) == null || isQuantity(quantity),
  mode: ({ mode }) => !mode || ['dialog', 'inline'].includes(mode),
  locale: ({ locale }) => !locale || languageOf(locale) in BUTTON_MESSAGES,
  messages: ({ messages }) => messages !== null,
};

/** Says which of the properties that were set now are passed over. */
export function tellMistakes(element: PayButton, wasSet: (name: keyof PayButton) => boolean): void {
  for (const [name, isRight] of Object.entries(RIGHT)) {
    if (wasSet(name as keyof PayButton) && !isRight(element)) console.warn(`<pay-button item="${element.item}">: its ${name} is not understood and passed over.`);
  }
}

/** What the site says on its button. */
interface SiteButton {
  readonly item: string;
  readonly server: string;
  readonly amount: number | null;
  readonly count: number;
}

/** Whoever made the site, by one line on the console for each kind of trouble. */
export class Developer {
  readonly #host: SiteButton;
  #heard = '';

  constructor(host: SiteButton) {
    this.#host = host;
  }

  /** Being off line is nobody's mistake. */
  hears(code: string, reason: string): void {
    const { item, server } = this.#host;
    const line = `<pay-button item="${item}">: ${code} at ${server}. ${reason && `${reason}. `}Check item, methods, and base-url if the server is elsewhere.`;
    if (navigator.onLine && line !== this.#heard) console.error((this.#heard = line));
  }
  /** A price on the button that is not the item's: the server's is paid. An item without a price takes what the site says. */
  hearsPrice(price: number | null): void {
    const { item, amount, count } = this.#host;
    const said = amount ?? 0;
    const line = `<pay-button item="${item}">: its amount is ${String(said)}, and the item costs ${String(price)}.`;
    if (price && said > 0 && ![price, price * count].includes(said) && line !== this.#heard) console.warn((this.#heard = line));
  }
}
