/**
 * Idempotency keys: the same key with the same body answers what the first request was answered; with another
 * body it is refused. Scoped to app, mode, method and path, kept for seven days. At the public checkout, where the server
 * chooses the mode, a key stands in both: a payment begun in one is never begun in the other when that has changed.
 *
 * The record is written in the commit that creates the payment or withdrawal and completed in the commit that records the
 * provider's answer. A request that fails validation never creates one and so leaves no record.
 */
import { createHash } from 'node:crypto';
import { type Clock, DAY_MS } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { type Reader, statement, type Store, type Transaction } from '../db/store.ts';
import type { Mode } from '../core/mode.ts';

const KEPT_FOR_MS = 7 * DAY_MS;

/** As long as Stripe's; longer keys are a mistake, not a key. */
export const KEY_LENGTH_MAX = 255;

export interface IdempotencyScope {
  appId: number;
  mode: Mode;
  /** Whether it is the server that has chosen the mode, and not whoever has the key. */
  inAnyMode?: boolean;
  method: string;
  path: string;
  key: string;
  requestHash: string;
}

/** What was, or is about to be, sent to the client: status and body in the dialect of its surface. */
export interface Answer {
  status: number;
  body: unknown;
}

/** What a key stands for: one of them is set, or it was answered as it was used. */
export interface KeptFor {
  paymentId: number | null;
  withdrawalId: number | null;
}

interface Remembered extends KeptFor {
  requestHash: string;
  answerStatus: number | null;
  answerBody: string | null;
}

const SCOPE = 'app_id = :appId AND mode IN (:mode, :orMode) AND method = :method AND path = :path AND key = :key';

const find = statement<Remembered>(`
  SELECT request_hash AS "requestHash", payment_id AS "paymentId", withdrawal_id AS "withdrawalId",
    answer_status AS "answerStatus", answer_body AS "answerBody"
  FROM idempotency_keys WHERE ${SCOPE} ORDER BY created_at LIMIT 1`);

const insert = statement(`
  INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, payment_id, withdrawal_id, created_at)
  VALUES (:appId, :mode, :method, :path, :key, :requestHash, :paymentId, :withdrawalId, :now)`);

const insertAnswered = statement(`
  INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, answer_status, answer_body, created_at)
  VALUES (:appId, :mode, :method, :path, :key, :requestHash, :answerStatus, :answerBody, :now)`);

const complete = statement(`
  UPDATE idempotency_keys SET answer_status = :answerStatus, answer_body = :answerBody
  WHERE ${SCOPE} AND answer_status IS NULL`);

/** Keys forgotten in one commit: a busy day leaves a million, and payments must not wait for them. */
const FORGET_TOGETHER = 500;

const forgetSome = statement(`
  DELETE FROM idempotency_keys WHERE (app_id, mode, method, path, key) IN (
    SELECT app_id, mode, method, path, key FROM idempotency_keys WHERE created_at < :before ORDER BY created_at LIMIT ${FORGET_TOGETHER})`);

/** Reads the header; undefined when the client sent none. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || header.length === 0 || header.length > KEY_LENGTH_MAX) {
    throw new ApiError('VALIDATION_ERROR', `Idempotency-Key must be 1 to ${KEY_LENGTH_MAX} characters`);
  }
  return header;
}

/** A digest of the body that does not depend on the order of its keys. */
export function hashRequest(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body, sortKeys)).digest('base64');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function own({ appId, mode, method, path, key }: IdempotencyScope) {
  return { appId, mode, method, path, key };
}

function scoped(scope: IdempotencyScope) {
  const { mode, inAnyMode = false } = scope;
  const other = mode === 'live' ? 'test' : 'live';
  return { ...own(scope), orMode: inAnyMode ? other : mode };
}

/** The record of an earlier request with this key; throws IDEMPOTENCY_CONFLICT when its body was another. */
export async function findEarlier(reader: Reader, scope: IdempotencyScope): Promise<Remembered | undefined> {
  const earlier = await reader.get(find, scoped(scope));
  if (earlier !== undefined && earlier.requestHash !== scope.requestHash) {
    throw new ApiError('IDEMPOTENCY_CONFLICT');
  }
  return earlier;
}

export async function remember(tx: Transaction, scope: IdempotencyScope, keptFor: Partial<KeptFor>, now: number): Promise<void> {
  await tx.run(insert, { ...own(scope), requestHash: scope.requestHash, paymentId: null, withdrawalId: null, ...keptFor, now });
}

/**
 * Does what is done in one commit, and needs nobody else, once for each key: again it answers what it answered. `prepare`
 * checks what is asked for, and is called only when it is asked for the first time.
 */
export async function answeredOnce<Wish>(
  store: Store,
  scope: IdempotencyScope | undefined,
  { now, prepare, act }: { now: number; prepare: () => Promise<Wish>; act: (tx: Transaction, wish: Wish) => Promise<Answer> },
): Promise<{ answer: Answer; replayed: boolean }> {
  const before = scope && (await findEarlier(store.read, scope));
  if (before !== undefined) return { answer: storedAnswer(before)!, replayed: true };
  const wish = await prepare();
  return store.write(async (tx) => {
    if (scope === undefined) return { answer: await act(tx, wish), replayed: false };
    await tx.lock(scopeName(scope));
    const earlier = await findEarlier(tx, scope);
    if (earlier !== undefined) return { answer: storedAnswer(earlier)!, replayed: true };
    const answer = await act(tx, wish);
    await tx.run(insertAnswered, { ...own(scope), requestHash: scope.requestHash, answerStatus: answer.status, answerBody: JSON.stringify(answer.body), now });
    return { answer, replayed: false };
  });
}

/** Keeps an answer unless there is one; answers the one that stands, so that whoever asked with this key hears the same. */
export async function completeAnswer(tx: Transaction, scope: IdempotencyScope, answer: Answer): Promise<Answer> {
  const kept = await tx.run(complete, { ...scoped(scope), answerStatus: answer.status, answerBody: JSON.stringify(answer.body) });
  if (kept === 1) return answer;
  const standing = await tx.get(find, scoped(scope));
  return (standing && storedAnswer(standing)) ?? answer;
}

/** Null while the first request runs, or when a crash cut that short. */
export function storedAnswer({ answerStatus, answerBody }: Pick<Remembered, 'answerStatus' | 'answerBody'>): Answer | null {
  if (answerStatus === null || answerBody === null) return null;
  return { status: answerStatus, body: JSON.parse(answerBody) };
}

/** What requests with the same key lock while they look whether there was one before. */
export function scopeName({ appId, mode, inAnyMode = false, method, path, key }: IdempotencyScope): string {
  return `idempotency:${appId}:${inAnyMode ? 'any' : mode}:${method}:${path}:${key}`;
}

/** The recurring job that forgets keys after their seven days. */
export async function forgetOldKeys(store: Store, clock: Clock): Promise<void> {
  const before = clock.now() - KEPT_FOR_MS;
  while ((await store.write((tx) => tx.run(forgetSome, { before }))) === FORGET_TOGETHER);
}
