/** `elements.create('payment')`: the card form, in a frame of Stripe's own, in the light DOM or not at all. */
import type { Failure, FormState, Result, Told } from '../wire.ts';
import { Frame, frameUrl } from './frame.ts';
import { IntegrationError } from './integration-error.ts';

const EVENTS = ['ready', 'loaderstart', 'loaderror', 'change', 'focus', 'blur', 'escape', 'savedpaymentmethodupdate', 'savedpaymentmethodremove', 'carddetailschange'];

export const NOT_MOUNTED = 'Invalid value for stripe.confirmPayment(): elements should have a mounted Payment Element or Express Checkout Element.';

export interface ElementEvent {
  elementType: 'payment';
  error?: Failure;
  empty?: boolean;
  complete?: boolean;
  collapsed?: boolean;
  value?: { type: string };
}

type Handler = (event: ElementEvent) => unknown;

export class PaymentElement {
  readonly #key: string;
  readonly #clientSecret: string;
  readonly #onDestroy: () => void;
  readonly #handlers: { event: string; handler: Handler; isOnce: boolean }[] = [];
  #state: 'unmounted' | 'mounted' | 'destroyed' = 'unmounted';
  #container: HTMLElement | null = null;
  #frame: Frame | null = null;
  /** Said hello, and was told what it is for. A second hello is a frame that forgot everything. */
  #isInitialised = false;

  constructor({ key, clientSecret, onDestroy }: { key: string; clientSecret: string; onDestroy: () => void }) {
    this.#key = key;
    this.#clientSecret = clientSecret;
    this.#onDestroy = onDestroy;
  }

