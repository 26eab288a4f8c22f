/** What can be pressed in more than one step. */
import type { TemplateResult } from 'lit';
import type { Panel } from '../panel.ts';
import { html } from '../template.ts';

/** Looks now, and says so while it does. */
export function checkButton({ checkout, say }: Panel, label: 'check' | 'look', look = ''): TemplateResult {
  const isChecking = checkout.state === 'checking';
  return html`<button
    part="check"
    class=${look}
    aria-disabled=${isChecking}
    @click=${() => {
      checkout.check();
    }}
  >
    ${isChecking ? html`<i></i>${say('wait')}` : say(label)}
  </button>`;
}

/** Gives the payment up. */
export function cancelButton({ checkout, say }: Panel): TemplateResult {
  return html`<button
    part="cancel"
    class="quiet"
    @click=${() => {
      checkout.giveUp();
    }}
  >
    ${say('cancel')}
  </button>`;
}

/** Back to the form from a card that was not charged. */
export function wayOut({ checkout, say }: Panel): TemplateResult {
  return html`<button
    part="another"
    class="quiet"
    @click=${() => {
      checkout.leaveCard();
    }}
  >
    ${say('another')}
  </button>`;
}

/** On what starts or sends a payment; '' where nobody knows the amount yet. */
export function payLabel({ say }: Panel, amount: string): string {
  return amount ? say('pay', { amount }) : say('payNow');
}
