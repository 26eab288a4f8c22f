/**
 * How many payments a list has, without counting them: the database keeps counts of each kind of payment by the
 * hour, by the day and in all (payment_counts). Only where a span of time begins or ends within an hour are some of
 * that hour's payments counted themselves.
 *
 * A payment that is made or moves appends what that changes (payment_count_changes, by triggers), so that payments never
 * wait for each other at a count; a recurring job adds it to the counts, and until then readers add it themselves.
 */
import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { Currency } from '../core/money.ts';
import { type Reader, statement, type Store, type Transaction } from '../db/store.ts';
import { type Rule, rule } from '../ledger/rule.ts';
import type { Direction } from '../providers/provider.ts';
import type { PaymentStatus } from '../core/checkout-contract.ts';
import type { Owner } from './lookup.ts';

/** What payments are counted by. */
export interface Kind {
  status: PaymentStatus;
  direction: Direction;
  provider: string;
  currency: Currency;
}

export interface CountedKind extends Kind {
  payments: number;
}

/** From a time (milliseconds, inclusive) until another (exclusive). */
export interface Span {
  from: number;
  until: number;
}

/** Which kinds are meant; what is absent does not matter. */
export interface KindFilter {
  /** One status, or two that are shown as one. */
  statuses?: readonly [PaymentStatus] | readonly [PaymentStatus, PaymentStatus] | undefined;
  direction?: Direction | undefined;
  provider?: string | undefined;
  currency?: Currency | undefined;
}

const OWN = 'app_id = :appId AND mode = :mode';
const KIND = 'status, direction, provider, currency';

const always = statement<CountedKind>(`
  SELECT ${KIND}, CAST(sum(payments) AS BIGINT) AS payments FROM (
    SELECT ${KIND}, payments FROM payment_counts WHERE ${OWN} AND span = 'all'
    UNION ALL SELECT ${KIND}, payments FROM payment_count_changes WHERE ${OWN}
  ) counted GROUP BY ${KIND}`);

// Summed with the filter inside: grouping the kinds of a dozen days to filter them afterwards took four times as long.
const within = statement<{ payments: number }>(`
  SELECT CAST(coalesce(sum(payments), 0) AS BIGINT) AS payments FROM (
    SELECT ${KIND}, payments FROM payment_counts WHERE ${OWN} AND span = 'hour' AND starts_at >= :firstHour AND starts_at < :firstDay
    UNION ALL SELECT ${KIND}, payments FROM payment_counts WHERE ${OWN} AND span = 'day' AND starts_at >= :firstDay AND starts_at < :endOfDays
    UNION ALL SELECT ${KIND}, payments FROM payment_counts WHERE ${OWN} AND span = 'hour' AND starts_at >= :endOfDays AND starts_at < :endOfHours
    UNION ALL SELECT ${KIND}, payments FROM payment_count_changes WHERE ${OWN} AND created_at >= :firstHour AND created_at < :endOfHours
  ) counted
  WHERE (CAST(:status AS TEXT) IS NULL OR status = :status OR status = :otherStatus)
    AND (CAST(:direction AS TEXT) IS NULL OR direction = :direction)
    AND (CAST(:provider AS TEXT) IS NULL OR provider = :provider)
    AND (CAST(:currency AS TEXT) IS NULL OR currency = :currency)`);

/** Every kind of payment an app has, with its number; kinds it has no more are left out. */
export async function kindsOf(reader: Reader, { app, mode }: Owner): Promise<CountedKind[]> {
  const kinds = await reader.all(always, { appId: app.id, mode });
  return kinds.filter(({ payments }) => payments > 0);
}

/** How many payments of these kinds were made within whole hours. */
export async function countWithin(reader: Reader, { app, mode }: Owner, { from, until }: Span, filter: KindFilter): Promise<number> {
  const days = { from: roundUp(from, DAY_MS), until: roundDown(until, DAY_MS) };
  // Within two days at most, and no whole one: all of it is hours.
  if (days.from > days.until) days.from = days.until = until;
  const bounds = { firstHour: from, firstDay: days.from, endOfDays: days.until, endOfHours: until };
  const { statuses: [status = null, otherStatus = null] = [], direction = null, provider = null, currency = null } = filter;
  const found = await reader.get(within, { appId: app.id, mode, ...bounds, status, otherStatus, direction, provider, currency });
  return found!.payments;
}

/** What a count of whole hours is short of (add), or has too much of (subtract), at an end of a span. */
export interface End extends Span {
  sign: 1 | -1;
}

/**
 * A span as the whole hours nearest to it, and what is missing or too much at its ends: half an hour at most, in
 * which payments are counted themselves (0.2 µs each, measured 2026-11).
 */
