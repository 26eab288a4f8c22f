/**
 * After everything has settled: what the providers' own books say, and what ours say, of every attempt and of all the
 * money together. Each sentence is a promise of DESIGN § 1 that was broken.
 */
import { feeMinor } from '../../../server/core/money.ts';
import type { Store } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Difference } from '../../../server/reconciliation/reconcile.ts';
import type { Simulator } from '../../simulators/simulator.ts';
import { STRIPE_LIVE } from '../../simulators/stripe/stripe.ts';
import { CONTESTANTS } from '../providers/contract/contestants.ts';
import { type Evidence, isInAnotherCurrency, isReleasedByHand, judgeRow, type Verdict } from './expectations.ts';
import type { Attempt } from './merchants.ts';
import type { PaidByHand, Wish } from './operators.ts';
import { type OurBooks, type OurRow, readOurBooks } from './our-books.ts';
import { readTheirBooks, type TheirMovement } from './their-books.ts';
import { judgeAnswer, judgeEvents, readEvents } from './told.ts';

export interface Witnesses {
  store: Store;
  attempts: readonly Attempt[];
  simulators: readonly Simulator[];
  untold: ReadonlySet<object>;
  wishes: readonly Wish[];
  paidByHand: readonly PaidByHand[];
  surprises: readonly string[];
  differences: readonly Difference[];
  log: readonly string[];
}

export interface Judgement {
  problems: string[];
  /** How often each kind of thing ended how. */
  ends: Record<string, number>;
}

/** A row of ours beside what moved for it, and what is to be said of the two. */
interface Judged extends Evidence, Verdict {}

export async function judge(witnesses: Witnesses): Promise<Judgement> {
  const { store, attempts, paidByHand, surprises, differences, wishes } = witnesses;
  const ours = await readOurBooks(store.read);
  const theirs = readTheirBooks(witnesses.simulators, witnesses.untold, new Set(ours.rows.map(({ reference }) => reference)));
  const { pairs, problems } = pairUp(ours.rows, theirs);
  const events = await readEvents(store.read);
  const byHand = new Set(paidByHand.map(({ reference }) => reference));
  const judged = ours.rows.map((row): Judged => {
    const evidence = { row, movement: pairs.get(row), isPaidByHand: byHand.has(row.reference) };
    return { ...evidence, ...judgeRow(evidence) };
  });
  problems.push(
    ...(await verifyBooks(store.read)),
    ...surprises,
    ...judged.flatMap(({ problem }) => problem ?? []),
    ...attempts.flatMap((attempt) => judgeAttempt(attempt, { rows: ours.rows, pairs })),
    ...ours.rows.flatMap((row) => judgeEvents(row, events.get(row.subject) ?? [])),
    ...ours.rows.flatMap(judgeFee),
    ...judgeRefunds(ours, theirs, wishes),
    ...judgeTotals(ours, theirs, judged, paidByHand),
    ...judgeReconciliation(judged, differences),
    ...judgeLog(witnesses),
  );
  return { problems, ends: endsOf(judged, differences) };
}

/** Which movement is of which row: by the reference that both have, or by the number where the provider keeps none. */
function pairUp(rows: readonly OurRow[], theirs: readonly TheirMovement[]): { pairs: Map<OurRow, TheirMovement>; problems: string[] } {
  const pairs = new Map<OurRow, TheirMovement>();
  const problems: string[] = [];
  for (const movement of theirs) {
    const { slug, reference, msisdn, agreed } = movement;
    const row = rows.find((each) => each.provider === slug && (reference === '' ? each.phone === msisdn : each.reference === reference));
    if (row === undefined) problems.push(`${slug} has a movement of ${msisdn || agreed.amountMinor} under ${reference || 'no reference'}, which is none of ours`);
    else if (pairs.has(row)) problems.push(`${row.kind} ${row.name} (${row.reference}) was sent to ${slug} more than once`);
    else {
      pairs.set(row, movement);
      const isCorrected = row.reviews.get('amount_mismatch') === 'credit';
      const isAsMeant = msisdn === row.phone && agreed.currency === row.currency && (isCorrected || agreed.amountMinor === row.amountMinor);
      if (!isAsMeant) problems.push(`${row.kind} ${row.name} of ${row.amountMinor} ${row.currency} was sent to ${slug} as ${agreed.amountMinor} ${agreed.currency} for ${msisdn}`);
    }
  }
  return { pairs, problems };
}

