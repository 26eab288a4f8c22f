/** Calls to a provider that end in time, whatever it does. */
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import type { AskedPayment, DisburseRequest, Provider, ProviderStatus, Submission } from '../providers/provider.ts';

/** How long a client waits for the provider; the shortest client time-out seen in the field is 15 s. */
export const SUBMIT_DEADLINE_MS = 10 * SECOND_MS;

/** Longer than this and the provider is taken not to answer this time. */
const STATUS_DEADLINE_MS = 10 * SECOND_MS;

/** Sends, once. Whatever goes wrong on the way leaves it unknown whether the provider has it. */
export async function submit(send: () => Promise<Submission>, clock: Clock): Promise<Submission> {
  try {
    return await withDeadline(send(), {
      clock,
      deadlineMs: SUBMIT_DEADLINE_MS,
      late: { kind: 'unknown', reason: 'The provider did not answer in time' },
    });
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Sends money out, once, unless it is too late for that: after `notFoundIsFinalAfterMs` an inquiry that finds
 * nothing may release the hold, so a process that was held up since its commit must not send any more.
 *
 * @param createdAt when the payout was committed, in milliseconds
 */
export function submitPayout(provider: Provider, request: DisburseRequest, { createdAt, clock }: { createdAt: number; clock: Clock }): Promise<Submission> {
  const latest = createdAt + provider.notFoundIsFinalAfterMs - SUBMIT_DEADLINE_MS;
  return submit(async () => (clock.now() > latest ? NOT_SENT : provider.disburse(request)), clock);
}

const NOT_SENT: Submission = { kind: 'refused', unsent: true, code: 'failed', reason: 'The server was too busy to send the payout; nothing was paid out' };

/** Asks what became of it. An adapter that breaks says nothing, and must not keep the payment from expiring. */
export async function askProvider(provider: Provider, asked: AskedPayment, clock: Clock, deadlineMs = STATUS_DEADLINE_MS): Promise<ProviderStatus> {
  try {
    return await withDeadline<ProviderStatus>(provider.status(asked), {
      clock,
      deadlineMs,
      late: { kind: 'unknown', reason: 'no answer in time' },
    });
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}
