/** Calls to a provider that end in time, whatever it does. */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { providerCalled } from '../core/signals.ts';
import { followed } from '../core/tracing.ts';
import type { AskedPayment, CollectRequest, DisburseRequest, Provider, ProviderStatus, RefundRequest, Submission } from '../providers/provider.ts';
import { noteRequest, surelySentForMs } from './surely-sent.ts';

/** How long a client waits for the provider; the shortest client time-out seen in the field is 15 s. */
export const SUBMIT_DEADLINE_MS = 10 * SECOND_MS;

/** Longer than this and the provider is taken not to answer this time. */
const STATUS_DEADLINE_MS = 10 * SECOND_MS;

/** When a payment, payout or withdrawal was committed, in milliseconds, and whose time that is. */
interface Sent {
  createdAt: number;
  clock: Clock;
}

/**
 * Asks a customer for money, once, unless it is too late for that: after `notFoundIsFinalAfterMs` an inquiry that finds
 * nothing may say that nobody was asked, or release a hold, so a process that was held up since its commit (a disk that
 * stalled, a machine that slept) must not send any more.
 */
export function submitCollect(provider: Provider, request: CollectRequest, sent: Sent): Promise<Submission> {
  return submitInTime(provider, 'collect', request.reference, () => provider.collect(request), sent, 'The server was too busy to send the request; the customer was not asked');
}

/** Sends money out, once, unless it is too late for that. */
export function submitPayout(provider: Provider, request: DisburseRequest, sent: Sent): Promise<Submission> {
  return submitInTime(provider, 'disburse', request.reference, () => provider.disburse(request), sent, 'The server was too busy to send the payout; nothing was paid out');
}

/** Has a provider give money back, once, unless it is too late for that. */
export function submitRefund(provider: Provider, request: RefundRequest, sent: Sent): Promise<Submission> {
  const refund = async (): Promise<Submission> => provider.refund?.(request) ?? { kind: 'refused', unsent: true, code: 'failed', reason: `${provider.slug} cannot refund` };
  return submitInTime(provider, 'refund', request.reference, refund, sent, 'The server was too busy to send the refund; nothing was paid back');
}

/** Whatever goes wrong on the way leaves it unknown whether the provider has it. */
async function submitInTime(
  provider: Provider,
  call: 'collect' | 'disburse' | 'refund',
  reference: string,
  send: () => Promise<Submission>,
  { createdAt, clock }: Sent,
  tooLate: string,
): Promise<Submission> {
  noteRequest(clock, reference);
  // By both clocks: one does not run while the machine sleeps, the other can be set.
  const heldUpMs = Math.max(clock.now() - createdAt, surelySentForMs(clock, reference));
  if (heldUpMs > provider.notFoundIsFinalAfterMs - SUBMIT_DEADLINE_MS) return { kind: 'refused', unsent: true, code: 'failed', reason: tooLate };
  return called(provider, call, async () => {
    try {
      return await withDeadline(send(), {
        clock,
        deadlineMs: SUBMIT_DEADLINE_MS,
        late: { kind: 'unknown', reason: 'The provider did not answer in time' },
      });
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  });
}

/** Asks what became of it. An adapter that breaks says nothing, and must not keep the payment from expiring. */
export async function askProvider(provider: Pick<Provider, 'slug' | 'status'>, asked: AskedPayment, clock: Clock, deadlineMs = STATUS_DEADLINE_MS): Promise<ProviderStatus> {
  noteRequest(clock, asked.reference);
  return called(provider, 'status', async () => {
    try {
      const status = await withDeadline<ProviderStatus>(provider.status(asked), {
        clock,
        deadlineMs,
        late: { kind: 'unknown', reason: 'no answer in time' },
      });
      return hasNoTime(status) ? { kind: 'unknown', reason: 'completed at a time that cannot be read' } : status;
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  });
}

/** Measured and traced: what a provider does is what an operator asks first. */
async function called<Answer extends { kind: string }>({ slug }: Pick<Provider, 'slug'>, call: string, work: () => Promise<Answer>): Promise<Answer> {
  const startedAt = performance.now();
  const stretch = { name: `${slug} ${call}`, kind: 'outbound', attributes: { 'malipo.provider': slug, 'malipo.operation': call } } as const;
  const answer = await followed(stretch, work, ({ kind }) => ({ outcome: kind, isTrouble: kind === 'unknown' }));
  providerCalled.tell({ provider: slug, call, outcome: answer.kind, ms: performance.now() - startedAt });
  return answer;
}

/**
 * A success without a readable time cannot be entered in the books, and must not stop the payment from being asked
 * about again. (An amount that cannot be read differs from the agreed one: that goes to review.)
 */
function hasNoTime(status: ProviderStatus): boolean {
  return status.kind === 'completed' && !Number.isSafeInteger(status.at);
}

/** Since when the provider of a payment or withdrawal is being called; null once it was heard, or if nobody calls one. */
export function callingSince({ submission, createdAt }: { submission: string; createdAt: number }): number | null {
  return submission === 'sending' ? createdAt : null;
}
