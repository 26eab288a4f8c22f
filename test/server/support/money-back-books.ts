import { statement, type Transaction } from '../../../server/db/store.ts';
import * as ledger from '../../../server/ledger/postings.ts';
import { EVENT_AT, movement, openAppsIn, postIn, writePaymentIn } from './books.ts';

const insertRefund = statement(`
  INSERT INTO refunds (id, reference, app_id, payment_id, mode, provider, currency, method, amount_minor, fee_minor, status, submission, failure_reason, created_at, sent_at, updated_at, completed_at, reversed_at)
  VALUES (:id, :reference, 1, :paymentId, 'live', 'iotec', 'UGX', 'by_payout', :amountMinor, :feeMinor, :status, 'sent', :failureReason, ${EVENT_AT}, ${EVENT_AT}, ${EVENT_AT}, :completedAt, :reversedAt)`);

const insertRefundMadeThere = statement(`
  INSERT INTO refunds (id, reference, provider_ref, app_id, payment_id, mode, provider, currency, method, amount_minor, fee_minor, status, submission, failure_reason, created_at, sent_at, updated_at, completed_at, reversed_at)
  VALUES (:id, :name, :name, 1, 12, 'live', 'iotec', 'UGX', 'itself', :amountMinor, :feeMinor, :status, 'sent', :failureReason, ${EVENT_AT}, ${EVENT_AT}, ${EVENT_AT}, :completedAt, :reversedAt)`);

const insertWithdrawal = statement(`
  INSERT INTO withdrawals (id, reference, app_id, provider, currency, amount_minor, method, destination, status, submission, failure_reason, created_at, updated_at, completed_at, reversed_at)
  VALUES (:id, :reference, 1, 'iotec', 'UGX', :amountMinor, 'mobile_money', '256771234567', :status, 'sent', :failureReason, ${EVENT_AT}, ${EVENT_AT}, :completedAt, :reversedAt)`);

const insertReview = statement(`
  INSERT INTO reviews (id, subject, kind, detail, created_at, resolved_at, resolution) VALUES (:id, :subject, :kind, '{}', ${EVENT_AT}, ${EVENT_AT}, :resolution)`);

const insertFollowing = statement(`INSERT INTO jobs (kind, subject, run_at, created_at) VALUES ('refund.follow', 'refund:3', ${EVENT_AT}, ${EVENT_AT})`);

const markReversed = statement('UPDATE payments SET reversed_at = :at WHERE id = :id');
const markRefunded = statement('UPDATE payments SET refunded_minor = :minor WHERE id = :id');

type Ended = { status: 'completed'; reversedAt?: number } | { status: 'pending' | 'failed' };

/** How a row says that it ended. */
function endOf(ended: Ended) {
  const isCompleted = ended.status === 'completed';
  return { status: ended.status, completedAt: isCompleted ? EVENT_AT : null, reversedAt: isCompleted ? (ended.reversedAt ?? null) : null, failureReason: ended.status === 'failed' ? 'no' : '' };
}

const FEE_SHARE = 0.08;

function collected(id: number, amountMinor: number) {
  return { ...movement({ source: `payment:${id}`, amountMinor }), feeMinor: amountMinor * FEE_SHARE };
}

/**
 * Books in order in which everything went back or came back once. Payments, each of UGX 1,000 with a fee of 80: 1 was refunded in part (refund 1
 * of UGX 300, refund 2 failed, refund 3 is open), 2 was taken back in part and its rest refunded (refund 4 of UGX 600),
 * 3 was taken back and given back, 4 was refunded and that came back (refund 5 of UGX 200), then given up, paid and borne
 * (refund 6 of UGX 100), and given up and paid late (refund 7 of UGX 50), 5 was taken back when the wallet was short of UGX 50 of it, which it has paid since.
 * Payouts 6 (reversed), 7 (paid late) and 8 (borne, and returned), and withdrawals 1, 2 and 3 (borne) likewise, each of UGX 30.
 * Once more, as a person decided: payment 9 was taken back whole, given back, and taken back in part (review 1, of UGX 400), and
 * payout 10 of UGX 30 borne, returned, and borne again (review 2). Payout 11, withdrawal 4 and refund 8 of UGX 50 (of payment 4)
 * came back and left again, which the app pays for (reviews 3, 4 and 5). Of payment 12 UGX 100 were given back at its provider (refund
 * 9, `re_9`) when the wallet was short of UGX 40 of it, of which it has paid 10 since, and UGX 200 (refund 10, `re_10`), which came back.
 */
