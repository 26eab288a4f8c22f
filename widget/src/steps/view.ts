/** Which step shows which state, and in what words the button and the live region say it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Checkout } from '../controllers/checkout.ts';
import { mobileMoneyOf } from '../details-form.ts';
import { crossIcon, tickIcon } from '../icons.ts';
import type { Messages } from '../messages/en.ts';
import { detailsStep, refusalText } from './details.ts';
import { loadingStep } from './loading.ts';
import { expired, failed, offline, type Outcome, outcomeStep, succeeded, unavailable, unknown } from './outcome.ts';
import type { Panel } from './panel.ts';
import { waitingStep } from './waiting.ts';

/** The whole panel: the same inside a dialog and in the flow of the page. */
export function renderPanel(panel: Panel): TemplateResult {
  const { checkout, t } = panel;
  const { item, payment } = checkout;
  const isTest = item?.is_test ?? payment?.is_test;
  return html`
    ${isTest ? html`<p class="ribbon" part="ribbon"><strong>${t.testMode}</strong> ${isForm(checkout) ? t.testHint : nothing}</p>` : nothing}
    ${panel.isModal
      ? html`<button class="close" part="close" type="button" aria-label=${t.close} @click=${panel.close}>${crossIcon}</button>`
      : nothing}
    <div class="step">${step(panel)}</div>
  `;
}

function isForm({ state }: Checkout): boolean {
  return state === 'details' || state === 'starting';
}

function step(panel: Panel): TemplateResult {
  const { checkout, t } = panel;
  const { state } = checkout;
  switch (state) {
    case 'idle':
    case 'loading':
      return loadingStep(t.loading);
    case 'details':
    case 'starting': {
      const { item } = checkout;
      const method = item && mobileMoneyOf(item);
      return method ? detailsStep(panel, item, method) : loadingStep(t.loading);
    }
    case 'waiting':
    case 'card':
      return waitingStep(panel);
    case 'checking':
      // Looking again at a payment that had ended must not send anyone to the phone.
      return checkout.payment?.status === 'pending' ? waitingStep(panel) : loadingStep(t.checking);
    default:
      return outcomeStep(panel, outcome(panel, state));
  }
}

type OutcomeState = Extract<Checkout['state'], 'succeeded' | 'failed' | 'expired' | 'unknown' | 'offline' | 'unavailable'>;

function outcome(panel: Panel, state: OutcomeState): Outcome {
  switch (state) {
    case 'succeeded':
      return succeeded(panel);
    case 'failed':
      return failed(panel);
    case 'expired':
      return expired(panel);
    case 'unknown':
      return unknown(panel);
    case 'offline':
      return offline(panel);
    case 'unavailable':
      return unavailable(panel);
    default:
      return state satisfies never;
  }
}

/** The button tells how things stand also while the panel is closed. */
export function buttonLabel({ state, hasAttempt }: Checkout, t: Messages, label: string): unknown {
  switch (state) {
    case 'starting':
    case 'waiting':
    case 'checking':
    case 'card':
      return html`<span class="spinner"></span>${t.buttonWaiting}`;
    case 'succeeded':
      return html`${tickIcon}${t.buttonPaid}`;
    case 'unknown':
      return t.buttonUnsure;
    case 'offline':
      return hasAttempt ? t.buttonUnsure : label;
    case 'failed':
    case 'expired':
      return t.tryAgain;
    case 'unavailable':
      return t.buttonUnavailable;
    case 'idle':
    case 'loading':
    case 'details':
      return label;
    default:
      return state satisfies never;
  }
}

/** What the live region says on arriving in a state; '' where focus already speaks. */
export function spokenText(panel: Panel): string {
  const { checkout, t, errors } = panel;
  const { state } = checkout;
  switch (state) {
    case 'idle':
    case 'card':
      return '';
    case 'loading':
    case 'starting':
      return t.loading;
    case 'details':
      // A wrong field is focused, and read out with what describes it.
      return Object.keys(errors).length > 0 ? '' : refusalText(panel);
    case 'waiting':
      return checkout.isStillPending ? t.notYet : t.waitingTitle;
    case 'checking':
      return t.checking;
    default: {
      const { title, text } = outcome(panel, state);
      return `${title}. ${text}`;
    }
  }
}
