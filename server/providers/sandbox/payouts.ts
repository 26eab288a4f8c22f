/** The sandbox network paying out: its float is unlimited, its subscribers' wallets are what their numbers say. */
import { type Clock, HOUR_MS, SECOND_MS } from '../../core/clock.ts';
import { randomBase62 } from '../../core/ids.ts';
import type { Store, Transaction } from '../../db/store.ts';
import type { Job, JobQueue } from '../../jobs/queue.ts';
import type { JobResult } from '../../jobs/runner.ts';
import type { DisburseRequest, ProviderStatus, Submission } from '../provider.ts';
import { decidePayout, insertPayout, payoutByReference, type SandboxPayout, type SandboxPayoutStatus } from './books.ts';
import { outcomeOf, type SandboxOutcome } from './numbers.ts';

export const SANDBOX_PAY_JOB = 'sandbox.pay';

/** A network that is slow on purpose still pays within a minute. */
const SLOW_PAYMENT_MAX_MS = 45 * SECOND_MS;

/** When a prompt would have been over for half a minute. */
const VERY_LATE_MS = 4 * HOUR_MS + 30 * SECOND_MS;

interface SandboxPayoutsDeps {
  store: Store;
  clock: Clock;
  jobs: JobQueue;
  approvalMs: number;
  /** Sends one signed callback. */
  send: (body: object) => Promise<void>;
}

export class SandboxPayouts {
  readonly #deps: SandboxPayoutsDeps;

  constructor(deps: SandboxPayoutsDeps) {
    this.#deps = deps;
  }

  async disburse(request: DisburseRequest): Promise<Submission> {
    const now = this.#deps.clock.now();
    const outcome = outcomeOf(request.phone);
    if (outcome === 'declines') return { kind: 'refused', code: 'declined', reason: 'The recipient’s wallet cannot receive money' };
    const { reference, phone, network, amountMinor, currency } = request;
    const providerRef = `sbp_${randomBase62(20)}`;
    const paysAt = this.#paysAt(outcome, now);
    const inCommit = (tx: Transaction) =>
      this.#open(tx, { reference, providerRef, phone, network, amountMinor, currency, outcome, paysAt, createdAt: now });
    if (outcome === 'times_out') return { kind: 'unknown', reason: 'The sandbox lost its answer on purpose', inCommit };
    return { kind: 'accepted', providerRef, inCommit };
  }

  async status(reference: string): Promise<ProviderStatus> {
    const payout = await this.#deps.store.read.get(payoutByReference, { reference });
    return payout === undefined ? { kind: 'not_found' } : statusOf(payout);
  }

  /** The job in which the network pays, or fails to. */
  async pay(job: Job): Promise<JobResult> {
    const { store, clock } = this.#deps;
    const reference = job.subject;
    const payout = await store.read.get(payoutByReference, { reference });
    if (payout === undefined) return 'done';
    if (payout.status === 'waiting') {
      await store.write((tx) => tx.get(decidePayout, { reference, status: decisionOf(payout), now: clock.now() }));
    }
    // Also when it was decided before: then we died before the callbacks were out, and twice is harmless.
    await this.#tell(reference);
    return 'done';
  }

  async #tell(reference: string): Promise<void> {
    const payout = await this.#deps.store.read.get(payoutByReference, { reference });
    if (payout === undefined || payout.status === 'waiting') return;
    const callback = (status: string) => ({ reference, provider_ref: payout.providerRef, status, at: payout.decidedAt });
    const final = callback(payout.status === 'paid' ? 'completed' : 'failed');
    await this.#deps.send(final);
    if (payout.outcome !== 'noisy_callbacks') return;
    await this.#deps.send(final);
    await this.#deps.send(callback('pending'));
    await this.#deps.send({ ...final, repeated: true });
  }

  async #open(tx: Transaction, payout: Omit<SandboxPayout, 'status' | 'decidedAt'>): Promise<void> {
    const { reference, paysAt, createdAt } = payout;
    await tx.run(insertPayout, { ...payout });
    if (paysAt !== null) await this.#deps.jobs.enqueue(tx, { kind: SANDBOX_PAY_JOB, subject: reference, runAt: paysAt }, createdAt);
  }

  #paysAt(outcome: SandboxOutcome, now: number): number | null {
    const { approvalMs } = this.#deps;
    switch (outcome) {
      case 'approves':
      case 'no_funds':
      case 'declines':
      case 'fails':
      case 'noisy_callbacks':
        return now + approvalMs;
      case 'times_out':
      case 'sent_to_vendor':
        return now + Math.min(2 * approvalMs, SLOW_PAYMENT_MAX_MS);
      case 'approves_after_expiry':
        return now + VERY_LATE_MS;
      case 'never_answers':
        return null;
      default:
        return outcome satisfies never;
    }
  }
}

function decisionOf({ outcome }: SandboxPayout): SandboxPayoutStatus {
  return outcome === 'no_funds' || outcome === 'fails' ? 'failed' : 'paid';
}

function statusOf(payout: SandboxPayout): ProviderStatus {
  const { providerRef, amountMinor, currency } = payout;
  switch (payout.status) {
    case 'waiting':
      return { kind: 'pending', providerRef };
    case 'paid':
      return { kind: 'completed', providerRef, amountMinor, currency, at: payout.decidedAt! };
    case 'failed':
      return payout.outcome === 'no_funds'
        ? { kind: 'failed', providerRef, code: 'insufficient_funds', reason: 'The network’s float does not cover this payout' }
        : { kind: 'failed', providerRef, code: 'failed', reason: 'The payout failed at the network' };
    default:
      return payout.status satisfies never;
  }
}
