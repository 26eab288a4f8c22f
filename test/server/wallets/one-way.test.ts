/** A withdrawal moves one way, and its row says so itself: also to a server that has read it before another moved it. */
import { expect, test } from 'vitest';
import { JobQueue } from '../../../server/jobs/queue.ts';
import { type Statement, statement } from '../../../server/db/store.ts';
import { WithdrawalSettlement } from '../../../server/wallets/settlement.ts';
import { completeLateWithdrawal, endWithdrawal, giveUpUnsentWithdrawal, markWithdrawalPaidAgain, markWithdrawalReversed, withdrawalById } from '../../../server/wallets/statements.ts';
import type { Withdrawal } from '../../../server/wallets/withdrawal.ts';
import { openApps } from '../support/books.ts';
import { rows } from '../support/database.ts';
import { openGateway } from '../support/gateway.ts';
import { interrupted } from '../support/interrupted-store.ts';
import { temporaryStore } from '../support/temporary-store.ts';

const insert = statement(`
  INSERT INTO withdrawals (id, reference, app_id, provider, currency, amount_minor, method, destination, status, submission, failure_reason, created_at, updated_at, completed_at, reversed_at)
  VALUES (:id, :reference, 1, 'iotec', 'UGX', 100000, 'mobile_money', '256771234567', :status, :submission, :failureReason, 1, 1, :completedAt, :reversedAt)`);

const row = (status: Withdrawal['status'], submission: Withdrawal['submission'] = 'sent', reversedAt: number | null = null) => ({ status, submission, failureReason: status === 'failed' ? 'No' : '', completedAt: status === 'completed' ? 2 : null, reversedAt });

const STANDINGS = {
  'on its way': row('pending', 'sending'),
  'with its provider': row('pending'),
  failed: row('failed'),
  'given up': row('failed', 'unknown'),
  completed: row('completed'),
  'come back': row('completed', 'sent', 3),
} as const;
type Standing = keyof typeof STANDINGS;

const END = { completedAt: 4, failureReason: '', providerRef: 'theirs' };

test.each<[string, Statement<Withdrawal>, Record<string, unknown>, Standing[]]>([
  ['ended as completed', endWithdrawal, { status: 'completed', ...END, now: 5 }, ['on its way', 'with its provider']],
  ['ended as failed', endWithdrawal, { status: 'failed', ...END, completedAt: null, failureReason: 'Barred', now: 5 }, ['on its way', 'with its provider']],
  ['given up for never sent', giveUpUnsentWithdrawal, { now: 5 }, ['on its way']],
  ['paid late', completeLateWithdrawal, { providerRef: 'theirs', at: 4, now: 5 }, ['failed', 'given up']],
  ['taken back', markWithdrawalReversed, { at: 4, now: 5 }, ['completed']],
  ['paid again', markWithdrawalPaidAgain, { at: 4, now: 5 }, ['come back']],
])('only what can be is %s', async (_how, moves, params, from) => {
  const { store } = temporaryStore();
  await openApps(store, 1);
  const moved: string[] = [];
  for (const [id, [standing, values]] of Object.entries(STANDINGS).entries()) {
    await store.write((tx) => tx.run(insert, { id: id + 1, reference: `dgw_${id}`, ...values }));
    const before = await store.read.get(withdrawalById, { id: id + 1 });
    const after = await store.write((tx) => tx.get(moves, { id: id + 1, ...params }));
    if (after !== undefined) moved.push(standing);
    else expect(await store.read.get(withdrawalById, { id: id + 1 })).toEqual(before);
  }
  expect(moved).toEqual(from);
});

test('what has ended past its lock, between its reading and its end, is not ended again: nothing is written', async () => {
  const gateway = await openGateway();
  await gateway.earn(92_000);
  await gateway.post('/v1/withdrawals', { amount: 50_000, currency: 'UGX', provider: 'iotec', method: 'mobile_money', destination: '256772123456', destination_name: 'John Doe' });
  const { store, clock } = gateway;
  const standing = () => rows(store, 'SELECT status, failure_reason, completed_at FROM withdrawals');
  const before = [await standing(), await rows(store, 'SELECT posting FROM ledger_transfers ORDER BY id')];
  const failed = statement(`UPDATE withdrawals SET status = 'failed', failure_reason = 'Barred' WHERE id = 1`);
  const raced = interrupted(store, withdrawalById, async (tx) => tx.run(failed));
  const settlement = new WithdrawalSettlement({ clock, jobs: new JobQueue(raced) });
  await expect(raced.write((tx) => settlement.settleIn(tx, 1, { status: 'completed', providerRef: 'x', at: clock.now() }))).rejects.toThrow('withdrawal 1 was ended past its lock');
  expect([await standing(), await rows(store, 'SELECT posting FROM ledger_transfers ORDER BY id')]).toEqual(before);
  expect(await gateway.balance()).toBe(42_000);
  expect(await gateway.problems()).toEqual([]);
});
