/** What of a payment can still be given back: what was collected, less what refunds have of it and what its provider took back. */
import { type Reader, statement } from '../db/store.ts';
import { refundedFeeMinor } from '../ledger/postings.ts';
import { sourcesOf } from '../ledger/sources.ts';
import type { Payment } from '../payments/payment.ts';
import type { ToldRefund } from '../providers/provider.ts';
import { type Refund, refundSource, refundsOfPayment } from './refund.ts';

/** Of a payment, in minor units: an amount, and the platform's share of it. */
interface Part {
  amountMinor: number;
  feeMinor: number;
}

/** What the ledger says its provider took of a payment and has not given back. */
const takenOf = statement<{ minor: number }>(`
  SELECT CAST(coalesce(sum(e.amount_minor), 0) AS BIGINT) AS minor
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'clearing'
  WHERE t.source IN (${sourcesOf(':payment')}) AND t.posting IN ('collectReversed', 'collectRestored')`);

const laterTaking = statement<{ id: number }>(`
  SELECT taking.id FROM ledger_transfers taking JOIN ledger_transfers hold ON hold.posting IN ('refundHeld', 'refundMadeThere') AND hold.source = :refund AND hold.id < taking.id
  WHERE taking.posting = 'collectReversed' AND taking.source IN (${sourcesOf(':payment')})`);

/** Paid after its hold was released, all of it by the app: of such a refund the platform has given nothing. */
const PAID_LATE = (source: string) => `EXISTS (SELECT 1 FROM ledger_transfers late WHERE late.posting = 'refundPaidLate' AND late.source IN (${sourcesOf(source)}))`;

const feesGiven = statement<{ feeMinor: number }>(`
  SELECT CAST(coalesce(sum(fee_minor), 0) AS BIGINT) AS "feeMinor" FROM refunds
  WHERE payment_id = :id AND status <> 'failed' AND reversed_at IS NULL AND NOT ${PAID_LATE(`'refund:' || refunds.id`)}`);

const paidLate = statement<{ id: number }>(`SELECT id FROM refunds WHERE id = :id AND ${PAID_LATE(`'refund:' || refunds.id`)}`);

const walletGave = statement<{ minor: number }>(`
  SELECT CAST(coalesce(-sum(e.amount_minor), 0) AS BIGINT) AS minor
  FROM ledger_transfers t JOIN ledger_entries e ON e.transfer_id = t.id JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'wallet'
  WHERE t.source = :source AND t.posting IN ('refundMadeThere', 'shortfallRecovered')`);

/** What the wallet gave for a refund that was made at the provider, at once and for what it was short of. */
export async function walletGaveFor(reader: Reader, refund: Refund): Promise<number> {
  return (await reader.get(walletGave, { source: refundSource(refund) }))!.minor;
}

/** What of its fee the platform has given back with refunds of a payment, in minor units. */
export async function feesGivenBackOf(reader: Reader, { id }: Pick<Payment, 'id'>): Promise<number> {
  return (await reader.get(feesGiven, { id }))!.feeMinor;
}

/** What comes back of a refund to the platform: its share, where it had given that. */
export async function feeThatComesBackOf(reader: Reader, { id, feeMinor }: Refund): Promise<number> {
  return (await reader.get(paidLate, { id })) === undefined ? feeMinor : 0;
}

/** Called by whoever holds the payment's `moneyBackLock`: until the commit it stays so. */
export async function givenBackOf(reader: Reader, payment: Payment): Promise<Part & { takenMinor: number; leftMinor: number }> {
  const refunds = (await reader.all(refundsOfPayment, { paymentId: payment.id })).filter(({ status, reversedAt }) => status !== 'failed' && reversedAt === null);
  const takenMinor = (await reader.get(takenOf, { payment: sourceOf(payment) }))!.minor;
  const amountMinor = refunds.reduce((sum, refund) => sum + refund.amountMinor, 0) + takenMinor;
  // Of what was taken the platform gave its share, too.
  const feeMinor = (await feesGivenBackOf(reader, payment)) + refundedFeeMinor(payment, { amountMinor: 0, feeMinor: 0 }, takenMinor);
  return { amountMinor, feeMinor, takenMinor, leftMinor: Math.max(0, payment.amountMinor - amountMinor) };
}

/** The refund of ours that a provider tells of: one that we asked for, or one that was made there and stands in our books. */
export function bookedAs(refunds: readonly Refund[], { reference, providerRef }: ToldRefund): Refund | undefined {
  return refunds.find((refund) => refund.reference === providerRef || refund.reference === reference || refund.providerRef === providerRef);
}

/** What a provider gave back of a payment by refunds that stand in no book here, in minor units. */
export async function unbookedOf(reader: Reader, { id, currency }: Pick<Payment, 'id' | 'currency'>, told: readonly ToldRefund[] = []): Promise<number> {
  const given = told.filter((refund) => refund.status === 'completed' && refund.currency === currency);
  if (given.length === 0) return 0;
  const booked = await reader.all(refundsOfPayment, { paymentId: id });
  return given.filter((refund) => bookedAs(booked, refund) === undefined).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** Whether its payment was taken back after a refund of it had been asked for: then what was taken is not known without it. */
export async function wasTakenSince(reader: Reader, refund: Refund, payment: Payment): Promise<boolean> {
  if (payment.reversedAt === null) return false;
  return (await reader.get(laterTaking, { refund: refundSource(refund), payment: sourceOf(payment) })) !== undefined;
}

function sourceOf({ id }: Payment): string {
  return `payment:${id}`;
}
