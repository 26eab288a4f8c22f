import type { ReactiveController, TemplateResult } from 'lit';
import type { CheckoutStart } from '../../../server/core/checkout-contract.ts';
import { startPayment } from '../api.ts';
import { LooseDialog } from '../controllers/loose-dialog.ts';
import { doubtIcon } from '../icons.ts';
import type { Panel } from '../panel.ts';
import { html, nothing } from '../template.ts';
import { TIMING } from '../timing.ts';
import { cancelButton, checkButton, payLabel, wayOut } from './buttons.ts';
import { amountLine, heading, referenceLine, waitStep } from './outcome.ts';
import { SANDBOX_KEY, SandboxCardForm } from './sandbox-card.ts';
import { StripeCardForm } from './stripe-card.ts';

/** What takes the card: the sandbox's form, or the payment company's own. */
export interface CardForm {
  /** Whether a bank's question is shown, which has its own buttons. */
  readonly isAsking: boolean;
  render(step: CardStep): TemplateResult;
  /**
   * Resolves once it can be filled in, with what became of a card that was sent before where that is known; or at once
   * when there is nothing left to fill in, because that card is with its bank.
   */
  load(wasSent: boolean): Promise<CardResult | undefined>;
  /** What is wrong with what was typed, '' when it can be sent. */
  check(): Promise<string>;
  /** Sends the card to its bank. Throws when nobody knows what became of it. */
  send(answer?: BankAnswer): Promise<CardResult>;
  /** The page's colours or language may have changed. */
  refresh(): void;
  /** It has not come and is no longer waited for. */
  abandon(): void;
  destroy(): void;
}

/** What the buyer answers to the sandbox's bank. */
export type BankAnswer = 'passed' | 'failed';

/**
 * `sent`: only the server knows now. `refused`: certainly nothing was charged, for this reason. `asked`: the same, and
 * the form shows what the bank wants to know.
 */
export type CardResult = { kind: 'sent' | 'asked' } | { kind: 'refused'; text: string };

/** All that a payment by card shows until it has ended. One for each button, as the panel. */
export class CardStep implements ReactiveController {
  readonly panel: Panel;
  isBusy = false;
  /** What went wrong with the card, in words. */
  error = '';
  #form: CardForm | null = null;
  /** The payment whose form it is. */
  #reference = '';
  #isComing = false;
  #isReady = false;
  /** Counts the forms: what was begun for an earlier one is not gone on with. */
  #turn = 0;
  /** The form was taken away while its bank was at work. */
  #isGone = false;
  /** The form did not come when it was last fetched. */
  #isLost = false;

  readonly update = (): void => {
    this.panel.host.requestUpdate();
  };

  constructor(panel: Panel) {
    this.panel = panel;
    new LooseDialog(panel.host, () => this.isBusy);
    panel.host.addController(this);
  }

