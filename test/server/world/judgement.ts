/**
 * After everything has settled: what the providers' own books say, and what ours say, of every attempt and of all the
 * money together. Each sentence is a promise of DESIGN § 1 that was broken.
 */
import { statement, type Store } from '../../../server/db/store.ts';
import { verifyBooks } from '../../../server/payments/verify.ts';
import type { Movement, Simulator } from '../../simulators/simulator.ts';
import { CONTESTANTS } from '../providers/contract/contestants.ts';
import type { Attempt } from './merchants.ts';

interface Ours {
  kind: 'collect' | 'disburse' | 'withdrawal';
  id: number;
  reference: string;
  provider: string;
  currency: string;
  phone: string;
  status: string;
  submission: string;
  amountMinor: number;
  reviews: string;
}

const ours = statement<Ours>(`
  SELECT p.direction AS kind, p.id, p.reference, p.provider, p.currency, p.phone, p.status, p.submission, p.amount_minor AS "amountMinor",
    coalesce((SELECT group_concat(kind) FROM reviews WHERE subject = 'payment:' || p.id AND resolved_at IS NULL), '') AS reviews FROM payments p
  UNION ALL SELECT 'withdrawal', id, reference, provider, currency, destination, status, submission, amount_minor,
    coalesce((SELECT group_concat(kind) FROM reviews WHERE subject = 'withdrawal:' || w.id AND resolved_at IS NULL), '') FROM withdrawals w`);

const clearing = statement<{ provider: string; currency: string; minor: number }>(`
  SELECT a.provider, a.currency, sum(e.amount_minor) AS minor FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id
  WHERE a.kind = 'clearing' AND a.mode = 'live' GROUP BY a.provider, a.currency`);

interface Evidence {
  store: Store;
  attempts: readonly Attempt[];
  simulators: readonly Simulator[];
  log: readonly string[];
}

export interface Judgement {
  problems: string[];
  /** How often each kind of payment ended how. */
  ends: Record<string, number>;
}

export async function judge({ store, attempts, simulators, log }: Evidence): Promise<Judgement> {
  const rows = await store.read.all(ours);
  const theirs = simulators.flatMap(({ slug, books }) => books.movements.map((movement) => ({ slug, movement })));
  const problems = await verifyBooks(store.read);
  for (const attempt of attempts) {
    const made = rows.filter(({ phone }) => phone === attempt.msisdn);
    const moved = theirs.filter(({ movement }) => movement.msisdn.replace('+', '') === attempt.msisdn);
    problems.push(...judgeAttempt(attempt, made, moved.map(({ movement }) => movement)));
  }
  const known = new Set(attempts.map(({ msisdn }) => msisdn));
  for (const { slug, movement } of theirs) if (!known.has(movement.msisdn.replace('+', ''))) problems.push(`${slug} moved money for ${movement.msisdn}, whom nobody asked`);
  problems.push(...judgeTotals(theirs, await store.read.all(clearing)));
  const secrets = CONTESTANTS.flatMap(({ secrets }) => secrets);
  for (const text of [...secrets, ...attempts.map(({ msisdn }) => msisdn)]) {
    if (log.some((line) => line.includes(text))) problems.push(`The log shows ${text}`);
  }
  const ends: Record<string, number> = {};
  for (const { kind, status, reviews } of rows) {
    const end = `${kind} ${reviews ? 'in review' : status}`;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return { problems, ends };
}

function judgeAttempt(attempt: Attempt, made: readonly Ours[], moved: readonly Movement[]): string[] {
  const name = `${attempt.path} for ${attempt.msisdn} at ${attempt.provider}`;
  if (made.length > 1) return [`${name} was made ${made.length} times`];
  if (moved.length > 1) return [`${name} was sent to its provider ${moved.length} times`];
  const [row, movement] = [made[0], moved[0]];
  if (row === undefined) return movement === undefined ? [] : [`${name} stands in the provider’s books and not in ours`];
  const expected = expectedOf(row, movement);
  const isAsExpected = expected.status.includes(row.status) && row.reviews === expected.review;
  if (isAsExpected) return [];
  const told = movement === undefined ? 'never heard of it' : `says ${movement.status} of ${movement.reported.amount} ${movement.reported.currency}`;
  return [`${name} (${row.reference}) is ${row.status}, ${row.submission}${row.reviews && `, in review for ${row.reviews}`}; its provider ${told}`];
}

/** Where a payment stands at the end of all time, by what its provider did. */
function expectedOf({ kind, amountMinor, currency, submission, reviews }: Ours, movement: Movement | undefined): { status: readonly string[]; review: string } {
  const ended = kind === 'collect' ? ['failed', 'expired'] : ['failed'];
  // Whether a provider has it that never said so, and keeps no reference of ours, only a person can find out.
  const unpaid = { status: ended, review: submission === 'sent' ? '' : reviews.replace(/^(?!outcome_unknown$).*$/, '') };
  switch (movement?.status) {
    case undefined:
    case 'failed':
    case 'reversed':
      return unpaid;
    // A prompt that nobody ever answers.
    case 'pending':
    case 'vendor':
      return kind === 'collect' ? unpaid : { status: ['pending'], review: '' };
    case 'success': {
      const { amount, currency: told } = movement.reported;
      const isAgreed = Math.round(amount * 100) === amountMinor && told === currency;
      if (isAgreed) return { status: ['completed'], review: '' };
      // Whose name at the provider nobody knows is not recognised by another amount: a person is told all the same.
      return { status: kind === 'collect' ? ended : ['pending'], review: unpaid.review || 'amount_mismatch' };
    }
    default:
      return movement!.status satisfies never;
  }
}

/** All the money at each provider in each currency: what came in less what went out is what our ledger has there. */
function judgeTotals(theirs: readonly { slug: string; movement: Movement }[], accounts: readonly { provider: string; currency: string; minor: number }[]): string[] {
  const balances = new Map<string, number>();
  const add = (place: string, minor: number) => balances.set(place, (balances.get(place) ?? 0) + minor);
  for (const { slug, movement } of theirs) {
    const { amount, currency, reported, direction, status } = movement;
    // What differs from what was agreed waits for a person, and is in no ledger.
    const counts = status === 'success' && reported.amount === amount && reported.currency === currency;
    if (counts) add(`${slug} ${currency}`, Math.round(amount * 100) * (direction === 'collect' ? 1 : -1));
  }
  for (const { provider, currency, minor } of accounts) add(`${provider} ${currency}`, minor);
  return [...balances].filter(([, minor]) => minor !== 0).map(([place, minor]) => `${place}: the provider has ${minor} (minor units) more than our ledger`);
}
