/** Money that leaves: payouts, withdrawals and refunds, and what each of their transfers moved. */
import { POSTING_NAMES, type PostingName } from '../ledger/postings.ts';
import { literals, rule, type Rule } from '../ledger/rule.ts';
import { SUBJECT, sourcesOf, TRANSFERS } from '../ledger/sources.ts';

/** A payout, a withdrawal or a refund; amounts in minor units. */
interface Out {
  what: string;
  id: number;
  reference: string;
  status: string;
}

const STANDING = `CASE WHEN reversed_at IS NULL THEN status ELSE 'reversed' END`;

const OUT = `
  SELECT 'Payout' AS what, 'payment:' || id AS source, id, reference, ${STANDING} AS status, app_id, provider, currency, mode, amount_minor, 0 AS fee_minor FROM payments WHERE direction = 'disburse'
  UNION ALL SELECT 'Withdrawal', 'withdrawal:' || id, id, reference, ${STANDING}, app_id, provider, currency, 'live', amount_minor, 0 FROM withdrawals
  UNION ALL SELECT 'Refund', 'refund:' || id, id, reference, ${STANDING}, app_id, provider, currency, mode, amount_minor, fee_minor FROM refunds`;

/** In whose accounts transfers move: by kind, where the app, provider, currency and mode are the record's own. */
type Kind = 'clearing' | 'wallet' | 'held' | 'fees';

/** What each posting moves of its record's amount and fee, in SQL; nothing where nothing is said. As in `ledger/postings.ts`. */
const MOVES: Readonly<Partial<Record<PostingName, Readonly<Partial<Record<Kind, string>>>>>> = {
  payoutHeld: { wallet: liveOnly('-amount'), clearing: testOnly('-amount'), held: 'amount' },
  payoutSent: { held: '-amount', clearing: 'amount' },
  payoutReleased: { held: '-amount', wallet: liveOnly('amount'), clearing: testOnly('amount') },
  payoutReversed: { clearing: '-amount', wallet: 'amount' },
  payoutPaidLate: { wallet: '-amount', clearing: 'amount' },
  withdrawalHeld: { wallet: '-amount', held: 'amount' },
  withdrawalPaid: { held: '-amount', clearing: 'amount' },
  withdrawalReleased: { held: '-amount', wallet: 'amount' },
  withdrawalReversed: { clearing: '-amount', wallet: 'amount' },
  withdrawalPaidLate: { wallet: '-amount', clearing: 'amount' },
  refundHeld: { wallet: 'fee - amount', held: 'amount', fees: '-fee' },
  refundPaid: { held: '-amount', clearing: 'amount' },
  refundReleased: { held: '-amount', wallet: 'amount - fee', fees: 'fee' },
  refundReversed: { clearing: '-amount', wallet: 'amount - fee', fees: 'fee' },
  refundPaidLate: { wallet: '-amount', clearing: 'amount' },
};

const BORNE = ['payoutAbsorbed', 'withdrawalAbsorbed', 'refundAbsorbed'] as const;
const RELEASED = ['payoutReleased', 'withdrawalReleased', 'refundReleased', 'payoutReversed', 'withdrawalReversed', 'refundReversed'] as const;

/** Of what kind of record each posting is, where no other rule says so. */
const OF: ReadonlyArray<{ records: string; postings: readonly PostingName[] }> = [
  { records: `SELECT 'payment:' || id FROM payments WHERE direction = 'collect'`, postings: ['collectReversed', 'collectRestored'] },
  { records: `SELECT source FROM (SELECT 'payment:' || id AS source FROM payments WHERE direction = 'collect' UNION ALL SELECT 'refund:' || id FROM refunds) takings`, postings: ['shortfallRecovered'] },
  { records: `SELECT 'payment:' || id FROM payments WHERE direction = 'disburse'`, postings: ['payoutHeld', 'payoutReleased', 'payoutReversed', 'payoutAbsorbed', 'payoutPaidLate'] },
  { records: `SELECT 'withdrawal:' || id FROM withdrawals`, postings: POSTING_NAMES.filter((name) => name.startsWith('withdrawal')) },
  { records: `SELECT 'refund:' || id FROM refunds`, postings: POSTING_NAMES.filter((name) => name.startsWith('refund')) },
  { records: `SELECT source FROM (${OUT}) records`, postings: ['absorbedReturned'] },
];

