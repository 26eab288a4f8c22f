/** Relworx as its documentation describes it (2023 source, digest of 2026); what is not documented is as its clients saw it. */
import { HOUR_MS, MINUTE_MS } from '../../../server/core/clock.ts';
import { relworxSignature } from '../../../server/providers/relworx/signature.ts';
import { Books, type CardDesk, type CardOutcome, jsonBody, type Movement, type SimulatedAnswer, type SimulatedRequest, type Simulator, type SimulatorDeps } from '../simulator.ts';

export const RELWORX = { apiKey: 'simulated-relworx-key', accountNo: 'REL0001', webhookKey: 'only-relworx-knows' } as const;

/** Of the merchant in tests. */
const CALLBACK_URL = 'https://pay.example.org/v1/webhooks/relworx';

const CARD_PAGES = 'https://cards.relworx.example';

/** It documents no test cards: these are Stripe's. */
const CARDS: Readonly<Record<string, CardOutcome>> = {
  '4242424242424242': 'paid',
  '4000000000000002': { declined: 'Your card was declined' },
  '4000000000009995': { declined: 'Insufficient funds' },
  '4000002760003184': 'asks',
};

const LIMITS: Readonly<Record<string, readonly [number, number]>> = { UGX: [500, 5_000_000], KES: [10, 70_000], TZS: [500, 5_000_000], RWF: [100, 5_000_000], USD: [12, 5_000] };

const EAST_AFRICA_AHEAD_MS = 3 * HOUR_MS;

/** Of its list. */
const ROWS_MAX = 1_000;

const PROMPTS_MAX = 5;
const PROMPTS_WITHIN_MS = 10 * MINUTE_MS;

const STATUS: Readonly<Record<Movement['status'], string>> = { pending: 'pending', vendor: 'pending', success: 'success', failed: 'failed', reversed: 'failed' };

export interface RelworxOptions {
  /** Answers 403 INVALID_IP, as with the allow-list on. */
  strangeAddress?: boolean;
}

export class RelworxSimulator implements Simulator {
  readonly slug = 'relworx';
  readonly books: Books;
  /** What the merchant's wallet holds, in major units. */
  balance = 12_500;
  /** How it refuses a reference that it has already; null where it takes it for another request. Its documents do not say. */
  saysToRepeated: string | null = 'Reference has been used before';
  /** Shows its own references and times of completion in the list, which none of its clients has seen. */
  listsAll = false;
  readonly #deps: SimulatorDeps;
  strangeAddress: boolean;

  constructor(deps: SimulatorDeps, { strangeAddress = false }: RelworxOptions = {}) {
    this.#deps = deps;
    this.strangeAddress = strangeAddress;
    this.books = new Books(deps.clock, { prefix: 'e6974e0f79bf4d8a' });
    this.books.onMove((movement) => {
      if (movement.status === 'pending' || movement.status === 'vendor') return;
      const told = this.#view(movement);
      const fields = this.#signedFields(told);
      const signature = relworxSignature({ url: deps.callbackUrl ?? CALLBACK_URL, key: RELWORX.webhookKey, fields }, deps.clock.now());
      deps.tell?.({ body: JSON.stringify(told), headers: { 'content-type': 'application/json', 'Relworx-Signature': signature } });
    });
  }

  /** Its page ends with the first card: paid or not, the browser is sent back with a signature over a time that it does not tell. */
  readonly cards: CardDesk = {
    pay: (id, number) => {
      const does = CARDS[number.replaceAll(' ', '')];
      return does === undefined ? { declined: 'Your card number is incorrect' } : this.#end(id, does);
    },
    answer: (id, isRight) => this.#end(id, isRight ? 'paid' : { declined: 'The bank could not tell who you are' }),
    sendBack: (id) => {
      const { returnUrl: url, clock } = this.#deps;
      const movement = this.books.byId(id)!;
      if (url === undefined || movement.status === 'pending') return null;
      const fields = this.#signedFields(this.#view(movement));
      const signature = relworxSignature({ url, key: RELWORX.webhookKey, fields }, clock.now()).replace(/^.*v=/, '');
      return { url, fields: { ...fields, relworx_signature: signature } };
    },
  };

