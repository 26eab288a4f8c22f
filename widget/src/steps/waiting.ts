import type { TemplateResult } from 'lit';
import { countryOfCurrency, networkName } from '../../../server/core/number-plans.ts';
import { APPROVAL_MENUS } from '../approval-menus.ts';
import type { KnownPayment } from '../controllers/checkout.ts';
import { maskPhone } from '../details-form.ts';
import { phoneIcon } from '../icons.ts';
import type { Panel } from '../panel.ts';
import { html, nothing } from '../template.ts';
import { cancelButton, checkButton } from './buttons.ts';
import { amountLine, heading, outcomeText, referenceLine } from './outcome.ts';

/** The buyer is looking at the phone: say what to do there, for how much, for how long, and how to ask. */
export function waitingStep(panel: Panel): TemplateResult {
  const { checkout, deadline, say } = panel;
  const { payment, phone } = checkout;
  return html`
    <div class="sign waiting">${phoneIcon()}</div>
    ${heading(panel, say('waiting.title'))} ${amountLine(panel)}
    <p>${approveText(panel)}</p>
    <p class="hint facts">
      ${phone && !payment?.asks_another ? html`<span>${say('sent', { phone: maskPhone(phone) })}</span>` : nothing} ${deadline ? html`<span role=${deadline.key === 'left' ? 'timer' : nothing}>${say(deadline.key, deadline)}</span>` : nothing}
    </p>
    ${checkButton(panel, 'check')}
    <p class=${checkout.isGivenUp ? 'notice' : 'hint'}>${outcomeText(panel)}</p>
    ${payment ? help(panel, payment) : nothing} ${referenceLine(panel)}
    ${cancelButton(panel)}
  `;
}

/** Who asks on the phone, this one or that of somebody who was first, and for how much; '' while only the start of a payment is known. */
export function approveText(panel: Panel): string {
  const { payment } = panel.checkout;
  return payment ? panel.say(payment.asks_another ? 'approveThere' : 'approve', { network: walletOf(panel, payment), amount: panel.money(payment.amount, payment.currency) }) : '';
}

/**
 * What to do when no prompt came, and the way out. No network takes a request back, and a second one beside the first
 * could be paid as well: so another is sent, or none, only when the server knows for certain that this one has ended.
 */
function help(panel: Panel, payment: KnownPayment): TemplateResult {
  const { checkout, say } = panel;
  const country = countryOfCurrency(payment.currency);
  const menu = country && payment.network && APPROVAL_MENUS[country][payment.network];
  // What follows the code in a sentence depends on the language: the sentence is split where the code stands.
  const [before = '', after = ''] = menu
    ? (menu.hasApprovals ? say('helpApprovals', { code: SPLIT }) : say('helpOnce', { network: walletOf(panel, payment), code: SPLIT })).split(SPLIT)
    : [];
  return html`<details part="help">
      <summary>${say('nothingCame')}</summary>
      <ul>
        <li>${say('helpPhone')}</li>
        ${menu ? html`<li>${before}<a href="tel:${encodeURIComponent(menu.code)}">${menu.code}</a>${after}</li>` : nothing}
        <li>${say('payee')}</li>
        <li>${say('helpMoney')}</li>
      </ul>
      <button
        part="resend"
        class="second"
        @click=${() => {
          checkout.giveUp();
        }}
      >
        ${say('resend')}
      </button>
    </details>`;
}

/** Stands for a code until its sentence is cut there; nobody writes it. */
const SPLIT = '\u0000';

/** The wallet's name as its users say it, which depends on the country: M-Pesa is two networks. */
function walletOf({ say }: Panel, { network, currency }: KnownPayment): string {
  return network ? networkName(network, currency) : say('wallet');
}
