/**
 * Stripe's API as docs.stripe.com/api describes it (PaymentIntents, refunds, disputes, events, idempotent requests), with
 * its test cards (docs.stripe.com/testing). What a browser sends it, with a publishable key and a client secret, is here too.
 */
import { createHmac } from 'node:crypto';
import { DAY_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { Books, type CardDesk, type Movement, type SimulatedAnswer, type SimulatedRequest, type Simulator, type SimulatorDeps } from '../simulator.ts';
import { StripeCardDesk } from './card-desk.ts';
import { fromBrowser, listOf, metadataOf, missing, no, ofAnotherAccount, ok, toMajor, toStripe, unexpectedState } from './wire.ts';

export const STRIPE = {
  secretKey: 'sk_test_simulated_stripe_key',
  publishableKey: 'pk_test_simulated_stripe_key',
  webhookSecret: 'whsec_only_stripe_knows',
} as const;

/** The keys of the same account for real money. */
export const STRIPE_LIVE = { ...STRIPE, secretKey: 'sk_live_simulated_stripe_key', publishableKey: 'pk_live_simulated_stripe_key' } as const;

export const API_VERSION = '2026-10-28.endive';

/** Stripe forgets a key after a day at the earliest. */
const KEY_KEPT_MS = DAY_MS;

const CURRENCIES = ['usd', 'eur', 'gbp', 'kes', 'tzs', 'ugx', 'rwf'];

type PaymentError = { type: 'card_error' | 'invalid_request_error'; code: string; decline_code?: string; message: string };

const DECLINED: PaymentError = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.' };

/** No card's fault: docs.stripe.com/error-codes. */
const NOT_AUTHENTICATED: PaymentError = {
  type: 'invalid_request_error',
  code: 'payment_intent_authentication_failure',
  message: 'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};

const NO_RETURN_URL =
  'A `return_url` must be specified because this Payment Intent is configured to automatically accept the payment methods enabled in the Dashboard, some of which may require a full page redirect to succeed.';

/** What a test card does; every other number is none. */
const CARDS: Readonly<Record<string, 'pays' | 'asks' | PaymentError>> = {
  '4242424242424242': 'pays',
  '4000000000000002': DECLINED,
  '4000000000009995': { ...DECLINED, decline_code: 'insufficient_funds', message: 'Your card has insufficient funds.' },
  '4000002760003184': 'asks',
};

/** What an intent has beyond what any provider's books have. */
interface Intent {
  secret: string;
  metadata: Record<string, string>;
  receiptEmail: string | null;
  description: string | null;
  error: PaymentError | null;
  /** What the bank is asked, and how: `next_action` as Stripe prints it. */
  asking: NextAction | null;
  allowsRedirects: boolean;
  cancellationReason: string | null;
  disputes: Dispute[];
}

interface Dispute {
  status: 'needs_response' | 'lost' | 'won';
  /** In Stripe's units; the whole payment when null. */
  amount: number | null;
}

type NextAction = { type: 'use_stripe_sdk'; use_stripe_sdk: { type: 'stripe_3ds2_fingerprint' } } | { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string } };

export interface StripeRefund {
  id: string;
  intent: string;
  amount: number;
  metadata: Record<string, string>;
  created: number;
  status: 'succeeded' | 'pending' | 'failed';
}

export class StripeSimulator implements Simulator {
  readonly slug = 'stripe';
  readonly books: Books;
  readonly refunds: StripeRefund[] = [];
  readonly cards: CardDesk;
  /** How the bank takes the next refund: at once, or some days later. */
  nextRefund: () => 'succeeded' | 'pending' = () => 'succeeded';
  readonly #deps: SimulatorDeps;
  readonly #keys: { secretKey: string; publishableKey: string };
  readonly #intents = new Map<Movement, Intent>();
  readonly #answers = new Map<string, { asked: string; answer: SimulatedAnswer; at: number }>();
  #events = 0;

  constructor(deps: SimulatorDeps, keys: { secretKey: string; publishableKey: string } = STRIPE) {
    this.#deps = deps;
    this.#keys = keys;
    this.cards = new StripeCardDesk(this, keys.publishableKey);
    this.books = new Books(deps.clock, { prefix: 'pi_3Simulated' });
    this.books.onMove((movement) => {
      const intent = this.#intents.get(movement)!;
      if (movement.status === 'failed') intent.cancellationReason ??= 'requested_by_customer';
      if (movement.status === 'reversed') latestOf(intent).status = 'lost';
      if (movement.status === 'success') this.#tell('payment_intent.succeeded', this.#view(movement));
      if (movement.status === 'failed') this.#tell('payment_intent.canceled', this.#view(movement));
      if (movement.status === 'reversed') this.#tell('charge.dispute.closed', disputesOf(movement, intent).at(-1)!);
    });
  }

  handle(request: SimulatedRequest): SimulatedAnswer {
    const { method, path, headers, body, query } = request;
    const form = new URLSearchParams(body);
    const key = /^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? form.get('key') ?? query.get('key');
    if (key?.startsWith('pk_')) return fromBrowser(key === this.#keys.publishableKey ? this.#asBrowser(method, path, form, query) : ofAnotherAccount());
    if (key !== this.#keys.secretKey) return no(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: ****' });
    if (headers['stripe-version'] !== API_VERSION) return no(400, { type: 'invalid_request_error', message: 'Another API version was agreed on' });
    const idempotencyKey = headers['idempotency-key'];
    if (method !== 'POST' || idempotencyKey === undefined) return this.#asMerchant(method, path, form, query);
    return this.#once(idempotencyKey, `${path}?${body}`, () => this.#asMerchant(method, path, form, query));
  }

  /** The bank's question, answered by the cardholder. */
  answerChallenge(id: string, isRight: boolean): void {
    const movement = this.books.byId(id)!;
    const intent = this.#intents.get(movement)!;
    intent.asking = null;
    if (isRight) this.books.approve(movement);
    else this.#decline(movement, NOT_AUTHENTICATED);
  }

  /** A refund made by hand in Stripe's dashboard, in Stripe's units. */
  refundInDashboard(id: string, amount: number, metadata: Record<string, string> = {}): StripeRefund {
    return this.#refund(this.books.byId(id)!, amount, metadata);
  }

  /** The card's bank sends back a refund, also one that had succeeded. */
  failRefund(id: string): void {
    this.endRefund(this.refunds.find((each) => each.id === id)!, 'failed');
  }

  /** The cardholder disputes the payment, or so much of it in Stripe's units; Stripe holds the money until it is decided. */
  dispute(id: string, status: Dispute['status'] = 'needs_response', amount: number | null = null): void {
    const movement = this.books.byId(id)!;
    const intent = this.#intents.get(movement)!;
    Object.assign(latestOf(intent), { status, amount });
    this.#tell(status === 'needs_response' ? 'charge.dispute.created' : 'charge.dispute.closed', disputesOf(movement, intent).at(-1)!);
  }

  /** Another dispute of the same payment, beside those that it has. */
  disputeAgain(id: string, status: Dispute['status'], amount: number): void {
    this.#intents.get(this.books.byId(id)!)!.disputes.push({ status, amount });
    this.dispute(id, status, amount);
  }

  /** Every dispute of a payment is lost in the same moment. */
  loseAll(id: string): void {
    const movement = this.books.byId(id)!;
    const intent = this.#intents.get(movement)!;
    for (const dispute of intent.disputes) dispute.status = 'lost';
    for (const dispute of disputesOf(movement, intent)) this.#tell('charge.dispute.closed', dispute);
  }

  /** The bank's last word on a refund, which may come after it said yes. */
  endRefund(refund: StripeRefund, status: 'succeeded' | 'failed'): void {
    if (refund.status === status || refund.status === 'failed') return;
    refund.status = status;
    this.#tell(status === 'failed' ? 'refund.failed' : 'refund.updated', this.#refundView(refund));
  }

  /** What lost disputes took, in Stripe's units; 0 while none is lost. */
  lostToDispute(movement: Movement): number {
    const lost = this.#intents.get(movement)!.disputes.filter(({ status }) => status === 'lost');
    return lost.reduce((sum, { amount }) => sum + (amount ?? toStripe(movement)), 0);
  }

  /** What is neither given back nor on its way, in Stripe's units. */
  leftOf(movement: Movement): number {
    return toStripe({ ...movement, ...movement.reported }) - this.#refunded(movement);
  }

  /** Tells of something else in the account. */
  tellOf(type: string, object: object): void {
    this.#tell(type, object);
  }

  secretOf(id: string): string {
    return this.#intents.get(this.books.byId(id)!)!.secret;
  }

  #asMerchant(method: string, path: string, form: URLSearchParams, query: URLSearchParams): SimulatedAnswer {
    const [, resource, id, act] = /^\/v1\/(\w+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(path) ?? [];
    switch (`${method} ${resource} ${id === undefined ? '' : ':id'} ${act ?? ''}`.trim()) {
      case 'POST payment_intents':
        return this.#create(form);
      case 'GET payment_intents':
        return listOf(path, query, this.books.movements.filter(({ direction }) => direction === 'collect').map((movement) => this.#view(movement)));
      case 'GET payment_intents :id':
        return this.#of(id!, (movement) => ok(this.#view(movement)));
      case 'POST payment_intents :id cancel':
        return this.#of(id!, (movement) => this.#cancel(movement, form));
      case 'POST refunds':
        return this.#takeRefund(form);
      case 'GET refunds':
        return listOf(path, query, this.refunds.map((refund) => this.#refundView(refund)));
      case 'GET refunds :id': {
        const found = this.refunds.find((refund) => refund.id === id);
        return found === undefined ? missing('refund', id!) : ok(this.#refundView(found));
      }
      case 'GET disputes':
        return listOf(path, query, [...this.#intents].flatMap(([movement, intent]) => disputesOf(movement, intent)));
      default:
        return no(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` });
    }
  }

  /** What Stripe.js asks: only of the intent whose secret it has. */
  #asBrowser(method: string, path: string, form: URLSearchParams, query: URLSearchParams): SimulatedAnswer {
    const [, id = '', act = ''] = /^\/v1\/payment_intents\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    const movement = this.books.byId(id);
    if (movement === undefined || this.#intents.get(movement)!.secret !== (form.get('client_secret') ?? query.get('client_secret'))) return missing('payment_intent', id);
    if (method === 'GET' && act === '') return ok(this.#publicView(movement));
    if (method === 'POST' && act === 'confirm') return this.#confirm(movement, form);
    if (method === 'POST' && act === 'answer_challenge') {
      if (this.#intents.get(movement)!.asking === null) return unexpectedState(this.#publicView(movement));
      this.answerChallenge(id, form.get('right') === 'true');
      return ok(this.#publicView(movement));
    }
    return no(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` });
  }

  #create(form: URLSearchParams): SimulatedAnswer {
    const [amount, currency] = [Number(form.get('amount')), form.get('currency') ?? ''];
    if (!CURRENCIES.includes(currency)) return no(400, { type: 'invalid_request_error', param: 'currency', message: `Invalid currency: ${currency}.` });
    if (!Number.isSafeInteger(amount) || amount < 1) return no(400, { type: 'invalid_request_error', code: 'parameter_invalid_integer', param: 'amount', message: 'Invalid positive integer' });
    if (currency === 'ugx' && amount % 100 !== 0) return no(400, { type: 'invalid_request_error', param: 'amount', message: 'Invalid amount: UGX has no decimals.' });
    if (amount > 99_999_999) return no(400, { type: 'invalid_request_error', code: 'amount_too_large', param: 'amount', message: 'Amount must be no more than 999,999.99' });
    const metadata = metadataOf(form);
    const movement = this.books.open({ reference: metadata['reference'] ?? '', direction: 'collect', amount: toMajor(amount, currency), currency: currency.toUpperCase(), msisdn: '' });
    this.#intents.set(movement, {
      secret: `${movement.id}_secret_${createHmac('sha256', 'the simulator’s').update(movement.id).digest('hex').slice(0, 24)}`,
      metadata,
      receiptEmail: form.get('receipt_email'),
      description: form.get('description'),
      error: null,
      asking: null,
      allowsRedirects: form.get('automatic_payment_methods[enabled]') === 'true' && form.get('automatic_payment_methods[allow_redirects]') !== 'never',
      cancellationReason: null,
      disputes: [],
    });
    return ok(this.#view(movement));
  }

  #cancel(movement: Movement, form: URLSearchParams): SimulatedAnswer {
    if (movement.status !== 'pending') return unexpectedState(this.#view(movement));
    this.#intents.get(movement)!.cancellationReason = form.get('cancellation_reason');
    this.books.decline(movement, '');
    return ok(this.#view(movement));
  }

  #confirm(movement: Movement, form: URLSearchParams): SimulatedAnswer {
    const intent = this.#intents.get(movement)!;
    if (movement.status !== 'pending') return unexpectedState(this.#publicView(movement));
    const returnUrl = form.get('return_url');
    if (intent.allowsRedirects && returnUrl === null) return no(400, { type: 'invalid_request_error', param: 'return_url', message: NO_RETURN_URL });
    const type = form.get('payment_method_data[type]');
    if (type === 'pay_by_bank' && intent.allowsRedirects) return this.#sendToBank(movement, returnUrl!);
    if (type !== 'card') return no(400, { type: 'invalid_request_error', param: 'payment_method_data[type]', message: `The payment method type "${type}" is invalid.` });
    const does = CARDS[(form.get('payment_method_data[card][number]') ?? '').replaceAll(' ', '')];
    if (does === undefined) return no(402, { type: 'card_error', code: 'incorrect_number', message: 'Your card number is incorrect.' });
    intent.error = null;
    if (does === 'pays') this.books.approve(movement);
    else if (does === 'asks') intent.asking = { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'stripe_3ds2_fingerprint' } };
    else {
      this.#decline(movement, does);
      return no(402, { ...does, payment_intent: this.#publicView(movement) });
    }
    return ok(this.#publicView(movement));
  }

  /** Methods other than cards ask on a page of their own. */
  #sendToBank(movement: Movement, returnUrl: string): SimulatedAnswer {
    const intent = this.#intents.get(movement)!;
    const query = new URLSearchParams({ key: this.#keys.publishableKey, client_secret: intent.secret, return_url: returnUrl });
    intent.error = null;
    intent.asking = { type: 'redirect_to_url', redirect_to_url: { url: `https://hooks.stripe.com/redirect/authenticate?${query}`, return_url: returnUrl } };
    return ok(this.#publicView(movement));
  }

  /** The intent stays open for another card. */
  #decline(movement: Movement, error: PaymentError): void {
    Object.assign(this.#intents.get(movement)!, { error, asking: null });
    this.#tell('payment_intent.payment_failed', this.#view(movement));
  }

  #takeRefund(form: URLSearchParams): SimulatedAnswer {
    const movement = this.books.byId(form.get('payment_intent') ?? '', 'collect');
    if (movement === undefined) return missing('payment_intent', form.get('payment_intent') ?? '');
    if (movement.status !== 'success') return no(400, { type: 'invalid_request_error', message: 'This PaymentIntent does not have a successful charge to refund.' });
    const { disputes } = this.#intents.get(movement)!;
    if (disputes.some(({ status }) => status !== 'won')) return no(400, { type: 'invalid_request_error', code: 'charge_disputed', message: 'The charge has been charged back.' });
    const left = this.leftOf(movement);
    const amount = form.has('amount') ? Number(form.get('amount')) : left;
    if (left === 0) return no(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message: 'The charge has already been refunded.' });
    if (amount > left) return no(400, { type: 'invalid_request_error', message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})` });
    const temper = this.books.temper();
    if (temper === 'refuses') return no(400, { type: 'invalid_request_error', code: 'balance_insufficient', message: 'Insufficient funds in your Stripe balance.' });
    return ok(this.#refundView(this.#refund(movement, amount, metadataOf(form), temper === 'fails' ? 'failed' : this.nextRefund())));
  }

  #refund(movement: Movement, amount: number, metadata: Record<string, string>, status: StripeRefund['status'] = this.nextRefund()): StripeRefund {
    const refund: StripeRefund = { id: `re_3Simulated${this.refunds.length + 1}`, intent: movement.id, amount, metadata, created: this.#deps.clock.now(), status };
    this.refunds.push(refund);
    this.#tell('refund.created', this.#refundView(refund));
    this.#tell('charge.refunded', this.#chargeOf(movement));
    return refund;
  }

  #refunded({ id }: Movement): number {
    return this.refunds.filter(({ intent, status }) => intent === id && status !== 'failed').reduce((sum, { amount }) => sum + amount, 0);
  }

  #of(id: string, answer: (movement: Movement) => SimulatedAnswer): SimulatedAnswer {
    const movement = this.books.byId(id, 'collect');
    return movement === undefined ? missing('payment_intent', id) : answer(movement);
  }

  /** Same key, same parameters: the first answer again. Same key, others: an error. A server's own error is not kept. */
  #once(key: string, asked: string, work: () => SimulatedAnswer): SimulatedAnswer {
    const earlier = this.#answers.get(key);
    if (earlier !== undefined && this.#deps.clock.now() - earlier.at < KEY_KEPT_MS) {
      if (earlier.asked === asked) return { ...earlier.answer, headers: { 'Idempotent-Replayed': 'true' } };
      return no(400, { type: 'idempotency_error', message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.' });
    }
    const answer = work();
    this.#answers.set(key, { asked, answer, at: this.#deps.clock.now() });
    return answer;
  }

  #view(movement: Movement) {
    const { id, status, createdAt, currency } = movement;
    const intent = this.#intents.get(movement)!;
    const { error, asking } = intent;
    return {
      id,
      object: 'payment_intent',
      amount: toStripe(movement),
      amount_received: status === 'success' || status === 'reversed' ? toStripe({ ...movement, ...movement.reported }) : 0,
      currency: (status === 'success' || status === 'reversed' ? movement.reported.currency : currency).toLowerCase(),
      created: Math.floor(createdAt / SECOND_MS),
      client_secret: intent.secret,
      description: intent.description,
      receipt_email: intent.receiptEmail,
      metadata: intent.metadata,
      status: statusOf(movement, asking !== null),
      cancellation_reason: intent.cancellationReason,
      last_payment_error: error,
      next_action: asking,
      payment_method_types: intent.allowsRedirects ? ['card', 'pay_by_bank'] : ['card'],
      latest_charge: status === 'success' || status === 'reversed' ? this.#chargeOf(movement) : null,
      livemode: false,
    };
  }

  /** What whoever has the client secret may know: docs.stripe.com/api/payment_intents/object, "retrievable with publishable key". */
  #publicView(movement: Movement) {
    return { ...this.#view(movement), metadata: undefined, latest_charge: undefined, amount_received: undefined };
  }

  #chargeOf(movement: Movement) {
    const { id, endedAt } = movement;
    const { metadata, disputes } = this.#intents.get(movement)!;
    const refunded = this.#refunded(movement);
    return {
      id: id.replace('pi_', 'ch_'),
      object: 'charge',
      created: Math.floor((endedAt ?? 0) / SECOND_MS),
      amount: toStripe(movement),
      amount_refunded: refunded,
      refunded: refunded === toStripe(movement),
      disputed: disputes.length > 0,
      payment_intent: id,
      metadata,
    };
  }

  #refundView({ id, intent, amount, metadata, created, status }: StripeRefund) {
    const { currency } = this.books.byId(intent)!;
    return { id, object: 'refund', amount, currency: currency.toLowerCase(), created: Math.floor(created / SECOND_MS), payment_intent: intent, metadata, status, failure_reason: status === 'failed' ? 'lost_or_stolen_card' : null };
  }

  #tell(type: string, object: object): void {
    const created = Math.floor(this.#deps.clock.now() / SECOND_MS);
    const body = JSON.stringify({ id: `evt_3Simulated${++this.#events}`, object: 'event', api_version: API_VERSION, created, type, data: { object } });
    const signature = createHmac('sha256', STRIPE.webhookSecret).update(`${created}.${body}`).digest('hex');
    this.#deps.tell?.({ body, headers: { 'content-type': 'application/json; charset=utf-8', 'Stripe-Signature': `t=${created},v1=${signature}` } });
  }
}

function statusOf({ status }: Movement, isAsking: boolean): string {
  switch (status) {
    case 'pending':
      return isAsking ? 'requires_action' : 'requires_payment_method';
    case 'vendor':
      return 'processing';
    case 'success':
    case 'reversed':
      return 'succeeded';
    case 'failed':
      return 'canceled';
    default:
      return status satisfies never;
  }
}

/** The one that a payment has been disputed by last; a new one where it never was. */
function latestOf({ disputes }: Intent): Dispute {
  if (disputes.length === 0) disputes.push({ status: 'needs_response', amount: null });
  return disputes.at(-1)!;
}

/** They name the intent, and nothing of the merchant's: a dispute has metadata of its own. */
function disputesOf(movement: Movement, { disputes }: Intent) {
  const { id, currency } = movement;
  return disputes.map(({ status, amount }, index) => ({
    id: `${id.replace('pi_', 'dp_')}_${index + 1}`,
    object: 'dispute',
    amount: amount ?? toStripe(movement),
    currency: currency.toLowerCase(),
    status,
    reason: 'fraudulent',
    payment_intent: id,
    metadata: {},
  }));
}
