/** What `malipo verify` says of books in which money went back, came back or left late, after somebody tampered with them. */
import { expect, test } from 'vitest';
import { moneyBackVerifiedAfter } from '../support/damaged-books.ts';

function of(posting: string, source: string): string {
  return `(SELECT id FROM ledger_transfers WHERE posting = '${posting}' AND source = '${source}')`;
}

/** Each of them still sums to zero. */
function times(factor: number, posting: string, source: string): string {
  return `UPDATE ledger_entries SET amount_minor = amount_minor * ${factor} WHERE transfer_id = ${of(posting, source)}`;
}

function without(posting: string, source: string): string[] {
  return [`DELETE FROM ledger_entries WHERE transfer_id = ${of(posting, source)}`, `DELETE FROM ledger_transfers WHERE posting = '${posting}' AND source = '${source}'`];
}

/** Moves what a transfer moved in accounts of one kind to another account. */
function into(account: string, kind: string, posting: string, source: string): string {
  return `UPDATE ledger_entries SET account_id = ${account} WHERE transfer_id = ${of(posting, source)} AND account_id IN (SELECT id FROM ledger_accounts WHERE kind = '${kind}')`;
}

const FEES = `(SELECT id FROM ledger_accounts WHERE kind = 'fees')`;
const WALLET = `(SELECT id FROM ledger_accounts WHERE kind = 'wallet')`;
const OTHER_WALLET = `INSERT INTO ledger_accounts (id, app_id, kind, provider, currency, mode) VALUES (90, 2, 'wallet', 'iotec', 'UGX', 'live')`;

test('sound books have nothing to say', async () => {
  expect(await moneyBackVerifiedAfter()).toEqual([]);
});

test('a payment that was taken back, and does not say so, is named, and one that says so and was not', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE payments SET reversed_at = NULL WHERE id = 2')).toEqual([
    'Payment 2 (dgw_2) is completed, does not say that it was reversed, and has 1 reversals in the ledger',
  ]);
  expect(await moneyBackVerifiedAfter('UPDATE payments SET reversed_at = 1 WHERE id IN (1, 3)')).toEqual([
    'Payment 1 (dgw_1) is completed, says that it was reversed, and has 0 reversals in the ledger',
    'Payment 3 (dgw_3) is completed, says that it was reversed, and has 0 reversals in the ledger',
  ]);
});

test('more taken back than was paid is named, and what was taken from somebody else', async () => {
  const named = /^Payment 2 \(dgw_2\) of 100000 was reversed by transfer \d+ with/;
  expect(await moneyBackVerifiedAfter(times(3, 'collectReversed', 'payment:2'))).toContainEqual(expect.stringMatching(named));
  expect(await moneyBackVerifiedAfter(OTHER_WALLET, into('90', 'wallet', 'collectReversed', 'payment:2'))).toContainEqual(
    expect.stringMatching(/^Payment 2 \(dgw_2\) of 100000 was reversed by transfer \d+ with 40000 at its provider, 0 in its wallet and -3200 in fees \(minor units\)$/),
  );
});

test('more recovered of a shortfall than the platform had lost is named', async () => {
  expect(await moneyBackVerifiedAfter(times(3, 'shortfallRecovered', 'payment:5'))).toEqual([
    'Of payment 5 (dgw_5) 15000 were recovered from -15000 of its wallet, and the platform had lost 13000 (minor units)',
  ]);
});

test('what was restored in another amount, or to somebody else, is named', async () => {
  expect(await moneyBackVerifiedAfter(into(FEES, 'wallet', 'collectRestored', 'payment:3'))).toEqual([
    'Payment 3 (dgw_3) was restored, and of what was taken back 0 at its provider and -92000 in its wallet are missing or too much (minor units)',
  ]);
  expect(await moneyBackVerifiedAfter(times(2, 'collectRestored', 'payment:3'))).toEqual([
    'Payment 3 (dgw_3) was restored, and of what was taken back -100000 at its provider and 92000 in its wallet are missing or too much (minor units)',
  ]);
});

