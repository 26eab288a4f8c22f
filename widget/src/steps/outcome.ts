import { html, nothing, type TemplateResult } from 'lit';
import { clockIcon, cloudIcon, crossIcon, questionIcon, tickIcon } from '../icons.ts';
import { referenceLine } from './reference.ts';
import type { Panel } from './panel.ts';

/** Everything that is not a form and not the wait: one sign, one sentence, one thing to do. */
export interface Outcome {
  icon: TemplateResult;
  tone: 'good' | 'bad' | 'calm';
  title: string;
  text: string;
  action?: { label: string; run: () => void } | { label: string; href: string };
}

export function outcomeStep(panel: Panel, outcome: Outcome): TemplateResult {
  const { checkout } = panel;
  const { payment } = checkout;
  const { action } = outcome;
  return html`
    <div class="sign ${outcome.tone}">${outcome.icon}</div>
    <h2 id="title" tabindex="-1" autofocus>${outcome.title}</h2>
    ${payment ? html`<p class="lead">${panel.money(payment.amount, payment.currency)}</p>` : nothing}
    <p>${outcome.text}</p>
    ${action && 'href' in action ? html`<a class="primary" part="done" href=${action.href}>${action.label}</a>` : nothing}
    ${action && 'run' in action ? html`<button class="primary" part="done" type="button" @click=${action.run}>${action.label}</button>` : nothing}
    ${referenceLine(panel)}
  `;
}

export function succeeded(panel: Panel): Outcome {
  const { checkout, t, successUrl } = panel;
  const name = checkout.payment?.item?.name ?? checkout.item?.name;
  return {
    icon: tickIcon,
    tone: 'good',
    title: t.succeededTitle,
    text: name ? t.succeededFor(name) : t.succeededAny,
    action: successUrl ? { label: t.goOn, href: successUrl } : { label: t.done, run: panel.close },
  };
}

export function failed(panel: Panel): Outcome {
  const { checkout, t } = panel;
  const code = checkout.payment?.failure_code ?? '';
  // A code from a newer server: its own English words are better than none.
  const known = code && Object.hasOwn(t.failures, code) ? t.failures[code] : checkout.payment?.failure_reason;
  return {
    icon: crossIcon,
    tone: 'bad',
    title: t.failedTitle,
    text: known ? known : t.failures.failed,
    action: { label: t.tryAgain, run: panel.retry },
  };
}

export function expired({ t, retry }: Panel): Outcome {
  return { icon: clockIcon, tone: 'calm', title: t.expiredTitle, text: t.expiredText, action: { label: t.tryAgain, run: retry } };
}

export function unknown({ t, check }: Panel): Outcome {
  return { icon: questionIcon, tone: 'calm', title: t.unknownTitle, text: t.unknownText, action: { label: t.checkAgain, run: check } };
}

/** Off line with a payment that waits, or before anything has begun. */
export function offline({ checkout, t, check, retry }: Panel): Outcome {
  const isSaved = checkout.hasAttempt;
  return {
    icon: cloudIcon,
    tone: 'calm',
    title: t.offlineTitle,
    text: isSaved ? t.offlineText : t.offlineLoad,
    action: isSaved ? { label: t.checkAgain, run: check } : { label: t.tryAgain, run: retry },
  };
}

export function unavailable({ checkout: { trouble }, t, retry }: Panel): Outcome {
  const sign = { icon: crossIcon, tone: 'calm' as const, title: t.unavailableTitle };
  if (trouble === 'NOT_FOUND') return { ...sign, text: t.unavailableText };
  if (trouble === 'NO_METHOD') return { ...sign, text: t.noMobileMoney };
  return { ...sign, text: t.troubleText, action: { label: t.tryAgain, run: retry } };
}
