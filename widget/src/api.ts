/**
 * The public checkout calls, and the hand parser of their answers: a schema library would double the widget.
 * Answers are checked for what the widget builds on, and passed on as they are.
 */
import type {
  CheckoutItem,
  CheckoutMethod,
  CheckoutPayRequest,
  CheckoutStart,
  CheckoutStatus,
} from '../../server/core/checkout-contract.ts';
import { isCurrency } from '../../server/core/money.ts';
import { NUMBER_PLANS } from '../../server/core/number-plans.ts';
import { TIMING } from './timing.ts';

/** No answer, or none that can be understood: nothing is known about what the server did. */
export const NO_ANSWER = 'NO_ANSWER';

/** A request that did not bring what was asked for, with the server's code or `NO_ANSWER`. */
export class CheckoutApiError extends Error {
  readonly code: string;
  /** HTTP status, 0 when nothing came back. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /**
   * True when the server certainly did not begin a payment, or refused it for good. Server errors and silence
   * prove nothing, except the two codes that say a provider was not asked or said no.
   * A replayed request is judged harder: what the server refuses now (too many requests, a line that went down
   * meanwhile) says nothing about the first time.
   */
  isRefusal(replayed: boolean): boolean {
    if (this.code === NO_ANSWER) return false;
    if (this.code === 'PROVIDER_ERROR') return true;
    if (this.code === 'PROVIDER_LINE_DOWN' || this.status === 429) return !replayed;
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 409;
  }
}

export async function fetchItem(baseUrl: string, slug: string, signal: AbortSignal): Promise<CheckoutItem> {
  return expect(parseItem, await call(`${baseUrl}/api/store/${encodeURIComponent(slug)}`, read(signal)));
}

/**
 * Asks the server to start the payment. Never aborted: money may already be moving. Sending it again with the
 * same key and body is safe.
 */
export async function startPayment(baseUrl: string, slug: string, body: CheckoutPayRequest, key: string): Promise<CheckoutStart> {
  const answer = await call(`${baseUrl}/api/store/${encodeURIComponent(slug)}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return expect(parseStart, answer);
}

export async function fetchStatus(baseUrl: string, reference: string, signal?: AbortSignal): Promise<CheckoutStatus> {
  return expect(parseStatus, await call(statusUrl(baseUrl, reference), { ...read(signal), cache: 'no-store' }));
}

/** The status resource: JSON for `fetch`, a stream for `EventSource`. */
export function statusUrl(baseUrl: string, reference: string): string {
  return `${baseUrl}/api/store/status/${encodeURIComponent(reference)}`;
}

function read(signal?: AbortSignal): RequestInit {
  const limit = AbortSignal.timeout(TIMING.readMs);
  // AbortSignal.any is from 2023: without it a removed element merely lets its read finish.
  return { signal: signal && 'any' in AbortSignal ? AbortSignal.any([signal, limit]) : limit };
}

async function call(url: string, init: RequestInit): Promise<unknown> {
  let response: Response | undefined;
  let answer: unknown;
  try {
    response = await fetch(url, { credentials: 'omit', ...init });
    answer = await response.json();
  } catch (cause) {
    if ((cause as Error).name === 'AbortError') throw cause;
    throw new CheckoutApiError(NO_ANSWER, response?.status ?? 0, String(cause));
  }
  if (response.ok) return isRecord(answer) ? answer['data'] : null;
  const error = isRecord(answer) && isRecord(answer['error']) ? answer['error'] : {};
  // A refusal without our code is some proxy's page, not an answer of the server.
  const code = isText(error['code']) ? error['code'] : NO_ANSWER;
  throw new CheckoutApiError(code, response.status, isText(error['message']) ? error['message'] : '');
}

function expect<Answer>(parse: (data: unknown) => Answer | null, data: unknown): Answer {
  const answer = parse(data);
  if (answer === null) throw new CheckoutApiError(NO_ANSWER, 200, 'not the answer of a Malipo server');
  return answer;
}

export function parseItem(data: unknown): CheckoutItem | null {
  const isItem =
    isRecord(data) &&
    isText(data['slug']) &&
    isText(data['name']) &&
    isAmountOrNull(data['amount']) &&
    isAmountOrNull(data['min_amount']) &&
    isAmountOrNull(data['max_amount']) &&
    isListOf(isAmount, data['suggested_amounts']) &&
    isCurrency(data['currency']) &&
    isListOf(isMethod, data['methods']) &&
    typeof data['is_test'] === 'boolean' &&
    isRecord(data['app']) &&
    isText(data['app']['name']);
  return isItem ? (data as unknown as CheckoutItem) : null;
}

/** A method this release does not know is carried along and not offered. */
function isMethod(value: unknown): value is CheckoutMethod {
  if (!isRecord(value) || !isText(value['type'])) return false;
  if (value['type'] !== 'mobile_money') return true;
  return isText(value['country']) && value['country'] in NUMBER_PLANS && isListOf(isNetwork, value['networks']);
}

function isNetwork(value: unknown): boolean {
  return isRecord(value) && isText(value['id']) && isText(value['name']) && typeof value['healthy'] === 'boolean';
}

export function parseStart(data: unknown): CheckoutStart | null {
  return isPayment(data) ? (data as unknown as CheckoutStart) : null;
}

/** One event of the status stream: the same document as the JSON answer, envelope and all. */
export function parseSnapshot(event: unknown): CheckoutStatus | null {
  return isRecord(event) ? parseStatus(event['data']) : null;
}

export function parseStatus(data: unknown): CheckoutStatus | null {
  return isPayment(data) && isText(data['failure_code']) && isText(data['failure_reason']) ? (data as unknown as CheckoutStatus) : null;
}

const STATUSES: readonly unknown[] = ['pending', 'completed', 'failed', 'expired'];

function isPayment(data: unknown): data is Record<string, unknown> {
  return (
    isRecord(data) &&
    isText(data['reference']) &&
    data['reference'] !== '' &&
    STATUSES.includes(data['status']) &&
    isAmount(data['amount']) &&
    isCurrency(data['currency']) &&
    isText(data['network']) &&
    isText(data['expires_at'])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

function isAmountOrNull(value: unknown): value is number | null {
  return value === null || isAmount(value);
}

function isListOf(isEntry: (value: unknown) => boolean, value: unknown): boolean {
  return Array.isArray(value) && value.every(isEntry);
}
