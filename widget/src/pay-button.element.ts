import { defaultConverter, html, LitElement, type PropertyValues } from 'lit';
import { attemptPlace } from './attempt-store.ts';
import { Checkout } from './controllers/checkout.ts';
import { LocaleController } from './controllers/locale.ts';
import { ScriptPart } from './controllers/script-part.ts';
import { SuccessRedirect } from './controllers/success-redirect.ts';
import { PayCloseEvent, PayOpenEvent } from './events.ts';
import type { CheckoutState } from './machine.ts';
import type { Messages } from './messages/messages.ts';
import type * as PanelScript from './panel.ts';
import { panelMisses } from './parts.ts';
import { styles } from './pay-button.styles.ts';
import { isQuantity } from './quantity.ts';
import { serverOfAttribute, serverOfScript } from './server-address.ts';
import { tellMistakes } from './site-mistakes.ts';
import { TIMING } from './timing.ts';
import { VERSION } from './version.ts';

export type * from './events.ts';

/**
 * A button that takes a payment by mobile money or card for one item of a Malipo server.
 *
 * @summary Pays for an item without leaving the page.
 * @tagname pay-button
 *
 * @slot - A plain link to the item's hosted page, shown before and without JavaScript; the button leads there when
 *   its panel cannot be loaded.
 *
 * @slot card - Filled by the button itself, with Stripe's form while a card is typed: Stripe lives in no shadow root.
 *
 * @fires {PayOpenEvent} pay-open - The panel was opened.
 * @fires {PayStartEvent} pay-start - The buyer confirmed; cancelable, nothing has been sent yet.
 * @fires {PayPendingEvent} pay-pending - The payment waits for the buyer's approval; also after a reload.
 * @fires {PaySuccessEvent} pay-success - The money arrived.
 * @fires {PayFailureEvent} pay-failure - The payment failed for certain.
 * @fires {PayExpireEvent} pay-expire - Nobody approved in time.
 * @fires {PayCloseEvent} pay-close - The panel was closed; a payment that waits goes on.
 * @fires {PayStateChangeEvent} pay-statechange - `state` changed.
 *
 * @attr {string} item - Slug of the product, link, plan or session.
 * @attr {number} amount - First amount of an item whose amount the buyer chooses; otherwise for display only.
 * @attr {number} quantity - How many are bought at a fixed price; 1 by default.
 * @attr {string} phone - First phone number.
 * @attr {string} customer-name - The buyer's name.
 * @attr {string} email - The buyer's e-mail address.
 * @attr {string} name - Name of the form field that carries the reference.
 * @attr {boolean} required - The form does not validate before the payment has succeeded.
 * @attr {boolean} submit-on-success - The form is sent as soon as the payment has succeeded, and `success-url` is not gone to.
 * @attr {boolean} disabled - The button cannot be pressed.
 * @attr {string} label - Text of the button.
 * @attr {'dialog'|'inline'} mode - A dialog over the page, or a panel in the flow of the page.
 * @attr {string} locale - Language tag; by default that of the page around the button. English, French and Swahili; community-checked, Kinyarwanda and Luganda.
 * @attr {object} messages - The site's own words in place of ours, by key, as JSON.
 * @attr {string} methods - Methods to offer, `mobile_money` and `card`, separated by spaces; all the item has by default.
 * @attr {string} success-url - Where to go on, three seconds after success was read; `reference` is added to its query. A closed dialog stays where it is.
 * @attr {string} base-url - The Malipo server; by default the one the script came from.
 *
 * @csspart button - The button in the page.
 * @csspart dialog - The dialog around the panel.
 * @csspart panel - What the buyer pays in.
 * @csspart close - The button that closes the dialog.
 * @csspart ribbon - The test mode notice.
 * @csspart field - The box around an input.
 * @csspart input - The phone and amount inputs.
 * @csspart chip - A method, a network, a suggested amount or a test card.
 * @csspart error - What is wrong with a field.
 * @csspart submit - The button that starts the payment, or sends the card.
 * @csspart check - The button that looks now.
 * @csspart done - The button or link of an outcome; none when it is paid in the flow of the page and no `success-url` leads on.
 * @csspart reference - The line with the payment's reference.
 * @csspart copy - The button that copies it.
 * @csspart image - The item's picture; a page with a policy allows its address in `img-src`.
 * @csspart help - What to do when no request came.
 * @csspart resend - The button that asks for another request.
 * @csspart cancel - The button that gives the payment up.
 * @csspart another - The button that leaves the card for another way to pay, or comes back to it.
 * @csspart approve - The button that says yes to the sandbox's bank.
 * @csspart refuse - The button that says no to it.
 *
 * @cssprop --pay-accent - Colour of buttons and marks.
 * @cssprop --pay-on-accent - Colour of text on the accent.
 * @cssprop --pay-background - Colour behind the panel.
 * @cssprop --pay-text - Colour of text.
 * @cssprop --pay-danger - Colour of errors.
 * @cssprop --pay-radius - Roundness of buttons and fields.
 * @cssprop --pay-font - Font family; the page's by default.
 * @cssprop --pay-width - Widest the panel grows.
 *
 * @cssState idle - Nothing is going on; each state is styled as in `pay-button:state(waiting)`.
 * @cssState loading - The item is being fetched.
 * @cssState details - The buyer types a number, and an amount where the buyer chooses it.
 * @cssState starting - The payment is being started.
 * @cssState waiting - The buyer approves on the phone, or the bank of the card is waited for.
 * @cssState card - The buyer types a card.
 * @cssState checking - The buyer asked to look now.
 * @cssState succeeded - The money arrived.
 * @cssState failed - The payment failed for certain.
 * @cssState expired - Nobody approved in time.
 * @cssState unknown - Money may be moving and nobody has told us; never a failure.
 * @cssState offline - The device has no network; what is known is saved.
 * @cssState unavailable - This item cannot be bought here.
 */
