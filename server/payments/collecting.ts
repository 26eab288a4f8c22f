/**
 * Starting a payment: commit it with its idempotency record, then call the provider with our reference as its
 * key, then commit what the provider said together with the answer. Whatever happens between the two commits,
 * the payment is on disk with a job that asks the provider about it; nothing is ever sent twice.
 */
import type { App } from '../access/apps.ts';
import { type Clock, SECOND_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { newReference } from '../core/ids.ts';
import { feeMinor } from '../core/money.ts';
import type { Reader, Store, Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Provider, Submission } from '../providers/provider.ts';
import { withDeadline } from './deadline.ts';
import { type Answer, completeAnswer, findEarlier, type IdempotencyScope, remember } from './idempotency.ts';
import type { Order } from './order.ts';
import { EXPIRES_AFTER_MS, nextAskAt, type Payment } from './payment.ts';
import { CHECK_JOB, checkSubject, type Settlement } from './settlement.ts';
import { insertPayment, paymentById, recordSubmission } from './statements.ts';

/** How long a client waits for the provider; the shortest client time-out seen in the field is 15 s. */
const COLLECT_DEADLINE_MS = 10 * SECOND_MS;

/** What a twin of a request that is still running is told to wait, in seconds. */
const TWIN_RETRY_AFTER = 2;

export interface Collection extends Order {
  app: App;
  amountMinor: number;
  feeBasisPoints: number;
  description: string;
  callbackUrl?: string;
  metadata?: Record<string, unknown>;
  customerName?: string;
  customerEmail?: string;
  itemId?: number;
  quantity?: number;
}

/** What a surface prints from: the payment, and what its provider said (undefined where only the payment is known). */
export type RenderAnswer = (payment: Payment, submission: Submission | undefined) => Answer;

export interface CollectOptions {
  idempotency: IdempotencyScope | undefined;
  render: RenderAnswer;
}

export interface Collected {
  answer: Answer;
  replayed: boolean;
}

interface Earlier {
  paymentId: number;
  /** Null while its first request runs, or when a crash cut that short. */
  answer: Answer | null;
}

export class Collecting {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #settlement: Settlement;
  /** Payments between their two commits in this process, for twins that come meanwhile. */
  readonly #underWay = new Map<number, Promise<Answer>>();

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; settlement: Settlement }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#settlement = deps.settlement;
  }

  /**
   * `prepare` checks what is asked for and is called only when it is asked for the first time: an earlier request
   * is answered as it was, whatever has become of prices, credentials and lines since.
   */
  async collect(prepare: () => Collection | Promise<Collection>, options: CollectOptions): Promise<Collected> {
    const earlier = await earlierWith(this.#store.read, options.idempotency);
    if (earlier !== undefined) return { answer: await this.#replay(earlier, options), replayed: true };
    const collection = await prepare();
    const begun = await this.#store.write((tx) => this.#begin(tx, collection, options.idempotency));
    if (!('payment' in begun)) return { answer: await this.#replay(begun, options), replayed: true };
    const { payment } = begun;
    const finishing = this.#submitAndRecord(payment, collection, options);
    if (options.idempotency === undefined) return { answer: await finishing, replayed: false };
    this.#underWay.set(payment.id, finishing);
    try {
      return { answer: await finishing, replayed: false };
    } finally {
      this.#underWay.delete(payment.id);
    }
  }

  async #begin(tx: Transaction, collection: Collection, scope: IdempotencyScope | undefined): Promise<{ payment: Payment } | Earlier> {
    const earlier = await earlierWith(tx, scope);
    if (earlier !== undefined) return earlier;
    const now = this.#clock.now();
    const payment = (await tx.get(insertPayment, rowOf(collection, now)))!;
    if (scope !== undefined) await remember(tx, scope, payment.id, now);
    const runAt = nextAskAt(payment, now)!;
    await this.#jobs.enqueue(tx, { kind: CHECK_JOB, subject: checkSubject(payment), runAt }, now);
    return { payment };
  }

  async #submitAndRecord(payment: Payment, collection: Collection, options: CollectOptions): Promise<Answer> {
    const submission = await this.#submit(collection.route.provider, payment, collection);
    return this.#store.write(async (tx) => {
      if (submission.kind !== 'refused') await submission.inCommit?.(tx);
      const recorded = (await tx.get(recordSubmission, {
        id: payment.id,
        submission: submission.kind === 'accepted' ? 'sent' : submission.kind,
        providerRef: submission.kind === 'accepted' ? submission.providerRef : '',
        clientSecret: submission.kind === 'accepted' ? (submission.clientSecret ?? '') : '',
        now: this.#clock.now(),
      }))!;
      // Given up as never sent while its answer was on its way: it was sent after all, and is followed again.
      if (recorded.status === 'failed') await this.#settlement.planNextCheckIn(tx, recorded);
      const settled =
        submission.kind === 'refused'
          ? await this.#settlement.settleIn(tx, payment.id, { status: 'failed', code: submission.code, reason: submission.reason })
          : recorded;
      const answer = options.render(settled, submission);
      if (options.idempotency !== undefined) await completeAnswer(tx, options.idempotency, answer);
      return answer;
    });
  }

  async #submit(provider: Provider, payment: Payment, { app }: Collection): Promise<Submission> {
    const request = {
      reference: payment.reference,
      method: payment.method,
      amountMinor: payment.amountMinor,
      currency: payment.currency,
      phone: payment.phone,
      network: payment.network,
      merchant: app.name,
      description: payment.description,
      expiresAt: payment.expiresAt,
    };
    try {
      return await withDeadline(provider.collect(request), {
        clock: this.#clock,
        deadlineMs: COLLECT_DEADLINE_MS,
        late: { kind: 'unknown', reason: 'The provider did not answer in time' },
      });
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The first request's answer; where a crash cut it off, the answer its payment gives now, kept from then on. */
  async #replay({ answer: first, paymentId }: Earlier, { idempotency, render }: CollectOptions): Promise<Answer> {
    if (first !== null) return first;
    const underWay = this.#underWay.get(paymentId);
    if (underWay !== undefined) {
      const wait = { clock: this.#clock, deadlineMs: COLLECT_DEADLINE_MS, late: null };
      const answer = await withDeadline<Answer | null>(underWay, wait);
      if (answer !== null) return answer;
      throw new ApiError('IDEMPOTENCY_CONFLICT', 'A request with this Idempotency-Key is still running', {
        retryAfter: TWIN_RETRY_AFTER,
      });
    }
    return this.#store.write(async (tx) => {
      const payment = (await tx.get(paymentById, { id: paymentId }))!;
      const answer = render(payment, undefined);
      await completeAnswer(tx, idempotency!, answer);
      return answer;
    });
  }
}