/** Of a refund that its app had paid all of, after its hold was released, no fee comes back. */
const FEE = `CASE WHEN t.posting = 'refundReversed' AND EXISTS (
  SELECT 1 FROM ledger_transfers late WHERE late.posting = 'refundPaidLate' AND late.id < t.id AND late.source IN (${sourcesOf('o.source')})) THEN 0 ELSE o.fee_minor END`;

/** Transfers of money out beside what they are of, and what each moved in the accounts that are its record's own. */
function movedBy(postings: readonly string[]): string {
  const sum = (kind: Kind) => `CAST(coalesce(sum(CASE WHEN a.kind = '${kind}' THEN e.amount_minor END), 0) AS BIGINT) AS "${kind}Minor"`;
  return `
    SELECT t.id AS "transferId", t.posting, o.what, o.id, o.reference, o.status, o.source, o.mode, o.amount_minor AS amount, ${FEE} AS fee,
      ${sum('clearing')}, ${sum('wallet')}, ${sum('held')}, ${sum('fees')}
    FROM ${TRANSFERS} JOIN (${OUT}) o ON o.source = ${SUBJECT}
    LEFT JOIN ledger_entries e ON e.transfer_id = t.id
    LEFT JOIN ledger_accounts a ON a.id = e.account_id AND a.provider = o.provider AND a.currency = o.currency AND a.mode = o.mode AND coalesce(a.app_id, o.app_id) = o.app_id
    WHERE t.posting IN (${literals(postings)})
    GROUP BY o.what, o.id, o.reference, o.status, o.source, o.mode, o.amount_minor, o.fee_minor, t.id, t.posting`;
}

function expected(kind: Kind): string {
  const cases = Object.entries(MOVES).map(([posting, moves]) => `WHEN '${posting}' THEN ${moves[kind] ?? '0'}`);
  return `CASE posting ${cases.join(' ')} END`;
}

interface Moved extends Out {
  amount: number;
  transferId: number;
  posting: string;
  clearingMinor: number;
  walletMinor: number;
  heldMinor: number;
  feesMinor: number;
}

