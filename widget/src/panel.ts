import type { ReactiveController, TemplateResult } from 'lit';
import type { Currency } from '../../server/core/money.ts';
import type { MobileMoney } from './api.ts';
import type * as Card from './card.ts';
import { Announcer } from './controllers/announcer.ts';
import type { Checkout } from './controllers/checkout.ts';
import { Countdown } from './controllers/countdown.ts';
import { DialogController, type DialogHost, focusFirst } from './controllers/dialog.ts';
import type { LocaleController } from './controllers/locale.ts';
import type { ScriptPart } from './controllers/script-part.ts';
import type { SuccessRedirect } from './controllers/success-redirect.ts';
import { type Draft, type FieldErrors, readDetails } from './details-form.ts';
import { crossIcon } from './icons.ts';
import { formatMoney } from './money.ts';
import { detailsStep, testNumbers } from './steps/details.ts';
import { lostStep, outcomeStep, outcomeText, titleOf, waitStep } from './steps/outcome.ts';
import { approveText, waitingStep } from './steps/waiting.ts';
import { html, nothing } from './template.ts';

export { messages } from './messages/en.ts';
export { CSS } from './panel.styles.ts';
export { useLit } from './template.ts';
export { VERSION } from './version.ts';

/** What the panel needs to know of its element. */
export interface PanelHost extends DialogHost {
  readonly phone: string;
  readonly amount: number | null;
  readonly customerName: string;
  readonly email: string;
  readonly success: SuccessRedirect;
  /** How many the site says are bought; 1 where that is no number of things. */
  readonly count: number;
  readonly isInline: boolean;
  readonly isPanelShown: boolean;
  readonly server: string;
  readonly item: string;
  /** The language spoken. */
  readonly language: string;
  readonly cardScript: ScriptPart<'card'>;
}

/** What the buyer pays in, the same in a dialog and in the flow of the page: what is typed, and which step shows. */
export class Panel implements ReactiveController {
  readonly host: PanelHost;
  readonly checkout: Checkout;
  readonly #locale: LocaleController;
  readonly #dialog: DialogController;
  readonly #announcer: Announcer;
  readonly #countdown: Countdown;
  draft: Draft;
  errors: FieldErrors = {};
  #card: Card.CardStep | null = null;
  /** The reference that was copied. */
  copied = '';
  /** Whether the ribbon is shown, undefined while that is not known. */
  #isTest: boolean | undefined;
  /** The news the buyer has been told; a ribbon that comes is some, as all of the panel is made anew. */
  #announced = '';

  constructor(host: PanelHost, checkout: Checkout, locale: LocaleController) {
    this.host = host;
    this.draft = { isCard: false, phone: host.phone, amount: String(host.amount || ''), network: null };
    this.checkout = checkout;
    this.#locale = locale;
    this.#dialog = new DialogController(host);
    this.#announcer = new Announcer(host);
    this.#countdown = new Countdown(host);
    host.addController(this);
  }

