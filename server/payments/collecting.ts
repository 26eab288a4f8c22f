/**
 * Starting a payment: commit it with its idempotency record, then call the provider with our reference as its
 * key, then commit what the provider said together with the answer. Whatever happens between the two commits,
 * the payment is on disk with a job that asks the provider about it; nothing is ever sent twice.
 */
import type { App } from '../access/apps.ts';
import type { Clock } from '../core/clock.ts';
import { newReference } from '../core/ids.ts';
import { feeMinor } from '../core/money.ts';
import type { Store, Transaction } from '../db/store.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { providerLane } from '../providers/lane.ts';
import type { ProviderLines } from '../providers/lines/lines.ts';
import type { CollectRequest, Method, Submission } from '../providers/provider.ts';
import type { Answer, IdempotencyScope } from './idempotency.ts';
import type { Inquiry } from './inquiry.ts';
import { insistOnPromptsIn, insistWithinLimits } from './limits.ts';
import { type Answered, type KeepAnswer, OnceOnly } from './once-only.ts';
import type { Order } from './order.ts';
import { EXPIRES_AFTER_MS, nextAskAt, type Payment } from './payment.ts';
import { callingSince, submitCollect } from './provider-calls.ts';
import { CHECK_JOB, checkSubject, type Settlement } from './settlement.ts';
import { insertPayment, paymentById } from './statements.ts';

export interface Collection extends Order {
  app: App;
  amountMinor: number;
  feeBasisPoints: number;
  description: string;
  callbackUrl?: string;
  metadata?: Record<string, unknown>;
  customerName?: string;
  customerEmail?: string;
  /** What is bought, where it is something. */
  item?: { id: number; slug: string } | undefined;
  quantity?: number;
}

/** What a surface prints from: the payment, and what its provider said (undefined where only the payment is known). */
export type RenderAnswer = (payment: Payment, submission: Submission | undefined) => Answer;

/**
 * Whether the client is to hear a no. Not when the payment completed all the same: a verified callback can overtake
 * the answer to the request, and whoever is told that it failed pays again.
 */
export function isRefused(payment: Payment, submission: Submission | undefined): boolean {
  return submission?.kind === 'refused' && payment.status === 'failed';
}

/** What is sold once: in the commit that would make a payment of it. */
export interface Sale {
  /** What waits to be paid in another way, and has to end first: it could be paid as well. */
  besides(method: Method): Promise<Payment[]>;
  /** The payment that it waits for already, and is answered with in place of another. Throws where it cannot be paid any more. */
  waitingIn(tx: Transaction, method: Method): Promise<Payment | undefined>;
  madeIn(tx: Transaction, payment: Payment): Promise<void>;
}

export interface CollectOptions {
  idempotency: IdempotencyScope | undefined;
  render: RenderAnswer;
  sale?: Sale | undefined;
}

export class Collecting {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #settlement: Settlement;
  readonly #inquiry: Inquiry;
  readonly #lines: ProviderLines;
  readonly #onceOnly: OnceOnly;
  /** For what is sold once, which reads the payments that were made of it. */
  readonly #oneByOne: OnceOnly;

  constructor(deps: { store: Store; clock: Clock; jobs: JobQueue; settlement: Settlement; inquiry: Inquiry; lines: ProviderLines }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#jobs = deps.jobs;
    this.#settlement = deps.settlement;
    this.#inquiry = deps.inquiry;
    this.#lines = deps.lines;
    this.#onceOnly = new OnceOnly({ ...deps, kind: 'paymentId', sharing: { about: null } });
    this.#oneByOne = new OnceOnly({ ...deps, kind: 'paymentId' });
  }

