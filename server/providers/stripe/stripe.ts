/**
 * Stripe for cards (and whatever else the account has switched on): one PaymentIntent for each payment, confirmed by the
 * buyer's browser with its client secret, so that card numbers never come near this server. An intent that nobody
 * confirmed charges nobody: losing one costs nothing, and a declined card leaves it open for the next try.
 */
import Stripe from 'stripe';
import type * as z from 'zod';
import type { Config } from '../../config.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { Mode } from '../../core/mode.ts';
import type { AdapterDeps } from '../live.ts';
import type {
  AskedPayment,
  CallbackHeaders,
  CallbackHint,
  CollectRequest,
  HistoryEntry,
  HistorySpan,
  Provider,
  ProviderStatus,
  RefundRequest,
  Submission,
} from '../provider.ts';
import { asBooked, notAvailable, reasonOf, uncheckedCallbacks } from '../reading.ts';
import { shortened } from '../writing.ts';
import { fromStripe, toStripe } from './amounts.ts';
import * as answers from './answers.ts';
import { stripeClient } from './client.ts';
import { goneOf, lostDispute } from './gone.ts';

/** Longer than a request can wait anywhere on the way once our client has hung up. */
const NOT_FOUND_IS_FINAL_AFTER_MS = 10 * MINUTE_MS;

/**
 * Around the time a payment was made, in the list of intents, which is complete as soon as an intent is made. (The search
 * by metadata is not: Stripe says up to a minute late, more in an outage. Making the intent again under the same
 * idempotency key would find it too, for a day, and only with the very same parameters.) Wide enough for clocks that
 * differ; an intent outside of it would be one whose secret nobody has, which nobody can pay.
 */
const SEARCH_BEFORE_MS = 15 * MINUTE_MS;
const SEARCH_AFTER_MS = 30 * MINUTE_MS;

/** A refund that is not found is one that was never made: looked for until now too, for this machine's clock may have been set since it was sent. */
const REFUND_MARGIN_MS = DAY_MS;

/** The most there are on one page; and the most that are read for one question. */
const PAGE = 100;
const SEARCHED_MAX = 5_000;

/** How old a signed event may be. Stripe's own default. */
const SIGNATURE_TOLERANCE_SECONDS = 300;

const DESCRIPTION_LENGTH_MAX = 500;

/** What Stripe takes as a receipt's address; another would refuse the whole payment for its receipt. */
const EMAIL = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>]+$/;

const EXPAND = ['latest_charge'];

type StripeConfig = NonNullable<Config['providers']['stripe']>;

export class StripeAdapter implements Provider {
  readonly slug = 'stripe';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly mode: Mode;
  readonly publishableKey: string;
  readonly callbacksFit?: string;
  readonly #config: StripeConfig;
  readonly #deps: AdapterDeps;
  readonly #stripe: Stripe;

  constructor(config: StripeConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
    // A key says itself which of Stripe's two worlds it opens (sk_test_…, rk_test_…).
    this.mode = /^[sr]k_test_/.test(config.secretKey.reveal()) ? 'test' : 'live';
    this.publishableKey = config.publishableKey;
    this.#stripe = stripeClient(config, deps.http);
    if (config.webhookSecret === null) deps.log.warn({ provider: this.slug }, uncheckedCallbacks('Stripe', 'STRIPE_WEBHOOK_SECRET'));
    else this.callbacksFit = 'STRIPE_WEBHOOK_SECRET';
  }

