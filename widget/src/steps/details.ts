import type { TemplateResult } from 'lit';
import type { CheckoutItem } from '../../../server/core/checkout-contract.ts';
import { takesWholeUnitsOnly } from '../../../server/core/money.ts';
import { type NetworkId, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import type { MobileMoney } from '../api.ts';
import { networkOf } from '../details-form.ts';
import { parseAmount } from '../money.ts';
import type { Panel } from '../panel.ts';
import { heading, outcomeText } from './outcome.ts';
import { html, nothing } from '../template.ts';

/** The form, also while its request is on the way: nothing the buyer reads moves, and focus stays where it is. */
export function detailsStep(panel: Panel, item: CheckoutItem, method: MobileMoney): TemplateResult {
  const { checkout, draft, errors, say } = panel;
  const { amount, currency } = item;
  const { networks, country } = method;
  const money = (value: number | null): string => (value ? panel.money(value, currency) : '');
  const typed = parseAmount(draft.amount, currency);
  const network = networkOf(draft, method);
  const down = networks.find(({ id, healthy }) => id === network && !healthy);
  const isBusy = checkout.state === 'starting';
  return html`
    <p class="hint">${item.app.name}</p>
    ${heading(panel, item.name, true)} ${amount === null ? nothing : html`<p class="price">${money(amount)}</p>`}
    <form
      novalidate
      aria-busy=${isBusy}
      @submit=${(event: Event) => {
        event.preventDefault();
        panel.submit();
      }}
    >
      ${amount === null
        ? html`${field(panel, 'amount', currency, rangeHint(panel, item))}
          ${suggestions(panel, item, typed)}`
        : nothing}
      ${field(panel, 'phone', `+${NUMBER_PLANS[country].callingCode}`, '')} ${networkChoice(panel, method, network)}
      <p class="error" id="network-error">${errors.network && say(errors.network)}</p>
      ${down ? html`<p class="notice">${say('down', { network: down.name })}</p>` : nothing}
      <p part="error" class="error" id="refusal">${errors.phone ? nothing : outcomeText(panel)}</p>
      <button part="submit" type="submit" aria-disabled=${isBusy} aria-describedby="refusal">
        ${isBusy ? html`<i></i>${say('wait')}` : payLabel(panel, money(amount ?? typed))}
      </button>
      <p class="hint">${say('promise')}</p>
    </form>
  `;
}

/** Between which amounts one may choose. */
function rangeHint({ money, say }: Panel, { currency, min_amount, max_amount }: CheckoutItem): string {
  const min = min_amount ? money(min_amount, currency) : '';
  const max = max_amount ? money(max_amount, currency) : '';
  const range = min && max ? say('range', { min, max }) : min ? say('atLeast', { min }) : max && say('atMost', { max });
  return `${range} ${takesWholeUnitsOnly(currency) ? say('whole') : ''}`.trim();
}

export function payLabel({ say }: Panel, amount: string): string {
  return amount ? say('pay', { amount }) : say('payNow');
}

/** What is wrong stands under the input also while nothing is, so that the input is always described by it. */
function field(panel: Panel, name: 'amount' | 'phone', prefix: string, hint: string): TemplateResult {
  const { draft, edit, errors, firstField, say } = panel;
  const code = errors[name];
  return html`<div>
    <label for=${name}>${say(name)}</label>
    <div part="field" class="box">
      ${prefix}
      <input
        id=${name}
        part="input"
        type="tel"
        inputmode=${name === 'phone' ? 'tel' : 'decimal'}
        autocomplete=${name === 'phone' ? 'tel' : 'off'}
        aria-required="true"
        aria-invalid=${!!code}
        ?autofocus=${name === firstField}
        aria-describedby="${name}-error ${name}-hint"
        .value=${draft[name]}
        @input=${(event: Event) => {
          edit({ [name]: (event.target as HTMLInputElement).value });
        }}
      />
    </div>
    <p part="error" class="error" id="${name}-error">${code && say(code)}</p>
    <p class="hint" id="${name}-hint">${hint}</p>
  </div>`;
}

/** Shortcuts to an amount; `aria-pressed` follows what is typed. */
function suggestions(panel: Panel, { suggested_amounts, currency }: CheckoutItem, typed: number | null): TemplateResult {
  return html`<div class="chips">
    ${suggested_amounts.map(
      (value) =>
        html`<button
          part="chip"
          class="chip"
          type="button"
          aria-pressed=${value === typed}
          @click=${() => {
            panel.edit({ amount: String(value) });
          }}
        >
          ${panel.money(value, currency)}
        </button>`,
    )}
  </div>`;
}

/** All networks of the country, the guess chosen: a number that was carried over is corrected by one press. */
function networkChoice({ edit, errors, say }: Panel, { networks }: MobileMoney, network: NetworkId | null): TemplateResult {
  return html`<div
    role="radiogroup"
    class="chips"
    aria-label=${say('network')}
    aria-invalid=${!!errors.network}
    aria-describedby="network-error"
  >
    ${networks.map(
      ({ id, name }) =>
        html`<label part="chip" class="chip"
          ><input
            type="radio"
            name="network"
            .checked=${id === network}
            @change=${() => {
              edit({ network: id });
            }}
          />${name}</label
        >`,
    )}
  </div>`;
}
