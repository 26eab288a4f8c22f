import type { TemplateResult } from 'lit';
import { countryOfCurrency, NUMBER_PLANS } from '../../../server/core/number-plans.ts';
import { phoneIcon } from '../icons.ts';
import type { Panel } from '../panel.ts';
import { amountLine, heading, outcomeText, referenceLine } from './outcome.ts';
import { html, nothing } from '../template.ts';

/** The buyer is looking at the phone: say what to do there, for how much, for how long, and how to ask. */
export function waitingStep(panel: Panel): TemplateResult {
  const { checkout, say, sentTo, timeLeft } = panel;
  const { payment } = checkout;
  const isChecking = checkout.state === 'checking';
  return html`
    <div class="sign waiting">${phoneIcon()}</div>
    ${heading(panel, say('waiting.title'))} ${amountLine(panel)}
    <p>${payment ? say('approve', { network: networkName(panel), amount: panel.money(payment.amount, payment.currency) }) : nothing}</p>
    ${sentTo ? html`<p class="hint">${say('sent', { phone: sentTo })}</p>` : nothing}
    ${timeLeft ? html`<p class="hint">${say('left')}: <span role="timer">${timeLeft}</span></p>` : nothing}
    <button
      part="check"
      type="button"
      aria-disabled=${isChecking}
      @click=${() => {
        checkout.check();
      }}
    >
      ${isChecking ? html`<i></i>${say('wait')}` : say('check')}
    </button>
    <p class="hint">${outcomeText(panel)}</p>
    ${referenceLine(panel)}
  `;
}

/** The wallet's name as its users say it, which depends on the country: M-Pesa is two networks. */
function networkName({ checkout: { payment }, say }: Panel): string {
  const country = payment && countryOfCurrency(payment.currency);
  return (country && NUMBER_PLANS[country].networks.find(({ id }) => id === payment.network)?.name) ?? say('wallet');
}
