/** Everything that is not a form and not the wait: one sign, one sentence, one thing to do. */
import type { TemplateResult } from 'lit';
import { crossIcon, doubtIcon, tickIcon } from '../icons.ts';
import type { PanelMessages } from '../messages/en.ts';
import type { Panel } from '../panel.ts';
import { html, nothing } from '../template.ts';

type Outcome = Exclude<keyof PanelMessages['title'], 'waiting'>;

export function outcomeStep(panel: Panel, outcome: Outcome): TemplateResult {
  const { checkout, host, successHref, t } = panel;
  const isDone = outcome === 'succeeded';
  // While a payment may be on its way nobody is told to try again.
  const label = isDone ? t.done : checkout.attempt ? t.look : t.retry;
  const act = (): void => {
    if (isDone) host.close();
    else checkout.check();
  };
  return html`
    <div class="sign ${outcome}">${(isDone ? tickIcon : outcome === 'failed' ? crossIcon : doubtIcon)()}</div>
    ${heading(panel, t.title[outcome])} ${amountLine(panel)}
    <p>${outcomeText(panel)}</p>
    ${successHref
      ? html`<a part="done" href=${successHref}>${t.done}</a>`
      : html`<button part="done" type="button" @click=${act}>${label}</button>`}
    ${referenceLine(panel)}
  `;
}

/** Something is being asked and there is nothing to show of it yet. */
export function waitStep(panel: Panel): TemplateResult {
  return html`<div class="sign"><i></i></div>
    ${heading(panel, panel.t.wait)}`;
}

/** Where a step has nothing to fill in, focus starts here and comes here when what had it is gone. */
export function heading({ host }: Panel, text: string, hasFields = false): TemplateResult {
  return html`<h2 id="title" tabindex="-1" ?autofocus=${host.isOpen && !hasFields}>${text}</h2>`;
}

export function amountLine(panel: Panel): unknown {
  const { payment } = panel.checkout;
  return payment ? html`<p class="price">${panel.money(payment.amount, payment.currency)}</p>` : nothing;
}

/** What the buyer reads out to support. */
export function referenceLine({ checkout: { payment }, t }: Panel): unknown {
  return payment ? html`<p part="reference" class="hint">${t.reference}: <code>${payment.reference}</code></p>` : nothing;
}

/** The state in a sentence, '' for the states that need none. */
export function outcomeText({ checkout, t }: Panel): string {
  const { state, payment, attempt, code, isStillPending } = checkout;
  const text: Readonly<Record<string, string>> = t.text;
  switch (state) {
    case 'failed':
      // A code from a newer server: its own English words are better than none.
      return text[payment?.failure_code || 'failed'] ?? payment?.failure_reason ?? '';
    case 'offline':
      return attempt ? t.text.offline : t.unreachable;
    case 'details':
      return code && (text[code] ?? t.text.OTHER);
    case 'unavailable':
      return text[code] ?? t.unreachable;
    case 'waiting':
      return isStillPending ? t.notYet : t.mayClose;
    default:
      return text[state] ?? '';
  }
}