export function inWholeHours({ from, until }: Span): { hours: Span | null; ends: End[] } {
  const hours = { from: nearestHour(from), until: nearestHour(until) };
  if (hours.from >= hours.until) return { hours: null, ends: [{ from, until, sign: 1 }] };
  const ends: End[] = [
    { from, until: hours.from, sign: 1 },
    { from: hours.from, until: from, sign: -1 },
    { from: hours.until, until, sign: 1 },
    { from: until, until: hours.until, sign: -1 },
  ];
  return { hours, ends: ends.filter((end) => end.from < end.until) };
}

function nearestHour(time: number): number {
  return Math.round(time / HOUR_MS) * HOUR_MS;
}

function roundUp(time: number, unit: number): number {
  return Math.ceil(time / unit) * unit;
}

function roundDown(time: number, unit: number): number {
  return Math.floor(time / unit) * unit;
}

/** Changes that are added to the counts in one commit. */
const FOLD_TOGETHER = 1_000;

/** When they are: at a thousand payments a second, the most that readers have to add themselves is sixty thousand. */
export const COUNT_CRON = '*/20 * * * * *';

interface Change extends Kind {
  appId: number;
  mode: string;
  createdAt: number;
  payments: number;
}

/** Whoever takes a change away adds it to the counts in the same commit: each is counted once, in whatever order they were committed. */
const takeChanges = statement<Change>(`
  DELETE FROM payment_count_changes WHERE id IN (SELECT id FROM payment_count_changes ORDER BY id LIMIT ${FOLD_TOGETHER})
  RETURNING app_id AS "appId", mode, created_at AS "createdAt", ${KIND}, payments`);

const addToCount = statement(`
  INSERT INTO payment_counts (app_id, mode, span, starts_at, ${KIND}, payments)
  VALUES (:appId, :mode, :span, :startsAt, :status, :direction, :provider, :currency, :payments)
  ON CONFLICT (app_id, mode, span, starts_at, ${KIND}) DO UPDATE SET payments = payment_counts.payments + excluded.payments`);

const SPANS = { all: () => 0, day: (time: number) => roundDown(time, DAY_MS), hour: (time: number) => roundDown(time, HOUR_MS) } as const;

/** The recurring job: adds to the counts what was appended since. */
export async function foldCounts(store: Store): Promise<void> {
  while ((await store.write(foldSome)) === FOLD_TOGETHER);
}

async function foldSome(tx: Transaction): Promise<number> {
  const changes = await tx.all(takeChanges);
  for (const count of countsOf(changes)) await tx.run(addToCount, count);
  return changes.length;
}

/** What these come to in each span, in one order, so that two who fold do not wait for each other crosswise. */
function countsOf(changes: readonly Change[]) {
  const counts = new Map<string, Omit<Change, 'createdAt'> & { span: string; startsAt: number }>();
  for (const { createdAt, payments, ...kind } of changes) {
    for (const [span, startOf] of Object.entries(SPANS)) {
      const counted = { ...kind, span, startsAt: startOf(createdAt) };
      const name = Object.values(counted).join(' ');
      counts.set(name, { ...counted, payments: payments + (counts.get(name)?.payments ?? 0) });
    }
  }
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}

function countedFrom(span: string, startsAt: string): string {
  const changed = `SELECT app_id, mode, '${span}' AS span, ${startsAt} AS starts_at, ${KIND}, payments FROM payment_count_changes`;
  return `${changed} UNION ALL SELECT app_id, mode, '${span}', ${startsAt}, ${KIND}, -1 FROM payments`;
}

const START_OF_DAY = `created_at - created_at % ${DAY_MS}`;
const START_OF_HOUR = `created_at - created_at % ${HOUR_MS}`;

export const COUNTED_RIGHT: readonly Rule[] = [
  rule<{ appId: number; mode: string; span: string; startsAt: number; surplus: number } & Kind>(
    'the counts of payments are those of the payments',
    `SELECT app_id AS "appId", mode, span, starts_at AS "startsAt", ${KIND}, CAST(sum(payments) AS BIGINT) AS surplus FROM (
       SELECT app_id, mode, span, starts_at, ${KIND}, payments FROM payment_counts
       UNION ALL ${countedFrom('all', '0')} UNION ALL ${countedFrom('day', START_OF_DAY)} UNION ALL ${countedFrom('hour', START_OF_HOUR)}
     ) counted GROUP BY app_id, mode, span, starts_at, ${KIND} HAVING sum(payments) <> 0`,
    (row) =>
      `App ${row.appId} (${row.mode}) counts ${Math.abs(row.surplus)} ${row.surplus > 0 ? 'too many' : 'too few'} ${row.status} payments ` +
      `(${row.direction}, ${row.provider}, ${row.currency}) ${row.span === 'all' ? 'in all' : `in the ${row.span} of ${new Date(row.startsAt).toISOString()}`}`,
  ),
];