  mount(target: string | HTMLElement): void {
    this.#insistNotDestroyed();
    const container = containerOf(target);
    if (container.getRootNode() !== document) {
      const error = new IntegrationError('Elements cannot be mounted in a ShadowRoot. Please mount in the Light DOM.');
      // Live pages that did this for years were not to break: stripe/stripe-js#662.
      if (this.#key.startsWith('pk_test_')) throw error;
      console.error(error);
    }
    if (this.#state === 'mounted') {
      if (this.#container !== container) console.warn('This Element is already mounted. Use `unmount()` to unmount the Element before re-mounting.');
      return;
    }
    if (container.hasChildNodes()) {
      console.warn('This Element will be mounted to a DOM element that contains child nodes.');
      container.replaceChildren();
    }
    this.#state = 'mounted';
    this.#container = container;
    this.#isInitialised = false;
    const box = document.createElement('div');
    box.className = '__PrivateStripeElement';
    this.#frame = new Frame(frameUrl('card-form'), 'Secure payment input frame', (told) => this.#hear(told));
    setStyle(this.#frame.iframe, { border: '0', width: '100%', height: '1px', display: 'block' });
    box.append(this.#frame.iframe);
    container.append(box);
    container.classList.add('StripeElement', 'StripeElement--empty');
  }

  unmount(): void {
    this.#insistNotDestroyed();
    this.#takeOut();
  }

  destroy(): void {
    this.#insistNotDestroyed();
    this.#takeOut();
    this.#state = 'destroyed';
    this.#onDestroy();
  }

  on(event: string, handler: Handler): this {
    return this.#listen(event, handler, false);
  }

  once(event: string, handler: Handler): this {
    return this.#listen(event, handler, true);
  }

  off(event: string, handler?: Handler): this {
    const kept = this.#handlers.filter((each) => each.event !== event || (handler !== undefined && each.handler !== handler));
    this.#handlers.splice(0, this.#handlers.length, ...kept);
    return this;
  }

  focus(): void {
    this.#insistNotDestroyed();
    this.#frame?.tell({ kind: 'focus' });
  }

  blur(): void {
    this.#insistNotDestroyed();
    this.#frame?.tell({ kind: 'blur' });
  }

  clear(): void {
    this.#insistNotDestroyed();
    this.#frame?.tell({ kind: 'clear' });
  }

  collapse(): void {
    this.#insistNotDestroyed();
  }

  update(): void {
    this.#insistNotDestroyed();
  }

  /** Not in Stripe.js's interface: what `elements.submit` does here. */
  async submit(): Promise<{ error?: Failure }> {
    const reply = await this.#frameInPage('elements.submit()').ask<{ error?: Failure }>({ kind: 'submit' });
    if (reply === undefined) throw new IntegrationError(NOT_MOUNTED);
    return reply;
  }

  /** Not in Stripe.js's interface: what `stripe.confirmPayment` does here. */
  async confirm(clientSecret: string, returnUrl: string | undefined): Promise<Result> {
    const reply = await this.#frameInPage('stripe.confirmPayment()').ask<Result>({ kind: 'confirm', clientSecret, returnUrl });
    if (reply === undefined) throw new IntegrationError(NOT_MOUNTED);
    return reply;
  }

  get isMounted(): boolean {
    return this.#state === 'mounted' && this.#isInitialised && this.#frame?.iframe.isConnected === true;
  }

  #frameInPage(call: string): Frame {
    if (this.isMounted) return this.#frame!;
    throw new IntegrationError(NOT_MOUNTED.replace('stripe.confirmPayment()', call));
  }

  #hear(told: Told): void {
    switch (told.kind) {
      case 'hello':
        // Moved in the document, and so loaded again: what was typed is gone, and Stripe.js does not notice.
        if (this.#isInitialised) return this.#lose();
        this.#isInitialised = true;
        return this.#frame!.tell({ kind: 'init', key: this.#key, clientSecret: this.#clientSecret });
      case 'height':
        return setStyle(this.#frame!.iframe, { height: `${told.px}px` });
      case 'change':
        return this.#changed(told.state);
      case 'loaderror':
        if (!this.#handlers.some(({ event }) => event === 'loaderror')) console.error('Unhandled payment Element loaderror', { error: told.error });
        return this.#emit('loaderror', { elementType: 'payment', error: told.error });
      case 'focus':
      case 'blur':
        this.#container!.classList.toggle('StripeElement--focus', told.kind === 'focus');
        return this.#emit(told.kind, { elementType: 'payment' });
      case 'ready':
      case 'loaderstart':
      case 'escape':
        return this.#emit(told.kind, { elementType: 'payment' });
      case 'challenged':
      case 'reply':
        return;
      default:
        return told satisfies never;
    }
  }

  #changed(state: FormState): void {
    this.#container!.classList.toggle('StripeElement--empty', state.empty);
    this.#container!.classList.toggle('StripeElement--complete', state.complete);
    this.#emit('change', { elementType: 'payment', collapsed: false, ...state });
  }

  #emit(name: string, event: ElementEvent): void {
    for (const each of this.#handlers.filter(({ event: wanted }) => wanted === name)) {
      if (each.isOnce) this.#handlers.splice(this.#handlers.indexOf(each), 1);
      each.handler(event);
    }
  }

  #listen(event: string, handler: Handler, isOnce: boolean): this {
    this.#insistNotDestroyed();
    if (!EVENTS.includes(event)) throw new IntegrationError(`Invalid value for event: payment Elements have no event ${JSON.stringify(event)}.`);
    if (typeof handler !== 'function') throw new IntegrationError('Invalid event handler: handler should be a function.');
    this.#handlers.push({ event, handler, isOnce });
    return this;
  }

  #lose(): void {
    this.#isInitialised = false;
    this.#frame!.loseReplies();
  }

  #takeOut(): void {
    if (this.#state !== 'mounted') return;
    this.#frame!.remove();
    this.#container!.replaceChildren();
    this.#container!.classList.remove('StripeElement', 'StripeElement--empty', 'StripeElement--complete', 'StripeElement--focus');
    this.#frame = null;
    this.#container = null;
    this.#state = 'unmounted';
  }

  #insistNotDestroyed(): void {
    if (this.#state === 'destroyed') throw new IntegrationError('This Element has already been destroyed. Please create a new one.');
  }
}

function containerOf(target: unknown): HTMLElement {
  if (typeof target === 'string') {
    const found = document.querySelectorAll<HTMLElement>(target);
    if (found.length === 0) {
      throw new IntegrationError(`The selector you specified (${target}) applies to no DOM elements that are currently on the page.\nMake sure the element exists on the page before calling mount().`);
    }
    if (found.length > 1) console.warn(`The selector you specified (${target}) applies to ${found.length} DOM elements that are currently on the page.\nThe Stripe Element will be mounted to the first one.`);
    return found[0]!;
  }
  if (target instanceof HTMLElement) return target;
  throw new IntegrationError('Invalid DOM element specified. Please call mount() with a valid DOM element or selector.');
}

/** Through the CSSOM, as Stripe.js does: a style attribute would need 'unsafe-inline'. */
export function setStyle(element: HTMLElement, style: Record<string, string>): void {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value, 'important');
}
