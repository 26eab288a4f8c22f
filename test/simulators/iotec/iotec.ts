/** ioTec Pay as its OpenAPI document, v1, describes it; the document's schemas are beside this file and checked in tests. */
import { SECOND_MS } from '../../../server/core/clock.ts';
import { Books, jsonBody, type Movement, type SimulatedAnswer, type SimulatedRequest, type Simulator, type SimulatorDeps } from '../simulator.ts';

export const IOTEC = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-iotec-secret',
  walletId: '5e83b187-801e-410e-b76e-f491928547e0',
  callbackHeader: 'X-Callback-Token',
  callbackSecret: 'only-iotec-knows',
} as const;

const TOKEN_LIFE_SECONDS = 300;
const LEAST_AMOUNT = 500;

const STATUS: Readonly<Record<Movement['status'], string>> = { pending: 'Pending', vendor: 'SentToVendor', success: 'Success', failed: 'Failed', reversed: 'RolledBack' };

/** The statuses its callbacks tell of. */
const TOLD: readonly Movement['status'][] = ['vendor', 'success', 'failed', 'reversed'];

export class IotecSimulator implements Simulator {
  readonly slug = 'iotec';
  readonly books: Books;
  /** What the merchant's wallet holds, in major units. */
  balance = 1_000_000;
  readonly #deps: SimulatorDeps;
  readonly #notes = new Map<Movement, { payerNote: string; payeeNote: string }>();
  #tokens = new Map<string, number>();
  /** How many tokens it has given out. */
  tokensIssued = 0;

  constructor(deps: SimulatorDeps) {
    this.#deps = deps;
    this.books = new Books(deps.clock, { prefix: '3fa85f64-5717-4562-b3fc-' });
    this.books.onMove((movement) => {
      if (!TOLD.includes(movement.status)) return;
      deps.tell?.({ body: JSON.stringify(this.view(movement)), headers: { 'content-type': 'application/json', [IOTEC.callbackHeader]: IOTEC.callbackSecret } });
    });
  }

  /** Every token given out so far is dead from now on. */
  expireTokens(): void {
    this.#tokens = new Map();
  }

  handle(request: SimulatedRequest): SimulatedAnswer {
    const { method, path } = request;
    if (method === 'POST' && path === '/connect/token') return this.#token(request);
    if (!this.#isAuthorized(request)) return { status: 401, json: { statusCode: 401 } };
    if (method === 'POST' && path === '/api/collections/collect') return this.#take(request, 'collect', 'payer');
    if (method === 'POST' && path === '/api/disbursements/disburse') return this.#take(request, 'disburse', 'payee');
    if (method === 'GET' && path === `/api/wallet-balance/${IOTEC.walletId}`) return this.#balance();
    if (method === 'GET' && path === '/api/disbursements/paged-history') return this.#history(request);
    const asked = /^\/api\/(collections|disbursements)\/(status|external-id)\/([^/]+)$/.exec(path);
    if (method === 'GET' && asked !== null) {
      const direction = asked[1] === 'collections' ? 'collect' : 'disburse';
      const key = decodeURIComponent(asked[3]!);
      const found = asked[2] === 'status' ? this.books.byId(key, direction) : this.books.byReference(key).findLast((each) => each.direction === direction);
      return found === undefined ? { status: 404, json: { statusCode: 404 } } : { status: 200, json: this.view(found) };
    }
    return { status: 404, json: { statusCode: 404 } };
  }

  /** A movement as the status calls and the callbacks print it. */
  view(movement: Movement) {
    const { id, reference, direction, msisdn, createdAt, endedAt, status, reason, reported } = movement;
    const updated = new Date(endedAt ?? createdAt).toISOString();
    const charges = { transactionCharge: 14, vendorCharge: 10.5, totalTransactionCharge: 24.5 };
    const theirs = direction === 'collect' ? { payer: msisdn, payerName: null } : { payee: msisdn, payeeName: null, payeeNameStatus: 'Pending' };
    return {
      id,
      createdAt: new Date(createdAt).toISOString(),
      category: 'MobileMoney',
      status: STATUS[status],
      paymentChannel: 'Api',
      statusCode: STATUS[status].toLowerCase(),
      statusMessage: reason || 'Request is being processed',
      externalId: reference,
      amount: reported.amount,
      currency: reported.currency,
      ...this.#notes.get(movement),
      wallet: { id: IOTEC.walletId, name: 'SIMULATED' },
      ...charges,
      vendor: 'Mtn',
      vendorTransactionId: status === 'success' ? `V${id.slice(-12)}` : null,
      lastUpdated: updated,
      processedAt: status === 'success' || status === 'reversed' ? updated : null,
      ...theirs,
    };
  }

  #token({ body }: SimulatedRequest): SimulatedAnswer {
    const form = new URLSearchParams(body);
    const isKnown = form.get('client_id') === IOTEC.clientId && form.get('client_secret') === IOTEC.clientSecret;
    if (!isKnown || form.get('grant_type') !== 'client_credentials') return { status: 400, json: { error: 'invalid_client' } };
    const token = `token.${++this.tokensIssued}.signature`;
    this.#tokens.set(token, this.#deps.clock.now() + TOKEN_LIFE_SECONDS * SECOND_MS);
    return { status: 200, json: { access_token: token, expires_in: TOKEN_LIFE_SECONDS, token_type: 'Bearer', scope: 'profile email' } };
  }

