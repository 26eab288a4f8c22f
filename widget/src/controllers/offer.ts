import type { CheckoutItem, CheckoutMethod } from '../../../server/core/checkout-contract.ts';
import { CheckoutApiError, fetchItem } from '../api.ts';
import { TIMING } from '../timing.ts';

/** What the offer needs to know of its element. */
export interface OfferHost {
  /** The item's slug, '' while there is none. */
  readonly item: string;
  /** The methods to offer, '' for all. */
  readonly methods: string;
  /** The server, without a slash at the end. */
  readonly server: string;
}

/** The item and the ways to pay for it: read from the server, and again once what was read is old. */
export class Offer {
  /** As last read, null before. */
  item: CheckoutItem | null = null;
  readonly #host: OfferHost;
  readonly #onRead: (error?: CheckoutApiError) => void;
  /** The read that is on its way. */
  #load: AbortController | null = null;
  #readAt = 0;

  /** `onRead` is told of every read that was not given up. */
  constructor(host: OfferHost, onRead: (error?: CheckoutApiError) => void) {
    this.#host = host;
    this.#onRead = onRead;
  }

  /** How the item can be paid in this way, where the site offers it. */
  by<Type extends CheckoutMethod['type']>(type: Type): Extract<CheckoutMethod, { type: Type }> | undefined {
    const { methods } = this.#host;
    const isOffered = (method: CheckoutMethod): method is Extract<CheckoutMethod, { type: Type }> => method.type === type;
    return !methods || methods.includes(type) ? this.item?.methods.find(isOffered) : undefined;
  }

  get isSellable(): boolean {
    return !!this.by('mobile_money') || !!this.by('card');
  }

  get isOld(): boolean {
    return Date.now() - this.#readAt > TIMING.freshMs;
  }

  /** Reads the item; while one read is on its way, there is no other. */
  async read(): Promise<void> {
    const { server, item } = this.#host;
    if (!item || this.#load) return;
    const load = (this.#load = new AbortController());
    // In a task of its own: a page's first paint and the button come before what nobody has asked for yet.
    await new Promise((resolve) => setTimeout(resolve));
    if (load.signal.aborted) return;
    const timer = setTimeout(() => {
      load.abort();
    }, TIMING.readMs);
    const answer = await fetchItem(server, item, load.signal).catch((error: unknown) => error as CheckoutApiError);
    clearTimeout(timer);
    if (this.#load !== load) return;
    this.#load = null;
    if (answer instanceof CheckoutApiError) {
      this.#onRead(answer);
    } else {
      this.item = answer;
      this.#readAt = Date.now();
      this.#onRead();
    }
  }

  /** Cuts off a read that nobody waits for any more: the element is gone, or sells something else. */
  abandon(): void {
    this.#load?.abort();
    this.#load = null;
  }

  /** It is another item now. */
  forget(): void {
    this.abandon();
    this.item = null;
    this.#readAt = 0;
  }
}
