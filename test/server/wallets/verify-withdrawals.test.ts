import { expect, test } from 'vitest';
import { verifiedAfter } from '../support/damaged-books.ts';

/** In the sound books withdrawal 1 of UGX 300 was held and released. */
const RELEASED = `(SELECT id FROM ledger_transfers WHERE posting = 'withdrawalReleased')`;

test('a withdrawal that failed and was not released is named', async () => {
  expect(await verifiedAfter(`DELETE FROM ledger_entries WHERE transfer_id = ${RELEASED}`, `DELETE FROM ledger_transfers WHERE id = ${RELEASED}`)).toEqual([
    'Withdrawal 1 (dgw_w1) is failed, and was held 1, paid 0 and released 0 times in the ledger',
    'App 1 has 30000 minor units more held at iotec (UGX, live) than its open payouts and withdrawals',
  ]);
});

test('a withdrawal that completed and was released is named', async () => {
  expect(await verifiedAfter(`UPDATE withdrawals SET status = 'completed', failure_reason = '', completed_at = created_at`)).toEqual([
    'Withdrawal 1 (dgw_w1) is completed, and was held 1, paid 0 and released 1 times in the ledger',
  ]);
});

test('a withdrawal of another amount than was held is named', async () => {
  expect(await verifiedAfter('UPDATE withdrawals SET amount_minor = 30100')).toEqual([
    expect.stringMatching(/^Withdrawal 1 \(dgw_w1\) of 30100 moved 0 at its provider, -30000 in its wallet, 30000 in its held account and 0 in fees by transfer \d+ \(withdrawalHeld, minor units\)$/),
    expect.stringMatching(/^Withdrawal 1 \(dgw_w1\) of 30100 moved 0 at its provider, 30000 in its wallet, -30000 in its held account and 0 in fees by transfer \d+ \(withdrawalReleased, minor units\)$/),
  ]);
});

test('a withdrawal that is gone is named by its transfers', async () => {
  expect(await verifiedAfter('DELETE FROM withdrawals')).toEqual([
    expect.stringMatching(/^Transfer \d+ \(withdrawalHeld\) is of withdrawal:1, which is no record of its kind$/),
    expect.stringMatching(/^Transfer \d+ \(withdrawalReleased\) is of withdrawal:1, which is no record of its kind$/),
  ]);
});

test('an open withdrawal to a phone that nobody will ask about is named', async () => {
  const found = await verifiedAfter(`UPDATE withdrawals SET status = 'pending', failure_reason = ''`);
  expect(found).toContain('Withdrawal 1 (dgw_w1) is pending and no job will ever ask about it');
});

test('a withdrawal that failed without a reason is named', async () => {
  expect(await verifiedAfter(`UPDATE withdrawals SET failure_reason = ''`)).toEqual([
    'Withdrawal 1 (dgw_w1) is failed (UGX) without a reason or time, or with one it should not have',
  ]);
});

test('an idempotency key that leads to another app’s withdrawal is named', async () => {
  expect(await verifiedAfter('UPDATE idempotency_keys SET payment_id = NULL, withdrawal_id = 1, app_id = 2')).toEqual([
    'Idempotency key "order-1" of app 2 points to withdrawal 1, which is not its own',
  ]);
});
