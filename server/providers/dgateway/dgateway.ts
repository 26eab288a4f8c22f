/**
 * DGateway as an upstream, for merchants who have an account there; another Malipo speaks the same. Our reference
 * travels in the metadata and at the end of the description. DGateway may ignore the idempotency key, so a request is
 * sent once, and found in the list of transactions when its answer was lost. Nothing authenticates its callbacks:
 * they are a hint to ask.
 */
import type { Config } from '../../config.ts';
import { DAY_MS, HOUR_MS, isoTime, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { type Currency, toMajor } from '../../core/money.ts';
import type { NetworkId } from '../../core/number-plans.ts';
import { retryAfterMs } from '../../core/retry-after.ts';
import { type HttpAnswer, insistOnAnswer, isForbidden, isPage, jsonOf } from '../http.ts';
import type { AdapterDeps } from '../live.ts';
import type {
  AskedPayment,
  CallbackHeaders,
  CallbackHint,
  CollectRequest,
  DisburseRequest,
  HistoryEntry,
  HistorySpan,
  LineCheck,
  Provider,
  ProviderStatus,
  Submission,
} from '../provider.ts';
import { asBooked, firmest, leavesDoubt, minorOfBalance, notAvailable, reasonOf } from '../reading.ts';
import * as answers from './answers.ts';
import { KEY_REFUSED, type Refusal, refusalOf } from './refusals.ts';

/** Longer than a request can wait anywhere on the way once our client has hung up; a hold of money out ends by this too. */
const NOT_FOUND_IS_FINAL_AFTER_MS = 10 * MINUTE_MS;

/** How far around its time a request is looked for. A server that takes the times for East African ones is three hours off. */
const SEARCH_MARGIN_MS = 4 * HOUR_MS;

/** How far around its time and now, before it is called missing: this machine's clock may have been set since it was sent. */
const MISSING_MARGIN_MS = DAY_MS;

const ROWS_PER_PAGE = 100;

/** A search for one payment must leave calls for others: DGateway takes 100 a minute. */
const SEARCH_PAGES_MAX = 20;
const HISTORY_PAGES_MAX = 1_000;

/**
 * A history may take more calls than that. The longest that a 429 is waited for at once, and how often in a row: whoever
 * is told to wait longer, or in vain, is told that the history cannot be had.
 */
const WAIT_MAX_MS = 2 * MINUTE_MS;
const WAITS_MAX = 5;

/** Its reference asks to name one always; these do the currencies there. */
const PROVIDER_BEHIND: Partial<Record<Currency, string>> = { UGX: 'iotec', KES: 'relworx', TZS: 'relworx', RWF: 'relworx' };

/** It answers, and takes no more calls for now. */
class BusyError extends Error {
  override name = 'BusyError';

  constructor() {
    super('DGateway answered 429: it takes no more calls for now');
  }
}

type DgatewayConfig = NonNullable<Config['providers']['dgateway']>;

export class Dgateway implements Provider {
  readonly slug = 'dgateway';
  readonly mode: 'live' | 'test';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly #config: DgatewayConfig;
  readonly #deps: AdapterDeps;

  constructor(config: DgatewayConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
    this.mode = config.apiKey.reveal().startsWith('dgw_test_') ? 'test' : 'live';
    if (this.mode === 'test') deps.log.warn({ provider: this.slug }, 'DGATEWAY_API_KEY is a test key: no real money is taken with it');
  }

  collect(request: CollectRequest): Promise<Submission> {
    const { callbackUrl } = this.#deps;
    return this.#submit('collect', request, callbackUrl === null ? {} : { callback_url: callbackUrl });
  }

  disburse(request: DisburseRequest): Promise<Submission> {
    return this.#submit('disburse', request);
  }

  async status(asked: AskedPayment): Promise<ProviderStatus> {
    try {
      if (asked.providerRef === '') return await this.#search(asked);
      const known = await this.#ask(asked);
      // A reference that DGateway no longer knows, or whose transaction failed: what else it has under ours counts.
      return known.kind === 'not_found' || known.kind === 'failed' ? firmest([known, await this.#search(asked)]) : known;
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async balance(currency: Currency): Promise<number | null> {
    const answer = insistOnAnswer(await this.#call('GET', '/v1/wallets'), 'DGateway');
    const read = answers.wallets.safeParse(jsonOf(answer));
    const wallet = read.data?.data.find((each) => each.currency === currency && each.provider === PROVIDER_BEHIND[currency]);
    if (answer.status !== 200 || wallet === undefined) return null;
    return minorOfBalance(wallet.balance);
  }

  async history({ from, until }: HistorySpan): Promise<HistoryEntry[]> {
    const { rows, isWhole } = await this.#list({ from: from - SEARCH_MARGIN_MS, until: until + SEARCH_MARGIN_MS }, { pagesMax: HISTORY_PAGES_MAX, isPatient: true });
    if (!isWhole) throw new Error('DGateway did not show the whole of this span; ask for a shorter one');
    return rows.map(answers.entryOf).filter(({ at }) => at >= from && at < until);
  }

  async check({ network, currency }: { network: NetworkId; currency: Currency }): Promise<LineCheck | null> {
    const answer = await this.#call('GET', '/api/provider-health');
    if (answer.status === 429) return null;
    const read = answers.health.parse(jsonOf(answer));
    const line = read.data.find((each) => each.provider_slug === PROVIDER_BEHIND[currency] && each.vendor === network && each.currency === currency);
    // It watches MTN and Airtel; of the other networks it says nothing.
    if (line === undefined) return null;
    return line.is_healthy ? 'up' : { down: reasonOf(line.last_error) || 'DGateway says that it is down' };
  }

  readCallback(_headers: CallbackHeaders, rawBody: string): CallbackHint {
    return { unproven: true, providerRef: answers.callback.parse(JSON.parse(rawBody)).data.reference };
  }

  async #submit(kind: 'collect' | 'disburse', request: CollectRequest | DisburseRequest, more: object = {}): Promise<Submission> {
    const { reference, amountMinor, currency, phone, description, merchant, createdAt } = request;
    const path = `/v1/payments/${kind}`;
    const body = {
      amount: toMajor(amountMinor),
      currency,
      phone_number: phone,
      provider: PROVIDER_BEHIND[currency],
      description: answers.markedDescription(description || merchant, reference),
      metadata: { reference },
      ...more,
    };
    try {
      const answer = await this.#call('POST', path, body, { 'idempotency-key': reference });
      const took = answers.taken.safeParse(jsonOf(answer));
      if (answer.status < 300 && took.success) return { kind: 'accepted', providerRef: took.data.data.reference };
      const asked = { reference, providerRef: '', direction: kind, method: 'mobile_money', currency, createdAt } as const;
      return await this.#refusal(path, asked, answer);
    } catch (error) {
      const unknown = { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) } as const;
      return error instanceof BusyError ? { ...unknown, busy: true } : unknown;
    }
  }

  async #refusal(path: string, asked: AskedPayment, answer: HttpAnswer): Promise<Submission> {
    const { status } = answer;
    if (isPage(answer)) return this.#nonsense(path, answer);
    const no = answers.refusal.safeParse(jsonOf(answer));
    const { code = '', message = '' } = no.data?.error ?? {};
    if (isForbidden(answer)) return notAvailable();
    const refusal = refusalOf(status, code);
    if (refusal === undefined) return this.#nonsense(path, answer);
    const refused = () => this.#refusedBecause(refusal, status, { code, message: message ?? '' });
    // The answer is in, so nothing is under way any more: what does not stand in DGateway's books was never sent on.
    return refusal.standsInBooks || leavesDoubt(message ?? '') ? asBooked(await this.#search(asked), refused) : refused();
  }

  #refusedBecause(refusal: Refusal, status: number, { code, message }: { code: string; message: string }): Submission {
    if (refusal.for === 'operator') return this.#mend(status, `${code}: ${message}`, refusal.fix);
    return { kind: 'refused', code: 'provider_refused', reason: reasonOf(message) || code, ...(refusal.lineDown ? { lineDown: true } : {}) };
  }

  /** Verifying makes DGateway ask its own provider; what became of a payment that is over stands in the transaction. */
  async #ask({ reference, providerRef, direction }: AskedPayment): Promise<ProviderStatus> {
    const verify = await this.#call('POST', '/v1/webhooks/verify', { reference: providerRef });
    if (verify.status === 429) throw new BusyError();
    if (isMissing(verify)) return { kind: 'not_found' };
    const verified = answers.verified.safeParse(jsonOf(verify));
    if (verify.status !== 200 || !verified.success || verified.data.data.reference !== providerRef) return this.#nonsense('/v1/webhooks/verify', verify);
    const meaning = answers.meaningOf(verified.data.data.status);
    if (meaning === undefined) return this.#nonsense('/v1/webhooks/verify', verify);
    if (meaning === 'pending') return { kind: 'pending', providerRef };

    const answer = await this.#call('GET', `/v1/payments/transactions/${encodeURIComponent(providerRef)}`);
    const read = answers.one.safeParse(jsonOf(answer));
    // An answer about another payment says nothing of ours.
    const isOurs = read.success && read.data.data.reference === providerRef && isAbout(read.data.data, { reference, direction });
    if (answer.status !== 200 || !isOurs) return this.#nonsense('/v1/payments/transactions', answer);
    return answers.statusOf(read.data.data, this.#deps.clock.now());
  }

  /** First where it should be; what is not there is missing only if it is nowhere near now either. */
  async #search({ reference, direction, currency, createdAt }: AskedPayment): Promise<ProviderStatus> {
    const now = this.#deps.clock.now();
    const spans = [
      { from: createdAt - SEARCH_MARGIN_MS, until: createdAt + SEARCH_MARGIN_MS },
      { from: Math.min(createdAt, now) - MISSING_MARGIN_MS, until: Math.max(createdAt, now) + MISSING_MARGIN_MS },
    ];
    const isIt = (row: answers.Transaction) => answers.ourReferenceOf(row) === reference;
    // One that failed may be a copy, made on the way, of one that did not: it ends no search.
    const isEnough = (row: answers.Transaction) => isIt(row) && answers.meaningOf(row.status) !== 'failed';
    let isCertain = false;
    for (const span of spans) {
      const { rows, isWhole } = await this.#list(span, { filter: { direction, currency }, pagesMax: SEARCH_PAGES_MAX, until: isEnough });
      const [found, ...more] = rows.filter(isIt).map((row): ProviderStatus =>
        isAbout(row, { reference, direction }) ? answers.statusOf(row, now) : { kind: 'unknown', reason: 'DGateway has our reference on another kind of transaction' },
      );
      if (found !== undefined) return firmest([found, ...more]);
      isCertain = isWhole && rows.every((row) => answers.ourReferenceOf(row) !== undefined);
    }
    return isCertain ? { kind: 'not_found' } : { kind: 'unknown', reason: 'DGateway’s list does not show whether it has it' };
  }

  /** The transactions of a span, until one is found. `isWhole` unless there are more than were read. */
  async #list(
    { from, until }: HistorySpan,
    { filter = {}, pagesMax, isPatient = false, until: isEnough = () => false }: { filter?: Record<string, string>; pagesMax: number; isPatient?: boolean; until?: (row: answers.Transaction) => boolean },
  ): Promise<{ rows: answers.Transaction[]; isWhole: boolean }> {
    const path = '/v1/payments/transactions';
    // By reference: what comes in while we read moves rows on to the next page, where they are read again.
    const rows = new Map<string, answers.Transaction>();
    for (let page = 1; page <= pagesMax; page++) {
      const query = new URLSearchParams({ ...filter, from: isoTime(from), to: isoTime(until), page: String(page), per_page: String(ROWS_PER_PAGE) });
      const ask = () => this.#call('GET', `${path}?${query.toString()}`);
      const answer = isPatient ? await this.#inTime(ask) : await ask();
      if (answer.status === 429) throw new BusyError();
      const read = answers.page.safeParse(jsonOf(answer));
      const found = read.data?.data.map((row) => answers.transaction.safeParse(row));
      if (answer.status !== 200 || !read.success || found?.some((row) => !row.success)) {
        throw new Error(this.#nonsense(path, answer).reason);
      }
      for (const row of found!) rows.set(row.data!.reference, row.data!);
      const { total, total_pages: pages } = read.data.meta;
      const isOver = page >= pages;
      if (isOver || found!.some((row) => isEnough(row.data!))) return { rows: [...rows.values()], isWhole: isOver && rows.size >= total };
    }
    return { rows: [...rows.values()], isWhole: false };
  }

  /** Asks again when too much was asked for. Nobody waits for this but an operator. */
  async #inTime(ask: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
    const { clock, log } = this.#deps;
    for (let waits = 0; ; waits++) {
      const answer = await ask();
      if (answer.status !== 429 || waits === WAITS_MAX) return answer;
      const asked = retryAfterMs(textOf(answer.headers['retry-after']), clock.now()) || MINUTE_MS;
      if (asked > WAIT_MAX_MS) return answer;
      log.warn({ provider: this.slug, ms: asked }, `DGateway takes no more calls for now; asking again in ${Math.ceil(asked / SECOND_MS)} s`);
      await new Promise<void>((resolve) => void clock.after(asked, resolve));
    }
  }

  /** Whatever is asked, the operator hears where the key is not taken. */
  async #call(method: 'GET' | 'POST', path: string, body?: object, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    const { baseUrl, apiKey } = this.#config;
    const answer = await this.#deps.http({
      method,
      url: baseUrl + path,
      headers: { 'x-api-key': apiKey.reveal(), accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (isForbidden(answer)) this.#mend(answer.status, answers.refusal.safeParse(jsonOf(answer)).data?.error.code ?? '', KEY_REFUSED);
    return answer;
  }

  #mend(status: number, said: string, fix: string): Submission {
    this.#deps.tellToMend({ status, said: reasonOf(said) }, `DGateway cannot be used: ${fix}`);
    return notAvailable();
  }

  #nonsense(path: string, { status, body }: HttpAnswer): { kind: 'unknown'; reason: string } {
    this.#deps.log.warn({ provider: this.slug, path, status, bytes: body.length }, 'DGateway gave an answer that cannot be read');
    return { kind: 'unknown', reason: `DGateway answered ${status} and nothing that can be read` };
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function isMissing(answer: HttpAnswer): boolean {
  return answer.status === 404 && answers.refusal.safeParse(jsonOf(answer)).data?.error.code === 'NOT_FOUND';
}

/** Where a transaction shows a direction and a reference of ours, they must be the ones. */
function isAbout(row: answers.Transaction, { reference, direction }: Pick<AskedPayment, 'reference' | 'direction'>): boolean {
  const ours = answers.ourReferenceOf(row);
  return (ours == null || ours === reference) && (row.direction == null || row.direction === direction);
}
