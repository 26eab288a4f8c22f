/** Everything that is not a form and not the wait: one sign, one sentence, one thing to do. */
import type { TemplateResult } from 'lit';
import { crossIcon, doubtIcon, tickIcon } from '../icons.ts';
import type { Panel } from '../panel.ts';
import { html, nothing } from '../template.ts';
import { wayOut } from './buttons.ts';

type Outcome = 'succeeded' | 'failed' | 'expired' | 'unknown' | 'offline' | 'unavailable';

export function outcomeStep(panel: Panel, outcome: Outcome): TemplateResult {
  const { checkout, host, say } = panel;
  const { href } = host.success;
  const isDone = outcome === 'succeeded';
  // While a payment may be on its way nobody is told to try again.
  const label = say(isDone ? 'done' : checkout.attempt ? 'look' : 'retry');
  const act = (): void => {
    if (isDone) host.close();
    else checkout.check();
  };
  return html`
    <div class="sign ${outcome}">${(isDone ? tickIcon : outcome === 'failed' ? crossIcon : doubtIcon)()}</div>
    ${heading(panel, titleOf(panel))} ${amountLine(panel)}
    <p>${outcomeText(panel)}</p>
    ${href
      ? html`<a part="done" href=${href} @click=${host.success.leave}>${label}</a>`
      : isDone && host.isInline
        ? nothing
        : html`<button part="done" @click=${act}>${label}</button>`}
    ${referenceLine(panel)}
  `;
}

/** Something is being asked and there is nothing to show of it yet. */
export function waitStep(panel: Panel): TemplateResult {
  return html`<div class="sign"><i></i></div>
    ${heading(panel, panel.say('wait'))}`;
}

/** What the next step needs did not come. */
export function lostStep(panel: Panel): TemplateResult {
  return html`<div class="sign">${doubtIcon()}</div>
    ${heading(panel, panel.say('unreachable'))}
    <button part="done" @click=${() => {
        void panel.fetchCard();
      }}>${panel.say('retry')}</button>
    ${wayOut(panel)}`;
}

/** Where a step has nothing to fill in, focus starts here and comes here when what had it is gone. */
export function heading({ host }: Panel, text: string, hasFields = false): TemplateResult {
  return html`<h2 id="title" tabindex="-1" ?data-first=${host.isOpen && !hasFields}>${text}</h2>`;
}

export function amountLine(panel: Panel): unknown {
  const { payment } = panel.checkout;
  return payment ? html`<p class="price">${panel.money(payment.amount, payment.currency)}</p>` : nothing;
}

/** What the buyer reads out to support, or sends. */
export function referenceLine(panel: Panel): unknown {
  const { say } = panel;
  const { payment } = panel.checkout;
  return payment
    ? html`<p part="reference" class="reference hint">
        <span>${say('reference')}:</span> <code>${payment.reference}</code>
        <button
          part="copy"
          class="quiet"
          @click=${() => {
            void panel.copyReference(payment.reference);
          }}
        >
          ${panel.copied === payment.reference ? say('copied') : say('copy')}
        </button>
      </p>`
    : nothing;
}

/** The state in a few words, '' for the states that need none. A shop that is out of reach is not the buyer's network. */
export function titleOf({ checkout, find }: Panel): string {
  const { attempt, state } = checkout;
  return find(`${state === 'offline' && !attempt && navigator.onLine ? 'unavailable' : state}.title`);
}

/** The state in a sentence, '' for the states that need none. */
export function outcomeText(panel: Panel): string {
  const { checkout, say } = panel;
  const { state, payment, attempt, code, isGivenUp, isStillPending } = checkout;
  switch (state) {
    case 'failed':
      // A code from a newer server: its own English words are better than none.
      return panel.find(payment?.failure_code || 'failed') || (payment?.failure_reason ?? '');
    case 'offline':
      return say(attempt ? 'offline' : 'unreachable');
    case 'details':
      return code && (panel.find(code) || say('OTHER'));
    case 'unavailable':
      return panel.find(code) || say('unreachable');
    case 'waiting':
      return say(isGivenUp ? 'stillOpen' : isStillPending ? 'notYet' : 'mayClose');
    default:
      return panel.find(state);
  }
}
