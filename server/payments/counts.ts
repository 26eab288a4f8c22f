/**
 * How many payments a list has, without counting them: the database keeps counts of each kind of payment by the
 * hour, by the day and in all (payment_counts, written by triggers). Only where a span of time begins or ends
 * within an hour are that hour's payments counted themselves.
 */
import { DAY_MS, HOUR_MS } from '../core/clock.ts';
import type { Currency } from '../core/money.ts';
import { type Reader, statement } from '../db/store.ts';
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

const SUMMED = 'status, direction, provider, currency, CAST(sum(payments) AS BIGINT) AS payments FROM payment_counts';
const OWN = 'app_id = :appId AND mode = :mode';
const KIND = 'status, direction, provider, currency';

const always = statement<CountedKind>(`SELECT ${SUMMED} WHERE ${OWN} AND span = 'all' GROUP BY ${KIND}`);

const within = statement<CountedKind>(
  [
    `SELECT ${SUMMED} WHERE ${OWN} AND span = 'hour' AND starts_at >= :firstHour AND starts_at < :firstDay GROUP BY ${KIND}`,
    `SELECT ${SUMMED} WHERE ${OWN} AND span = 'day' AND starts_at >= :firstDay AND starts_at < :endOfDays GROUP BY ${KIND}`,
    `SELECT ${SUMMED} WHERE ${OWN} AND span = 'hour' AND starts_at >= :endOfDays AND starts_at < :endOfHours GROUP BY ${KIND}`,
  ].join(' UNION ALL '),
);

/** Every kind of payment an app has, with its number; kinds it has no more are left out. */
export async function kindsOf(reader: Reader, { app, mode }: Owner): Promise<CountedKind[]> {
  const kinds = await reader.all(always, { appId: app.id, mode });
  return kinds.filter(({ payments }) => payments > 0);
}

/** The payments of each kind that were made within whole hours; a kind may come more than once. */
export async function kindsWithin(reader: Reader, { app, mode }: Owner, { from, until }: Span): Promise<CountedKind[]> {
  const days = { from: roundUp(from, DAY_MS), until: roundDown(until, DAY_MS) };
  // Within two days at most, and no whole one: all of it is hours.
  if (days.from > days.until) days.from = days.until = until;
  const bounds = { firstHour: from, firstDay: days.from, endOfDays: days.until, endOfHours: until };
  return reader.all(within, { appId: app.id, mode, ...bounds });
}

/** A span as the whole hours in it and what is left of it at its ends. */
export function inWholeHours({ from, until }: Span): { hours: Span | null; ends: Span[] } {
  const hours = { from: roundUp(from, HOUR_MS), until: roundDown(until, HOUR_MS) };
  if (hours.from >= hours.until) return { hours: null, ends: [{ from, until }] };
  const ends = [
    { from, until: hours.from },
    { from: hours.until, until },
  ];
  return { hours, ends: ends.filter((end) => end.from < end.until) };
}

function roundUp(time: number, unit: number): number {
  return Math.ceil(time / unit) * unit;
}

function roundDown(time: number, unit: number): number {
  return Math.floor(time / unit) * unit;
}

function countedFrom(span: string, startsAt: string): string {
  return `SELECT app_id, mode, '${span}' AS span, ${startsAt} AS starts_at, ${KIND}, -1 AS payments FROM payments`;
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
