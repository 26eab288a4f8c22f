/**
 * Paying out to a phone. The money is held in the commit that makes the payout, before its provider hears of it:
 * what is held can be neither spent nor held again. From then on only the provider's own word ends the hold; a
 * time-out, a crash or a lost answer leaves it, and the payout is asked about, never sent again.
 *
 * A live payout draws on the app's wallet at its provider, in its currency; a test payout on the sandbox's
 * unlimited float, which the ledger shows as the provider's test clearing.
 */
import type { App } from '../access/apps.ts';
import type { Clock } from '../core/clock.ts';
import { newReference } from '../core/ids.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { payoutHeld } from '../ledger/postings.ts';
import { providerLane } from '../providers/lane.ts';
import type { ProviderLines } from '../providers/lines/lines.ts';
import type { CollectOptions, RenderAnswer } from './collecting.ts';
import { holdFunds } from './funds.ts';
import type { Answer } from './idempotency.ts';
import { insistWithinLimits } from './limits.ts';
import { type Answered, type KeepAnswer, OnceOnly } from './once-only.ts';
import type { Order } from './order.ts';
import { nextAskAt, PAYOUT_ASKED_OFTEN_FOR_MS, type Payment } from './payment.ts';
import { callingSince, submitPayout } from './provider-calls.ts';
import { CHECK_JOB, checkSubject, type Settlement } from './settlement.ts';
import { insertPayment, paymentById } from './statements.ts';

export interface Disbursement extends Order {
  app: App;
  amountMinor: number;
  description: string;
  callbackUrl?: string;
  metadata?: Record<string, unknown>;
}

export class Disbursing {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #settlement: Settlement;
  readonly #lines: ProviderLines;
  readonly #onceOnly: OnceOnly;

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; settlement: Settlement; lines: ProviderLines }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#settlement = deps.settlement;
    this.#lines = deps.lines;
    this.#onceOnly = new OnceOnly({ ...deps, kind: 'paymentId' });
  }

  /**
   * Throws INSUFFICIENT_BALANCE, with nothing written, where the wallet does not hold the amount. `prepare` checks
   * what is asked for, and is called only when it is asked for the first time.
   */
  disburse(prepare: () => Disbursement, { idempotency, render }: CollectOptions): Promise<Answered> {
    return this.#onceOnly.run<Disbursement, Payment>(idempotency, {
      prepare: () => {
        const disbursement = prepare();
        insistWithinLimits(disbursement);
        return disbursement;
      },
      make: (tx, disbursement) => this.#make(tx, disbursement),
      finish: (payment, disbursement, keep) => this.#submitAndRecord(payment, disbursement, render, keep),
      answerOf: async (tx, id) => render((await tx.get(paymentById, { id }))!, undefined),
      callingSince: async (tx, id) => callingSince((await tx.get(paymentById, { id }))!),
    });
  }

  async #make(tx: Transaction, disbursement: Disbursement): Promise<Payment> {
    const now = this.#clock.now();
    const row = rowOf(disbursement, now);
    await this.#lines.admitIn(tx, row);
    const payment = (await tx.get(insertPayment, row))!;
    const { id, appId, provider, currency, mode, amountMinor } = payment;
    await holdFunds(tx, payoutHeld({ source: `payment:${id}`, appId, provider, currency, mode, amountMinor, eventAt: now }), now);
    await this.#jobs.enqueue(tx, { kind: CHECK_JOB, subject: checkSubject(payment), lane: providerLane(payment), runAt: nextAskAt(payment, now)! }, now);
    return payment;
  }

  async #submitAndRecord(payment: Payment, { app, route }: Disbursement, render: RenderAnswer, keep: KeepAnswer): Promise<Answer> {
    const { reference, amountMinor, currency, phone, network, description, createdAt } = payment;
    const request = { reference, amountMinor, currency, phone, network, merchant: app.name, description, createdAt };
    const submission = await submitPayout(route.provider, request, { createdAt, clock: this.#clock });
    return this.#store.write(async (tx) => {
      const answer = render(await this.#settlement.recordSubmissionIn(tx, payment, submission), submission);
      return keep(tx, answer);
    });
  }
}

/** Fees are for collecting only. */
function rowOf({ app, mode, route, ...disbursement }: Disbursement, now: number) {
  return {
    reference: newReference(now),
    appId: app.id,
    mode,
    direction: 'disburse',
    method: route.method,
    provider: route.slug,
    network: disbursement.network,
    amountMinor: disbursement.amountMinor,
    feeMinor: 0,
    currency: disbursement.currency,
    phone: disbursement.phone,
    description: disbursement.description,
    callbackUrl: disbursement.callbackUrl ?? '',
    metadata: disbursement.metadata === undefined ? '{}' : JSON.stringify(disbursement.metadata),
    customerName: '',
    customerEmail: '',
    itemId: null,
    quantity: 1,
    now,
    expiresAt: now + PAYOUT_ASKED_OFTEN_FOR_MS,
  };
}