export class PayButton extends LitElement {
  /** It takes part in forms: its value is the reference of the payment. */
  static readonly formAssociated = true;
  /** The release, so that two scripts on a page can be told apart. */
  static readonly version = VERSION;
  static override styles = styles;
  static override properties = {
    item: {},
    amount: { type: Number },
    quantity: { type: Number },
    phone: {},
    customerName: { attribute: 'customer-name' },
    email: {},
    // Not its default: what a server rendered has no `name`, and React compares.
    name: { reflect: true, useDefault: true },
    required: { type: Boolean },
    disabled: { type: Boolean },
    submitOnSuccess: { type: Boolean, attribute: 'submit-on-success' },
    label: {},
    mode: {},
    locale: {},
    messages: { type: Object },
    methods: {},
    successUrl: { attribute: 'success-url' },
    baseUrl: { attribute: 'base-url' },
  };

  declare item: string;
  declare amount: number | null;
  declare quantity: number;
  declare phone: string;
  declare customerName: string;
  declare email: string;
  declare name: string;
  declare required: boolean;
  declare disabled: boolean;
  declare submitOnSuccess: boolean;
  declare label: string;
  declare mode: string;
  declare locale: string;
  declare messages: Partial<Messages> | null;
  declare methods: string;
  declare successUrl: string;
  declare baseUrl: string;

  readonly #internals: ElementInternals;
  readonly #locale = new LocaleController(this);
  readonly #checkout: Checkout;
  readonly #panelScript = new ScriptPart(this, 'panel');
  /** @internal */
  readonly cardScript = new ScriptPart(this, 'card');
  /** @internal */
  readonly success = new SuccessRedirect(this);
  #panel: PanelScript.Panel | null = null;
  /** @internal Whether the panel is shown in its dialog, or will be as soon as it is here. */
  isOpen = false;
  #isFormDisabled = false;

  constructor() {
    super();
    for (const name of TEXTS) this[name] = '';
    this.amount = null;
    this.messages = {};
    this.quantity = 1;
    this.required = this.disabled = this.submitOnSuccess = false;
    this.#internals = this.attachInternals();
    this.#checkout = new Checkout(this);
  }

