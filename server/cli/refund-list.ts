import { isoTime } from '../core/clock.ts';
import { toMajor } from '../core/money.ts';
import { isMadeThere, latestRefunds, type NamedRefund } from '../refunds/refund.ts';
import type { Command } from './command.ts';
import { columns } from './help.ts';
import { inWorkspace } from './workspace.ts';

/** How many are shown. */
const SHOWN = 100;

export const command: Command = {
  options: {},
  notes: 'The latest hundred.',
  run: () =>
    inWorkspace(async ({ store }) => {
      const list = await store.read.all(latestRefunds, { limit: SHOWN });
      return {
        json: { refunds: list.map(refundJson) },
        text: list.length === 0 ? 'Nothing was refunded.' : columns(list.map((refund) => [String(refund.id), refundLine(refund)])).join('\n'),
      };
    }, { existing: true }),
};

export function refundJson(refund: NamedRefund): object {
  const { id, reference, paymentId, paymentReference, provider, currency, method, amountMinor, feeMinor, reason, status, submission, providerRef, failureReason, createdAt, completedAt, reversedAt } = refund;
  return {
    id,
    reference,
    payment_id: paymentId,
    payment_reference: paymentReference,
    provider,
    method,
    amount: toMajor(amountMinor),
    platform_fee: toMajor(feeMinor),
    currency,
    reason,
    status,
    submission,
    provider_ref: providerRef,
    failure_reason: failureReason,
    created_at: isoTime(createdAt),
    completed_at: completedAt === null ? null : isoTime(completedAt),
    ...(reversedAt === null ? {} : { reversed_at: isoTime(reversedAt) }),
  };
}

export function refundLine(refund: NamedRefund): string {
  const { id, reference, paymentReference, currency, amountMinor, provider, method, status, failureReason, reversedAt } = refund;
  const ours = method === 'itself' ? `by ${provider}` : `by a payout of ${provider}`;
  const how = isMadeThere(refund) ? `in the dashboard of ${provider}` : ours;
  const why = failureReason === '' ? (reversedAt === null ? '' : ', and came back') : `: ${failureReason}`;
  return `Refund ${id} (${reference}) of ${currency} ${toMajor(amountMinor).toLocaleString('en')} for payment ${paymentReference}, ${how}, ${status}${why}`;
}