  hostUpdate(): void {
    const { host, checkout } = this;
    const isWaiting = host.isPanelShown && ['waiting', 'checking'].includes(checkout.state);
    this.#countdown.countTo((isWaiting && checkout.payment?.expires_at) || '');
    // A payment that is taken up again was not begun here.
    if (this.#isAtCard && !this.card && !host.cardScript.isLost) void this.fetchCard();
  }

  hostUpdated(): void {
    const { host, checkout } = this;
    const news = JSON.stringify([!this.#isTest, checkout.state, checkout.isStillPending, checkout.isGivenUp, this.errors, this.#cardWords]);
    if (news === this.#announced || !host.isPanelShown) return;
    this.#announced = news;
    this.#announce();
    // A step that goes takes its focused button along: focus goes to where the next one starts, or to what is wrong.
    const root = host.shadowRoot;
    const find = (selector: string): HTMLElement | null | undefined => root?.querySelector<HTMLElement>(selector);
    const wrong = find('[aria-invalid=true] :checked') ?? find('input[aria-invalid=true], [aria-invalid=true] input');
    if (wrong) wrong.focus();
    else if (host.isOpen && !root?.activeElement) focusFirst(host);
  }

  /** What a payment by card shows until it has ended: the card form, or that its bank is waited for. */
  get #isAtCard(): boolean {
    const { host, checkout } = this;
    return host.isPanelShown && checkout.isByCard && ['card', 'waiting', 'checking'].includes(checkout.state);
  }

  /** The card step, once it was needed. Made before an update it takes part in it: what joins late is not called. */
  get card(): Card.CardStep | null {
    const { code } = this.host.cardScript;
    return (this.#card ??= code && new code.CardStep(this));
  }

  async fetchCard(): Promise<void> {
    await this.host.cardScript.fetch();
    this.host.requestUpdate();
  }

  /** A sentence in the language of the page, or in the site's own words. */
  readonly say: LocaleController['say'] = (key, ...values) => this.#locale.say(key, ...values);

  /** The sentence for a state or a code, '' when there is none. */
  readonly find = (code: string): string => this.#locale.find(code);

  /** How long the payment stays open, in words; null once it does not. */
  get deadline(): Countdown['told'] {
    return this.#countdown.told;
  }

  /** How money is asked for on a phone; undefined where it is not. */
  get mobileMoney(): MobileMoney | undefined {
    const { checkout, draft } = this;
    return draft.isCard && checkout.offer.by('card') ? undefined : checkout.offer.by('mobile_money');
  }

  /** How many are bought: of an amount the buyer chooses, one. */
  get quantity(): number {
    const { checkout, host } = this;
    return checkout.offer.item?.amount == null ? 1 : host.count;
  }

  /** What a fixed price comes to, null where the buyer chooses. */
  get total(): number | null {
    const amount = this.checkout.offer.item?.amount ?? null;
    return amount && amount * this.quantity;
  }

  /** Names as one says them: `A or B or C`. */
  readonly oneOf = (names: readonly string[]): string => names.join(` ${this.say('or')} `);

  /** `3 days`. In our own words, as above: browsers speak neither Luganda nor Kinyarwanda. */
  readonly days = (count: number): string => this.say(count === 1 ? 'day' : 'days', { count: String(count) });

  /** The field in which focus starts, so that one can type at once; none in the flow of a page, which has its own. */
  get firstField(): 'amount' | 'phone' | '' {
    const { checkout, draft, host } = this;
    if (!host.isOpen) return '';
    if (checkout.offer.item?.amount === null && !draft.amount) return 'amount';
    return this.mobileMoney ? 'phone' : '';
  }

  readonly money = (amount: number, currency: Currency): string => formatMoney(amount, currency, this.#locale.tags);

  readonly edit = (change: Partial<Draft>): void => {
    this.draft = { ...this.draft, ...change };
    // What is being corrected is no longer wrong.
    this.errors = {};
    // So that it is here when it is its turn.
    if (change.isCard) void this.fetchCard();
    this.host.requestUpdate();
  };

  submit(): void {
    const { host, checkout, mobileMoney } = this;
    const { item } = checkout.offer;
    if (!item || checkout.state !== 'details') return;
    const { body, errors = {} } = readDetails(this.draft, item, mobileMoney);
    this.errors = errors;
    host.requestUpdate();
    if (!body) return;
    if (host.customerName) body.customer_name = host.customerName;
    if (host.email) body.customer_email = host.email;
    const { quantity } = this;
    if (quantity > 1) body.quantity = quantity;
    if (!mobileMoney) void this.fetchCard();
    checkout.submit(body, this.total ?? body.amount ?? null);
  }

  /** Puts the reference where it can be pasted from; on plain http, where pages may not, it is marked for the buyer to copy. */
  async copyReference(reference: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(reference);
      this.copied = reference;
      this.#announcer.say(this.say('copied'));
    } catch {
      const code = this.host.shadowRoot?.querySelector('code');
      if (code) getSelection()?.selectAllChildren(code);
    }
  }

  /** What there is to hear of a card, undefined where there is none. */
  get #cardWords(): string | undefined {
    return this.#isAtCard ? (this.card?.spoken ?? this.say(this.host.cardScript.isLost ? 'unreachable' : 'wait')) : undefined;
  }

  /** The live region says what is new. */
  #announce(): void {
    const { checkout } = this;
    const { state } = checkout;
    // A number the server did not take is wrong at its field, as if it had been noticed here.
    if (state === 'details' && checkout.code === 'INVALID_PHONE') this.errors = { phone: checkout.code };
    const title = titleOf(this);
    const isNew = state === 'waiting' && !checkout.isStillPending && !checkout.isGivenUp;
    const text = isNew ? approveText(this) : outcomeText(this);
    this.#announcer.say(this.#cardWords ?? (title ? `${title}. ${text}` : text));
  }

  render(): TemplateResult {
    const { host, checkout, say } = this;
    const isAtForm = ['details', 'starting'].includes(checkout.state);
    const rest = html`${host.isInline
        ? nothing
        : html`<button
            part="close"
            class="close"
            aria-label=${say('close')}
            @click=${() => {
              host.close();
            }}
          >
            ${crossIcon()}
          </button>`}
      <div class="step">${this.#step()}</div>`;
    // A ribbon that comes with the item moves nothing: what is below it is made anew.
    this.#isTest = checkout.payment?.is_test ?? checkout.offer.item?.is_test;
    const panel = html`<div part="panel" class="panel">
      ${this.#isTest ? html`<div part="ribbon" class="notice">${say('test')} ${isAtForm ? testNumbers(this) : nothing}</div>${rest}` : rest} ${this.#announcer.render()}
    </div>`;
    return host.isInline ? html`<section aria-labelledby="title">${panel}</section>` : this.#dialog.render(panel);
  }

  #step(): TemplateResult {
    const { state, offer, payment } = this.checkout;
    if (this.#isAtCard) return this.card?.render() ?? (this.host.cardScript.isLost ? lostStep(this) : waitStep(this));
    switch (state) {
      case 'details':
      case 'starting':
        if (offer.item) return detailsStep(this, offer.item);
        break;
      case 'waiting':
        return waitingStep(this);
      case 'checking':
        // Looking again at a payment that had ended must not send anyone to the phone.
        if (payment?.status === 'pending') return waitingStep(this);
        break;
      case 'idle':
      case 'loading':
      case 'card':
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
