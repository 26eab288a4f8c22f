import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { Currency } from '../../server/core/money.ts';
import { Announcer } from './controllers/announcer.ts';
import type { Checkout } from './controllers/checkout.ts';
import { Countdown } from './controllers/countdown.ts';
import type { LocaleController } from './controllers/locale.ts';
import { type Draft, type FieldErrors, maskPhone, readDetails } from './details-form.ts';
import { PayStartEvent } from './events.ts';
import { crossIcon } from './icons.ts';
import type { Messages } from './messages/en.ts';
import { formatMoney } from './money.ts';
import { detailsStep } from './steps/details.ts';
import { outcomeStep, outcomeText, waitStep } from './steps/outcome.ts';
import { waitingStep } from './steps/waiting.ts';

/** What the panel needs to know of its element. */
export interface PanelHost extends ReactiveControllerHost, HTMLElement {
  readonly customerName: string;
  readonly email: string;
  readonly isInline: boolean;
  /** Where the buyer goes on after success, '' for nowhere. */
  readonly successHref: string;
  close(): void;
}

/** What the buyer pays in, the same in a dialog and in the flow of the page: what is typed, and which step shows. */
export class Panel {
  readonly host: PanelHost;
  readonly checkout: Checkout;
  readonly #locale: LocaleController;
  readonly #announcer: Announcer;
  readonly #countdown: Countdown;
  draft: Draft = { phone: '', amount: '', network: null };
  errors: FieldErrors = {};
  /** The number the request went to, masked; '' after a reload, which does not keep it. */
  sentTo = '';

  constructor(host: PanelHost, checkout: Checkout, locale: LocaleController) {
    this.host = host;
    this.checkout = checkout;
    this.#locale = locale;
    this.#announcer = new Announcer(host);
    this.#countdown = new Countdown(host);
  }

  get t(): Messages {
    return this.#locale.messages;
  }

  /** `04:05`, '' when there is nothing to count. */
  get timeLeft(): string {
    return this.#countdown.left;
  }

  money(amount: number, currency: Currency): string {
    return formatMoney(amount, currency, this.#locale.tag);
  }

  readonly edit = (change: Partial<Draft>): void => {
    this.draft = { ...this.draft, ...change };
    // What is being corrected is no longer wrong.
    this.errors = {};
    this.host.requestUpdate();
  };

  submit(): void {
    const { host, checkout } = this;
    const { item, method } = checkout;
    if (!item || !method || checkout.state !== 'details') return;
    const { body, errors = {} } = readDetails(this.draft, item, method);
    this.errors = errors;
    host.requestUpdate();
    if (!body) return;
    if (host.customerName) body.customer_name = host.customerName;
    if (host.email) body.customer_email = host.email;
    const detail = { reference: '', status: '', amount: item.amount ?? body.amount ?? null, currency: item.currency } as const;
    if (!host.dispatchEvent(new PayStartEvent(detail))) return;
    this.sentTo = maskPhone(body.phone_number ?? '');
    checkout.submit(body);
  }

  /** The state changed, or there is news in it: the live region says so. */
  announce(): void {
    const { checkout, t } = this;
    const { state } = checkout;
    // A number the server did not take is wrong at its field, as if it had been noticed here.
    if (state === 'details' && checkout.code === 'INVALID_PHONE') this.errors = { phone: checkout.code };
    this.#announcer.say(state in t.title ? `${t.title[state as keyof typeof t.title]}. ${outcomeText(this)}` : outcomeText(this));
  }

  /** Counts down only while somebody sees it. */
  count(isShown: boolean): void {
    const { payment, state } = this.checkout;
    this.#countdown.countTo((isShown && ['waiting', 'checking'].includes(state) && payment?.expires_at) || '');
  }

  render(): TemplateResult {
    const { host, checkout, t } = this;
    return html`<div part="panel" class="panel">
      ${(checkout.payment ?? checkout.item)?.is_test ? html`<p part="ribbon" class="notice">${t.test}</p>` : nothing}
      ${host.isInline
        ? nothing
        : html`<button part="close" class="close" type="button" aria-label=${t.close} @click=${() => { host.close(); }}>${crossIcon}</button>`}
      <div class="step">${this.#step()}</div>
      ${this.#announcer.render()}
    </div>`;
  }

  #step(): TemplateResult {
    const { state, item, method, payment } = this.checkout;
    switch (state) {
      case 'details':
      case 'starting':
        if (item && method) return detailsStep(this, item, method);
        break;
      case 'waiting':
      case 'card':
        return waitingStep(this);
      case 'checking':
        // Looking again at a payment that had ended must not send anyone to the phone.
        if (payment?.status === 'pending') return waitingStep(this);
        break;
      case 'idle':
      case 'loading':
        break;
      case 'succeeded':
      case 'failed':
      case 'expired':
      case 'unknown':
      case 'offline':
      case 'unavailable':
        return outcomeStep(this, state);
      default:
        return state satisfies never;
    }
    return waitStep(this);
  }
}