function judgeAttempt(attempt: Attempt, { rows, pairs }: { rows: readonly OurRow[]; pairs: ReadonlyMap<OurRow, TheirMovement> }): string[] {
  const { name, path, amount, currency, answer } = attempt;
  const made = rows.filter((row) => row.kind !== 'refund' && row.name === name);
  const wasTaken = answer !== null && answer.status < 300;
  if (made.length > 1) return [`${path} of ${name} was made ${made.length} times`];
  if (made.length === 0) return wasTaken ? [`${path} of ${name} was answered ${answer.status}, and is nowhere`] : [];
  const [row] = made;
  const isAsAsked = row!.currency === currency && (row!.amountMinor === Math.round(amount * 100) || row!.reviews.has('amount_mismatch'));
  if (!isAsAsked) return [`${path} of ${name} was of ${amount} ${currency}, and is of ${row!.amountMinor} ${row!.currency}`];
  return judgeAnswer(attempt, row!, pairs.get(row!));
}

/** The platform takes its share of what was collected, gives no more than that back, and says where a wallet was short of the rest. */
function judgeFee({ kind, name, reference, amountMinor, feeMinor: feeOfRow, feeBasisPoints, givenByFeesMinor, reviews }: OurRow): string[] {
  if (kind !== 'collect') return [];
  // What a person corrected has the same share of another amount, rounded once more.
  const isShare = Math.abs(feeOfRow - feeMinor(amountMinor, feeBasisPoints)) <= (reviews.has('amount_mismatch') ? 1 : 0);
  if (!isShare) return [`${kind} ${name} (${reference}) of ${amountMinor} has a fee of ${feeOfRow}`];
  return givenByFeesMinor > feeOfRow && !reviews.has('reversal_shortfall') ? [`${kind} ${name} (${reference}) was taken back, and nobody was told that ${givenByFeesMinor - feeOfRow} were missing`] : [];
}

/** Nobody gets back more than was paid, nor anything that nobody wanted to give back; and whoever was told that it is made has it. */
function judgeRefunds({ rows, refundsByKey }: OurBooks, theirs: readonly TheirMovement[], wishes: readonly Wish[]): string[] {
  const problems: string[] = [];
  for (const { reference, key, told } of wishes) {
    if (key !== undefined && told === 'made' && !refundsByKey.has(key)) problems.push(`The refund ${key} of ${reference} was made, and is nowhere`);
  }
  for (const payment of rows.filter(({ kind }) => kind === 'collect')) {
    const given = rows.filter(({ kind, name }) => kind === 'refund' && name === payment.reference);
    // Made in the dashboard, they are of nobody's wish.
    const refunds = given.filter(({ reference }) => !reference.startsWith('re_'));
    const wanted = wishes.filter(({ reference }) => reference === payment.reference);
    const unkeyed = (told: string) => wanted.filter((wish) => wish.key === undefined && wish.told === told).length;
    const keyed = new Set(wanted.flatMap(({ key }) => (key !== undefined && refundsByKey.has(key) ? [key] : []))).size;
    const [least, most] = [keyed + unkeyed('made'), keyed + unkeyed('made') + unkeyed('died')];
    if (refunds.length < least || refunds.length > most) problems.push(`Payment ${payment.reference} has ${refunds.length} refunds; ${least} were made`);
    const paid = theirs.find(({ direction, reference }) => direction === 'collect' && reference === payment.reference);
    const movementOf = (refund: OurRow) => theirs.find((movement) => movement.reference === refund.reference);
    // What a person gave up for lost, wrongly, or its provider did, may be given back again.
    const meant = given.filter((refund) => !isReleasedByHand(refund) && movementOf(refund)?.hadFailed !== true);
    const givenBack = meant.reduce((sum, refund) => sum - (movementOf(refund)?.standsMinor ?? 0), 0);
    if (paid !== undefined && givenBack > paid.reported.amountMinor) problems.push(`Of payment ${payment.reference} ${givenBack} were given back, and ${paid.reported.amountMinor} had been paid`);
  }
  return problems;
}

