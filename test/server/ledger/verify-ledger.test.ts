import { expect, test } from 'vitest';
import { NAMED_PER_RULE } from '../../../server/ledger/rule.ts';
import { verifiedAfter } from '../support/damaged-books.ts';

test('sound books have nothing to say', async () => {
  expect(await verifiedAfter()).toEqual([]);
});

test('a transfer that does not sum to zero is named, and so is its currency as a whole', async () => {
  const found = await verifiedAfter('UPDATE ledger_entries SET amount_minor = amount_minor + 7 WHERE id = 3');
  expect(found).toContain('Transfer 1 (collectSettled of payment:1) sums to 7 minor units, not to zero');
  expect(found).toContain('All UGX accounts in live mode sum to 7 minor units, not to zero');
});

test('a transfer with one entry is named', async () => {
  expect(await verifiedAfter('DELETE FROM ledger_entries WHERE transfer_id = 1 AND id > 1')).toContain(
    'Transfer 1 (collectSettled of payment:1) has only one entry',
  );
});

test('a transfer without entries is named', async () => {
  expect(await verifiedAfter('DELETE FROM ledger_entries WHERE transfer_id = 1')).toContain('Transfer 1 (collectSettled of payment:1) has no entries');
});

test('an entry in an account of another currency is named', async () => {
  const found = await verifiedAfter(
    `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (90, 1, 'wallet', 'iotec', 'KES', 'live')`,
    'UPDATE ledger_entries SET account_id = 90 WHERE id = 2',
  );
  expect(found).toContain('Entry 2 is in account 90, which is KES, but transfer 1 (collectSettled of payment:1) is in UGX');
  expect(found).toContain('All KES accounts in live mode sum to 113528 minor units, not to zero');
});

test.each([
  ['mode', `1, 'wallet', 'iotec', 'UGX', 'test'`],
  ['provider', `1, 'wallet', 'relworx', 'UGX', 'live'`],
])('a transfer between accounts of different %ss is named', async (_, account) => {
  const found = await verifiedAfter(
    `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (90, ${account})`,
    'UPDATE ledger_entries SET account_id = 90 WHERE id = 2',
  );
  expect(found).toContain('Transfer 1 (collectSettled of payment:1) moves money between accounts of different modes, providers or apps');
});

test('a transfer from one app to another is named', async () => {
  const found = await verifiedAfter(
    `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (90, 2, 'held', 'iotec', 'UGX', 'live')`,
    `UPDATE ledger_entries SET account_id = 90 WHERE amount_minor > 0 AND transfer_id = (SELECT id FROM ledger_transfers WHERE posting = 'withdrawalHeld')`,
  );
  expect(found).toContain('Transfer 6 (withdrawalHeld of withdrawal:1) moves money between accounts of different modes, providers or apps');
});

test.each(['wallet', 'held'])('a %s below zero is named', async (kind) => {
  const found = await verifiedAfter(
    `UPDATE ledger_entries SET amount_minor = amount_minor - 200000 WHERE id = (
       SELECT max(e.id) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = '${kind}' AND a.mode = 'live')`,
  );
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`^Account \\d+ \\(${kind} of app 1, iotec UGX live\\) is below zero: -\\d+ minor units$`)));
});

test('an entry whose transfer is gone is named', async () => {
  const found = await verifiedAfter('DELETE FROM ledger_transfers WHERE id = 1');
  for (const entry of [1, 2, 3]) expect(found).toContain(`Entry ${entry} belongs to transfer 1, which does not exist`);
});

test('an entry whose account is gone is named', async () => {
  expect(await verifiedAfter('UPDATE ledger_entries SET account_id = 777 WHERE id = 2')).toContain('Entry 2 belongs to account 777, which does not exist');
});

test('a posting that nobody makes is named', async () => {
  expect(await verifiedAfter(`UPDATE ledger_transfers SET posting = 'gift' WHERE id = 1`)).toContain(
    'Transfer 1 (gift of payment:1) is no posting that this version of Malipo makes',
  );
});

test('a hold that was ended twice is named', async () => {
  const found = await verifiedAfter(
    `INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) VALUES (90, 'payoutReleased', 'payment:7', 'UGX', 0, 0)`,
    `INSERT INTO ledger_entries (transfer_id, account_id, amount_minor)
     SELECT 90, account_id, -amount_minor FROM ledger_entries WHERE transfer_id = (SELECT id FROM ledger_transfers WHERE posting = 'payoutHeld' AND source = 'payment:7')`,
  );
  expect(found).toContain('The payoutHeld of payment:7 was opened once and ended 2 times');
});

test('a hold that was ended without having been opened is named', async () => {
  expect(await verifiedAfter(`UPDATE ledger_transfers SET source = 'withdrawal:9' WHERE posting = 'withdrawalReleased'`)).toContain(
    'The withdrawalHeld of withdrawal:9 was opened never and ended once',
  );
});

test('a hold that was ended over a part is named', async () => {
  const found = await verifiedAfter(
    `UPDATE ledger_entries SET amount_minor = sign(amount_minor) * 25000 WHERE transfer_id = (SELECT id FROM ledger_transfers WHERE posting = 'withdrawalReleased')`,
  );
  expect(found).toEqual([
    'The withdrawalHeld of withdrawal:1 was ended but leaves 5000 minor units held',
    expect.stringMatching(/^Withdrawal 1 \(dgw_w1\) of 30000 moved 0 at its provider, 25000 in its wallet, -25000 in its held account and 0 in fees by transfer \d+ \(withdrawalReleased, minor units\)$/),
    'App 1 has 5000 minor units more held at iotec (UGX, live) than its open payouts and withdrawals',
  ]);
});

test('a ruined database gets an answer of bounded length that still counts everything', async () => {
  const found = await verifiedAfter(
    `WITH RECURSIVE n (id) AS (SELECT 1000 UNION ALL SELECT id + 1 FROM n WHERE id < 1249)
     INSERT INTO ledger_transfers (id, posting, source, currency, event_at, created_at) SELECT id, 'shortfallRecovered', 'payment:' || id, 'UGX', 0, 0 FROM n`,
  );
  // Of each of two rules: nothing moved, and there is no such payment.
  expect(found).toHaveLength(2 * (NAMED_PER_RULE + 1));
  expect(found[0]).toBe('Transfer 1000 (shortfallRecovered of payment:1000) has no entries');
  expect(found[NAMED_PER_RULE]).toBe('… and 150 more against the rule: a transfer has at least two entries');
});