test('what a person entered when it happened once more is looked at as the first time was', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE payments SET reversed_at = NULL WHERE id = 9')).toEqual([
    'Payment 9 (dgw_9) is completed, does not say that it was reversed, and has 1 reversals in the ledger',
  ]);
  expect(await moneyBackVerifiedAfter(times(3, 'collectReversed', 'review:1'))).toContainEqual(expect.stringMatching(/^Payment 9 \(dgw_9\) of 100000 was reversed by transfer \d+ with 120000 at its provider/));
  expect(await moneyBackVerifiedAfter(into(WALLET, 'fees', 'payoutAbsorbed', 'review:2'))).toEqual([
    'Payout 10 (dgw_10) is failed and was released 1 times, and the platform bore 6000 of it, had 3000 back and paid 0 out of fees (minor units)',
  ]);
  expect(await moneyBackVerifiedAfter(`UPDATE reviews SET subject = 'payment:404' WHERE id = 1`)).toEqual([
    expect.stringMatching(/^Transfer \d+ \(collectReversed\) is of payment:404, which is no record of its kind$/),
    'Payment 9 (dgw_9) is completed, says that it was reversed, and has 0 reversals in the ledger',
  ]);
});

test('what is said to be of something that does not exist, or of another kind of thing, is named', async () => {
  const moved = [
    ['collectReversed', 'payment:5', 'payment:6'],
    ['shortfallRecovered', 'payment:5', 'payment:404'],
    ['payoutReversed', 'payment:6', 'payment:1'],
    ['payoutAbsorbed', 'payment:8', 'payment:404'],
    ['withdrawalReversed', 'withdrawal:1', 'payment:6'],
    ['refundReversed', 'refund:5', 'refund:404'],
    ['absorbedReturned', 'payment:8', 'payment:1'],
  ] as const;
  const found = await moneyBackVerifiedAfter(...moved.map(([posting, source, other]) => `UPDATE ledger_transfers SET source = '${other}' WHERE id = ${of(posting, source)}`));
  for (const [posting, , other] of moved) expect(found).toContainEqual(expect.stringMatching(new RegExp(`^Transfer \\d+ \\(${posting}\\) is of ${other}, which is no record of its kind$`)));
});

test('money out that moved another amount is named, whatever moved it', async () => {
  const moved = [
    ...[['payoutHeld', 'payment:6'], ['payoutSent', 'payment:6'], ['payoutReleased', 'payment:7'], ['payoutReversed', 'payment:6'], ['payoutPaidLate', 'payment:7']],
    ...[['withdrawalHeld', 'withdrawal:1'], ['withdrawalPaid', 'withdrawal:1'], ['withdrawalReleased', 'withdrawal:2'], ['withdrawalReversed', 'withdrawal:1'], ['withdrawalPaidLate', 'withdrawal:2']],
    ...[['refundHeld', 'refund:1'], ['refundPaid', 'refund:1'], ['refundReleased', 'refund:2'], ['refundReversed', 'refund:5'], ['refundPaidLate', 'refund:7']],
  ] as const;
  const found = await moneyBackVerifiedAfter(...moved.map(([posting, source]) => times(2, posting!, source!)));
  for (const [posting] of moved) expect(found).toContainEqual(expect.stringMatching(new RegExp(`^\\w+ \\d \\(dgw_\\w+\\) of \\d+ moved .* by transfer \\d+ \\(${posting}, minor units\\)$`)));
});

test('money out that came out of the fees, or of another app, is named', async () => {
  const moved = /^Payout 7 \(dgw_7\) of 3000 moved 3000 at its provider, 0 in its wallet, 0 in its held account and .* in fees by transfer \d+ \(payoutPaidLate, minor units\)$/;
  for (const account of [FEES, '90']) expect(await moneyBackVerifiedAfter(OTHER_WALLET, into(account, 'wallet', 'payoutPaidLate', 'payment:7'))).toContainEqual(expect.stringMatching(moved));
});

test('a refund that gave back another fee is named, though it balances', async () => {
  const found = await moneyBackVerifiedAfter(`UPDATE ledger_entries SET amount_minor = amount_minor + CASE account_id WHEN ${FEES} THEN 1 WHEN ${WALLET} THEN -1 ELSE 0 END WHERE transfer_id = ${of('refundHeld', 'refund:3')}`);
  expect(found).toEqual([expect.stringMatching(/^Refund 3 \(dgw_r3\) of 20000 moved 0 at its provider, -18401 in its wallet, 20000 in its held account and -1599 in fees by transfer \d+ \(refundHeld, minor units\)$/)]);
});

test('a payout that is paid late, and has not completed, is named', async () => {
  const found = await moneyBackVerifiedAfter(`UPDATE payments SET status = 'failed', failure_reason = 'x', completed_at = NULL WHERE id = 7`);
  expect(found).toEqual([expect.stringMatching(/^Transfer \d+ sends payment:7, which is no completed payout$/)]);
});

