/**
 * ioTec Pay: MTN and Airtel money in Uganda. Source: its OpenAPI document, v1 (checked 2026-08-01).
 *
 * `externalId` is ours and is not unique there: a request sent twice is paid twice. So it is sent once, and looked up
 * by that id when its answer was lost. Callbacks carry no signature, only a static header that the merchant chose.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../config.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { type Currency, toMajor } from '../../core/money.ts';
import { type HttpAnswer, insistOnAnswer, isForbidden, isPage, jsonOf } from '../http.ts';
import type { AdapterDeps } from '../live.ts';
import type {
  AskedPayment,
  CallbackHeaders,
  CallbackHint,
  CollectRequest,
  Direction,
  DisburseRequest,
  HistoryEntry,
  HistorySpan,
  Provider,
  ProviderStatus,
  Submission,
} from '../provider.ts';
import { asBooked, firmest, leavesDoubt, minorOfBalance, minorOfMajor, notAvailable, operatorsTrouble, reasonOf, refusedFor, uncheckedCallbacks } from '../reading.ts';
import { shortened } from '../writing.ts';
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

/** Around a span: a server that takes the times for East African ones is three hours off. */
const HISTORY_MARGIN_MS = 4 * HOUR_MS;

const SUBMIT_PATHS: Readonly<Record<Direction, string>> = { collect: '/api/collections/collect', disburse: '/api/disbursements/disburse' };

/** Where each kind of movement stands. */
const BOOKS: Readonly<Record<Direction, string>> = { collect: 'collections', disburse: 'disbursements' };

const CALLBACK_VARIABLES = 'IOTEC_CALLBACK_HEADER and IOTEC_CALLBACK_SECRET';

type IotecConfig = NonNullable<Config['providers']['iotec']>;

export class Iotec implements Provider {
  readonly slug = 'iotec';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly callbacksFit?: string;
  readonly #config: IotecConfig;
  readonly #deps: AdapterDeps;
  readonly #token: IotecToken;

  constructor(config: IotecConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#token = new IotecToken(config, deps);
    if (config.callback === null) deps.log.warn({ provider: this.slug }, uncheckedCallbacks('ioTec', CALLBACK_VARIABLES));
    else this.callbacksFit = CALLBACK_VARIABLES;
  }

