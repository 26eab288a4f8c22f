import type { TemplateResult } from 'lit';
import type { CheckoutItem } from '../../../server/core/checkout-contract.ts';
import { takesWholeUnitsOnly } from '../../../server/core/money.ts';
import { type NetworkId, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import type { MobileMoney } from '../api.ts';
import { networkOf, sandboxNumbers } from '../details-form.ts';
import { parseAmount } from '../money.ts';
import type { Panel } from '../panel.ts';
import { html, nothing } from '../template.ts';
import { payLabel } from './buttons.ts';
import { heading, outcomeText } from './outcome.ts';

/** The form, also while its request is on the way: nothing the buyer reads moves, and focus stays where it is. */
export function detailsStep(panel: Panel, item: CheckoutItem): TemplateResult {
  const { checkout, draft, edit, errors, firstField, mobileMoney, say, total } = panel;
  const { amount, currency } = item;
  const money = (value: number | null): string => (value ? panel.money(value, currency) : '');
  const typed = parseAmount(draft.amount, currency);
  const isBusy = checkout.state === 'starting';
  const label = mobileMoney ? payLabel(panel, money(total ?? typed)) : say('toCard');
  return html`
    <header>
      ${item.image_url ? picture(item.image_url) : nothing}
      <div>
        <p class="hint">${item.app.name}</p>
        ${heading(panel, item.name, !!firstField)}
      </div>
    </header>
    ${amount === null ? nothing : html`<p class="price">${priceText(panel, item, money(total))}</p>`} ${terms(panel, item)}
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
      ${checkout.offer.by('mobile_money') && checkout.offer.by('card')
        ? choice(panel, 'method', METHODS.map((id) => ({ id, name: say(id) })), METHODS[Number(!mobileMoney)]!, (id) => {
            edit({ isCard: id === 'card' });
          })
        : nothing}
      ${mobileMoney ? phoneFields(panel, mobileMoney) : nothing}
      <p part="error" class="error" id="refusal">${errors.phone ? nothing : outcomeText(panel)}</p>
      <button part="submit" type="submit" aria-disabled=${isBusy} aria-describedby="refusal">
        ${isBusy ? html`<i></i>${say('wait')}` : label}
      </button>
      ${mobileMoney ? html`<p class="hint">${say('promise')}</p>` : nothing}
    </form>
  `;
}

const METHODS = ['mobile_money', 'card'] as const;

/** The number to ask, and its network, the guess chosen: a number that was carried over is corrected by one press. */
function phoneFields(panel: Panel, method: MobileMoney): TemplateResult {
  const { draft, edit, oneOf, say } = panel;
  const { networks, country } = method;
  const network = networkOf(draft, method);
  const down = networks.find(({ id, healthy }) => id === network && !healthy);
  const others = networks.filter(({ healthy }) => healthy).map(({ name }) => name);
  return html`${field(panel, 'phone', `+${NUMBER_PLANS[country].callingCode}`, '')}
    ${choice(panel, 'network', networks, network, (id) => {
      edit({ network: id });
    })}
    ${down ? html`<p class="notice">${say('down', { network: down.name })} ${others.length ? say('instead', { others: oneOf(others) }) : nothing}</p>` : nothing}`;
}

/** Decoration: a page whose policy forbids it, or a picture that is gone, leaves no hole. */
function picture(url: string): TemplateResult {
  return html`<img
    part="image"
    src=${url}
    alt=""
    width="56"
    height="56"
    referrerpolicy="no-referrer"
    @error=${({ target }: Event) => {
      (target as HTMLElement).hidden = true;
    }}
  />`;
}

/** `UGX 25,000`, `UGX 10,000 a month`, and how it comes about. */
function priceText(panel: Panel, item: CheckoutItem, total: string): unknown {
  const { money, quantity, say } = panel;
  const { amount, currency, interval, interval_days = 0 } = item;
  if (interval === 'custom') return say('custom', { amount: total, time: panel.days(interval_days) });
  if (interval) return say(interval, { amount: total });
  return quantity > 1 ? html`${total} <small>${quantity} × ${money(amount ?? 0, currency)}</small>` : total;
}

/** What a plan asks besides its price. */
function terms({ days, money, say }: Panel, { currency, interval, setup_fee, trial_days }: CheckoutItem): unknown {
  return interval
    ? html`<p class="hint">
        ${trial_days ? say('trial', { time: days(trial_days) }) : nothing} ${setup_fee ? say('setupFee', { amount: money(setup_fee, currency) }) : nothing}
        ${say('renewals')}
      </p>`
    : nothing;
}

/** In test mode: numbers to press, each with what becomes of it. */
export function testNumbers(panel: Panel): unknown {
  const { mobileMoney } = panel;
  return mobileMoney
    ? html`<details>
        <summary>${panel.say('testNumbers')}</summary>
        ${sandboxNumbers(mobileMoney.country).map(
          ([number, outcome]) =>
            html`<button
              class="quiet"
              @click=${() => {
                panel.edit({ phone: number, network: null });
              }}
            >
              ${number}<span>${panel.find(outcome)}</span>
            </button>`,
        )}
      </details>`
    : nothing;
}

/** Between which amounts one may choose. */
function rangeHint({ money, say }: Panel, { currency, min_amount, max_amount }: CheckoutItem): string {
  const min = min_amount ? money(min_amount, currency) : '';
  const max = max_amount ? money(max_amount, currency) : '';
  const range = min && max ? say('range', { min, max }) : min ? say('atLeast', { min }) : max && say('atMost', { max });
  return `${range} ${takesWholeUnitsOnly(currency) ? say('whole') : ''}`.trim();
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
        ?data-first=${name === firstField}
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

/** One of a few, networks told apart by their marks too. What is wrong stands below. */
function choice<Id extends NetworkId | 'mobile_money' | 'card'>(
  { errors, say }: Panel,
  name: 'method' | 'network',
  options: readonly { id: Id; name: string }[],
  chosen: Id | null,
  choose: (id: Id) => void,
): TemplateResult {
  const code = name === 'network' ? errors[name] : undefined;
  return html`<div role="radiogroup" class="chips" aria-label=${say(name)} aria-invalid=${!!code} aria-describedby="${name}-error">
      ${options.map(
        (option) =>
          html`<label part="chip" class="chip"
            ><input
              type="radio"
              name=${name}
              .checked=${option.id === chosen}
              @change=${() => {
                choose(option.id);
              }}
            />${name === 'network' ? html`<span class="mark ${option.id}" data-initial=${option.name[0]}></span>` : nothing}${option.name}</label
          >`,
      )}
    </div>
    <p class="error" id="${name}-error">${code && say(code)}</p>`;
}