  async collect(request: CollectRequest): Promise<Submission> {
    const { reference, amountMinor, currency, description, merchant, customerEmail } = request;
    try {
      const made = await this.#stripe.paymentIntents.create(
        {
          amount: toStripe(amountMinor, currency),
          currency: currency.toLowerCase(),
          automatic_payment_methods: { enabled: true },
          description: shortened(description || merchant, DESCRIPTION_LENGTH_MAX),
          metadata: { reference },
          ...(EMAIL.test(customerEmail) ? { receipt_email: customerEmail } : {}),
        },
        { idempotencyKey: reference },
      );
      const read = answers.intent.safeParse(made);
      if (!read.success || !read.data.client_secret) return this.#nonsense('payment_intents');
      return { kind: 'accepted', providerRef: read.data.id, clientSecret: read.data.client_secret };
    } catch (error) {
      return this.#no(error, 'payment_intents');
    }
  }

  /** Cards are charged, and their money given back; nobody is paid out to. */
  async disburse(): Promise<Submission> {
    return { kind: 'refused', unsent: true, code: 'provider_refused', reason: 'Stripe does not pay out to phones' };
  }

  /**
   * Idempotent at Stripe: the refund's own reference is its key. Not every no is kept under it, a limit of calls is not: one
   * to a second copy of the request, which something on the way made, is none where the first copy stands in Stripe's list.
   */
  async refund({ reference, paymentProviderRef, amountMinor, currency, createdAt }: RefundRequest): Promise<Submission> {
    try {
      const made = await this.#stripe.refunds.create(
        { payment_intent: paymentProviderRef, amount: toStripe(amountMinor, currency), metadata: { reference } },
        { idempotencyKey: reference },
      );
      const read = answers.refund.safeParse(made);
      if (!read.success) return this.#nonsense('refunds');
      const meaning = answers.meaningOfRefund(read.data);
      if (meaning !== 'failed' && meaning !== 'reversed') return { kind: 'accepted', providerRef: read.data.id };
      return { kind: 'refused', providerRef: read.data.id, code: 'provider_refused', reason: reasonOf(read.data.failure_reason) || 'The bank did not take the money' };
    } catch (error) {
      const no = this.#no(error, 'refunds');
      if (no.kind !== 'refused' || no.unsent) return no;
      const booked = await this.#refundStatus({ reference, providerRef: '', createdAt }).catch((cause: unknown) => this.#unknown(cause));
      return asBooked(booked, () => no);
    }
  }

  async status(asked: AskedPayment): Promise<ProviderStatus> {
    try {
      if (asked.direction === 'refund') return await this.#refundStatus(asked);
      const found = await this.#findIntent(asked);
      return found === undefined ? { kind: 'not_found' } : await this.#statusOf(found);
    } catch (error) {
      return this.#unknown(error);
    }
  }

  /**
   * Cancels an intent that nobody paid in time, or that was left for another way, so that nobody can pay it any more. What was paid meanwhile, or is being
   * paid, Stripe does not cancel, and its word is taken.
   */
  async close(asked: AskedPayment): Promise<ProviderStatus> {
    const status = await this.status(asked);
    if (status.kind !== 'pending' || status.providerRef === undefined) return status;
    try {
      await this.#stripe.paymentIntents.cancel(status.providerRef, { cancellation_reason: 'abandoned' });
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return this.#unknown(error);
    }
    return this.status({ ...asked, providerRef: status.providerRef });
  }

  /** Intents as their status calls would say them, so that what was taken back is listed as such; and refunds, whoever made them. */
  async history(span: HistorySpan): Promise<HistoryEntry[]> {
    try {
      return await this.#history(span);
    } catch (error) {
      // Without its cause: the SDK's errors hold what Stripe said, and what it was sent.
      throw new Error(`Stripe’s history could not be read: ${this.#unknown(error).reason}`);
    }
  }

  async #history({ from, until }: HistorySpan): Promise<HistoryEntry[]> {
    const created = { gte: Math.floor(from / SECOND_MS), lt: Math.ceil(until / SECOND_MS) };
    const payments: HistoryEntry[] = [];
    for await (const listed of this.#stripe.paymentIntents.list({ created, limit: PAGE, expand: ['data.latest_charge'] })) {
      const read = this.#insist(answers.intent, listed, 'payment_intents');
      payments.push(await this.#paymentEntry(read));
    }
    const refunds: HistoryEntry[] = [];
    for await (const listed of this.#stripe.refunds.list({ created, limit: PAGE })) {
      const read = this.#insist(answers.refund, listed, 'refunds');
      const of = read.payment_intent ? { paymentRef: read.payment_intent } : {};
      refunds.push({ direction: 'refund', ...this.#entry(read, answers.meaningOfRefund(read)), ...fromStripe(read.amount, read.currency), ...of });
    }
    return [...payments, ...refunds];
  }

  /** An event says that something happened to a payment, never what: its intent is asked. */
  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    const { webhookSecret } = this.#config;
    const signature = headers['stripe-signature'];
    if (webhookSecret === null || typeof signature !== 'string') return null;
    let told: unknown;
    try {
      told = this.#stripe.webhooks.constructEvent(rawBody, signature, webhookSecret.reveal(), SIGNATURE_TOLERANCE_SECONDS, undefined, this.#deps.clock.now());
    } catch (error) {
      if (error instanceof Stripe.errors.StripeSignatureVerificationError) return null;
      throw error;
    }
    const { id, data } = answers.event.parse(told);
    const { object } = data;
    const { payment_intent: paymentRef } = object;
    const reference = object.metadata?.['reference'];
    // One that we did not make may bear a reference of somebody else. It is asked about itself once we have it, and before that its payment is.
    if (object.object === 'refund' && object.id && paymentRef) return { oneOf: [...(reference ? [reference] : []), object.id, paymentRef] };
    // A charge carries its intent's metadata; a dispute names the intent alone. What else the account tells is about nothing of ours.
    if (reference) return { reference };
    return { providerRef: paymentRef ?? object.id ?? id };
  }

  async #findIntent({ reference, providerRef, createdAt }: AskedPayment): Promise<answers.Intent | undefined> {
    if (providerRef !== '') return this.#retrieve(providerRef);
    const listed = this.#stripe.paymentIntents.list({ created: around(createdAt), limit: PAGE, expand: ['data.latest_charge'] });
    return this.#find(listed, answers.intent, reference, 'payment_intents');
  }

  async #retrieve(providerRef: string): Promise<answers.Intent> {
    const found = await this.#stripe.paymentIntents.retrieve(providerRef, { expand: EXPAND });
    const read = this.#insist(answers.intent, found, 'payment_intents');
    // An answer about another payment says nothing of ours.
    if (read.id !== providerRef) throw new Error('Stripe answered about another payment');
    return read;
  }

  async #refundStatus({ reference, providerRef, createdAt }: Pick<AskedPayment, 'reference' | 'providerRef' | 'createdAt'>): Promise<ProviderStatus> {
    const found =
      providerRef === ''
        ? await this.#find(this.#stripe.refunds.list({ created: aroundRefund(createdAt, this.#deps.clock.now()), limit: PAGE }), answers.refund, reference, 'refunds')
        : this.#insist(answers.refund, await this.#stripe.refunds.retrieve(providerRef), 'refunds');
    if (found === undefined) return { kind: 'not_found' };
    const meaning = answers.meaningOfRefund(found);
    switch (meaning) {
      case 'pending':
        return { kind: 'pending', providerRef: found.id };
      case 'completed':
        return { kind: 'completed', providerRef: found.id, ...fromStripe(found.amount, found.currency), at: found.created * SECOND_MS };
      case 'reversed':
        return { kind: 'reversed', providerRef: found.id, ...fromStripe(found.amount, found.currency), at: this.#deps.clock.now(), reason: reasonOf(found.failure_reason) || 'The bank did not take the money' };
      case 'failed':
        return { kind: 'failed', providerRef: found.id, code: 'failed', reason: reasonOf(found.failure_reason) || 'The refund was cancelled' };
      case undefined:
        return { kind: 'unknown', reason: 'a status that Stripe does not document' };
      default:
        return meaning satisfies never;
    }
  }

  async #statusOf(found: answers.Intent): Promise<ProviderStatus> {
    const { id: providerRef, client_secret } = found;
    const meaning = answers.meaningOfIntent(found);
    switch (meaning) {
      case 'pending':
        // With the secret: where the answer to the first request was lost, the buyer can still pay.
        return { kind: 'pending', providerRef, ...(client_secret ? { clientSecret: client_secret } : {}) };
      case 'failed':
        return { kind: 'failed', providerRef, ...answers.failureOf(found) };
      case 'completed': {
        const now = this.#deps.clock.now();
        const paid = { providerRef, ...fromStripe(found.amount_received, found.currency), at: answers.paidAt(found, now) };
        const { lost, refunds } = await goneOf(found, this.#stripe, now);
        const told = refunds.length === 0 ? {} : { refunds };
        return lost === null ? { kind: 'completed', ...paid, ...told } : { kind: 'reversed', providerRef, ...lost, at: now, ...told };
      }
      case undefined:
        return { kind: 'unknown', reason: 'a status that Stripe does not document' };
      default:
        return meaning satisfies never;
    }
  }

  async #find<Shape extends z.ZodType<{ metadata?: Record<string, string> | null | undefined }>>(
    list: AsyncIterable<unknown>,
    shape: Shape,
    reference: string,
    path: string,
  ): Promise<z.infer<Shape> | undefined> {
    let searched = 0;
    for await (const listed of list) {
      const read = this.#insist(shape, listed, path);
      if (read.metadata?.['reference'] === reference) return read;
      if (++searched === SEARCHED_MAX) throw new Error('Stripe has more than can be searched for it');
    }
    return undefined;
  }

  async #paymentEntry(read: answers.Intent): Promise<HistoryEntry> {
    const isPaid = read.status === 'succeeded';
    const entry = { direction: 'collect', ...this.#entry(read, answers.meaningOfIntent(read)), ...fromStripe(isPaid ? read.amount_received : read.amount, read.currency) } as const;
    const isLost = isPaid && (await lostDispute(read, this.#stripe)) !== null;
    return isLost ? { ...entry, status: 'reversed' } : entry;
  }

  #entry<Meaning extends HistoryEntry['status']>(
    { id, created, metadata }: answers.Intent | answers.Refund,
    status: Meaning | undefined,
  ): Pick<HistoryEntry, 'providerRef' | 'reference' | 'status' | 'at'> {
    if (status === undefined) throw new Error(`Stripe’s list has a status that it does not document (${id})`);
    return { providerRef: id, reference: metadata?.['reference'] ?? '', status, at: created * SECOND_MS };
  }

  #insist<Shape extends z.ZodType>(shape: Shape, answer: unknown, path: string): z.infer<Shape> {
    const read = shape.safeParse(answer);
    if (read.success) return read.data;
    throw new Error(this.#nonsense(path).reason);
  }

  /**
   * A definite no is a 4xx with Stripe's own error in it. A conflict is none: the same key is in use for a request whose
   * end nobody knows, or was used for another.
   */
  #no(error: unknown, path: string): Submission {
    if (isAboutTheKey(error)) return this.#mend(error);
    const status = error instanceof Stripe.errors.StripeError ? (error.statusCode ?? 0) : 0;
    const isNo = error instanceof Stripe.errors.StripeInvalidRequestError || error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeRateLimitError;
    const reason = isNo ? reasonOf(error.message) : '';
    if (isNo && status >= 400 && status < 500 && status !== 409 && reason !== '') return { kind: 'refused', code: 'provider_refused', reason };
    return status === 0 ? { kind: 'unknown', reason: wordsOf(error) } : this.#nonsense(path, status);
  }

  #unknown(error: unknown): ProviderStatus & { kind: 'unknown' } {
    if (isAboutTheKey(error)) this.#mend(error);
    else this.#deps.log.warn({ provider: this.slug, said: wordsOf(error) }, 'Stripe could not be asked');
    return { kind: 'unknown', reason: wordsOf(error) };
  }

  #mend({ statusCode: status }: Stripe.errors.StripeError): Submission {
    this.#deps.tellToMend(status === undefined ? {} : { status }, 'Stripe cannot be used: STRIPE_SECRET_KEY was not accepted, or may not do this');
    return notAvailable();
  }

  #nonsense(path: string, status?: number): { kind: 'unknown'; reason: string } {
    this.#deps.log.warn({ provider: this.slug, path, status }, 'Stripe gave an answer that cannot be read');
    return { kind: 'unknown', reason: 'Stripe answered nothing that can be read' };
  }
}

function around(createdAt: number): { gte: number; lte: number } {
  return { gte: Math.floor((createdAt - SEARCH_BEFORE_MS) / SECOND_MS), lte: Math.ceil((createdAt + SEARCH_AFTER_MS) / SECOND_MS) };
}

function aroundRefund(createdAt: number, now: number): { gte: number; lte: number } {
  return { gte: Math.floor((Math.min(createdAt, now) - REFUND_MARGIN_MS) / SECOND_MS), lte: Math.ceil((Math.max(createdAt, now) + REFUND_MARGIN_MS) / SECOND_MS) };
}

function isAboutTheKey(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeAuthenticationError || error instanceof Stripe.errors.StripePermissionError;
}

/** What went wrong by its kind: the SDK's messages may hold what was sent. */
function wordsOf(error: unknown): string {
  if (error instanceof Stripe.errors.StripeError) return `${error.type}${error.code === undefined ? '' : ` ${error.code}`}`;
  return error instanceof Error ? error.message : String(error);
}
