/**
 * The sandbox's card form. There is no field: three test cards can be chosen and nothing can be typed, so that no real
 * card ever reaches a test server, not even filled in by the browser.
 */
import type { TemplateResult } from 'lit';
import type { CheckoutStart } from '../../../server/core/checkout-contract.ts';
import type { Panel } from '../panel.ts';
import { html } from '../template.ts';
import { TIMING } from '../timing.ts';
import type { BankAnswer, CardForm, CardResult, CardStep } from './card.ts';

/** The publishable key of a sandbox, which is nobody's at any payment company. */
export const SANDBOX_KEY = 'pk_test_sandbox';

/** With what becomes of each. Source of the numbers: docs.stripe.com/testing. */
const CARDS = { '4242 4242 4242 4242': 'testPays', '4000 0000 0000 0002': 'testDeclined', '4000 0027 6000 3184': 'testAsks' } as const;

type TestCard = keyof typeof CARDS;

export interface SandboxCard {
  server: string;
  start: CheckoutStart;
  /** Whom the bank names; known once the item is. */
  shop: () => string;
  say: Panel['say'];
}

export class SandboxCardForm implements CardForm {
  readonly #card: SandboxCard;
  #number: TestCard = '4242 4242 4242 4242';
  isAsking = false;

  constructor(card: SandboxCard) {
    this.#card = card;
  }

  async load(): Promise<undefined> {
    // It is here, and a card that was sent before can be sent again: what was paid is not paid twice.
  }

  abandon(): void {
    // Nothing to give up.
  }

  async check(): Promise<string> {
    return '';
  }

  async send(challenge?: BankAnswer): Promise<CardResult> {
    const { server, start, say } = this.#card;
    this.isAsking = false;
    const response = await fetch(`${server}/sandbox/card/${encodeURIComponent(start.reference)}`, {
      method: 'POST',
      credentials: 'omit',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_secret: start.client_secret, number: this.#number, ...(challenge && { challenge }) }),
      signal: AbortSignal.timeout(TIMING.readMs),
    });
    // Refused before anything was looked at; of a server in trouble nobody knows what it has done.
    if (response.status >= 400 && response.status < 500) return { kind: 'refused', text: say(response.status === 429 ? 'RATE_LIMIT' : 'OTHER') };
    const { data } = (await response.json()) as { data: { result: string } };
    if (data.result === 'requires_action') {
      this.isAsking = true;
      return { kind: 'asked' };
    }
    if (data.result !== 'card_declined') return { kind: 'sent' };
    return { kind: 'refused', text: `${say(challenge ? 'unproven' : 'card_declined')} ${say('notCharged')}` };
  }

  refresh(): void {
    // It is made of the panel's own colours and words.
  }

  destroy(): void {
    // Nothing outlives it.
  }

  render(step: CardStep): TemplateResult {
    return this.isAsking ? this.#question(step) : this.#choice(step);
  }

  #choice({ error, update }: CardStep): TemplateResult {
    const { say } = this.#card;
    return html`<p class="hint" id="cards-hint">${say('testCardsOnly')}</p>
      <div role="radiogroup" class="chips cards" aria-label=${say('testCards')} aria-invalid=${!!error} aria-describedby="cards-hint card-error">
        ${Object.entries(CARDS).map(
          ([number, outcome]) =>
            html`<label part="chip" class="chip"
              ><input
                type="radio"
                name="card"
                .checked=${number === this.#number}
                @change=${() => {
                  this.#number = number as TestCard;
                  update();
                }}
              /><span>${number} <small>${say(outcome)}</small></span></label
            >`,
        )}
      </div>`;
  }

  /** What a bank would ask in a window of its own. */
  #question({ isBusy, submit }: CardStep): TemplateResult {
    const { say, shop } = this.#card;
    return html`<p class="bank">${say('asks', { shop: shop() })}</p>
      <button part="approve" type="button" aria-disabled=${isBusy} @click=${() => submit('passed')}>${say('approveCard')}</button>
      <button part="refuse" class="second" type="button" aria-disabled=${isBusy} @click=${() => submit('failed')}>${say('refuseCard')}</button>`;
  }
}