  handle(request: SimulatedRequest): SimulatedAnswer {
    const { method, path, headers, query } = request;
    const route = path.replace(/^\/api/, '');
    if (this.strangeAddress) return no(403, 'Request from an unknown IP address', 'INVALID_IP');
    if (headers['authorization'] !== `Bearer ${RELWORX.apiKey}`) return no(401, 'Invalid API key');
    if (headers['accept'] !== 'application/vnd.relworx.v2') return no(400, 'Unsupported API version');
    if (method === 'POST') {
      const body = jsonBody(request);
      switch (route) {
        case '/mobile-money/request-payment':
          return this.#take(body, 'collect');
        case '/mobile-money/send-payment':
          return this.#take(body, 'disburse');
        case '/mobile-money/validate':
          return { status: 200, json: { success: true, message: 'Msisdn validated', customer_name: 'JANE DOE' } };
        case '/visa/request-session':
          return this.#openSession(body);
      }
    }
    if (method === 'GET' && query.get('account_no') !== RELWORX.accountNo) return no(400, 'Account not found');
    if (method === 'GET') {
      switch (route) {
        case '/mobile-money/check-request-status': {
          const found = this.books.byId(query.get('internal_reference') ?? '');
          return found === undefined || found.msisdn === '' ? no(404, 'Transaction not found') : { status: 200, json: { success: true, ...this.#view(found) } };
        }
        case '/mobile-money/check-wallet-balance':
          return { status: 200, json: { success: true, balance: this.balance } };
        case '/payment-requests/transactions':
          return { status: 200, json: { success: true, transactions: this.books.movements.slice(-ROWS_MAX).map((movement) => this.#row(movement)).reverse() } };
      }
    }
    return no(404, 'No such endpoint');
  }

  #signedFields({ customer_reference, internal_reference, status }: Record<'customer_reference' | 'internal_reference' | 'status', string>) {
    return { customer_reference, internal_reference, status };
  }

  #end(id: string, outcome: CardOutcome): CardOutcome {
    const movement = this.books.byId(id)!;
    if (outcome === 'paid') this.books.approve(movement);
    else if (outcome !== 'asks') this.books.decline(movement, outcome.declined);
    return outcome;
  }

  #take(body: Record<string, unknown>, direction: 'collect' | 'disburse'): SimulatedAnswer {
    const refused = this.#checked(body);
    if (refused !== null) return refused;
    const { reference, msisdn, amount, currency } = body as { reference: string; msisdn: string; amount: number; currency: string };
    if (!/^\+(256|254|255|250)\d{9}$/.test(String(msisdn))) return no(422, 'Msisdn must be in international format');
    const since = this.#deps.clock.now() - PROMPTS_WITHIN_MS;
    const prompts = this.books.movements.filter((each) => each.direction === 'collect' && each.msisdn === msisdn && each.createdAt > since).length;
    if (direction === 'collect' && prompts >= PROMPTS_MAX) return no(400, 'Too many requests for this number; wait some minutes');
    const temper = this.books.temper();
    if (temper === 'refuses') return no(400, 'The network does not serve this number');
    const movement = this.books.open({ reference, direction, amount, currency, msisdn });
    const { id } = movement;
    if (temper === 'fails') {
      this.books.decline(movement, 'The number has no wallet');
      return no(400, movement.reason);
    }
    return { status: 200, json: { success: true, message: 'Request payment in progress', internal_reference: id } };
  }

  #openSession(body: Record<string, unknown>): SimulatedAnswer {
    const refused = this.#checked(body);
    if (refused !== null) return refused;
    const { reference, amount, currency } = body as { reference: string; amount: number; currency: string };
    const { id } = this.books.open({ reference, direction: 'collect', amount, currency, msisdn: '' });
    return { status: 200, json: { success: true, message: 'Session created', payment_url: `${this.#deps.cardPages ?? CARD_PAGES}/${id}` } };
  }

  #checked({ account_no, reference, amount, currency }: Record<string, unknown>): SimulatedAnswer | null {
    if (account_no !== RELWORX.accountNo) return no(400, 'Account not found');
    if (typeof reference !== 'string' || reference.length < 8 || reference.length > 36) return no(422, 'Reference must have 8 to 36 characters');
    if (this.saysToRepeated !== null && this.books.byReference(reference).length > 0) return no(400, this.saysToRepeated);
    const [least, most] = LIMITS[String(currency)] ?? [Infinity, 0];
    if (typeof amount !== 'number' || amount < least || amount > most) return no(422, `Amount must be from ${least} to ${most}`);
    return null;
  }

  #view(movement: Movement) {
    const { id, reference, msisdn, status, reason, reported, endedAt } = movement;
    return {
      status: STATUS[status],
      message: reason || (status === 'success' ? 'Request payment completed successfully.' : 'Request payment in progress'),
      customer_reference: reference,
      internal_reference: id,
      msisdn,
      amount: reported.amount,
      currency: reported.currency,
      provider: 'mtn_mobile_money',
      charge: 12.5,
      request_status: STATUS[status],
      remote_ip: '192.0.2.7',
      provider_transaction_id: status === 'success' ? `T${id.slice(-10)}` : null,
      completed_at: endedAt === null ? null : eastAfrican(endedAt),
    };
  }

  #row(movement: Movement) {
    const { status, customer_reference, internal_reference, msisdn, amount, currency, provider, completed_at } = this.#view(movement);
    const transaction_type = movement.direction === 'disburse' ? 'payout' : 'collection';
    const row = { customer_reference, provider, msisdn, transaction_type, currency, amount, status, created_at: eastAfrican(movement.createdAt) };
    return this.listsAll ? { ...row, internal_reference, completed_at } : row;
  }
}

/** As Relworx prints times: `2025-04-10T15:12:58.977+03:00`. */
function eastAfrican(ms: number): string {
  return new Date(ms + EAST_AFRICA_AHEAD_MS).toISOString().replace('Z', '+03:00');
}

function no(status: number, message: string, code?: string): SimulatedAnswer {
  return { status, json: { success: false, message, ...(code === undefined ? {} : { error_code: code }) } };
}
