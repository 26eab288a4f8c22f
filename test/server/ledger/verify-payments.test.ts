import { expect, test } from 'vitest';
import { verifiedAfter } from '../support/damaged-books.ts';

const SETTLEMENT = `(SELECT id FROM ledger_transfers WHERE source = 'payment:1' AND posting = 'collectSettled')`;

test('a completed payment without a settlement is named', async () => {
  const found = await verifiedAfter(`DELETE FROM ledger_entries WHERE transfer_id = ${SETTLEMENT}`, `DELETE FROM ledger_transfers WHERE id = ${SETTLEMENT}`);
  expect(found).toContain('Payment 1 (dgw_1) is completed and has no settlement in the ledger');
});

test('a settlement of a payment that is not completed is named', async () => {
  expect(await verifiedAfter(`UPDATE payments SET status = 'failed', failure_reason = 'x', completed_at = NULL WHERE id = 1`)).toEqual([
    'Transfer 1 settles payment:1, which is no completed payment',
  ]);
});

test('a settlement of a payment that does not exist is named', async () => {
  const found = await verifiedAfter(`UPDATE ledger_transfers SET source = 'payment:404' WHERE id = 1`);
  expect(found).toEqual(['Payment 1 (dgw_1) is completed and has no settlement in the ledger', 'Transfer 1 settles payment:404, which is no completed payment']);
});

test('a settlement of another amount is named', async () => {
  expect(await verifiedAfter('UPDATE payments SET amount_minor = 123500 WHERE id = 1')).toEqual([
    'Payment 1 (dgw_1) of 123500 with a fee of 9872 was settled by transfer 1 with 113528 to its wallet, 9872 to fees and -123400 at its provider (minor units)',
  ]);
});

test('a settlement with another fee is named, though it balances', async () => {
  const found = await verifiedAfter(
    'UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE id = 2',
    'UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE id = 3',
  );
  expect(found).toEqual([
    'Payment 1 (dgw_1) of 123400 with a fee of 9872 was settled by transfer 1 with 113527 to its wallet, 9873 to fees and -123400 at its provider (minor units)',
  ]);
});

test.each([
  ['app', `2, 'wallet', 'iotec', 'UGX', 'live'`],
  ['provider', `1, 'wallet', 'relworx', 'UGX', 'live'`],
  ['currency', `1, 'wallet', 'iotec', 'KES', 'live'`],
  ['mode', `1, 'wallet', 'iotec', 'UGX', 'test'`],
])('a settlement into the wallet of another %s is named', async (_, account) => {
  const found = await verifiedAfter(
    `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (90, ${account})`,
    'UPDATE ledger_entries SET account_id = 90 WHERE id = 2',
  );
  expect(found).toContain(
    'Payment 1 (dgw_1) of 123400 with a fee of 9872 was settled by transfer 1 with 0 to its wallet, 9872 to fees and -123400 at its provider (minor units)',
  );
});

test('a completed payment without a time of completion is named', async () => {
  expect(await verifiedAfter('UPDATE payments SET completed_at = NULL WHERE id = 1')).toEqual(['Payment 1 (dgw_1) is completed without a time of completion']);
});

test('a time of completion on a payment that is not completed is named', async () => {
  expect(await verifiedAfter('UPDATE payments SET completed_at = 5 WHERE id = 2')).toEqual(['Payment 2 (dgw_2) is pending but has a time of completion']);
});

test.each([
  [3, 'failed'],
  [4, 'expired'],
])('payment %d that %s without a reason is named', async (id, status) => {
  expect(await verifiedAfter(`UPDATE payments SET failure_reason = '' WHERE id = ${id}`)).toEqual([`Payment ${id} (dgw_${id}) is ${status} without a reason`]);
});

test('an unknown status, submission or currency is named', async () => {
  expect(await verifiedAfter(`UPDATE payments SET status = 'lost' WHERE id = 2`)).toEqual([
    'Payment 2 (dgw_2) has an unknown status, submission or currency: lost, sent, UGX',
  ]);
  expect(await verifiedAfter(`UPDATE payments SET submission = 'perhaps' WHERE id = 2`)).toEqual([
    'Payment 2 (dgw_2) has an unknown status, submission or currency: pending, perhaps, UGX',
  ]);
  expect((await verifiedAfter(`UPDATE payments SET currency = 'BTC' WHERE id = 2`))[0]).toBe('Payment 2 (dgw_2) has an unknown status, submission or currency: pending, sent, BTC');
});

test('a refused payment that is still pending is named', async () => {
  expect(await verifiedAfter(`UPDATE payments SET submission = 'refused' WHERE id = 2`)).toEqual([
    'Payment 2 (dgw_2) was refused by its provider and is still pending',
  ]);
});

test('a pending payment that nothing will ask about again is named', async () => {
  expect(await verifiedAfter(`DELETE FROM jobs WHERE subject = 'payment:2'`)).toEqual(['Payment 2 (dgw_2) is pending and no job will ever ask about it']);
  expect(await verifiedAfter(`UPDATE jobs SET kind = 'other' WHERE subject = 'payment:2'`)).toEqual([
    'Payment 2 (dgw_2) is pending and no job will ever ask about it',
  ]);
});

