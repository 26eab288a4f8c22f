import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Currency } from '../../server/core/money.ts';
import { attemptPlace } from './attempt-store.ts';
import { Announcer } from './controllers/announcer.ts';
import { Checkout } from './controllers/checkout.ts';
import { Countdown } from './controllers/countdown.ts';
import { LocaleController } from './controllers/locale.ts';
import { type Draft, type FieldErrors, maskPhone, mobileMoneyOf, readDetails } from './details-form.ts';
import { type PayDetail, PayCloseEvent, PayOpenEvent, PayStartEvent } from './events.ts';
import type { CheckoutState } from './machine.ts';
import { formatMoney } from './money.ts';
import { styles } from './pay-button.styles.ts';
import { serverOfAttribute, serverOfScript } from './server-address.ts';
import type { Panel } from './steps/panel.ts';
import { buttonLabel, renderPanel, spokenText } from './steps/view.ts';
import { TIMING } from './timing.ts';
import { VERSION } from './version.ts';

/**
 * A button that takes a mobile money payment for one item of a Malipo server.
 *
 * @summary Pays for an item without leaving the page.
 * @tagname pay-button
 *
 * @slot - A plain link to the item's hosted page, shown before and without JavaScript.
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
 * @attr {string} phone - First phone number.
 * @attr {string} customer-name - The buyer's name.
 * @attr {string} email - The buyer's e-mail address.
 * @attr {string} name - Name of the form field that carries the reference.
 * @attr {boolean} required - The form does not validate before the payment has succeeded.
 * @attr {boolean} disabled - The button cannot be pressed.
 * @attr {string} label - Text of the button.
 * @attr {'dialog'|'inline'} mode - A dialog over the page, or a panel in the flow of the page.
 * @attr {string} locale - Language tag; by default that of the page around the button.
 * @attr {string} methods - Methods to offer, separated by spaces; all by default.
 * @attr {string} success-url - Where to go on after success; `reference` is added to its query.
 * @attr {string} base-url - The Malipo server; by default the one the script came from.
 *
 * @csspart button - The button in the page.
 * @csspart dialog - The dialog around the panel.
 * @csspart panel - What the buyer pays in.
 * @csspart close - The button that closes the dialog.
 * @csspart ribbon - The test mode notice.
 * @csspart field - The box around an input.
 * @csspart input - The phone and amount inputs.
 * @csspart chip - A network or a suggested amount.
 * @csspart error - What is wrong with a field.
 * @csspart submit - The button that starts the payment.
 * @csspart check - The button that looks now.
 * @csspart done - The button or link of an outcome.
 * @csspart reference - The line with the payment's reference.
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
 * @cssstate idle, loading, details, starting, waiting, checking, succeeded, failed, expired, unknown, offline,
 *   unavailable - The current state, as in `pay-button:state(waiting)`.
 */
export class PayButtonElement extends LitElement {
  static readonly formAssociated = true;
  /** The release, so that two scripts on a page can be told apart. */
  static readonly version = VERSION;
  static override styles = styles;
  static override properties = {
    item: {},
    amount: { type: Number },
    phone: {},
    customerName: { attribute: 'customer-name' },
    email: {},
    name: { reflect: true },
    required: { type: Boolean, reflect: true },
    disabled: { type: Boolean, reflect: true },
    label: {},
    mode: {},
    locale: {},
    methods: {},
    successUrl: { attribute: 'success-url' },
    baseUrl: { attribute: 'base-url' },
  };

  declare item: string;
  declare amount: number | null;
  declare phone: string;
  declare customerName: string;
  declare email: string;
  declare name: string;
  declare required: boolean;
  declare disabled: boolean;
  declare label: string;
  declare mode: string;
  declare locale: string;
  declare methods: string;
  declare successUrl: string;
  declare baseUrl: string;

