import { html, nothing, type TemplateResult } from 'lit';
import { phoneIcon } from '../icons.ts';
import { networkName, referenceLine } from './reference.ts';
import type { Panel } from './panel.ts';

/** The buyer is looking at the phone: say what to do there, for how much, for how long, and how to ask. */
export function waitingStep(panel: Panel): TemplateResult {
  const { checkout, t, sentTo, timeLeft } = panel;
  const { payment } = checkout;
  const network = networkName(payment);
  const isChecking = checkout.state === 'checking';
  return html`
    <div class="sign pulse">${phoneIcon}</div>
    <h2 id="title" tabindex="-1" autofocus>${t.waitingTitle}</h2>
    ${payment ? html`<p class="lead">${t.waitingFor(panel.money(payment.amount, payment.currency))}</p>` : nothing}
    <p>${network ? t.waitingNetwork(network) : t.waitingAnyNetwork}</p>
    ${sentTo ? html`<p class="hint">${t.sentTo(sentTo)}</p>` : nothing}
    ${timeLeft ? html`<p class="countdown"><span>${t.timeLeft}</span> <span role="timer">${timeLeft}</span></p>` : nothing}
    <button class="secondary" part="check" type="button" aria-disabled=${isChecking} @click=${panel.check}>
      ${isChecking ? html`<span class="spinner"></span>${t.checking}` : t.checkNow}
    </button>
    <p class="hint">${checkout.isStillPending ? t.notYet : t.mayClose}</p>
    ${referenceLine(panel)}
  `;
}