  /**
   * `prepare` checks what is asked for and is called only when it is asked for the first time: an earlier request
   * is answered as it was, whatever has become of prices, credentials and lines since.
   */
  async collect(prepare: () => Collection | Promise<Collection>, { idempotency, render, sale }: CollectOptions): Promise<Answered> {
    let waiting: Payment | undefined;
    const answered = await (sale === undefined ? this.#onceOnly : this.#oneByOne).run<Collection, Payment>(idempotency, {
      prepare: async () => {
        const collection = await prepare();
        insistWithinLimits(collection);
        for (const other of (await sale?.besides(collection.route.method)) ?? []) await this.#inquiry.end(other);
        return collection;
      },
      make: async (tx, collection) => {
        waiting = await sale?.waitingIn(tx, collection.route.method);
        if (waiting !== undefined) return waiting;
        const made = await this.#make(tx, collection);
        await sale?.madeIn(tx, made);
        return made;
      },
      finish: (payment, collection, keep) =>
        payment === waiting ? this.#store.write((tx) => keep(tx, render(payment, undefined))) : this.#submitAndRecord(payment, collection, render, keep),
      answerOf: async (tx, id) => render((await tx.get(paymentById, { id }))!, undefined),
      callingSince: async (tx, id) => callingSince((await tx.get(paymentById, { id }))!),
    });
    return answered.replayed || waiting !== undefined ? this.#withSecret(answered, render) : answered;
  }

  /**
   * An earlier answer, with what a waiting card payment is paid by. Where the provider's own answer was lost, the first
   * one had no client secret: it was learnt since, or is asked for now. Whoever reloads the page asks like this again.
   */
  async #withSecret(answered: Answered, render: RenderAnswer): Promise<Answered> {
    const payment = (await this.#store.read.get(paymentById, { id: answered.id }))!;
    if (payment.method !== 'card' || payment.status !== 'pending') return answered;
    const isLost = payment.clientSecret === '' && payment.redirectUrl === '';
    const current = isLost ? await this.#inquiry.askUnlessRecent(payment) : payment;
    const isPayable = current.status === 'pending' && current.clientSecret !== '';
    return isPayable ? { ...answered, answer: render(current, undefined) } : answered;
  }

  async #make(tx: Transaction, collection: Collection): Promise<Payment> {
    const now = this.#clock.now();
    const row = rowOf(collection, now);
    await this.#lines.admitIn(tx, row);
    await insistOnPromptsIn(tx, row, this.#clock);
    const payment = (await tx.get(insertPayment, row))!;
    const runAt = nextAskAt(payment, now)!;
    await this.#jobs.enqueue(tx, { kind: CHECK_JOB, subject: checkSubject(payment), lane: providerLane(payment), runAt }, now);
    return payment;
  }

  async #submitAndRecord(payment: Payment, collection: Collection, render: RenderAnswer, keep: KeepAnswer): Promise<Answer> {
    const { provider } = collection.route;
    const submission = await submitCollect(provider, requestOf(payment, collection), { createdAt: payment.createdAt, clock: this.#clock });
    const record = async (tx: Transaction) => {
      const recorded = await this.#settlement.recordSubmissionIn(tx, payment, submission);
      return keep(tx, render(recorded, submission));
    };
    return this.#store.write(record, { about: checkSubject(payment) });
  }
}

function requestOf(payment: Payment, { app, item }: Collection): CollectRequest {
  return {
    reference: payment.reference,
    method: payment.method,
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    phone: payment.phone,
    network: payment.network,
    merchant: app.name,
    description: payment.description,
    item: item?.slug ?? '',
    customerName: payment.customerName,
    customerEmail: payment.customerEmail,
    createdAt: payment.createdAt,
    expiresAt: payment.expiresAt,
  };
}

function rowOf(collection: Collection, now: number) {
  const { app, mode, route, amountMinor } = collection;
  return {
    reference: newReference(now),
    appId: app.id,
    mode,
    direction: 'collect',
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
    itemId: collection.item?.id ?? null,
    quantity: collection.quantity ?? 1,
    now,
    expiresAt: now + EXPIRES_AFTER_MS,
  };
}