test('a fee beyond its amount is named', async () => {
  expect(await verifiedAfter('UPDATE payments SET fee_minor = 50001 WHERE id = 2')).toEqual([
    'Payment 2 (dgw_2) has a fee of 50001 on an amount of 50000 (minor units)',
  ]);
  expect(await verifiedAfter('UPDATE payments SET fee_minor = -1 WHERE id = 2')).toEqual(['Payment 2 (dgw_2) has a fee of -1 on an amount of 50000 (minor units)']);
});

test.each(['UGX', 'RWF'])('a fraction of %s is named', async (currency) => {
  const found = await verifiedAfter(`UPDATE payments SET amount_minor = 50050, currency = '${currency}' WHERE id = 2`);
  expect(found[0]).toBe(`Payment 2 (dgw_2) is of 50050 minor units, which is not a whole ${currency} amount`);
});

test('an idempotency key whose payment is gone is named', async () => {
  expect(await verifiedAfter('UPDATE idempotency_keys SET payment_id = 404')).toEqual([
    'Idempotency key "order-1" of app 1 (live) points to payment 404, which does not exist',
  ]);
});

test.each([
  ['app', 'app_id = 2', 'app 2 (live)'],
  ['mode', `mode = 'test'`, 'app 1 (test)'],
])('an idempotency key that leads into another %s is named', async (_, change, whose) => {
  expect(await verifiedAfter(`UPDATE idempotency_keys SET ${change}`)).toEqual([
    `Idempotency key "order-1" of ${whose} points to payment 1, which is of another app or mode`,
  ]);
});

test('a completed payout that was never sent is named', async () => {
  const sent = `(SELECT id FROM ledger_transfers WHERE posting = 'payoutSent')`;
  expect(await verifiedAfter(`DELETE FROM ledger_entries WHERE transfer_id = ${sent}`, `DELETE FROM ledger_transfers WHERE id = ${sent}`)).toEqual([
    'Payout 7 (dgw_7) is completed and has no transfer out in the ledger',
    'App 1 has 20000 minor units more held at iotec (UGX, live) than its open payouts and withdrawals',
  ]);
});

test('money sent for a payout that is not completed is named', async () => {
  expect(await verifiedAfter(`UPDATE payments SET status = 'failed', failure_reason = 'x', completed_at = NULL WHERE id = 7`)).toEqual([
    'Transfer 4 sends payment:7, which is no completed payout',
    'Payout 7 (dgw_7) is failed and was released 0 times in the ledger',
  ]);
});

test('a payout of another amount than was held and sent is named', async () => {
  expect(await verifiedAfter('UPDATE payments SET amount_minor = 20100 WHERE id = 7')).toEqual([
    'Payout 7 (dgw_7) of 20100 moved 0 at its provider, -20000 in its wallet, 20000 in its held account and 0 in fees by transfer 3 (payoutHeld, minor units)',
    'Payout 7 (dgw_7) of 20100 moved 20000 at its provider, 0 in its wallet, -20000 in its held account and 0 in fees by transfer 4 (payoutSent, minor units)',
  ]);
});

test('a pending payout whose money is not held is named', async () => {
  const held = `(SELECT id FROM ledger_transfers WHERE posting = 'payoutHeld' AND source = 'payment:8')`;
  expect(await verifiedAfter(`DELETE FROM ledger_entries WHERE transfer_id = ${held}`, `DELETE FROM ledger_transfers WHERE id = ${held}`)).toEqual([
    'Payout 8 (dgw_8) is pending, but its money is not held',
    'App 1 has 10000 minor units less held at iotec (UGX, live) than its open payouts and withdrawals',
  ]);
});

test('a payout that expired is named', async () => {
  expect(await verifiedAfter(`UPDATE payments SET status = 'expired', failure_reason = 'expired' WHERE id = 8`)).toEqual([
    'Payout 8 (dgw_8) is expired, and nobody knows where its money is',
    'App 1 has 10000 minor units more held at iotec (UGX, live) than its open payouts and withdrawals',
  ]);
});

test('a live payout that drew on something else than its wallet is named', async () => {
  const wallet = `(SELECT id FROM ledger_accounts WHERE kind = 'wallet' AND app_id = 1 AND mode = 'live')`;
  const clearing = `(SELECT id FROM ledger_accounts WHERE kind = 'clearing' AND provider = 'iotec' AND currency = 'UGX' AND mode = 'live')`;
  const held = `(SELECT id FROM ledger_transfers WHERE posting = 'payoutHeld' AND source = 'payment:8')`;
  expect(await verifiedAfter(`UPDATE ledger_entries SET account_id = ${clearing} WHERE transfer_id = ${held} AND account_id = ${wallet}`)).toEqual([
    expect.stringMatching(/^Payout 8 \(dgw_8\) of 10000 moved -10000 at its provider, 0 in its wallet, 10000 in its held account and 0 in fees by transfer \d+ \(payoutHeld, minor units\)$/),
  ]);
});

test('a count that is not that of the payments is named', async () => {
  expect(await verifiedAfter(`INSERT INTO payment_counts VALUES (1, 'live', 'all', 0, 'expired', 'collect', 'iotec', 'UGX', -1)`)).toEqual([
    'App 1 (live) counts 1 too few expired payments (collect, iotec, UGX) in all',
  ]);
});