test.each([
  ['is not over', `UPDATE refunds SET status = 'pending', failure_reason = '' WHERE id = 6`, 'Refund 6 (dgw_r6) is pending and was released 1 times, and the platform bore 10000 of it, had 0 back and paid 10000 out of fees (minor units)'],
  ['came back twice over', times(2, 'absorbedReturned', 'payment:8'), 'Payout 8 (dgw_8) is failed and was released 1 times, and the platform bore 3000 of it, had 6000 back and paid -3000 out of fees (minor units)'],
  ['was paid by the app', into(WALLET, 'fees', 'withdrawalAbsorbed', 'withdrawal:3'), 'Withdrawal 3 (dgw_w3) is failed and was released 1 times, and the platform bore 3000 of it, had 0 back and paid 0 out of fees (minor units)'],
])('what the platform bore, and that %s, is named', async (_, damage, sentence) => {
  expect(await moneyBackVerifiedAfter(damage)).toContain(sentence);
});

test('what came back to the platform that had borne nothing is named, and what it bore that was never released', async () => {
  expect(await moneyBackVerifiedAfter(...without('payoutAbsorbed', 'payment:8'))).toEqual([
    'Payout 8 (dgw_8) is failed and was released 1 times, and the platform bore 0 of it, had 3000 back and paid -3000 out of fees (minor units)',
  ]);
  expect(await moneyBackVerifiedAfter(...without('withdrawalReleased', 'withdrawal:3'))).toContain(
    'Withdrawal 3 (dgw_w3) is failed and was released 0 times, and the platform bore 3000 of it, had 0 back and paid 3000 out of fees (minor units)',
  );
});

test('a withdrawal that came back, and does not say so, is named, and one that says so and did not', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE withdrawals SET reversed_at = CASE id WHEN 2 THEN 1 END WHERE id < 3')).toEqual([
    'Withdrawal 1 (dgw_w1) is completed and has 1 reversals in the ledger, which is not what it says',
    'Withdrawal 2 (dgw_w2) is completed and has 0 reversals in the ledger, which is not what it says',
  ]);
});

test('a refund that failed and was not released is named', async () => {
  expect(await moneyBackVerifiedAfter(...without('refundReleased', 'refund:2'))).toEqual([
    'App 1 has 10000 minor units more held at iotec (UGX, live) than its open payouts and withdrawals',
    'Refund 2 (dgw_r2) is failed, and was held 1, paid 0 and released 0 times in the ledger',
  ]);
});

test('a refund that came back, and does not say so, is named', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE refunds SET reversed_at = NULL WHERE id = 5')).toEqual([
    'Refund 5 (dgw_r5) is completed, does not say that it came back, and has 1 reversals in the ledger',
    'Payment 4 (dgw_4) of 100000 says that 10000 were refunded; its refunds are 30000 completed and 0 under way (minor units)',
  ]);
});

test('what left again after it had come back, and says that it is back, is named', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE payments SET reversed_at = 1 WHERE id = 11')).toEqual(['Payment 11 (dgw_11) is completed, says that it was reversed, and has 0 reversals in the ledger']);
  expect(await moneyBackVerifiedAfter('UPDATE withdrawals SET reversed_at = 1 WHERE id = 4')).toEqual(['Withdrawal 4 (dgw_w4) is completed and has 0 reversals in the ledger, which is not what it says']);
  expect(await moneyBackVerifiedAfter('UPDATE refunds SET reversed_at = 1 WHERE id = 8')).toContain('Refund 8 (dgw_r8) is completed, says that it came back, and has 0 reversals in the ledger');
});

test('what left again in another amount, or for nothing that had come back, is named', async () => {
  expect(await moneyBackVerifiedAfter(times(2, 'payoutPaidLate', 'review:3'))).toContainEqual(expect.stringMatching(/^Payout 11 \(dgw_11\) of 3000 moved 6000 at its provider, -6000 in its wallet/));
  expect(await moneyBackVerifiedAfter(times(2, 'refundPaidLate', 'review:5'))).toContainEqual(expect.stringMatching(/^Refund 8 \(dgw_r8\) of 5000 moved 10000 at its provider, -10000 in its wallet/));
  expect(await moneyBackVerifiedAfter(`UPDATE reviews SET subject = 'withdrawal:1' WHERE id = 4`)).toEqual([
    'Withdrawal 1 (dgw_w1) is completed and has 0 reversals in the ledger, which is not what it says',
    'Withdrawal 4 (dgw_w4) is completed and has 1 reversals in the ledger, which is not what it says',
  ]);
});

