/**
 * ioTec Pay: MTN and Airtel money in Uganda. Source: its OpenAPI document, v1 (checked 2026-08-01).
 *
 * `externalId` is ours and is not unique there: a request sent twice is paid twice. So it is sent once, and looked up
 * by that id when its answer was lost. Callbacks carry no signature, only a static header that the merchant chose.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { type Currency, toMajor } from '../../core/money.ts';
import { type HttpAnswer, jsonOf } from '../http.ts';
import type { AdapterDeps } from '../live.ts';
import type {
  AskedPayment,
  CallbackHeaders,
  CallbackHint,
  CollectRequest,
  DisburseRequest,
  HistoryEntry,
  HistorySpan,
  Provider,
  ProviderStatus,
  Submission,
} from '../provider.ts';
import { minorOfBalance, minorOfMajor, notAvailable, reasonOf } from '../reading.ts';
import * as answers from './answers.ts';
import { CredentialsError, IotecToken } from './token.ts';

/**
 * A collection stands in ioTec's books before it answers, and our client hangs up after 9 s; what a proxy on the way
 * still holds by then is not delivered minutes later. A hold of money out ends by this too, so it errs on the long side.
 */
const NOT_FOUND_IS_FINAL_AFTER_MS = 10 * MINUTE_MS;

const NOTE_LENGTH_MAX = 100;
const NAME_LENGTH_MAX = 150;

/** Rows of a page of the history, and pages before we take it for endless. */
const PAGE_SIZE = 500;
const PAGES_MAX = 200;

type IotecConfig = NonNullable<Config['providers']['iotec']>;

export class Iotec implements Provider {
  readonly slug = 'iotec';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly #config: IotecConfig;
  readonly #deps: AdapterDeps;
  readonly #token: IotecToken;

  constructor(config: IotecConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#token = new IotecToken(config, deps);
  }