  hostUpdate(): void {
    const { checkout, host } = this.panel;
    const { attempt } = checkout;
    // While it is looked after the form stays as it is: what was typed is still there if it has to be sent again.
    const isHere = checkout.isByCard && attempt?.reference === this.#reference;
    // Put off for another way to pay, too: nothing shows it, and the buyer may come back to it.
    const isPutOff = this.#isReady && !this.isBusy && checkout.putOff.reference(attempt) === this.#reference;
    if (isPutOff) this.error = '';
    else if (!isHere) this.#drop(attempt?.reference);
    if (checkout.state === 'card' && host.isConnected && host.isPanelShown && !this.#form && !this.#isLost && !this.#isComing) void this.#prepare();
  }

  hostConnected(): void {
    this.update();
  }

  hostUpdated(): void {
    this.#form?.refresh();
  }

  hostDisconnected(): void {
    this.#drop();
  }

  /** What there is to hear. */
  get spoken(): string {
    const { checkout, say } = this.panel;
    if (this.isBusy) return say('wait');
    if (checkout.state === 'card') {
      if (this.#isLost) return say('formLost');
      return this.error || say(!this.#isReady ? 'wait' : this.#form?.isAsking ? 'asks.title' : 'card.title');
    }
    return `${say(this.#isAtPage ? 'page.title' : 'bank.title')}. ${this.#waitText}`;
  }

  /** Sends the card, or the answer to its bank. Again while the first is on its way, it does nothing. */
  readonly submit = async (answer?: BankAnswer): Promise<void> => {
    const { checkout } = this.panel;
    const { attempt } = checkout;
    const form = this.#form;
    if (!form || !this.#isReady || this.isBusy) return;
    this.isBusy = true;
    this.error = '';
    this.update();
    let result: CardResult | undefined;
    let isSent = false;
    try {
      this.error = await form.check();
      // Written down before, and taken back only when it is certain that nothing was charged.
      if (!this.error && checkout.confirms(true)) {
        isSent = true;
        result = await form.send(answer);
      }
    } catch {
      // A form that cannot even be looked at, as when its frame was moved, makes room for another.
      if (isSent) result = { kind: 'sent' };
      else this.#isGone = true;
    }
    this.isBusy = false;
    if (this.#isGone) this.#forget();
    // It may have ended meanwhile, or the buyer be elsewhere.
    if (checkout.attempt === attempt) this.#settle(result);
    this.update();
  };

  #settle(result: CardResult | undefined): void {
    const { checkout } = this.panel;
    if (!result) return;
    if (result.kind === 'sent') {
      checkout.isAwaited = true;
      checkout.check();
    } else if (checkout.confirms(false) && result.kind === 'refused') {
      this.error = result.text;
    }
  }

  render(): TemplateResult {
    const { state } = this.panel.checkout;
    if (this.#isAtPage) return this.#page();
    if (state !== 'card') return this.#bank();
    return html`<div class="backdrop" @click=${() => {
        this.panel.host.close();
      }}></div>
      ${this.#isLost ? this.#lost() : this.#card()}`;
  }

  /** What this payment's form is made from: what the start has answered, asked again where this page has not heard it. */
  async #start(): Promise<CheckoutStart> {
    const { checkout, host } = this.panel;
    const { attempt, payment } = checkout;
    if (payment && 'client_secret' in payment && payment.client_secret) return payment;
    const started = await startPayment(host.server, host.item, attempt?.body ?? {}, attempt?.key ?? '');
    if (!started.client_secret) throw new Error('no client secret');
    if (checkout.attempt === attempt) checkout.payment = { ...started, ...checkout.payment, client_secret: started.client_secret };
    return started;
  }

  async #prepare(): Promise<void> {
    const { host, say, checkout } = this.panel;
    const turn = this.#turn;
    this.#isComing = true;
    try {
      const start = await inTime(this.#start());
      if (this.#turn !== turn) return;
      const shop = (): string => checkout.offer.item?.app.name ?? '';
      const form = start.stripe_publishable_key === SANDBOX_KEY ? new SandboxCardForm({ server: host.server, start, shop, say }) : new StripeCardForm({ host, start, say, onGone: this.#renew });
      this.#form = form;
      this.update();
      const past = await inTime(form.load(!!checkout.attempt?.confirmed));
      if (this.#turn !== turn) return;
      this.#isComing = false;
      this.#isReady = true;
      this.#settle(past);
    } catch (error) {
      if (this.#turn !== turn) return;
      console.error(`<pay-button item="${host.item}">: the card form did not load. ${String(error)} See Content-Security-Policy in the documentation.`);
      this.#form?.abandon();
      this.#forget();
      this.#isLost = true;
    }
    this.update();
  }

  /** Something took the form away: another is put in its place, unless its bank is at work. */
  readonly #renew = (): void => {
    this.#isGone = true;
    if (!this.isBusy) this.#forget();
    this.update();
  };

  #drop(next = ''): void {
    this.#forget();
    this.#reference = next;
    this.#isLost = this.isBusy = false;
    this.error = '';
  }

  #forget(): void {
    this.#form?.destroy();
    this.#form = null;
    this.#isReady = this.#isComing = this.#isGone = false;
    this.#turn++;
  }

  get #isAtPage(): boolean {
    return !!this.panel.checkout.attempt?.page;
  }

  get #waitText(): string {
    const { checkout, say } = this.panel;
    if (!this.#isAtPage) return say('bank');
    return say(checkout.isGivenUp ? 'pageOpen' : 'page');
  }

  #card(): TemplateResult {
    const { panel } = this;
    const { checkout, money, say } = panel;
    const { attempt, payment } = checkout;
    const form = this.#form;
    if (!form) return waitStep(panel);
    const isBusy = this.isBusy || !this.#isReady;
    return html`
      ${heading(panel, say(form.isAsking ? 'asks.title' : 'card.title'))} ${amountLine(panel)}
      <form
        novalidate
        aria-busy=${isBusy}
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.submit();
        }}
      >
        ${form.render(this)}
        <p part="error" class="error" id="card-error">${this.error}</p>
        ${form.isAsking
          ? nothing
          : html`<button part="submit" type="submit" aria-disabled=${isBusy} aria-describedby="card-error">
              ${isBusy ? html`<i></i>${say('wait')}` : payLabel(panel, payment ? money(payment.amount, payment.currency) : '')}
            </button>`}
      </form>
      ${this.isBusy || attempt?.confirmed ? nothing : wayOut(panel)} ${referenceLine(panel)}
    `;
  }

  #lost(): TemplateResult {
    const { panel } = this;
    const retry = (): void => {
      this.#isLost = false;
      this.update();
    };
    return html`<div class="sign">${doubtIcon()}</div>
      ${heading(panel, panel.say('card.title'))} ${amountLine(panel)}
      <p>${panel.say('formLost')}</p>
      <button part="done" type="button" @click=${retry}>${panel.say('retry')}</button>
      ${panel.checkout.attempt?.confirmed ? nothing : wayOut(panel)} ${referenceLine(panel)}`;
  }

  /** The card was sent, and only the server says what became of it. */
  #bank(): TemplateResult {
    const { panel } = this;
    const { checkout, say } = panel;
    // Taken up again, and not looked at yet: nobody knows whether its bank has it.
    if (!checkout.isAwaited) return waitStep(panel);
    const back = (): void => {
      checkout.isAwaited = false;
      checkout.check();
    };
    return html`<div class="sign"><i></i></div>
      ${heading(panel, say('bank.title'))} ${amountLine(panel)}
      <p>${this.#waitText}</p>
      ${checkButton(panel, 'look', 'second')}
      <p class="hint">${say('mayClose')}</p>
      ${referenceLine(panel)}
      <button part="another" class="quiet" type="button" @click=${back}>${say('backToCard')}</button>`;
  }

  #page(): TemplateResult {
    const { panel } = this;
    const { checkout, say } = panel;
    return html`<div class="sign">${doubtIcon()}</div>
      ${heading(panel, say('page.title'))} ${amountLine(panel)}
      <p class=${checkout.isGivenUp ? 'notice' : ''}>${this.#waitText}</p>
      <a part="done" href=${checkout.attempt?.page ?? ''}>${say('elsewhere')}</a>
      ${checkButton(panel, 'look', 'second')} ${referenceLine(panel)}
      ${cancelButton(panel)}`;
  }
}

/** What takes longer is not waited for any more: the buyer is told, and may try again. */
async function inTime<Answer>(loading: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('It took too long.'));
    }, TIMING.formMs);
  });
  return Promise.race([loading, limit]).finally(() => {
    clearTimeout(timer);
  });
}