test('a refund that was made at its provider is named where it says or moved something else', async () => {
  expect(await moneyBackVerifiedAfter(`UPDATE refunds SET reference = 'dgw_r9' WHERE id = 9`)).toEqual(['Refund 9 (dgw_r9) was made at its provider, where its name is re_9, and is not told as that']);
  expect(await moneyBackVerifiedAfter(`UPDATE refunds SET reversed_at = NULL WHERE id = 10`)).toContain('Refund 10 (re_10) is completed, does not say that it came back, and has 1 reversals in the ledger');
  expect(await moneyBackVerifiedAfter(`UPDATE refunds SET status = 'failed', completed_at = NULL, failure_reason = 'no' WHERE id = 9`)).toContain('Refund 9 (re_9) is failed, and was held 0, paid 1 and released 0 times in the ledger');
  expect(await moneyBackVerifiedAfter(...without('refundMadeThere', 'refund:9'))).toContain('Refund 9 (re_9) is completed, and was held 0, paid 0 and released 0 times in the ledger');
  expect(await moneyBackVerifiedAfter(times(2, 'refundMadeThere', 'refund:9'))).toEqual([
    'Refund 9 (re_9) of 10000 was made at its provider with 20000, of which its wallet gave 10400, and 1000 were recovered; it is completed, and 20000 are missing at its provider (minor units)',
  ]);
  expect(await moneyBackVerifiedAfter(OTHER_WALLET, into('90', 'wallet', 'refundMadeThere', 'refund:9'))).toContainEqual(expect.stringMatching(/^Refund 9 \(re_9\) of 10000 was made at its provider with 10000, of which its wallet gave 0,/));
});

test('more recovered of such a refund than the platform bore is named, and one that was undone in another amount, or for somebody else', async () => {
  expect(await moneyBackVerifiedAfter(times(5, 'shortfallRecovered', 'refund:9'))).toEqual([
    'Refund 9 (re_9) of 10000 was made at its provider with 10000, of which its wallet gave 5200, and 5000 were recovered; it is completed, and 10000 are missing at its provider (minor units)',
  ]);
  const named = /^Refund 10 \(re_10\) of 20000 was made at its provider with 20000, of which its wallet gave 18400, and 0 were recovered; it is reversed/;
  expect(await moneyBackVerifiedAfter(times(2, 'refundUndoneThere', 'refund:10'))).toContainEqual(expect.stringMatching(named));
  expect(await moneyBackVerifiedAfter(into(FEES, 'wallet', 'refundUndoneThere', 'refund:10'))).toContainEqual(expect.stringMatching(named));
});

test('refunds beyond what was paid, or beyond what was left of it, are named', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE refunds SET amount_minor = 80000 WHERE id = 3')).toContain(
    'Payment 1 (dgw_1) of 100000 says that 30000 were refunded; its refunds are 30000 completed and 80000 under way (minor units)',
  );
  expect(await moneyBackVerifiedAfter('UPDATE refunds SET amount_minor = 60100 WHERE id = 4', 'UPDATE payments SET refunded_minor = 60100 WHERE id = 2')).toContain(
    'Of payment 2 (dgw_2) of 100000 the provider took 40000 back, and 60100 were refunded since or before (minor units)',
  );
});

test('a payment that says it was refunded, and has no refund, is named', async () => {
  expect(await moneyBackVerifiedAfter('UPDATE payments SET refunded_minor = 500 WHERE id = 3')).toEqual(['Payment 3 (dgw_3) says that 500 minor units were refunded, and has no refund']);
});

test('an open refund that nobody will follow is named', async () => {
  expect(await moneyBackVerifiedAfter('DELETE FROM jobs')).toEqual(['Refund 3 (dgw_r3) is pending and no job will ever follow it']);
});

test('a refund that ended without a reason or a time is named', async () => {
  expect(await moneyBackVerifiedAfter(`UPDATE refunds SET failure_reason = '', completed_at = NULL WHERE id < 3`)).toEqual([
    'Refund 1 (dgw_r1) is completed without a reason or time, or with one it should not have',
    'Refund 2 (dgw_r2) is failed without a reason or time, or with one it should not have',
  ]);
});