/** Of payouts, withdrawals and refunds alike. */
export const MOVED_RIGHT: readonly Rule[] = [
  ...OF.map(({ records, postings }) =>
    rule<{ id: number; posting: string; source: string }>(
      `a transfer of ${postings[0]} and its like has a record`,
      `SELECT t.id, t.posting, ${SUBJECT} AS source FROM ${TRANSFERS} WHERE t.posting IN (${literals(postings)}) AND ${SUBJECT} IN (
         SELECT ${SUBJECT} FROM ${TRANSFERS} WHERE t.posting IN (${literals(postings)}) EXCEPT ${records})`,
      (row) => `Transfer ${row.id} (${row.posting}) is of ${row.source}, which is no record of its kind`,
    ),
  ),

  rule<Moved>(
    'money out moves by its own amount, between its own accounts',
    `SELECT * FROM (${movedBy(Object.keys(MOVES))}) moved
     WHERE "clearingMinor" <> ${expected('clearing')} OR "walletMinor" <> ${expected('wallet')} OR "heldMinor" <> ${expected('held')} OR "feesMinor" <> ${expected('fees')}`,
    (row) =>
      `${out(row)} of ${row.amount} moved ${row.clearingMinor} at its provider, ${row.walletMinor} in its wallet, ${row.heldMinor} in its held account ` +
      `and ${row.feesMinor} in fees by transfer ${row.transferId} (${row.posting}, minor units)`,
  ),

  rule<Out & Record<'amount' | 'madeMinor' | 'gaveMinor' | 'recoveredMinor' | 'missingMinor', number>>(
    'a refund that was made at its provider is of its amount, from its wallet and from fees, which are no more recovered than they gave, and gives all of that back when it is undone',
    `SELECT * FROM (
       SELECT what, id, reference, status, amount, fee,
         ${sumOf('refundMadeThere', 'clearing')} AS "madeMinor", -(${sumOf('refundMadeThere', 'wallet')}) AS "gaveMinor", ${sumOf('shortfallRecovered', 'fees')} AS "recoveredMinor",
         ${sumOf('refundMadeThere', 'held')} + ${sumOf('refundMadeThere', 'clearing')} + ${sumOf('refundMadeThere', 'wallet')} + ${sumOf('refundMadeThere', 'fees')} AS "strayMinor",
         ${sumOf('shortfallRecovered', 'wallet')} + ${sumOf('shortfallRecovered', 'fees')} AS "recoveredStrayMinor",
         count(CASE posting WHEN 'refundUndoneThere' THEN 1 END) AS undone, CAST(sum("clearingMinor") AS BIGINT) AS "missingMinor", CAST(sum("walletMinor") AS BIGINT) AS "missingInWalletMinor"
       FROM (${movedBy(['refundMadeThere', 'shortfallRecovered', 'refundUndoneThere'])}) moved GROUP BY what, id, reference, status, amount, fee) sums
     WHERE "madeMinor" <> amount OR "gaveMinor" NOT BETWEEN 0 AND amount - fee OR "strayMinor" <> 0 OR "recoveredStrayMinor" <> 0
       OR "recoveredMinor" NOT BETWEEN 0 AND amount - fee - "gaveMinor" OR (undone > 0 AND ("missingMinor" <> 0 OR "missingInWalletMinor" <> 0))`,
    (row) =>
      `${out(row)} of ${row.amount} was made at its provider with ${row.madeMinor}, of which its wallet gave ${row.gaveMinor}, and ${row.recoveredMinor} were recovered; ` +
      `it is ${row.status}, and ${row.missingMinor} are missing at its provider (minor units)`,
  ),

  rule<Out & { borneMinor: number; returnedMinor: number; feesMinor: number; releases: number }>(
    'what the platform bore had been released or was back, is paid for by fees alone, and came back no further than that',
    `SELECT * FROM (
       SELECT what, id, reference, status,
         CAST(sum(CASE posting WHEN 'absorbedReturned' THEN 0 ELSE "clearingMinor" END) AS BIGINT) AS "borneMinor",
         CAST(sum(CASE posting WHEN 'absorbedReturned' THEN -"clearingMinor" ELSE 0 END) AS BIGINT) AS "returnedMinor",
         CAST(sum("feesMinor") AS BIGINT) AS "feesMinor",
         (SELECT CAST(count(*) AS BIGINT) FROM ledger_transfers t WHERE t.source = moved.source AND t.posting IN (${literals(RELEASED)})) AS releases
       FROM (${movedBy([...BORNE, 'absorbedReturned'])}) moved GROUP BY what, id, reference, status, source) sums
     WHERE "borneMinor" < 1 OR "returnedMinor" < 0 OR "returnedMinor" > "borneMinor" OR "feesMinor" <> "returnedMinor" - "borneMinor"
       OR releases < 1 OR ("returnedMinor" < "borneMinor" AND status NOT IN ('failed', 'reversed'))`,
    (row) =>
      `${out(row)} is ${row.status} and was released ${row.releases} times, and the platform bore ${row.borneMinor} of it, had ${row.returnedMinor} back and ` +
      `paid ${-row.feesMinor} out of fees (minor units)`,
  ),
];

function sumOf(posting: PostingName, kind: Kind): string {
  return `CAST(coalesce(sum(CASE posting WHEN '${posting}' THEN "${kind}Minor" END), 0) AS BIGINT)`;
}

function liveOnly(amount: string): string {
  return `CASE mode WHEN 'live' THEN ${amount} ELSE 0 END`;
}

function testOnly(amount: string): string {
  return `CASE mode WHEN 'test' THEN ${amount} ELSE 0 END`;
}

function out({ what, id, reference }: Out): string {
  return `${what} ${id} (${reference})`;
}
