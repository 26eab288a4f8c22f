import { expect, test } from 'vitest';
import { statement, type Store } from '../../../server/db/store.ts';
import { foldCounts } from '../../../server/payments/counts.ts';
import { verifyPayments } from '../../../server/payments/verify.ts';
import { rows } from '../support/database.ts';
import { openGateway } from '../support/gateway.ts';

const counted = (store: Store) => rows(store, `SELECT span, status, payments FROM payment_counts WHERE payments <> 0 ORDER BY span, status`);
const waiting = (store: Store) => rows(store, 'SELECT count(*) AS changes FROM payment_count_changes');

async function gatewayWith(payments: number) {
  const gateway = await openGateway();
  const pay = () => gateway.post('/v1/payments/collect', { amount: 1_000, currency: 'UGX', phone_number: '0772000004' }, 'test');
  const failAll = () => gateway.store.write((tx) => tx.run(statement(`UPDATE payments SET status = 'failed' WHERE status = 'pending'`)));
  const total = async (query = '') => (await gateway.get(`/v1/payments/transactions?${query}`, 'test')).json().meta.total as number;
  for (let payment = 0; payment < payments; payment++) await pay();
  return { ...gateway, pay, failAll, total };
}

test('what changed is counted before it is folded and after, within spans of time too', async () => {
  const { store, failAll, total } = await gatewayWith(3);
  const day = 'from=2026-03-14&to=2026-03-14';
  await failAll();
  expect([await total(), await total(day), await total('status=failed'), await total(`status=pending&${day}`)]).toEqual([3, 3, 3, 0]);
  await foldCounts(store);
  expect([await total(), await total(day), await total('status=failed'), await total(`status=pending&${day}`)]).toEqual([3, 3, 3, 0]);
  expect(await waiting(store)).toEqual([{ changes: 0 }]);
  expect(await counted(store)).toEqual(['all', 'day', 'hour'].map((span) => ({ span, status: 'failed', payments: 3 })));
});

test('everybody who folds while payments are made counts each of them once', async () => {
  const { store, pay, failAll } = await gatewayWith(1);
  let paying = true;
  const folding = async () => {
    while (paying) await foldCounts(store);
  };
  const folders = [folding(), folding()];
  for (let round = 0; round < 5; round++) await Promise.all([...Array.from({ length: 10 }, pay), failAll()]);
  paying = false;
  await Promise.all(folders);
  await failAll();
  await foldCounts(store);
  expect(await counted(store)).toEqual(['all', 'day', 'hour'].map((span) => ({ span, status: 'failed', payments: 51 })));
  expect((await verifyPayments(store.read)).filter((problem) => problem.includes('counts'))).toEqual([]);
});

test('a server folds by itself', async () => {
  const { store, pass } = await gatewayWith(1);
  await pass(20_000);
  expect(await counted(store)).toContainEqual({ span: 'all', status: 'pending', payments: 1 });
});
