/**
 * Relworx: mobile money in Uganda, Kenya, Tanzania and Rwanda, and cards on its own page. It has no sandbox. A request
 * is asked about under Relworx's own reference; where its answer was lost, that is found in the list of transactions.
 */
import type { Config } from '../../config.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { type Currency, toMajor } from '../../core/money.ts';
import { type HttpAnswer, type HttpRequest, insistOnAnswer, isForbidden, isPage, jsonOf } from '../http.ts';
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
import { asBooked, firmest, leavesDoubt, minorOfBalance, notAvailable, operatorsTrouble, reasonOf, refusedFor, uncheckedCallbacks } from '../reading.ts';
import { shortened } from '../writing.ts';
import * as answers from './answers.ts';
import { LIST_REACHES_BACK_MS, LIST_ROWS_MAX, reachesBackTo, TransactionList } from './list.ts';
import { isSignedByRelworx, type SignedFields } from './signature.ts';

/** Longer than a request can wait anywhere on the way once our client has hung up; a hold of money out ends by this too. */
const NOT_FOUND_IS_FINAL_AFTER_MS = 10 * MINUTE_MS;

const DESCRIPTION_LENGTH_MAX = 100;

const SEND_PATH = '/mobile-money/send-payment';

/** Without a version Relworx answers in the form of its first API. */
const ACCEPT = 'application/vnd.relworx.v2';

/** A time-out at its end, and a conflict with something that is under way: neither says that nothing was taken. */
const MAYBE_TAKEN: ReadonlySet<number> = new Set([408, 409]);

/** A refusal that speaks of an account speaks of the operator's, unless it says whose. */
const OUR_ACCOUNT = /account/i;

/** Whoever may not ask, or asks too often, is told nothing of an account. */
const OF_NO_ACCOUNT: ReadonlySet<number> = new Set([400, 404, 422]);

/** The account that is configured is none, or may not be used: where a request is refused for that too, nothing was taken under it. */
class NoAccountError extends Error {
  override name = 'NoAccountError';
}

type RelworxConfig = NonNullable<Config['providers']['relworx']>;

export class Relworx implements Provider {
  readonly slug = 'relworx';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly callbacksFit?: string;
  readonly #config: RelworxConfig;
  readonly #deps: AdapterDeps;
  readonly #list: TransactionList;

  constructor(config: RelworxConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#list = new TransactionList(() => this.#readList(), deps.clock);
    // What it signs begins with the address that it calls.
    const missing = [...(config.webhookKey === null ? ['RELWORX_WEBHOOK_KEY'] : []), ...(deps.callbackUrl === null ? ['PUBLIC_URL'] : [])];
    if (missing.length > 0) deps.log.warn({ provider: this.slug }, uncheckedCallbacks('Relworx', missing.join(' and ')));
    else this.callbacksFit = `RELWORX_WEBHOOK_KEY and PUBLIC_URL (${deps.callbackUrl!})`;
  }

  async collect(request: CollectRequest): Promise<Submission> {
    if (request.method === 'card') return this.#openCardPage(request);
    return this.#submit('/mobile-money/request-payment', request);
  }

  disburse(request: DisburseRequest): Promise<Submission> {
    return this.#submit(SEND_PATH, request);
  }

