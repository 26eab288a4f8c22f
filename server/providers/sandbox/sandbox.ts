/**
 * The sandbox network: a provider that keeps books, takes time, loses answers and repeats callbacks as real ones
 * do, so that everything above the provider port can be tried without money.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { newOrderedId } from '../../core/ids.ts';
import type { Store, Transaction } from '../../db/store.ts';
import type { Job, JobQueue } from '../../jobs/queue.ts';
import type { JobResult } from '../../jobs/runner.ts';
import type { AskedPayment, CallbackHeaders, CallbackHint, CollectRequest, DisburseRequest, LineCheck, Provider, ProviderStatus, RefundRequest, Submission } from '../provider.ts';
import { decidePrompt, endCard, insertPrompt, type Prompt, promptByReference, type PromptStatus } from './books.ts';
import { outcomeOf, type SandboxOutcome } from './numbers.ts';
import { SandboxPayouts } from './payouts.ts';

export const SANDBOX_DECIDE_JOB = 'sandbox.decide';
export const SANDBOX_SIGNATURE_HEADER = 'x-sandbox-signature';

/** A subscriber that is slow on purpose still answers within a minute. */
const SLOW_ANSWER_MAX_MS = 45 * SECOND_MS;

/** How long after its expiry a late subscriber approves. */
const AFTER_EXPIRY_MS = 30 * SECOND_MS;

/** Beyond the longest time a request of ours can be on its way: the sandbox lives in our own process. */
const NOT_FOUND_IS_FINAL_AFTER_MS = 12 * SECOND_MS;

/** Brings a callback to Malipo's own inbox, exactly as the HTTP route does. */
export type DeliverCallback = (headers: CallbackHeaders, rawBody: string) => Promise<void>;

interface SandboxDeps {
  store: Store;
  clock: Clock;
  jobs: JobQueue;
  /** Signs the sandbox's callbacks. */
  secret: Buffer;
  approvalMs: number;
}

export class Sandbox implements Provider {
  readonly slug = 'sandbox';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly payouts: SandboxPayouts;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #jobs: JobQueue;
  readonly #secret: Buffer;
  readonly #approvalMs: number;
  #deliver: DeliverCallback = async () => undefined;