  collect({ reference, amountMinor, currency, phone, merchant, description, customerName }: CollectRequest): Promise<Submission> {
    return this.#submit('/api/collections/collect', {
      ...this.#movement(reference, amountMinor, currency, { merchant, description }),
      payer: phone,
      ...(customerName === '' ? {} : { payerName: customerName.slice(0, NAME_LENGTH_MAX) }),
    });
  }

  disburse({ reference, amountMinor, currency, phone, merchant, description }: DisburseRequest): Promise<Submission> {
    return this.#submit('/api/disbursements/disburse', { ...this.#movement(reference, amountMinor, currency, { merchant, description }), payee: phone });
  }

  async status({ reference, providerRef, direction }: AskedPayment): Promise<ProviderStatus> {
    const books = direction === 'collect' ? 'collections' : 'disbursements';
    const byId = providerRef === '' ? null : await this.#ask(`/api/${books}/status/${encodeURIComponent(providerRef)}`, reference);
    // An id that ioTec gave us and no longer knows: what it says of our own reference counts.
    return byId === null || byId.kind === 'not_found' ? this.#ask(`/api/${books}/external-id/${encodeURIComponent(reference)}`, reference) : byId;
  }

  async balance(currency: Currency): Promise<number | null> {
    const answer = await this.#call('GET', `/api/wallet-balance/${encodeURIComponent(this.#config.walletId)}`);
    const found = answers.balance.safeParse(jsonOf(answer));
    return answer.status === 200 && found.success && found.data.currency === currency ? minorOfBalance(found.data.actualBalance) : null;
  }

  /** Money out only: ioTec has no list of collections. */
  async history({ from, until }: HistorySpan): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    for (let page = 1; page <= PAGES_MAX; page++) {
      const query = new URLSearchParams({
        WalletId: this.#config.walletId,
        From: new Date(from).toISOString(),
        To: new Date(until).toISOString(),
        Page: String(page),
        PageSize: String(PAGE_SIZE),
        OrderBy: 'createdAt',
        Order: 'asc',
      });
      const answer = await this.#call('GET', `/api/disbursements/paged-history?${query.toString()}`);
      const read = answers.page.safeParse(jsonOf(answer));
      if (answer.status !== 200 || !read.success) throw new Error(`ioTec answered ${answer.status} to page ${page} of its history`);
      for (const row of read.data.data ?? []) entries.push(entryOf(row));
      const hasMore = read.data.hasNextPage ?? page < (read.data.totalPages ?? 0);
      if (!hasMore) return entries.filter(({ at }) => at >= from && at < until);
    }
    throw new Error(`ioTec’s history has more than ${PAGES_MAX * PAGE_SIZE} rows in this span; ask for a shorter one`);
  }

  /** Without a static header in the configuration a callback proves nothing: anybody could make us ask, so nobody can. */
  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    const { callback } = this.#config;
    if (callback === null || !isSame(headers[callback.header.toLowerCase()], callback.secret.reveal())) return null;
    const { externalId } = JSON.parse(rawBody) as { externalId: string };
    return { reference: externalId };
  }

  #movement(externalId: string, amountMinor: number, currency: Currency, texts: { merchant: string; description: string }) {
    return {
      category: 'MobileMoney',
      currency,
      walletId: this.#config.walletId,
      externalId,
      amount: toMajor(amountMinor),
      payerNote: (texts.description || texts.merchant).slice(0, NOTE_LENGTH_MAX),
      payeeNote: texts.merchant.slice(0, NOTE_LENGTH_MAX),
    };
  }

  async #submit(path: string, body: object): Promise<Submission> {
    let answer: HttpAnswer;
    try {
      answer = await this.#call('POST', path, body);
    } catch (error) {
      if (error instanceof CredentialsError) return this.#mend(error, 'IOTEC_CLIENT_ID and IOTEC_CLIENT_SECRET were not accepted');
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
    const json = jsonOf(answer);
    if (answer.status === 200) {
      const taken = answers.movement.safeParse(json);
      if (!taken.success) return this.#nonsense(path, answer);
      // Some requests are refused in a 200: a number that has no wallet fails at once.
      const status = answers.statusOf(taken.data);
      if (status.kind === 'failed') return { kind: 'refused', code: status.code, reason: status.reason };
      return { kind: 'accepted', providerRef: taken.data.id };
    }
    return this.#refusal(path, answer, json);
  }

  /** A 4xx in ioTec's own form is a definite no; anything else may have been taken. */
  #refusal(path: string, answer: HttpAnswer, json: unknown): Submission {
    const { status } = answer;
    if (status === 401 || status === 403) return this.#mend(new CredentialsError(`${path} answered ${status}`), 'ioTec refuses these credentials; ask it whether they may use this API');
    const said = answers.refusal.safeParse(json);
    const message = said.success ? reasonOf(said.data.message) : '';
    if (status === 404 && said.success) return this.#mend(new Error(`${path} answered 404`), 'IOTEC_WALLET_ID or IOTEC_BASE_URL is wrong');
    if ((status !== 400 && status !== 422) || message === '') return this.#nonsense(path, answer);
    if (/wallet/i.test(message)) return this.#mend(new Error(message), 'look at IOTEC_WALLET_ID and at the wallet in ioTec’s portal');
    return { kind: 'refused', code: 'provider_refused', reason: message };
  }

  async #ask(path: string, reference: string): Promise<ProviderStatus> {
    let answer: HttpAnswer;
    try {
      answer = await this.#call('GET', path);
    } catch (error) {
      if (error instanceof CredentialsError) this.#mend(error, 'IOTEC_CLIENT_ID and IOTEC_CLIENT_SECRET were not accepted');
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
    const json = jsonOf(answer);
    // The document says one object. Its ids are not unique, so several are possible; they are ours only if they say so.
    const rows = (Array.isArray(json) ? json : [json]).map((row) => answers.movement.safeParse(row));
    if (answer.status === 404 && answers.notFound.safeParse(json).success) return { kind: 'not_found' };
    const own = rows.flatMap((row) => (row.success && row.data.externalId === reference ? [row.data] : []));
    if (answer.status !== 200 || own.length === 0) {
      this.#warn(path, answer);
      return { kind: 'unknown', reason: `ioTec answered ${answer.status} and nothing that can be read` };
    }
    return firmest(own.map(answers.statusOf));
  }

  /** A token that the API does not take was refused before anything was done with it: the same request may go again, once. */
  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<HttpAnswer> {
    const first = await this.#token.get();
    const answer = await this.#send(method, path, first, body);
    if (answer.status !== 401) return answer;
    this.#token.drop(first);
    return this.#send(method, path, await this.#token.get(), body);
  }

  #send(method: 'GET' | 'POST', path: string, token: string, body?: object): Promise<HttpAnswer> {
    return this.#deps.http({
      method,
      url: this.#config.baseUrl + path,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  #mend(error: Error, fix: string): Submission {
    this.#deps.log.error({ provider: this.slug, err: error }, `ioTec cannot be used: ${fix}`);
    return notAvailable();
  }

  #nonsense(path: string, answer: HttpAnswer): Submission {
    this.#warn(path, answer);
    return { kind: 'unknown', reason: `ioTec answered ${answer.status} and nothing that can be read` };
  }

  #warn(path: string, { status, body }: HttpAnswer): void {
    this.#deps.log.warn({ provider: this.slug, path: path.split(/[?]/)[0], status, bytes: body.length }, 'ioTec gave an answer that cannot be read');
  }
}

/** Of several movements under one reference the one that moved money: success, then money taken back, then what may still come. */
const FIRMNESS: readonly ProviderStatus['kind'][] = ['completed', 'reversed', 'unknown', 'pending', 'failed', 'not_found'];

function firmest(found: ProviderStatus[]): ProviderStatus {
  return found.toSorted((a, b) => FIRMNESS.indexOf(a.kind) - FIRMNESS.indexOf(b.kind))[0]!;
}

function entryOf(row: unknown): HistoryEntry {
  const read = answers.movement.parse(row);
  const [amountMinor, status, at] = [minorOfMajor(read.amount), answers.meaningOf(read.status), answers.endedAt({ ...read, processedAt: null, lastUpdated: null })];
  if (amountMinor === null || status === undefined || at === null) throw new Error(`ioTec’s history has a row that cannot be read (${read.id})`);
  return { direction: 'disburse', providerRef: read.id, reference: read.externalId ?? '', status, amountMinor, currency: read.currency ?? '', at };
}

/** In constant time, whatever the lengths. */
function isSame(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