  collect({ reference, amountMinor, currency, phone, merchant, description, customerName }: CollectRequest): Promise<Submission> {
    return this.#submit('collect', reference, {
      ...this.#movement(amountMinor, currency, { merchant, description }),
      payer: phone,
      ...(customerName === '' ? {} : { payerName: shortened(customerName, NAME_LENGTH_MAX) }),
    });
  }

  disburse({ reference, amountMinor, currency, phone, merchant, description }: DisburseRequest): Promise<Submission> {
    return this.#submit('disburse', reference, { ...this.#movement(amountMinor, currency, { merchant, description }), payee: phone });
  }

  async status({ reference, providerRef, direction: asked }: AskedPayment): Promise<ProviderStatus> {
    const direction = asked === 'collect' ? 'collect' : 'disburse';
    if (providerRef === '') return this.#askByReference(direction, reference);
    const byId = await this.#ask(`/api/${BOOKS[direction]}/status/${encodeURIComponent(providerRef)}`, reference);
    // An id that ioTec no longer knows, or whose movement failed or was taken back: what else it has under our reference counts.
    return byId.kind === 'completed' || byId.kind === 'pending' || byId.kind === 'unknown' ? byId : firmest([byId, await this.#askByReference(direction, reference)]);
  }

  async balance(currency: Currency): Promise<number | null> {
    const answer = insistOnAnswer(await this.#call('GET', `/api/wallet-balance/${encodeURIComponent(this.#config.walletId)}`), 'ioTec');
    const found = answers.balance.safeParse(jsonOf(answer));
    return answer.status === 200 && found.success && found.data.currency === currency ? minorOfBalance(found.data.actualBalance) : null;
  }

  /** Money out only: ioTec has no list of collections. */
  async history({ from, until }: HistorySpan): Promise<HistoryEntry[]> {
    const entries = new Map<string, HistoryEntry>();
    for (let page = 1; page <= PAGES_MAX; page++) {
      const query = new URLSearchParams({
        WalletId: this.#config.walletId,
        From: new Date(from - HISTORY_MARGIN_MS).toISOString(),
        To: new Date(until + HISTORY_MARGIN_MS).toISOString(),
        Page: String(page),
        PageSize: String(PAGE_SIZE),
        OrderBy: 'createdAt',
        Order: 'asc',
      });
      const answer = await this.#call('GET', `/api/disbursements/paged-history?${query.toString()}`);
      const read = answers.page.safeParse(jsonOf(answer));
      if (answer.status !== 200 || !read.success) throw new Error(`ioTec answered ${answer.status} to page ${page} of its history`);
      for (const entry of (read.data.data ?? []).map(entryOf)) entries.set(entry.providerRef, entry);
      if (page < read.data.totalPages) continue;
      if (entries.size < read.data.total) throw new Error('ioTec’s history changed while it was read; ask again');
      return [...entries.values()].filter(({ at }) => at >= from && at < until);
    }
    throw new Error(`ioTec’s history has more than ${PAGES_MAX * PAGE_SIZE} rows in this span; ask for a shorter one`);
  }

  /**
   * Without a static header in the configuration a callback proves nothing: anybody could make us ask, so nobody can. What
   * was made in ioTec's portal, or by a link of its own, has no reference of ours: that is told too, and about nothing here.
   */
  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    const { callback } = this.#config;
    if (callback === null || !isSame(headers[callback.header.toLowerCase()], callback.secret.reveal())) return null;
    const { id, externalId } = answers.callback.parse(JSON.parse(rawBody));
    return externalId ? { reference: externalId } : { providerRef: id };
  }

  #movement(amountMinor: number, currency: Currency, texts: { merchant: string; description: string }) {
    return {
      category: 'MobileMoney',
      currency,
      walletId: this.#config.walletId,
      amount: toMajor(amountMinor),
      payerNote: shortened(texts.description || texts.merchant, NOTE_LENGTH_MAX),
      payeeNote: shortened(texts.merchant, NOTE_LENGTH_MAX),
    };
  }

  async #submit(direction: Direction, reference: string, body: object): Promise<Submission> {
    const path = SUBMIT_PATHS[direction];
    let answer: HttpAnswer;
    try {
      answer = await this.#call('POST', path, { ...body, externalId: reference });
    } catch (error) {
      if (error instanceof CredentialsError) return notAvailable();
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
    const json = jsonOf(answer);
    if (answer.status !== 200) return this.#refusal({ path, direction, reference }, answer, json);
    const taken = answers.movement.safeParse(json);
    if (!taken.success) return this.#nonsense(path, answer);
    // Some requests are refused in a 200: a number that has no wallet fails at once.
    const status = answers.statusOf(taken.data);
    if (status.kind !== 'failed') return { kind: 'accepted', providerRef: taken.data.id };
    return asBooked(firmest([status, await this.#askByReference(direction, reference)]), () => ({ ...status, kind: 'refused' }));
  }

  /**
   * A 4xx in ioTec's own form is a definite no; anything else may have been taken. Nor is one to a second copy of the
   * request, which something on the way made: what the first became ioTec has under our reference.
   */
  async #refusal({ path, direction, reference }: { path: string; direction: Direction; reference: string }, answer: HttpAnswer, json: unknown): Promise<Submission> {
    const { status } = answer;
    if (isPage(answer)) return this.#nonsense(path, answer);
    if (isForbidden(answer)) return notAvailable();
    const said = answers.refusal.safeParse(json);
    const message = said.success ? reasonOf(said.data.message) : '';
    const isMissing = status === 404 && answers.notFound.safeParse(json).success;
    if (!isMissing && ((status !== 400 && status !== 422) || message === '')) return this.#nonsense(path, answer);
    return asBooked(await this.#askByReference(direction, reference), () => {
      if (isMissing) return this.#mend(new Error(`${path} answered 404`), 'IOTEC_WALLET_ID or IOTEC_BASE_URL is wrong');
      return this.#refusedBecause(message, direction);
    });
  }

  #refusedBecause(message: string, direction: Direction): Submission {
    if (leavesDoubt(message)) return { kind: 'unknown', reason: message };
    const trouble = operatorsTrouble(message, { ours: /wallet/i, paysOut: direction === 'disburse' });
    if (trouble === null) return refusedFor(message);
    return this.#mend(new Error(message), trouble === 'too_little' ? 'the wallet there holds too little for this payout' : 'look at IOTEC_WALLET_ID and at the wallet in ioTec’s portal');
  }

  #askByReference(direction: Direction, reference: string): Promise<ProviderStatus> {
    return this.#ask(`/api/${BOOKS[direction]}/external-id/${encodeURIComponent(reference)}`, reference);
  }

  async #ask(path: string, reference: string): Promise<ProviderStatus> {
    let answer: HttpAnswer;
    try {
      answer = await this.#call('GET', path);
    } catch (error) {
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
    const [found, ...more] = own.map(answers.statusOf) as [ProviderStatus, ...ProviderStatus[]];
    this.#lookForSeconds([found, ...more], reference);
    return firmest([found, ...more]);
  }

  /** One is the payment; what else moved under its reference nobody here knows of, and only a person can give it back. */
  #lookForSeconds(found: readonly ProviderStatus[], reference: string): void {
    const ids = found.flatMap((each) => (each.kind === 'completed' ? [each.providerRef] : []));
    if (ids.length > 1) this.#deps.log.error({ provider: this.slug, reference, ids }, 'ioTec moved money more than once under one reference: one of these is the payment, the others have to be given back by hand');
  }

  /** A token that the API does not take was refused before anything was done with it: the same request may go again, once. */
  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<HttpAnswer> {
    const first = await this.#tokenNow();
    let answer = await this.#send(method, path, first, body);
    if (answer.status === 401 && !isPage(answer)) {
      this.#token.drop(first);
      answer = await this.#send(method, path, await this.#tokenNow(), body);
    }
    if (isForbidden(answer)) {
      this.#mend(new CredentialsError(`${bare(path)} answered ${answer.status}`), 'ioTec refuses these credentials; ask it whether IOTEC_CLIENT_ID may use this API');
    }
    return answer;
  }

  /** Throws `CredentialsError`, which its operator has heard of. */
  async #tokenNow(): Promise<string> {
    try {
      return await this.#token.get();
    } catch (error) {
      if (error instanceof CredentialsError) this.#mend(error, 'IOTEC_CLIENT_ID and IOTEC_CLIENT_SECRET were not accepted');
      throw error;
    }
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
    this.#deps.tellToMend({ said: error.message }, `ioTec cannot be used: ${fix}`);
    return notAvailable();
  }

  #nonsense(path: string, answer: HttpAnswer): Submission {
    this.#warn(path, answer);
    return { kind: 'unknown', reason: `ioTec answered ${answer.status} and nothing that can be read` };
  }

  #warn(path: string, { status, body }: HttpAnswer): void {
    this.#deps.log.warn({ provider: this.slug, path: bare(path), status, bytes: body.length }, 'ioTec gave an answer that cannot be read');
  }
}

/** An address without what is asked of it. */
function bare(path: string): string {
  return path.replace(/\?.*$/s, '');
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