  /** What the checkout is doing. */
  get state(): CheckoutState {
    return this.#checkout.state;
  }

  /** The reference once the payment has succeeded, else ''. */
  get value(): string {
    return this.state === 'succeeded' ? this.#checkout.detail.reference : '';
  }

  /** The form it belongs to. */
  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** Opens the panel. */
  open(): void {
    if (this.isOpen || this.#isDisabled || !this.isConnected) return;
    this.isOpen = true;
    this.dispatchEvent(new PayOpenEvent(this.#checkout.detail));
    this.#fetchPanel();
    // Before its first update the element does not know its item; that update enters by itself.
    if (this.hasUpdated) this.#checkout.enter();
    this.requestUpdate();
  }

  /** Closes the panel; a payment that waits goes on. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#checkout.leave();
    this.requestUpdate();
    this.dispatchEvent(new PayCloseEvent(this.#checkout.detail));
  }

  /** Asks the server now how the payment stands. */
  check(): void {
    this.#checkout.check();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Moved while its item was being read: it is read again.
    if (this.hasUpdated && this.isPanelShown) this.#checkout.enter();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
    // Reads are cut off; a start that is on its way never is.
    this.#checkout.offer.abandon();
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#isFormDisabled = isDisabled;
    this.requestUpdate();
  }

  /** @internal A form restored by the browser holds a reference, and how it stood: the server says what became of it. */
  formStateRestoreCallback(kept: unknown): void {
    // Browsers restore as soon as the element is defined, and its first update begins anew with the item.
    void this.updateComplete.then(() => {
      const [reference, status, place] = typeof kept === 'string' ? kept.split(' ') : [];
      // The page may sell something else by now.
      if (!reference || place !== this.attemptPlace || reference === this.#checkout.attempt?.reference) return;
      if (status === 'completed') this.success.ledOn = reference;
      this.#checkout.resume({ reference, started_at: 0 });
    });
  }

  /** @internal */
  get language(): string {
    return this.#locale.language;
  }

  /** @internal */
  get server(): string {
    return this.baseUrl ? serverOfAttribute(this.baseUrl) : serverOfScript(import.meta.url);
  }

  /** @internal */
  get attemptPlace(): string {
    return attemptPlace(this.server, this.item);
  }

  /** @internal */
  get count(): number {
    return isQuantity(this.quantity) ? this.quantity : 1;
  }

  /** @internal */
  get isInline(): boolean {
    return this.mode === 'inline';
  }

  /** @internal */
  get isPanelShown(): boolean {
    return this.isConnected && (this.isOpen || this.isInline);
  }

  get #isDisabled(): boolean {
    return this.disabled || this.#isFormDisabled;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // React 19, Vue and Svelte set the property where a template has the attribute, to the attribute's text.
    for (const [name, { type }] of PayButton.elementProperties) {
      const value = this[name as keyof this];
      if (type && typeof value === 'string') Object.assign(this, { [name]: defaultConverter.fromAttribute?.(value, type) });
    }
    if (changed.has('phone') && this.phone) this.#panel?.edit({ phone: this.phone });
    if (changed.has('amount') && this.amount) this.#panel?.edit({ amount: String(this.amount) });
    if (changed.has('item') || changed.has('baseUrl')) this.#checkout.restart();
    if (changed.has('mode') && this.isInline) this.#fetchPanel();
    tellMistakes(this, (name) => changed.has(name));
  }

  protected override render(): unknown {
    const panel = this.#panel?.render();
    // Off line the hosted page would not come either, and the shop's be lost.
    if (this.#isStuck && panelMisses() > 1 && navigator.onLine) return html`<a part="button" href=${this.#hostedPage}>${this.#locale.say('elsewhere')}</a>`;
    if (this.isInline && !this.#isStuck) return panel ?? html`<i></i>`;
    return html`<button
        part="button"
        type="button"
        aria-haspopup="dialog"
        ?disabled=${this.#isDisabled}
        @click=${this.open}
        @pointerenter=${this.#foresee}
        @focus=${this.#foresee}
      >
        ${this.#label}
      </button>
      ${panel}`;
  }

  /** Who may be about to press gets the panel early, unless each byte counts. */
  #foresee(): void {
    if (!(navigator as SavingNavigator).connection?.saveData) this.#fetchPanel();
  }

  #fetchPanel(): void {
    if (this.#panel) void this.#locale.prepare();
    else void this.#unpack();
  }

  async #unpack(): Promise<void> {
    const script = this.#panelScript;
    const words = this.#locale.prepare();
    await script.fetch();
    if (script.code) {
      // Words that hang are not waited for long: they are said when they come.
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([words, new Promise((resolve) => (timer = setTimeout(resolve, TIMING.wordsMs)))]);
      clearTimeout(timer);
      this.#panel ??= new script.code.Panel(this, this.#checkout, this.#locale);
      this.requestUpdate();
    } else {
      const hadFocus = this.shadowRoot?.activeElement;
      this.close();
      this.requestUpdate();
      await this.updateComplete;
      if (hadFocus) this.shadowRoot?.querySelector('a')?.focus();
    }
  }

  /** Nothing can be begun here. A payment that is known goes on, and must not be made again elsewhere. */
  get #isStuck(): boolean {
    const { attempt, payment, state } = this.#checkout;
    return this.#panelScript.isLost && !this.#isDisabled && !attempt && !payment && state !== 'unavailable';
  }

  /** Where one can pay without the panel: the site's own link to the hosted page, else its address. */
  get #hostedPage(): string {
    return this.querySelector('a')?.href || `${this.server}/pay/${encodeURIComponent(this.item)}`;
  }

  /** The button tells how things stand also while the panel is closed. */
  get #label(): unknown {
    const { attempt, state } = this.#checkout;
    const locale = this.#locale;
    if (!this.#panel && this.isOpen) return html`<i></i>${locale.say('wait')}`;
    if (this.#isStuck) return locale.say('unreachable');
    switch (state) {
      case 'starting':
      case 'waiting':
      case 'checking':
        return html`<i></i>${locale.say('waiting')}`;
      case 'succeeded':
        return locale.say('paid');
      case 'failed':
      case 'expired':
        return locale.say('retry');
      case 'unavailable':
        return locale.say('unavailable');
      default:
        if (attempt && (state !== 'card' || attempt.confirmed)) return locale.say('look');
        // A bare number: only the server knows the currency, and asking for it would move the page.
        return this.label || (this.amount ? locale.say('pay', { amount: this.amount.toLocaleString(locale.tags) }) : locale.say('payNow'));
    }
  }

  protected override updated(): void {
    const { states } = this.#internals;
    const { state, value } = this;
    const { reference, status } = this.#checkout.detail;
    // Custom states came to Firefox in 2024; before, styling by state simply does not happen.
    states?.clear();
    states?.add(state);
    // A payment on its way is no value yet, and is what the browser keeps for `formStateRestoreCallback`.
    this.#internals.setFormValue(value || null, reference && `${reference} ${status} ${this.attemptPlace}`);
    // A form cannot be sent before the payment it requires.
    this.#internals.setValidity({ valueMissing: this.required && !value }, this.#locale.say('payNow'), this.renderRoot.firstElementChild as HTMLElement);
    if (this.submitOnSuccess) this.success.send(this.form);
  }
}

/** In Chromium's browsers, which most phones here have. */
type SavingNavigator = Navigator & { connection?: { saveData?: boolean } };

/** The attributes that are plain text. */
const TEXTS = ['item', 'phone', 'customerName', 'email', 'name', 'label', 'mode', 'locale', 'methods', 'successUrl', 'baseUrl'] as const;

declare global {
  interface HTMLElementTagNameMap {
    'pay-button': PayButton;
  }
}
