/** DGateway as its API reference of 2026-03-25 describes it: no more fields than it prints, no idempotency. */
import { isoTime, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import { Books, jsonBody, type Movement, type SimulatedAnswer, type SimulatedRequest, type Simulator, type SimulatorDeps } from '../simulator.ts';

export const DGATEWAY = { apiKey: 'dgw_live_simulated_account' } as const;

const PROVIDERS: Readonly<Record<string, readonly string[]>> = { iotec: ['UGX'], relworx: ['UGX', 'KES', 'TZS', 'RWF'], stripe: ['USD', 'EUR', 'GBP', 'KES', 'UGX'] };

const STATUS: Readonly<Record<Movement['status'], string>> = { pending: 'pending', vendor: 'pending', success: 'completed', failed: 'failed', reversed: 'failed' };

const PER_PAGE_DEFAULT = 20;
const PER_PAGE_MAX = 100;

/** What a movement is called besides, in the reference's row. */
interface Named {
  provider: string;
  description: string;
}

export class DgatewaySimulator implements Simulator {
  readonly slug = 'dgateway';
  readonly books: Books;
  readonly #clock: SimulatorDeps['clock'];
  readonly #named = new Map<string, Named>();
  /** Lines that are down: `mtn UGX`. */
  readonly linesDown = new Set<string>();
  /** Shows rows without what the merchant wrote into them. */
  hidesDescriptions = false;
  /** So many calls a minute are answered; a 429 says when to ask again. */
  callsPerMinute = Infinity;
  #calls = { since: 0, count: 0 };
  /** What the provider behind it answers to the next request, after the transaction was written down. */
  nextError: string | null = null;
  /** What is wrong with the next request in the gateway's own eyes, before anything is written down. */
  nextRefusal: { status: number; code: string; message: string } | null = null;

  constructor({ clock, tell }: SimulatorDeps) {
    this.#clock = clock;
    this.books = new Books(clock, { prefix: 'dgw_' });
    this.books.onMove((movement) => {
      if (movement.status === 'pending' || movement.status === 'vendor') return;
      const { reference, status, amount, currency, provider, direction, failure_reason } = this.#row(movement);
      const data = { reference, status, amount, currency, provider, direction, failure_reason };
      tell?.({ body: JSON.stringify({ event: `transaction.${status}`, data, timestamp: isoTime(clock.now()) }), headers: { 'content-type': 'application/json' } });
    });
  }

  handle(request: SimulatedRequest): SimulatedAnswer {
    const { method, path, headers } = request;
    if (method === 'GET' && path === '/api/provider-health') return { status: 200, json: { data: this.#lines() } };
    if (headers['x-api-key'] !== DGATEWAY.apiKey) return no(401, 'AUTHENTICATION_ERROR', 'Invalid or missing API key');
    const tooMany = this.#tooMany();
    if (tooMany !== null) return tooMany;
    const body = jsonBody(request);
    switch (`${method} ${path}`) {
      case 'POST /v1/payments/collect':
        return this.#take(body, 'collect');
      case 'POST /v1/payments/disburse':
        return this.#take(body, 'disburse');
      case 'POST /v1/webhooks/verify':
        return this.#verify(String(body['reference']));
      case 'GET /v1/payments/transactions':
        return this.#list(request.query);
      case 'GET /v1/wallets':
        return { status: 200, json: { data: [{ provider: 'iotec', balance: 150_000.5, currency: 'UGX' }, { provider: 'relworx', balance: 0, currency: 'KES' }], message: 'Wallet balances retrieved' } };
    }
    const [, reference] = /^\/v1\/payments\/transactions\/([^/]+)$/.exec(path) ?? [];
    const found = method === 'GET' && reference !== undefined ? this.books.byId(decodeURIComponent(reference)) : undefined;
    return found === undefined ? no(404, 'NOT_FOUND', 'Resource not found') : { status: 200, json: { data: this.#row(found) } };
  }

  #tooMany(): SimulatedAnswer | null {
    const now = this.#clock.now();
    if (now - this.#calls.since >= MINUTE_MS) this.#calls = { since: now, count: 0 };
    if (this.#calls.count++ < this.callsPerMinute) return null;
    const seconds = Math.ceil((this.#calls.since + MINUTE_MS - now) / SECOND_MS);
    return { ...no(429, 'RATE_LIMIT', 'Too many requests'), headers: { 'Retry-After': String(seconds) } };
  }

  #take(body: Record<string, unknown>, direction: 'collect' | 'disburse'): SimulatedAnswer {
    const refused = this.#checked(body);
    if (refused !== null) return refused;
    const temper = this.books.temper();
    if (temper === 'refuses') return no(400, 'INVALID_PHONE', 'Phone number not supported');
    if (temper === 'fails') this.nextError = 'The number has no wallet';
    const { amount, currency, phone_number: msisdn, provider = 'iotec', description = '' } = body as { amount: number; currency: string; phone_number: string; provider?: string; description?: string };
    // It keeps no reference of its merchant's: the books are told it for the tests' sake, from where the merchant put it.
    const reference = (body['metadata'] as { reference?: string } | undefined)?.reference ?? '';
    const movement = this.books.open({ reference, direction, amount, currency, msisdn });
    this.#named.set(movement.id, { provider, description });
    if (this.nextError !== null) {
      const message = this.nextError;
      this.nextError = null;
      this.books.decline(movement, message);
      return no(400, 'PROVIDER_ERROR', message);
    }
    const data = { reference: movement.id, provider, status: 'pending', amount, currency };
    if (direction === 'disburse') return { status: 200, json: { data, message: 'Disbursement initiated' } };
    const more = { provider_ref: `${provider}_txn_${movement.id}`, phone_number: msisdn, raw_response: {}, client_secret: '', stripe_publishable_key: '' };
    return { status: 200, json: { data: { ...data, ...more }, message: 'Collection initiated' } };
  }

  #checked({ amount, currency, phone_number, provider = 'iotec', description = '' }: Record<string, unknown>): SimulatedAnswer | null {
    if (this.nextRefusal !== null) {
      const { status, code, message } = this.nextRefusal;
      this.nextRefusal = null;
      return no(status, code, message);
    }
    if (typeof amount !== 'number' || amount <= 0) return no(400, 'VALIDATION_ERROR', 'amount must be above 0');
    if (typeof description !== 'string' || description.length > 500) return no(400, 'VALIDATION_ERROR', 'description must have at most 500 characters');
    if (typeof provider !== 'string' || PROVIDERS[provider] === undefined) return no(400, 'INVALID_PROVIDER', 'Provider not supported');
    if (!PROVIDERS[provider].includes(String(currency))) return no(400, 'INVALID_CURRENCY', 'Currency not supported');
    if (typeof phone_number !== 'string' || !/^((256|254|255|250)\d{9}|0\d{9})$/.test(phone_number)) return no(400, 'INVALID_PHONE', 'Phone number format invalid');
    const vendor = /^(256|0)7[678]/.test(phone_number) ? 'mtn' : 'airtel';
    if (this.linesDown.has(`${vendor} ${String(currency)}`)) return no(503, 'PROVIDER_LINE_DOWN', `The ${vendor} line is currently down`);
    return null;
  }

  #verify(id: string): SimulatedAnswer {
    const found = this.books.byId(id);
    if (found === undefined) return no(404, 'NOT_FOUND', 'Resource not found');
    const { reference, status, provider, amount, currency } = this.#row(found);
    return { status: 200, json: { data: { reference, status, provider, amount, currency }, message: 'Transaction status verified' } };
  }

  #list(query: URLSearchParams): SimulatedAnswer {
    const page = Number(query.get('page') ?? 1);
    const perPage = Math.min(Number(query.get('per_page') ?? PER_PAGE_DEFAULT), PER_PAGE_MAX);
    const wants = (name: string, value: string) => [null, value].includes(query.get(name));
    const [from, to] = [Date.parse(query.get('from') ?? '1970-01-01'), Date.parse(query.get('to') ?? '9999-01-01')];
    const found = this.books.movements.filter(({ direction, currency, createdAt }) => wants('direction', direction) && wants('currency', currency) && createdAt >= from && createdAt <= to);
    const data = found.toReversed().slice((page - 1) * perPage, page * perPage).map((movement) => this.#row(movement));
    return { status: 200, json: { data, meta: { page, per_page: perPage, total: found.length, total_pages: Math.ceil(found.length / perPage) } } };
  }

  #row({ id, direction, msisdn, status, reason, reported: { amount, currency }, createdAt }: Movement) {
    const { provider, description } = this.#named.get(id) ?? { provider: 'iotec', description: '' };
    const platform_fee = direction === 'collect' ? Math.round(amount * 8) / 100 : 0;
    return {
      reference: id,
      provider,
      direction,
      amount,
      platform_fee,
      net_amount: amount - platform_fee,
      currency,
      status: STATUS[status],
      failure_reason: reason,
      phone_number: msisdn,
      ...(this.hidesDescriptions ? {} : { description }),
      is_test: false,
      created_at: isoTime(createdAt),
    };
  }

  #lines() {
    const last_check_at = isoTime(this.#clock.now());
    return ['mtn', 'airtel'].map((vendor) => {
      const is_healthy = !this.linesDown.has(`${vendor} UGX`);
      const line = { provider_slug: 'iotec', vendor, currency: 'UGX', is_healthy };
      return is_healthy ? { ...line, last_check_at, last_error: '' } : { ...line, last_error: 'Service temporarily unavailable', failing_since: last_check_at };
    });
  }
}

function no(status: number, code: string, message: string): SimulatedAnswer {
  return { status, json: { error: { code, message } } };
}