  constructor({ store, clock, jobs, secret, approvalMs }: SandboxDeps) {
    this.#store = store;
    this.#clock = clock;
    this.#jobs = jobs;
    this.#secret = secret;
    this.#approvalMs = approvalMs;
    this.payouts = new SandboxPayouts({ store, clock, jobs, approvalMs, send: (body) => this.#send(JSON.stringify(body)) });
  }

  /** Says where callbacks go; until then they are lost, as callbacks can be. */
  sendCallbacksTo(deliver: DeliverCallback): void {
    this.#deliver = deliver;
  }

  async collect(request: CollectRequest): Promise<Submission> {
    const now = this.#clock.now();
    const outcome = request.method === 'card' ? 'never_answers' : outcomeOf(request.phone);
    const prompt = promptOf(request, outcome, now, this.#decidesAt(outcome, request, now));
    const inCommit = (tx: Transaction) => this.#open(tx, prompt, now);
    if (outcome === 'times_out') return { kind: 'unknown', reason: 'The sandbox lost its answer on purpose', inCommit };
    return { kind: 'accepted', providerRef: prompt.providerRef, inCommit, ...(request.method === 'card' ? { clientSecret: this.#cardSecret(request.reference) } : {}) };
  }

  disburse(request: DisburseRequest): Promise<Submission> {
    return this.payouts.disburse(request);
  }

  /** A card gets its money back as a phone is paid: at once, and without a number that could mean anything. */
  refund({ reason, ...request }: RefundRequest): Promise<Submission> {
    return this.payouts.disburse({ ...request, phone: '', network: '', merchant: 'Refund', description: reason });
  }

  async status({ reference, direction }: AskedPayment): Promise<ProviderStatus> {
    if (direction !== 'collect') return this.payouts.status(reference);
    const prompt = await this.#store.read.get(promptByReference, { reference });
    return prompt === undefined ? { kind: 'not_found' } : statusOf(prompt);
  }

  /** A card that was declined is why a payment failed, as at Stripe; one that nobody typed ran out of time, as a phone does. */
  async close(asked: AskedPayment): Promise<ProviderStatus> {
    await this.#store.write((tx) => tx.run(endCard, { reference: asked.reference, now: this.#clock.now() }));
    return this.status(asked);
  }

  async check(): Promise<LineCheck> {
    return 'up';
  }

  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    const signature = headers[SANDBOX_SIGNATURE_HEADER];
    if (typeof signature !== 'string') return null;
    const expected = Buffer.from(this.#sign(rawBody));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const { reference } = JSON.parse(rawBody) as { reference: string };
    return { reference };
  }

  /** The job in which a subscriber answers by itself. */
  async decide(job: Job): Promise<JobResult> {
    const prompt = await this.#store.read.get(promptByReference, { reference: job.subject });
    if (prompt === undefined || prompt.decidesAt === null) return 'done';
    if (prompt.status === 'waiting') await this.#store.write((tx) => this.answer(tx, prompt, answerTo(prompt)));
    // Also when it was answered before: then we died before the callbacks were out, and twice is harmless.
    await this.sendCallbacks(job.subject);
    return 'done';
  }

  /** Writes the subscriber's answer into the books; undefined when it was given already. */
  async answer(tx: Transaction, prompt: Prompt, status: PromptStatus): Promise<Prompt | undefined> {
    return tx.get(decidePrompt, { reference: prompt.reference, status, now: this.#clock.now() });
  }

  /** Tells Malipo of a decided prompt, the way its number misbehaves. */
  async sendCallbacks(reference: string): Promise<void> {
    const prompt = await this.#store.read.get(promptByReference, { reference });
    if (prompt === undefined || prompt.status === 'waiting' || prompt.status === 'ignored') return;
    const final = JSON.stringify(callbackBody(prompt, prompt.status === 'approved' ? 'completed' : 'failed'));
    await this.#send(final);
    if (prompt.outcome !== 'noisy_callbacks') return;
    await this.#send(final);
    await this.#send(JSON.stringify(callbackBody(prompt, 'pending')));
    await this.#send(JSON.stringify({ ...callbackBody(prompt, 'completed'), repeated: true }));
  }

  async #send(body: string): Promise<void> {
    await this.#deliver({ [SANDBOX_SIGNATURE_HEADER]: this.#sign(body) }, body);
  }

  async #open(tx: Transaction, prompt: ReturnType<typeof promptOf>, now: number): Promise<void> {
    await tx.run(insertPrompt, prompt);
    if (prompt.decidesAt === null) return;
    await this.#jobs.enqueue(tx, { kind: SANDBOX_DECIDE_JOB, subject: prompt.reference, runAt: prompt.decidesAt }, now);
  }

  #decidesAt(outcome: SandboxOutcome, request: CollectRequest, now: number): number | null {
    switch (outcome) {
      case 'approves':
      case 'no_funds':
      case 'declines':
      case 'fails':
      case 'noisy_callbacks':
        return now + this.#approvalMs;
      case 'times_out':
      case 'sent_to_vendor':
        return now + Math.min(2 * this.#approvalMs, SLOW_ANSWER_MAX_MS);
      case 'approves_after_expiry':
        return request.expiresAt + AFTER_EXPIRY_MS;
      case 'never_answers':
        return null;
      default:
        return outcome satisfies never;
    }
  }

  /** Whether this is the client secret that was answered for a card payment. */
  isCardSecret(reference: string, given: string): boolean {
    const [expected, known] = [Buffer.from(this.#cardSecret(reference)), Buffer.from(given)];
    return expected.length === known.length && timingSafeEqual(expected, known);
  }

  /** Made from the reference, so that it need not be kept. */
  #cardSecret(reference: string): string {
    const code = this.#sign(`card:${reference}`);
    return `pi_sandbox_${code.slice(0, 16)}_secret_${code.slice(16)}`;
  }

  #sign(body: string): string {
    return createHmac('sha256', this.#secret).update(body).digest('hex');
  }
}

function promptOf(request: CollectRequest, outcome: SandboxOutcome, now: number, decidesAt: number | null) {
  const { reference, method, phone, network, amountMinor, currency, merchant, description, expiresAt } = request;
  const providerRef = `sbx_${newOrderedId(now)}`;
  return { reference, providerRef, method, phone, network, amountMinor, currency, merchant, description, expiresAt, outcome, decidesAt, createdAt: now };
}

/** What a subscriber answers when it approves with the right PIN: not every wallet can pay. */
export function answerTo(prompt: Prompt): PromptStatus {
  switch (prompt.outcome) {
    case 'no_funds':
      return 'no_funds';
    case 'declines':
      return 'declined';
    case 'fails':
      return 'failed';
    default:
      return 'approved';
  }
}

function statusOf(prompt: Prompt): ProviderStatus {
  const { providerRef } = prompt;
  switch (prompt.status) {
    case 'waiting':
    case 'ignored':
      return { kind: 'pending', providerRef };
    case 'approved':
      return { kind: 'completed', providerRef, amountMinor: prompt.amountMinor, currency: prompt.currency, at: prompt.decidedAt! };
    case 'declined':
      return prompt.method === 'card'
        ? { kind: 'failed', providerRef, code: 'card_declined', reason: 'The card was declined' }
        : { kind: 'failed', providerRef, code: 'declined', reason: 'The customer declined the payment' };
    case 'no_funds':
      return { kind: 'failed', providerRef, code: 'insufficient_funds', reason: 'Insufficient funds in the customer’s wallet' };
    case 'failed':
      if (prompt.method === 'card') return { kind: 'failed', providerRef, code: 'expired', reason: 'Nobody paid in time' };
      return { kind: 'failed', providerRef, code: 'failed', reason: 'The payment failed at the network' };
    default:
      return prompt.status satisfies never;
  }
}

function callbackBody(prompt: Prompt, status: 'completed' | 'failed' | 'pending') {
  return { reference: prompt.reference, provider_ref: prompt.providerRef, status, at: prompt.decidedAt };
}
