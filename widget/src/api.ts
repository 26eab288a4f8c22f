/**
 * The public checkout calls, and the hand parser of their answers: a schema library would double the widget.
 * Answers are checked for what the widget builds on, and passed on as they are.
 */
import type { CheckoutItem, CheckoutMethod, CheckoutPayRequest, CheckoutStart, CheckoutStatus } from '../../server/core/checkout-contract.ts';
import { isCurrency } from '../../server/core/money.ts';
import type { Country } from '../../server/core/number-plans.ts';
import { TIMING } from './timing.ts';

/** The code of silence, and of an answer that no Malipo server gave. */
export const NO_ANSWER = 'NO_ANSWER';

/** A request that did not bring what was asked for, with the server's code and words, or `NO_ANSWER` and ours. Both for developers. */
export class CheckoutApiError extends Error {
  readonly code: string;
  /** HTTP status, 0 when nothing came back. */
  readonly status: number;
  /** How long the server wants to be left alone, in milliseconds; 0 when it did not say. */
  readonly retryAfterMs: number;

  constructor(code: string, status: number, message = '', retryAfterMs = 0) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** The server certainly refused, and will again: 408, 409 and 429 only say that now is not the moment. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && ![408, 409, 429].includes(this.status);
  }

  /** Refused before anything was looked at: the same request may well be taken a minute later. */
  get isForNow(): boolean {
    return this.status === 429 || this.code === 'PROVIDER_LINE_DOWN';
  }

  /**
   * Whether a start request that ended like this certainly began no payment. Server errors and silence prove
   * nothing, except the two codes that say a provider was not asked or said no. A replay is judged harder: a
   * limit reached or a line gone down since then says nothing about the first time.
   */
  isRefusal(isReplay: boolean): boolean {
    if (this.code === NO_ANSWER) return false;
    if (this.code === 'PROVIDER_ERROR') return true;
    return this.isFinal || (!isReplay && this.isForNow);
  }
}

export async function fetchItem(server: string, slug: string, signal: AbortSignal): Promise<CheckoutItem> {
  return checked(parseItem, await call(itemUrl(server, slug), { signal }));
}

/**
 * Asks the server to start the payment. Never aborted: money may already be moving. Sending it again with the
 * same key and body is safe.
 */
export async function startPayment(server: string, slug: string, body: CheckoutPayRequest, key: string): Promise<CheckoutStart> {
  const answer = await call(`${itemUrl(server, slug)}/pay`, {
    method: 'POST',
    // Without a header of its own, and as the text that it then is: a browser on another site asks no preflight first.
    body: JSON.stringify({ ...body, idempotency_key: key }),
  });
  return checked(parseStart, answer);
}

export async function fetchStatus(server: string, reference: string, isFresh: boolean): Promise<CheckoutStatus> {
  return checked(parseStatus, await call(statusUrl(server, reference, isFresh), { signal: AbortSignal.timeout(TIMING.readMs), cache: 'no-store' }));
}

function itemUrl(server: string, slug: string): string {
  return `${server}/api/store/${encodeURIComponent(slug)}`;
}

/** The status resource: JSON for `fetch`, a stream for `EventSource`. `isFresh` has the provider asked, for a buyer who waits. */
export function statusUrl(server: string, reference: string, isFresh: boolean): string {
  return `${server}/api/store/status/${encodeURIComponent(reference)}${isFresh ? '?fresh=true' : ''}`;
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  let status = 0;
  let retryAfter: string | null = null;
  let answer: Fields | undefined;
  try {
    const response = await fetch(url, { credentials: 'omit', ...init });
    ({ status } = response);
    retryAfter = response.headers.get('retry-after');
    answer = (await response.json()) as Fields;
    if (response.ok) return answer['data'];
  } catch {
    // Cut off, or some proxy's page: what is known by now is said below.
  }
  const { code, message } = (answer?.['error'] ?? {}) as Fields;
  if (!isText(code)) throw new CheckoutApiError(NO_ANSWER, status, `No Malipo server answers (HTTP ${String(status)})`);
  // In seconds, as Malipo says it; a proxy's date is as good as nothing.
  throw new CheckoutApiError(code, status, isText(message) ? message : '', Number(retryAfter) * 1000 || 0);
}

function checked<Answer>(parse: (data: unknown) => Answer | null, data: unknown): Answer {
  const answer = parse(data);
  if (!answer) throw new CheckoutApiError(NO_ANSWER, 200, 'The answer is not understood');
  return answer;
}

type Fields = Record<string, unknown>;
type Check = (value: unknown) => boolean;

const isText: (value: unknown) => value is string = (value) => typeof value === 'string';
const isAmount: Check = (value) => typeof value === 'number' && value >= 0;
const isAmountOrNull: Check = (value) => value === null || isAmount(value);
const isFlag: Check = (value) => typeof value === 'boolean';

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function fields(checks: Record<string, Check>): Check {
  return (value) =>
    typeof value === 'object' && value !== null && Object.entries(checks).every(([name, check]) => check((value as Fields)[name]));
}

/** Named here as well as in the number plans, which only the panel carries. */
const COUNTRIES = ['UG', 'KE', 'TZ', 'RW'] satisfies Country[];

const isMobileMoney = fields({
  country: (value) => COUNTRIES.includes(value as Country),
  networks: listOf(fields({ id: isText, name: isText, healthy: isFlag })),
});

/** A parser lets an answer through as it is, or answers null. */
function parser<Answer>(check: Check): (data: unknown) => Answer | null {
  return (data) => (check(data) ? (data as Answer) : null);
}

export const parseItem = parser<CheckoutItem>(
  fields({
    slug: isText,
    name: isText,
    amount: isAmountOrNull,
    min_amount: isAmountOrNull,
    max_amount: isAmountOrNull,
    suggested_amounts: listOf(isAmount),
    currency: isCurrency,
    // A method this release does not know is carried along and not offered.
    methods: listOf((value) => (value as Fields | null)?.['type'] !== 'mobile_money' || isMobileMoney(value)),
    is_test: isFlag,
    app: fields({ name: isText }),
  }),
);

const PAYMENT = {
  reference: (value: unknown) => isText(value) && value !== '',
  status: (value: unknown) => ['pending', 'completed', 'failed', 'expired'].includes(value as string),
  amount: isAmount,
  currency: isCurrency,
  network: isText,
  expires_at: isText,
};

export const parseStart = parser<CheckoutStart>(fields(PAYMENT));

export const parseStatus = parser<CheckoutStatus>(fields({ ...PAYMENT, failure_code: isText, failure_reason: isText }));

/** The text of one event of the status stream: the same document as the JSON answer, envelope and all. */
export function parseSnapshot(text: string): CheckoutStatus | null {
  try {
    return parseStatus((JSON.parse(text) as Fields)['data']);
  } catch {
    return null;
  }
}

export type MobileMoney = Extract<CheckoutMethod, { type: 'mobile_money' }>;