async function earlierWith(reader: Reader, scope: IdempotencyScope | undefined): Promise<Earlier | undefined> {
  const earlier = scope === undefined ? undefined : await findEarlier(reader, scope);
  return earlier && { paymentId: earlier.paymentId, answer: storedAnswer(earlier) };
}

function storedAnswer(earlier: { answerStatus: number | null; answerBody: string | null }): Answer | null {
  if (earlier.answerStatus === null || earlier.answerBody === null) return null;
  return { status: earlier.answerStatus, body: JSON.parse(earlier.answerBody) };
}

function rowOf(collection: Collection, now: number) {
  const { app, mode, route, amountMinor } = collection;
  return {
    reference: newReference(now),
    appId: app.id,
    mode,
    method: route.method,
    provider: route.slug,
    network: collection.network,
    amountMinor,
    feeMinor: feeMinor(amountMinor, collection.feeBasisPoints),
    currency: collection.currency,
    phone: collection.phone,
    description: collection.description,
    callbackUrl: collection.callbackUrl ?? '',
    metadata: collection.metadata === undefined ? '{}' : JSON.stringify(collection.metadata),
    customerName: collection.customerName ?? '',
    customerEmail: collection.customerEmail ?? '',
    itemId: collection.itemId ?? null,
    quantity: collection.quantity ?? 1,
    now,
    expiresAt: now + EXPIRES_AFTER_MS,
  };
}
