import { html, nothing, type TemplateResult } from 'lit';
import type { CheckoutItem } from '../../../server/core/checkout-contract.ts';
import { takesWholeUnitsOnly } from '../../../server/core/money.ts';
import { NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import { parseAmount } from '../money.ts';
import { type Field, type MobileMoney, networkOf } from '../details-form.ts';
import type { Panel } from './panel.ts';

/** The form, also while its request is on the way: nothing the buyer reads moves, and focus stays where it is. */
export function detailsStep(panel: Panel, item: CheckoutItem, method: MobileMoney): TemplateResult {
  const { checkout, t } = panel;
  const isBusy = checkout.state === 'starting';
  const amount = item.amount ?? parseAmount(panel.draft.amount, item.currency);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    panel.submit();
  };
  return html`
    <header>
      <p class="hint">${item.app.name}</p>
      <h2 id="title" tabindex="-1" autofocus>${item.name}</h2>
      ${item.amount === null ? nothing : html`<p class="price" part="price">${panel.money(item.amount, item.currency)}</p>`}
    </header>
    <form novalidate aria-busy=${isBusy} @submit=${onSubmit}>
      ${item.amount === null ? amountField(panel, item) : nothing} ${phoneField(panel, method)} ${networkField(panel, method)}
      <p class="error" id="refusal">${refusalText(panel)}</p>
      <button class="primary" part="submit" type="submit" aria-disabled=${isBusy} aria-describedby="refusal">
        ${isBusy ? html`<span class="spinner"></span>${t.loading}` : amount === null ? t.pay : t.payAmount(panel.money(amount, item.currency))}
      </button>
      <p class="hint centred">${t.promise}</p>
    </form>
  `;
}

function amountField(panel: Panel, item: CheckoutItem): TemplateResult {
  const { t, draft } = panel;
  const { currency, suggested_amounts } = item;
  return html`
    <div class="field">
      <label for="amount">${t.amount}</label>
      <span class="box" part="field">
        <span class="prefix" aria-hidden="true">${currency}</span>
        <input
          id="amount"
          part="input"
          inputmode=${takesWholeUnitsOnly(currency) ? 'numeric' : 'decimal'}
          autocomplete="off"
          aria-required="true"
          aria-invalid=${Boolean(panel.errors.amount)}
          aria-describedby="amount-error amount-hint"
          .value=${draft.amount}
          @input=${(event: InputEvent) => {
            panel.edit({ amount: (event.target as HTMLInputElement).value });
          }}
        />
      </span>
      ${errorLine(panel, 'amount', panel.errors.amount === 'AMOUNT_RANGE' ? rangeText(panel, item) : undefined)}
      <p class="hint" id="amount-hint">${rangeText(panel, item)} ${takesWholeUnitsOnly(currency) ? t.amountWhole : nothing}</p>
      ${suggested_amounts.length > 0
        ? html`<div class="chips">
            ${suggested_amounts.map(
              (suggested) =>
                html`<button
                  class="chip"
                  part="chip"
                  type="button"
                  aria-pressed=${parseAmount(draft.amount, currency) === suggested}
                  @click=${() => {
                    panel.edit({ amount: String(suggested) });
                  }}
                >
                  ${panel.money(suggested, currency)}
                </button>`,
            )}
          </div>`
        : nothing}
    </div>
  `;
}

function rangeText({ t, money }: Panel, { min_amount: min, max_amount: max, currency }: CheckoutItem): string {
  if (min !== null && max !== null) return t.amountBetween(money(min, currency), money(max, currency));
  if (min !== null) return t.amountAtLeast(money(min, currency));
  return max === null ? '' : t.amountAtMost(money(max, currency));
}

function phoneField(panel: Panel, { country }: MobileMoney): TemplateResult {
  return html`
    <div class="field">
      <label for="phone">${panel.t.phone}</label>
      <span class="box" part="field">
        <span class="prefix" aria-hidden="true">+${NUMBER_PLANS[country].callingCode}</span>
        <input
          id="phone"
          part="input"
          type="tel"
          inputmode="tel"
          autocomplete="tel"
          aria-required="true"
          aria-invalid=${Boolean(panel.errors.phone)}
          aria-describedby="phone-error"
          .value=${panel.draft.phone}
          @input=${(event: InputEvent) => {
            panel.edit({ phone: (event.target as HTMLInputElement).value });
          }}
        />
      </span>
      ${errorLine(panel, 'phone')}
    </div>
  `;
}

function networkField(panel: Panel, method: MobileMoney): TemplateResult {
  const { t, draft } = panel;
  const asked = networkOf(draft, method);
  const down = method.networks.find(({ id, healthy }) => id === asked && !healthy);
  return html`
    <fieldset class="field ${panel.errors.network ? 'wrong' : ''}" aria-describedby="network-error network-hint">
      <legend>${t.network}</legend>
      <div class="chips">
        ${method.networks.map(
          ({ id, name }) =>
            html`<label class="chip" part="chip">
              <input
                type="radio"
                name="network"
                value=${id}
                .checked=${id === asked}
                @change=${() => {
                  panel.edit({ network: id });
                }}
              />
              <span class="dot ${id}" aria-hidden="true"></span>${name}
            </label>`,
        )}
      </div>
      ${errorLine(panel, 'network')}
      <p class="warning" id="network-hint">${down ? t.networkDown(down.name) : nothing}</p>
    </fieldset>
  `;
}

/** Always there, so that what describes the input is known before it has something to say. */
function errorLine({ t, errors }: Panel, field: Field, text?: string): TemplateResult {
  const code = errors[field];
  return html`<p class="error" part="error" id="${field}-error">${text ?? (code && code !== 'AMOUNT_RANGE' ? t.errors[code] : nothing)}</p>`;
}

/** The server's refusal in words; a number it did not take is said at the number. */
export function refusalText({ checkout: { refusal }, t }: Panel): string {
  if (!refusal || refusal === 'INVALID_PHONE') return '';
  return Object.hasOwn(t.errors, refusal) ? t.errors[refusal as keyof typeof t.errors] : t.errors.OTHER;
}