export async function writeMoneyBackBooks(tx: Transaction): Promise<void> {
  const refunded = async (id: number, paymentId: number, amountMinor: number, ended: Ended) => {
    const feeMinor = amountMinor * FEE_SHARE;
    await tx.run(insertRefund, { id, reference: `dgw_r${id}`, paymentId, amountMinor, feeMinor, ...endOf(ended) });
    const moved = { ...movement({ source: `refund:${id}`, amountMinor }), feeMinor };
    await postIn(tx, ledger.refundHeld(moved));
    return moved;
  };

  await openAppsIn(tx, 1, 2);
  for (const id of [1, 2, 3, 4, 5, 9]) await writePaymentIn(tx, { id, status: 'completed', amountMinor: 100_000, feeMinor: 8_000 }, ledger.collectSettled(collected(id, 100_000)));

  await postIn(tx, ledger.refundPaid(await refunded(1, 1, 30_000, { status: 'completed' })));
  await postIn(tx, ledger.refundReleased(await refunded(2, 1, 10_000, { status: 'failed' })));
  await refunded(3, 1, 20_000, { status: 'pending' });
  await tx.run(insertFollowing);
  await tx.run(markRefunded, { id: 1, minor: 30_000 });

  await postIn(tx, ledger.collectReversed({ ...collected(2, 40_000), shortMinor: 0 }));
  await tx.run(markReversed, { id: 2, at: EVENT_AT });
  await postIn(tx, ledger.refundPaid(await refunded(4, 2, 60_000, { status: 'completed' })));
  await tx.run(markRefunded, { id: 2, minor: 60_000 });

  await postIn(tx, ledger.collectReversed({ ...collected(3, 100_000), shortMinor: 0 }), ledger.collectRestored({ ...collected(3, 100_000), walletMinor: 92_000 }));

  const cameBack = await refunded(5, 4, 20_000, { status: 'completed', reversedAt: EVENT_AT });
  const borne = await refunded(6, 4, 10_000, { status: 'failed' });
  const paidLate = await refunded(7, 4, 5_000, { status: 'completed' });
  await postIn(tx, ledger.refundPaid(cameBack), ledger.refundReversed(cameBack), ledger.refundReleased(borne), ledger.refundAbsorbed(borne), ledger.refundReleased(paidLate), ledger.refundPaidLate(paidLate));
  await tx.run(markRefunded, { id: 4, minor: 5_000 });

  await postIn(tx, ledger.collectReversed({ ...collected(5, 100_000), shortMinor: 5_000 }), ledger.shortfallRecovered(movement({ source: 'payment:5', amountMinor: 5_000 })));
  await tx.run(markReversed, { id: 5, at: EVENT_AT });

  const out = (source: string) => movement({ source, amountMinor: 3_000 });
  const [sixth, seventh, eighth] = [6, 7, 8].map((id) => out(`payment:${id}`)) as [ledger.Movement, ledger.Movement, ledger.Movement];
  const payout = { amountMinor: 3_000, direction: 'disburse' } as const;
  await writePaymentIn(tx, { id: 6, status: 'completed', ...payout }, ledger.payoutHeld(sixth), ledger.payoutSent(sixth), ledger.payoutReversed(sixth));
  await tx.run(markReversed, { id: 6, at: EVENT_AT });
  await writePaymentIn(tx, { id: 7, status: 'completed', ...payout }, ledger.payoutHeld(seventh), ledger.payoutReleased(seventh), ledger.payoutPaidLate(seventh));
  await writePaymentIn(tx, { id: 8, status: 'failed', ...payout }, ledger.payoutHeld(eighth), ledger.payoutReleased(eighth), ledger.payoutAbsorbed(eighth), ledger.absorbedReturned(eighth));

  await postIn(tx, ledger.collectReversed({ ...collected(9, 100_000), shortMinor: 0 }), ledger.collectRestored({ ...collected(9, 100_000), walletMinor: 92_000 }));
  await tx.run(insertReview, { id: 1, subject: 'payment:9', kind: 'reversal_mismatch', resolution: 'accept' });
  await postIn(tx, ledger.collectReversed({ ...collected(9, 40_000), source: 'review:1', shortMinor: 0 }));
  await tx.run(markReversed, { id: 9, at: EVENT_AT });
  const tenth = out('payment:10');
  await writePaymentIn(tx, { id: 10, status: 'failed', ...payout }, ledger.payoutHeld(tenth), ledger.payoutReleased(tenth), ledger.payoutAbsorbed(tenth), ledger.absorbedReturned(tenth));
  await tx.run(insertReview, { id: 2, subject: 'payment:10', kind: 'paid_after_release', resolution: 'absorb' });
  await postIn(tx, ledger.payoutAbsorbed(out('review:2')));

  const madeThere = async (id: number, amountMinor: number, shortMinor: number, ended: Ended) => {
    const moved = { ...movement({ source: `refund:${id}`, amountMinor }), feeMinor: amountMinor * FEE_SHARE, shortMinor };
    await tx.run(insertRefundMadeThere, { id, name: `re_${id}`, amountMinor, feeMinor: moved.feeMinor, ...endOf(ended) });
    await postIn(tx, ledger.refundMadeThere(moved));
    return moved;
  };
  await writePaymentIn(tx, { id: 12, status: 'completed', amountMinor: 100_000, feeMinor: 8_000 }, ledger.collectSettled(collected(12, 100_000)));
  const short = await madeThere(9, 10_000, 4_000, { status: 'completed' });
  const undone = await madeThere(10, 20_000, 0, { status: 'completed', reversedAt: EVENT_AT });
  await postIn(tx, ledger.shortfallRecovered({ ...short, amountMinor: 1_000 }), ledger.refundUndoneThere({ ...undone, walletMinor: 18_400 }));
  await tx.run(markRefunded, { id: 12, minor: 10_000 });

  const withdrawn = async (id: number, ended: Ended, ...after: ((moved: ledger.Movement) => ledger.Posting)[]) => {
    await tx.run(insertWithdrawal, { id, reference: `dgw_w${id}`, amountMinor: 3_000, ...endOf(ended) });
    for (const posting of [ledger.withdrawalHeld, ...after]) await postIn(tx, posting(out(`withdrawal:${id}`)));
  };
  await withdrawn(1, { status: 'completed', reversedAt: EVENT_AT }, ledger.withdrawalPaid, ledger.withdrawalReversed);
  await withdrawn(2, { status: 'completed' }, ledger.withdrawalReleased, ledger.withdrawalPaidLate);
  await withdrawn(3, { status: 'failed' }, ledger.withdrawalReleased, ledger.withdrawalAbsorbed);

  await writePaymentIn(tx, { id: 11, status: 'completed', ...payout }, ...[ledger.payoutHeld, ledger.payoutSent, ledger.payoutReversed].map((posting) => posting(out('payment:11'))));
  await withdrawn(4, { status: 'completed' }, ledger.withdrawalPaid, ledger.withdrawalReversed);
  const leftAgain = await refunded(8, 4, 5_000, { status: 'completed' });
  await postIn(tx, ledger.refundPaid(leftAgain), ledger.refundReversed(leftAgain));
  await tx.run(markRefunded, { id: 4, minor: 10_000 });
  for (const [id, subject] of ['payment:11', 'withdrawal:4', 'refund:8'].entries()) await tx.run(insertReview, { id: id + 3, subject, kind: 'paid_after_release', resolution: 'charge' });
  await postIn(tx, ledger.payoutPaidLate(out('review:3')), ledger.withdrawalPaidLate(out('review:4')), ledger.refundPaidLate({ ...leftAgain, source: 'review:5' }));
}