  readonly #internals: ElementInternals;
  readonly #checkout: Checkout;
  readonly #locale = new LocaleController(this);
  readonly #announcer = new Announcer(this);
  readonly #countdown = new Countdown(this);
  #draft: Draft = { phone: '', amount: '', network: null };
  #errors: FieldErrors = {};
  #sentTo = '';
  #isOpen = false;
  #isFormDisabled = false;
  /** Where the press that became a click began: dragging out of a field must not close the dialog. */
  #isPressOnBackdrop = false;
  #spokenState: CheckoutState = 'idle';
  #redirectTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.item = this.phone = this.customerName = this.email = this.name = this.label = '';
    this.locale = this.methods = this.successUrl = this.baseUrl = '';
    this.mode = 'dialog';
    this.amount = null;
    this.required = this.disabled = false;
    this.#internals = this.attachInternals();
    this.#checkout = new Checkout(this);
  }

  /** What the checkout is doing. */
  get state(): CheckoutState {
    return this.#checkout.state;
  }

  /** The reference once the payment has succeeded, else ''. */
  get value(): string {
    const { payment, state } = this.#checkout;
    return state === 'succeeded' && payment ? payment.reference : '';
  }

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  /** Opens the panel. */
  open(): void {
    if (this.#isOpen || this.disabled || this.#isFormDisabled || !this.isConnected) return;
    this.#isOpen = true;
    this.dispatchEvent(new PayOpenEvent(this.#detail));
    this.#checkout.enter();
    this.requestUpdate();
  }

  /** Closes the panel; a payment that waits goes on. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#redirectTimer);
    this.requestUpdate();
    this.#checkout.leave();
    this.dispatchEvent(new PayCloseEvent(this.#detail));
  }

  /** Asks the server now how the payment stands. */
  check(): void {
    this.#checkout.check();
  }

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('[part=button], input, h2')?.focus(options);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.close();
    this.#checkout.abandonReads();
  }

  /** @internal */
  formDisabledCallback(isDisabled: boolean): void {
    this.#isFormDisabled = isDisabled;
    this.requestUpdate();
  }

  /** @internal A form restored by the browser holds a reference: the server says what became of it. */
  formStateRestoreCallback(state: unknown): void {
    if (typeof state === 'string' && state) this.#checkout.resumeReference(state);
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
  get isPanelShown(): boolean {
    return this.#isOpen || this.#isInline;
  }

  /** @internal */
  get offersMobileMoney(): boolean {
    return !this.methods || this.methods.split(/[\s,]+/).includes('mobile_money');
  }

  get #isInline(): boolean {
    return this.mode === 'inline';
  }

  get #detail(): PayDetail {
    return this.#checkout.detail;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('phone')) this.#draft = { ...this.#draft, phone: this.phone };
    if (changed.has('amount')) this.#draft = { ...this.#draft, amount: this.amount ? String(this.amount) : '' };
    if (changed.has('item') || changed.has('baseUrl')) this.#checkout.restart();
    else if (changed.has('mode') && this.#isInline) this.#checkout.enter();
    const { state, payment } = this.#checkout;
    this.#countdown.countTo(this.isPanelShown && (state === 'waiting' || state === 'checking') ? (payment?.expires_at ?? '') : '');
  }

  protected override render(): TemplateResult {
    const t = this.#locale.messages;
    const panel = html`<div part="panel" class="panel">
      ${renderPanel(this.#panel)}${this.#announcer.render()}
    </div>`;
    if (this.#isInline) return html`<section aria-labelledby="title">${panel}</section>`;
    return html`
      <button
        part="button"
        class="primary"
        type="button"
        aria-haspopup="dialog"
        ?disabled=${this.disabled || this.#isFormDisabled}
        @click=${this.open}
      >
        ${buttonLabel(this.#checkout, t, this.label || this.#defaultLabel)}
      </button>
      <dialog part="dialog" aria-labelledby="title" @close=${this.close} @click=${this.#onDialogClick} @pointerdown=${this.#onDialogPress}>
        ${this.#isOpen ? panel : nothing}
      </dialog>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && dialog.open !== this.#isOpen) {
      if (this.#isOpen) dialog.showModal();
      else dialog.close();
    }
    const { state } = this.#checkout;
    if (state !== this.#spokenState) {
      this.#spokenState = state;
      this.#onState();
    }
    if (changed.has('required') || changed.has('locale')) this.#validate();
  }

  #onState(): void {
    const { state } = this.#checkout;
    // Custom states came to Firefox in 2024; before, styling by state simply does not happen.
    this.#internals.states?.clear();
    this.#internals.states?.add(state);
    if (this.value) this.#internals.setFormValue(this.value);
    this.#validate();
    if (!this.isPanelShown) return;
    this.#announcer.say(spokenText(this.#panel));
    this.#keepFocus();
    if (state === 'succeeded' && this.#isOpen && this.#successHref) {
      this.#redirectTimer = setTimeout(() => {
        location.assign(this.#successHref);
      }, TIMING.redirectMs);
    }
  }

  /** A step that goes takes its focused button along: focus goes to what came in its place, never out of the dialog. */
  #keepFocus(): void {
    const { refusal, state } = this.#checkout;
    const wrong = state === 'details' && refusal === 'INVALID_PHONE' ? 'phone' : '';
    if (wrong) this.#errors = { phone: 'INVALID_PHONE' };
    if (wrong) this.requestUpdate();
    const isLost = this.#isOpen && !this.shadowRoot?.activeElement;
    if (wrong) this.renderRoot.querySelector<HTMLElement>(`#${wrong}`)?.focus();
    else if (isLost) this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
  }

  #validate(): void {
    const isMissing = this.required && !this.value;
    const button = this.renderRoot.querySelector<HTMLElement>('[part=button]') ?? undefined;
    this.#internals.setValidity(isMissing ? { valueMissing: true } : {}, isMissing ? this.#locale.messages.pay : '', button);
  }

  /** The amount attribute is shown as a bare number: only the server knows the currency, and asking would move the page. */
  get #defaultLabel(): string {
    const { messages, tag } = this.#locale;
    return this.amount ? messages.payAmount(new Intl.NumberFormat(tag).format(this.amount)) : messages.pay;
  }

  get #successHref(): string {
    if (!this.successUrl || !this.value) return '';
    try {
      const url = new URL(this.successUrl, document.baseURI);
      url.searchParams.set('reference', this.value);
      return url.protocol.startsWith('http') ? url.href : '';
    } catch {
      return '';
    }
  }

  get #panel(): Panel {
    return {
      checkout: this.#checkout,
      t: this.#locale.messages,
      draft: this.#draft,
      errors: this.#errors,
      sentTo: this.#sentTo,
      timeLeft: this.#countdown.left,
      successUrl: this.#successHref,
      isModal: !this.#isInline,
      money: this.#money,
      edit: this.#edit,
      submit: this.#submit,
      check: () => {
        this.#checkout.check();
      },
      retry: () => {
        this.#checkout.retry();
      },
      close: () => {
        this.close();
      },
    };
  }

  readonly #money = (amount: number, currency: Currency): string => formatMoney(amount, currency, this.#locale.tag);

  readonly #edit = (change: Partial<Draft>): void => {
    this.#draft = { ...this.#draft, ...change };
    // Being corrected is no longer wrong.
    for (const field of Object.keys(change) as (keyof Draft)[]) delete this.#errors[field];
    this.requestUpdate();
  };

  readonly #submit = (): void => {
    const { item } = this.#checkout;
    const method = item && mobileMoneyOf(item);
    if (!method || this.state !== 'details') return;
    const { body, errors } = readDetails(this.#draft, item, method);
    this.#errors = errors ?? {};
    this.requestUpdate();
    if (errors) {
      void this.#showErrors();
      return;
    }
    if (this.customerName) body.customer_name = this.customerName;
    if (this.email) body.customer_email = this.email;
    const detail = { ...this.#detail, reference: '', status: '' as const, amount: item.amount ?? body.amount ?? null };
    if (!this.dispatchEvent(new PayStartEvent(detail))) return;
    this.#sentTo = maskPhone(body.phone_number ?? '');
    this.#checkout.submit(body);
  };

  async #showErrors(): Promise<void> {
    await this.updateComplete;
    const wrong = this.renderRoot.querySelector<HTMLElement>('[aria-invalid=true], .wrong input');
    wrong?.focus();
    this.#announcer.say(spokenText(this.#panel));
  }

  readonly #onDialogPress = (event: PointerEvent): void => {
    this.#isPressOnBackdrop = event.target === event.currentTarget;
  };

  /** The dialog has no padding of its own: a click on itself is a click on its backdrop. */
  readonly #onDialogClick = (event: MouseEvent): void => {
    if (this.#isPressOnBackdrop && event.target === event.currentTarget) this.close();
    this.#isPressOnBackdrop = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'pay-button': PayButtonElement;
  }
}
