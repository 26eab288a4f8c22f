/**
 * Dukuzi as an upstream: mobile money in Tanzania, for merchants who have an account there; another Malipo speaks the
 * same. An item is sold as the product that its slug is mapped to there, everything else as one product. Its reference has
 * the caller name the amount, and does not say whether a product's price must be met: where that is so, the mapping has the
 * price, and nothing else is asked for. Dukuzi keeps no reference of ours: a payment is asked about by
 * its number there alone, and one whose answer was lost is unknown until Dukuzi's own callback names it. Callbacks
 * carry no signature: they are a hint to ask.
 */
import type { Config } from '../../config.ts';
import { MINUTE_MS } from '../../core/clock.ts';
import { MINOR_PER_MAJOR, toMajor } from '../../core/money.ts';
import { type HttpAnswer, isForbidden, isPage, jsonOf } from '../http.ts';
import type { AdapterDeps } from '../live.ts';
import type { AskedPayment, CallbackHeaders, CallbackHint, CollectRequest, Provider, ProviderStatus, Submission } from '../provider.ts';
import { leavesDoubt, minorOfMajor, notAvailable, reasonOf } from '../reading.ts';
import * as answers from './answers.ts';

/** Nothing is ever found missing here; it is also until when a request that was held up may still be sent. */
const NOT_FOUND_IS_FINAL_AFTER_MS = 10 * MINUTE_MS;

/** How far the time at which Dukuzi made a transaction may be from ours: the way there, and two clocks. */
const MADE_WITHIN_MS = 2 * MINUTE_MS;

type DukuziConfig = NonNullable<Config['providers']['dukuzi']>;

export class Dukuzi implements Provider {
  readonly slug = 'dukuzi';
  readonly notFoundIsFinalAfterMs = NOT_FOUND_IS_FINAL_AFTER_MS;
  readonly #config: DukuziConfig;
  readonly #deps: AdapterDeps;

  constructor(config: DukuziConfig, deps: AdapterDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  priceOf(item: string): number | null {
    return this.#config.products.get(item)?.priceMinor ?? null;
  }

  async collect({ amountMinor, phone, item, customerName, customerEmail }: CollectRequest): Promise<Submission> {
    if (amountMinor % MINOR_PER_MAJOR !== 0) return { kind: 'refused', unsent: true, code: 'provider_refused', reason: 'Dukuzi takes whole shillings only' };
    const path = '/create-payment';
    const body = {
      phone_number: phone,
      amount: toMajor(amountMinor),
      product_id: this.#config.products.get(item)?.id ?? this.#config.productId,
      ...(customerName === '' ? {} : { customer_name: customerName }),
      ...(customerEmail === '' ? {} : { customer_email: customerEmail }),
    };
    try {
      const answer = await this.#call('POST', path, body);
      const json = jsonOf(answer);
      const took = answers.taken.safeParse(json);
      if (answer.status < 300 && took.success) return { kind: 'accepted', providerRef: took.data.transaction_id };
      return this.#refusal(path, item, answer, json);
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  disburse(): Promise<Submission> {
    return Promise.resolve({ kind: 'refused', unsent: true, code: 'provider_refused', reason: 'Dukuzi does not pay out' });
  }

  async status({ providerRef }: AskedPayment): Promise<ProviderStatus> {
    if (providerRef === '') return { kind: 'unknown', reason: 'Dukuzi’s answer was lost, and it cannot be asked by our reference' };
    const found = await this.#transaction(providerRef);
    return 'kind' in found ? found : answers.statusOf(found, this.#deps.clock.now());
  }

  async recognises({ createdAt, amountMinor }: AskedPayment & { amountMinor: number }, providerRef: string): Promise<boolean> {
    const found = await this.#transaction(providerRef);
    return !('kind' in found) && answers.isMadeAt(found, { amountMinor, at: createdAt, withinMs: MADE_WITHIN_MS });
  }

  readCallback(_headers: CallbackHeaders, rawBody: string): CallbackHint {
    const { transaction_id: providerRef, customer_phone: phone, amount } = answers.callback.parse(JSON.parse(rawBody));
    const amountMinor = minorOfMajor(amount);
    return { unproven: true, providerRef, ...(phone && amountMinor !== null ? { told: { phone: phone.replace(/^\+/, ''), amountMinor } } : {}) };
  }

  async #transaction(id: string): Promise<answers.Transaction | (ProviderStatus & { kind: 'not_found' | 'unknown' })> {
    const path = '/transaction';
    try {
      const answer = await this.#call('GET', `${path}/${encodeURIComponent(id)}`);
      const json = jsonOf(answer);
      if (answer.status === 404 && answers.refusal.safeParse(json).success) return { kind: 'not_found' };
      const read = answers.transaction.safeParse(json);
      const isIt = answer.status === 200 && read.success && read.data.transaction_id === id;
      return isIt ? read.data : this.#nonsense(path, answer);
    } catch (error) {
      return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * 400 and 401 in Dukuzi's own form are a definite no. 502 is "payment provider error": the network may have been
   * reached, so it is no answer.
   */
  #refusal(path: string, item: string, answer: HttpAnswer, json: unknown): Submission {
    const { status } = answer;
    if (isPage(answer)) return this.#nonsense(path, answer);
    if (isForbidden(answer)) return notAvailable();
    const no = answers.refusal.safeParse(json);
    if (!no.success || (status !== 400 && status !== 404 && status !== 429)) return this.#nonsense(path, answer);
    if (status === 404) return this.#mend(status, 'DUKUZI_BASE_URL is wrong');
    const message = reasonOf(no.data.error);
    if (leavesDoubt(message)) return { kind: 'unknown', reason: message };
    if (/product/i.test(message)) return this.#mend(status, `${this.#productOf(item)}, which is no product of this account, or not at this price: ${message}`);
    return { kind: 'refused', code: 'provider_refused', reason: message };
  }

  /** Where the id of an item's product was set. */
  #productOf(item: string): string {
    const mapped = this.#config.products.get(item);
    return mapped === undefined ? `DUKUZI_PRODUCT_ID is ${this.#config.productId}` : `DUKUZI_PRODUCT_IDS has ${mapped.id} for ${item}`;
  }

  /** Whatever is asked, the operator hears where the key is not taken. */
  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<HttpAnswer> {
    const { baseUrl, apiKey } = this.#config;
    const answer = await this.#deps.http({
      method,
      url: baseUrl + path,
      headers: { 'x-api-key': apiKey.reveal(), accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (isForbidden(answer)) this.#mend(answer.status, 'DUKUZI_API_KEY was not accepted');
    return answer;
  }

  #mend(status: number, fix: string): Submission {
    this.#deps.tellToMend({ status }, `Dukuzi cannot be used: ${fix}`);
    return notAvailable();
  }

  #nonsense(path: string, { status, body }: HttpAnswer): { kind: 'unknown'; reason: string } {
    this.#deps.log.warn({ provider: this.slug, path, status, bytes: body.length }, 'Dukuzi gave an answer that cannot be read');
    return { kind: 'unknown', reason: `Dukuzi answered ${status} and nothing that can be read` };
  }
}
