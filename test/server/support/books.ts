import type { Account } from '../../../server/ledger/accounts.ts';
import { balanceMinor, post } from '../../../server/ledger/ledger.ts';
import { collectSettled, type Movement, payoutHeld, payoutSent, type Posting, withdrawalHeld, withdrawalReleased } from '../../../server/ledger/postings.ts';
import { type Reader, statement, type Store, type Transaction } from '../../../server/db/store.ts';

/** When everything in these books happened. */
export const EVENT_AT = Date.UTC(2026, 2, 14, 10);
export const WRITTEN_AT = EVENT_AT + 250;

const insertApp = statement(`
  INSERT INTO apps (id, slug, name, webhook_secret, fee_basis_points, created_at)
  VALUES (:id, :slug, 'App', '', 800, ${EVENT_AT})`);

const insertPayment = statement(`
  INSERT INTO payments (id, reference, app_id, mode, direction, method, provider, status, submission, amount_minor, fee_minor,
    currency, failure_code, failure_reason, created_at, updated_at, expires_at, completed_at)
  VALUES (:id, :reference, :appId, :mode, :direction, 'mobile_money', :provider, :status, :submission, :amountMinor, :feeMinor,
    :currency, :failureReason, :failureReason, ${EVENT_AT}, ${EVENT_AT}, ${EVENT_AT} + 1, :completedAt)`);

const insertWithdrawal = statement(`
  INSERT INTO withdrawals (id, reference, app_id, provider, currency, amount_minor, method, destination, status, submission,
    failure_reason, created_at, updated_at, completed_at)
  VALUES (:id, :reference, 1, 'iotec', 'UGX', :amountMinor, 'mobile_money', '256771234567', 'failed', 'refused', 'refused',
    ${EVENT_AT}, ${EVENT_AT}, NULL)`);

const insertCheck = statement(`
  INSERT INTO jobs (kind, subject, run_at, created_at) VALUES ('payment.check', :subject, ${EVENT_AT}, ${EVENT_AT})`);

const insertIdempotencyKey = statement(`
  INSERT INTO idempotency_keys (app_id, mode, method, path, key, request_hash, payment_id, created_at)
  VALUES (:appId, :mode, 'POST', '/v1/payments/collect', :key, '', :paymentId, ${EVENT_AT})`);

/** A movement of app 1's live shillings, unless told otherwise. */
export function movement(change: Partial<Movement> = {}): Movement {
  return { source: 'payment:1', appId: 1, provider: 'iotec', currency: 'UGX', mode: 'live', amountMinor: 123_400, eventAt: EVENT_AT, ...change };
}

export function account<Kind extends Account['kind']>(kind: Kind, change: Partial<Movement> = {}): Account {
  const { appId, provider, currency, mode } = movement(change);
  return kind === 'wallet' || kind === 'held' ? { kind, appId, provider, currency, mode } : ({ kind, appId: null, provider, currency, mode } as Account);
}

/** What stands in the four accounts a movement can touch. */
export async function balances(reader: Reader, change: Partial<Movement> = {}): Promise<Record<Account['kind'], number>> {
  const of = (kind: Account['kind']) => balanceMinor(reader, account(kind, change));
  return { wallet: await of('wallet'), held: await of('held'), clearing: await of('clearing'), fees: await of('fees') };
}

export function openApps(store: Store, ...ids: number[]): Promise<void> {
  return store.write((tx) => openAppsIn(tx, ...ids));
}

export async function openAppsIn(tx: Transaction, ...ids: number[]): Promise<void> {
  for (const id of ids) await tx.run(insertApp, { id, slug: `app-${id}` });
}

export function posted(store: Store, posting: Posting): Promise<boolean> {
  return store.write((tx) => post(tx, posting, WRITTEN_AT));
}

export async function postIn(tx: Transaction, ...postings: Posting[]): Promise<void> {
  for (const posting of postings) await post(tx, posting, WRITTEN_AT);
}

interface PaymentSketch {
  id: number;
  status: 'pending' | 'completed' | 'failed' | 'expired';
  amountMinor: number;
  feeMinor?: number;
  appId?: number;
  mode?: 'live' | 'test';
  direction?: 'collect' | 'disburse';
}

export async function writePaymentIn(tx: Transaction, sketch: PaymentSketch, ...postings: Posting[]): Promise<void> {
  const payment = { appId: 1, mode: 'live', direction: 'collect', feeMinor: 0, provider: 'iotec', currency: 'UGX', ...sketch } as const;
  await tx.run(insertPayment, {
    ...payment,
    reference: `dgw_${payment.id}`,
    submission: payment.status === 'failed' ? 'refused' : 'sent',
    failureReason: payment.status === 'failed' || payment.status === 'expired' ? payment.status : '',
    completedAt: payment.status === 'completed' ? EVENT_AT : null,
  });
  if (payment.status === 'pending') await tx.run(insertCheck, { subject: `payment:${payment.id}` });
  await postIn(tx, ...postings);
}

/**
 * Books in order, with one of everything. Payment 1 of UGX 1,234 at 8 % is transfer 1, its entries 1 to 3 are in
 * clearing (account 1), wallet (2) and fees (3); payment 7 is a payout that was sent (transfers 3 and 4).
 */
export async function writeSoundBooks(tx: Transaction): Promise<void> {
  await openAppsIn(tx, 1, 2);
  const settle = (id: number, amountMinor: number, feeMinor: number, change: Partial<Movement> = {}) =>
    collectSettled({ ...movement({ source: `payment:${id}`, amountMinor, ...change }), feeMinor });
  await writePaymentIn(tx, { id: 1, status: 'completed', amountMinor: 123_400, feeMinor: 9_872 }, settle(1, 123_400, 9_872));
  await writePaymentIn(tx, { id: 2, status: 'pending', amountMinor: 50_000 });
  await writePaymentIn(tx, { id: 3, status: 'failed', amountMinor: 50_000 });
  await writePaymentIn(tx, { id: 4, status: 'expired', amountMinor: 50_000 });
  await writePaymentIn(tx, { id: 5, status: 'completed', amountMinor: 70_000, appId: 2, mode: 'test' }, settle(5, 70_000, 0, { appId: 2, mode: 'test' }));
  const payout = (id: number, amountMinor: number) => movement({ source: `payment:${id}`, amountMinor });
  await writePaymentIn(tx, { id: 7, status: 'completed', amountMinor: 20_000, direction: 'disburse' }, payoutHeld(payout(7, 20_000)), payoutSent(payout(7, 20_000)));
  await writePaymentIn(tx, { id: 8, status: 'pending', amountMinor: 10_000, direction: 'disburse' }, payoutHeld(payout(8, 10_000)));
  const withdrawal = movement({ source: 'withdrawal:1', amountMinor: 30_000 });
  await tx.run(insertWithdrawal, { id: 1, reference: 'dgw_w1', amountMinor: 30_000 });
  await postIn(tx, withdrawalHeld(withdrawal), withdrawalReleased(withdrawal));
  await tx.run(insertIdempotencyKey, { appId: 1, mode: 'live', key: 'order-1', paymentId: 1 });
}