  #isAuthorized({ headers }: SimulatedRequest): boolean {
    const until = this.#tokens.get(headers.authorization?.replace(/^Bearer /, '') ?? '');
    return until !== undefined && this.#deps.clock.now() < until;
  }

  #take(request: SimulatedRequest, direction: 'collect' | 'disburse', who: 'payer' | 'payee'): SimulatedAnswer {
    const { [who]: msisdn, amount, walletId, externalId, currency, payerNote = '', payeeNote = '' } = jsonBody(request);
    const bad = (message: string): SimulatedAnswer => ({ status: 400, json: { message, code: 'BadRequest' } });
    if (typeof msisdn !== 'string' || !/^(256|0)\d{9}$/.test(msisdn)) return bad(`The ${who} must be a valid MSISDN`);
    if (typeof amount !== 'number' || amount < LEAST_AMOUNT) return bad(`The amount must be at least ${LEAST_AMOUNT}`);
    if (walletId !== IOTEC.walletId) return bad('Invalid wallet');
    if (currency !== 'UGX' && currency !== 'ITX') return bad('Invalid currency');
    if (String(externalId).length > 100 || String(payerNote).length > 100 || String(payeeNote).length > 100) return bad('A text is too long');
    const temper = this.books.temper();
    if (temper === 'refuses') return bad(`The ${who} cannot be served`);
    const movement = this.books.open({ reference: String(externalId ?? ''), direction, amount, currency, msisdn });
    this.#notes.set(movement, { payerNote: String(payerNote), payeeNote: String(payeeNote) });
    if (temper === 'fails') this.books.decline(movement, 'The number has no wallet');
    return { status: 200, json: this.view(movement) };
  }

  #balance(): SimulatedAnswer {
    return {
      status: 200,
      json: { currency: 'UGX', id: IOTEC.walletId, partnerId: IOTEC.walletId, name: 'SIMULATED', actualBalance: this.balance, callBackSecurityHeaderValue: IOTEC.callbackSecret },
    };
  }

  #history({ query }: SimulatedRequest): SimulatedAnswer {
    const [page, pageSize] = [Number(query.get('Page') ?? 1), Number(query.get('PageSize') ?? 10)];
    const [from, to] = [Date.parse(query.get('From') ?? '1970-01-01'), Date.parse(query.get('To') ?? '9999-01-01')];
    const all = this.books.movements.filter(({ direction, createdAt }) => direction === 'disburse' && createdAt >= from && createdAt <= to);
    const totalPages = Math.ceil(all.length / pageSize);
    const data = all.slice((page - 1) * pageSize, page * pageSize).map((movement) => this.view(movement));
    return { status: 200, json: { page, totalPages, total: all.length, data, hasPreviousPage: page > 1, hasNextPage: page < totalPages } };
  }
}