  async status({ reference, providerRef, createdAt }: AskedPayment): Promise<ProviderStatus> {
    const sought = { reference, since: createdAt, asked: this.#list.now };
    if (providerRef === '') return this.#search(sought);
    const known = await this.#ask(providerRef, reference);
    // What Relworx no longer knows, or what failed, may be a copy of what it has besides under our reference.
    return known.kind === 'not_found' || known.kind === 'failed' ? firmest([known, await this.#search({ ...sought, known })]) : known;
  }

  async balance(currency: Currency): Promise<number | null> {
    const answer = insistOnAnswer(await this.#get('/mobile-money/check-wallet-balance', { currency }), 'Relworx');
    const read = answers.balance.safeParse(jsonOf(answer));
    return read.success ? minorOfBalance(read.data.balance) : null;
  }

  async nameOf(phone: string): Promise<string | null> {
    const answer = insistOnAnswer(await this.#post('/mobile-money/validate', { msisdn: `+${phone}` }), 'Relworx');
    const read = answers.name.safeParse(jsonOf(answer));
    return read.success ? read.data.customer_name || null : null;
  }

  async history({ from, until }: HistorySpan): Promise<HistoryEntry[]> {
    const now = this.#deps.clock.now();
    if (from < now - LIST_REACHES_BACK_MS) throw new Error('Relworx shows the last 30 days only; ask for a later --from');
    const rows = await this.#list.after(this.#list.now);
    const entries = rows.map(answers.entryOf);
    if (!reachesBackTo(rows, from, now)) throw new Error(`Relworx shows ${LIST_ROWS_MAX} transactions at most, and this span may have more; ask for a later --from`);
    return entries.filter(({ at }) => at >= from && at < until);
  }

  readCallback(headers: CallbackHeaders, rawBody: string): CallbackHint | null {
    const { webhookKey } = this.#config;
    const { callbackUrl: url, clock } = this.#deps;
    if (webhookKey === null || url === null) return null;
    const fields = JSON.parse(rawBody) as SignedFields;
    if (!isSignedByRelworx({ url, key: webhookKey.reveal(), fields }, headers['relworx-signature'], clock.now())) return null;
    return { reference: fields.customer_reference };
  }

  async #submit(path: string, request: CollectRequest | DisburseRequest): Promise<Submission> {
    const answer = await this.#sent(path, { ...this.#order(request), msisdn: `+${request.phone}` });
    if ('kind' in answer) return answer;
    const taken = answers.taken.safeParse(answer.json);
    return taken.success ? { kind: 'accepted', providerRef: taken.data.internal_reference } : this.#refusal(path, request, answer);
  }

  /**
   * Cards are paid on a page of Relworx's; its answer need not name the request, which is then found by our reference. The
   * browser comes back to `/return/relworx` where the account's dashboard says so ("Auto Return"); no request can.
   */
  async #openCardPage(request: CollectRequest): Promise<Submission> {
    const path = '/visa/request-session';
    const answer = await this.#sent(path, this.#order(request));
    if ('kind' in answer) return answer;
    const opened = answers.session.safeParse(answer.json);
    if (!opened.success) return this.#refusal(path, request, answer);
    return { kind: 'accepted', providerRef: opened.data.internal_reference ?? '', redirectUrl: opened.data.payment_url };
  }

  #order({ reference, currency, amountMinor, description, merchant }: CollectRequest | DisburseRequest) {
    return {
      account_no: this.#config.accountNo,
      reference,
      currency,
      amount: toMajor(amountMinor),
      description: shortened(description || merchant, DESCRIPTION_LENGTH_MAX),
    };
  }

  async #sent(path: string, body: object): Promise<Read | (Submission & { kind: 'unknown' })> {
    try {
      const answer = await this.#post(path, body);
      return { ...answer, json: jsonOf(answer) };
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * `success: false` with a message is a definite no; a 5xx is none, whatever it says. Nor is one to a second copy of this
   * very request, which something on the way made: references are ours alone and sent once, so the first copy has it, and
   * lives on. However that no is worded, what was taken stands in Relworx's list.
   */
  async #refusal(path: string, request: CollectRequest | DisburseRequest, answer: Read): Promise<Submission> {
    if (isPage(answer)) return this.#nonsense(path, answer);
    if (isForbidden(answer)) return notAvailable();
    const no = answers.refusal.safeParse(answer.json);
    const message = no.success ? reasonOf(no.data.message) : '';
    if (answer.status >= 500 || MAYBE_TAKEN.has(answer.status) || message === '') return this.#nonsense(path, answer);
    const refused = () => this.#refusedBecause(message, answer.status, { paysOut: path === SEND_PATH });
    try {
      return asBooked(await this.#find({ reference: request.reference, since: this.#deps.clock.now(), asked: this.#list.now }), refused);
    } catch (error) {
      return error instanceof NoAccountError && OUR_ACCOUNT.test(message) ? refused() : { kind: 'unknown', reason: message };
    }
  }

  #refusedBecause(message: string, status: number, { paysOut }: { paysOut: boolean }): Submission {
    if (leavesDoubt(message)) return { kind: 'unknown', reason: message };
    const trouble = operatorsTrouble(message, { ours: OUR_ACCOUNT, paysOut });
    if (trouble === null) return refusedFor(message);
    return this.#mend(status, { message }, trouble === 'too_little' ? 'the account there holds too little for this payout' : 'look at RELWORX_ACCOUNT_NO, and at the account in Relworx’s dashboard');
  }

  async #ask(internalReference: string, reference: string): Promise<ProviderStatus> {
    const path = '/mobile-money/check-request-status';
    try {
      const answer = await this.#get(path, { internal_reference: internalReference });
      const json = jsonOf(answer);
      const no = answers.refusal.safeParse(json);
      if (no.success && answer.status === 404) return { kind: 'not_found' };
      const read = answers.request.safeParse(json);
      // An answer about another payment says nothing of ours.
      if (answer.status !== 200 || !read.success || read.data.customer_reference !== reference) return this.#nonsense(path, answer);
      return answers.statusOf(read.data, this.#deps.clock.now());
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #search(sought: Sought): Promise<ProviderStatus> {
    try {
      return await this.#find(sought);
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * Looks for our reference in the list, and then asks about what it finds there, where that has a name to ask by. Card
   * payments are in the list alone; and where no answer says more than the list, the list counts. Throws where the list
   * cannot be read.
   */
  async #find({ reference, since, asked, known }: Sought): Promise<ProviderStatus> {
    const now = this.#deps.clock.now();
    const rows = await this.#list.after(asked);
    const all = rows.filter((row) => row.customer_reference === reference).map((row) => answers.statusOf(row, now));
    const [first, ...more] = all;
    if (first === undefined) return reachesBackTo(rows, since, now) ? { kind: 'not_found' } : { kind: 'unknown', reason: 'Relworx’s list does not reach back to it' };
    const listed = firmest([first, ...more]);
    const said = await this.#askAboutListed(listed, reference, known);
    const saysMore = said.kind !== 'not_found' && said.kind !== 'unknown';
    return saysMore ? firmest([said, ...all.filter((each) => each !== listed)]) : listed;
  }

  async #askAboutListed(listed: ProviderStatus, reference: string, known: ProviderStatus | undefined): Promise<ProviderStatus> {
    const name = nameIn(listed);
    if (name === '') return listed;
    return known !== undefined && name === nameIn(known) ? known : this.#ask(name, reference);
  }

  async #readList(): Promise<answers.Row[]> {
    const path = '/payment-requests/transactions';
    const answer = await this.#get(path, {});
    const json = jsonOf(answer);
    const read = answers.transactions.safeParse(json);
    if (answer.status !== 200 || !read.success) {
      const no = answers.refusal.safeParse(json);
      if (no.success && OF_NO_ACCOUNT.has(answer.status) && OUR_ACCOUNT.test(no.data.message ?? '')) throw new NoAccountError(`Relworx has no list for this account: ${reasonOf(no.data.message)}`);
      if (!isForbidden(answer)) this.#nonsense(path, answer);
      throw new Error(`Relworx answered ${answer.status} and no list`);
    }
    const rows = read.data.transactions.map((row) => answers.row.safeParse(row));
    if (rows.some((row) => !row.success)) {
      this.#nonsense(path, answer);
      throw new Error('Relworx’s list has rows that cannot be read');
    }
    return rows.map((row) => row.data!);
  }

  #get(path: string, query: Record<string, string>): Promise<HttpAnswer> {
    const { baseUrl, accountNo } = this.#config;
    const parameters = new URLSearchParams({ ...query, account_no: accountNo });
    return this.#call({ method: 'GET', url: `${baseUrl}${path}?${parameters.toString()}`, headers: this.#headers() });
  }

  #post(path: string, body: object): Promise<HttpAnswer> {
    return this.#call({ method: 'POST', url: this.#config.baseUrl + path, headers: { ...this.#headers(), 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  /** Whatever is asked, the operator hears where Relworx does not let this server ask. */
  async #call(request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#deps.http(request);
    if (isForbidden(answer)) this.#mend(answer.status, answers.refusal.safeParse(jsonOf(answer)).data ?? {});
    return answer;
  }