/** All the money at each provider in each currency: what is there is what our ledger has, and what a person knows of. */
function judgeTotals({ balances, rows }: OurBooks, theirs: readonly TheirMovement[], judged: readonly Judged[], paidByHand: readonly PaidByHand[]): string[] {
  const surplus = new Map<string, number>();
  const add = (place: string, minor: number) => surplus.set(place, (surplus.get(place) ?? 0) + minor);
  for (const { slug, reported, standsMinor } of theirs) add(`${slug} ${reported.currency}`, standsMinor);
  for (const { provider, currency, amountMinor } of paidByHand) add(`${provider} ${currency}`, -amountMinor);
  for (const [place, minor] of balances) add(place, -minor);
  for (const { row, movement, gapMinor, excuse, ...rest } of judged) {
    if (excuse !== null) add(`${row.provider} ${row.currency}`, -gapMinor);
    if (isInAnotherCurrency({ row, movement, ...rest })) add(`${row.provider} ${movement!.reported.currency}`, -movement!.standsMinor);
  }
  const unknown = new Map(balances);
  for (const { provider, currency, bookedMinor } of rows) unknown.set(`${provider} ${currency}`, (unknown.get(`${provider} ${currency}`) ?? 0) - bookedMinor);
  return [
    ...[...surplus].filter(([, minor]) => minor !== 0).map(([place, minor]) => `${place}: the provider has ${minor} (minor units) more than our ledger and everybody who was told`),
    ...[...unknown].filter(([, minor]) => minor !== 0).map(([place, minor]) => `${place}: the ledger has ${minor} (minor units) for nothing`),
  ];
}

/** Reconciling shows every difference there is, and no other. */
function judgeReconciliation(judged: readonly Judged[], differences: readonly Difference[]): string[] {
  const shown = new Map(differences.flatMap((difference) => (difference.here === null ? [] : [[difference.here.reference, difference]] as const)));
  const problems: string[] = [];
  for (const { row, movement, excuse } of judged) {
    const difference = shown.get(row.reference);
    const isNameless = row.submission !== 'sent' && difference?.kind === 'unanswered';
    // Given back whole, by hand and by a refund of ours that came back since: a person should look, though the money agrees.
    const isWholeNoMore = row.reversedAt !== null && (movement?.givenBackByHandMinor ?? 0) > 0 && difference?.kind === 'status';
    // Another amount went out and came back: it is held until somebody says what to do with it.
    const isHeldBack = row.status === 'pending' && movement?.isTakenBack === true && row.reviews.get('reversal_mismatch') === 'open' && difference?.kind === 'status';
    // It never counted here, and somebody gave all of it back in the dashboard: no money is missing, and a person should look.
    const isGoneUncounted = row.bookedMinor === 0 && (movement?.givenBackByHandMinor ?? 0) > 0;
    if (difference !== undefined && excuse === null && !isNameless && !isWholeNoMore && !isHeldBack && !isGoneUncounted) problems.push(`Reconciling shows ${difference.kind} of ${row.kind} ${row.reference}, here ${row.status}, there ${difference.there?.status}, and the two agree`);
    // By a refund of nobody's, or not: of what was refunded, and then taken back whole, a person accepted that it is gone twice.
    const isShownOtherwise = movement?.givenBackByHandMinor !== 0 || row.reversedAt !== null;
    if (difference === undefined && excuse !== null && !isShownOtherwise) problems.push(`Reconciling does not show ${row.kind} ${row.reference} (${excuse})`);
  }
  for (const { here, entry } of differences) {
    const isByHand = entry?.direction === 'refund' && entry.reference === '';
    if (here === null && !isByHand) problems.push(`Reconciling shows ${entry?.direction} ${entry?.providerRef}, of which nobody knows`);
  }
  return problems;
}

function judgeLog({ attempts, log }: Witnesses): string[] {
  const secrets = [STRIPE_LIVE.secretKey, ...CONTESTANTS.flatMap(({ secrets }) => secrets), ...attempts.flatMap(({ msisdn }) => msisdn || [])];
  return secrets.filter((text) => log.some((line) => line.includes(text))).map((text) => `The log shows ${text}`);
}

function endsOf(judged: readonly Judged[], differences: readonly Difference[]): Record<string, number> {
  const ends: Record<string, number> = {};
  const count = (end: string) => (ends[end] = (ends[end] ?? 0) + 1);
  for (const { row, excuse } of judged) {
    count(`${row.kind} ${row.reversedAt === null ? row.status : 'reversed'}`);
    for (const [kind, resolution] of row.reviews) count(`review of ${kind} ${resolution}`);
    if (excuse !== null) count(excuse);
  }
  for (const { kind } of differences) count(`difference ${kind}`);
  return ends;
}