  #headers() {
    return { authorization: `Bearer ${this.#config.apiKey.reveal()}`, accept: ACCEPT };
  }

  /** With its allow-list on Relworx answers a strange address with 403 INVALID_IP: a self-hosted server needs a fixed one. */
  #mend(status: number, { message, error_code }: { message?: string | null | undefined; error_code?: string | null | undefined }, fix?: string): Submission {
    const words = reasonOf(`${error_code ?? ''} ${message ?? ''}`);
    const ofRefusal = /invalid[_ ]?ip|ip address/i.test(words)
      ? 'the address this server calls from is not on the allow-list in Relworx’s dashboard'
      : 'RELWORX_API_KEY or RELWORX_ACCOUNT_NO was not accepted';
    this.#deps.tellToMend({ status, said: words }, `Relworx cannot be used: ${fix ?? ofRefusal}`);
    return notAvailable();
  }

  #nonsense(path: string, { status, body }: HttpAnswer): { kind: 'unknown'; reason: string } {
    this.#deps.log.warn({ provider: this.slug, path, status, bytes: body.length }, 'Relworx gave an answer that cannot be read');
    return { kind: 'unknown', reason: `Relworx answered ${status} and nothing that can be read` };
  }
}

type Read = HttpAnswer & { json: unknown };

interface Sought {
  reference: string;
  /** When it was sent, in milliseconds. */
  since: number;
  /** When it was asked about, as the list knows moments. */
  asked: number;
  /** What an answer about one of its names has said already. */
  known?: ProviderStatus;
}

function nameIn(status: ProviderStatus): string {
  return 'providerRef' in status ? (status.providerRef ?? '') : '';
}
