/** What merchants were told, in answers and in events, against what became of it: whoever hears a no asks somebody to pay again. */
import { type Reader, statement } from '../../../server/db/store.ts';
import type { Facts } from '../../../server/webhooks/payloads.ts';
import { isReleasedByHand } from './expectations.ts';
import type { Attempt } from './merchants.ts';
import type { OurRow } from './our-books.ts';
import type { TheirMovement } from './their-books.ts';

const events = statement<{ subject: string; facts: string }>(`SELECT 'payment:' || payment_id AS subject, facts FROM webhook_events ORDER BY payment_id, payment_version`);

/** What each payment's events tell, the oldest first. */
export async function readEvents(reader: Reader): Promise<ReadonlyMap<string, Facts[]>> {
  const told = Map.groupBy(await reader.all(events), ({ subject }) => subject);
  return new Map([...told].map(([subject, rows]) => [subject, rows.map(({ facts }) => JSON.parse(facts) as Facts)]));
}

/** An answer is about the attempt that was asked for, and nobody hears a no of what is paid; unless its provider, or a person, had given it up. */
export function judgeAnswer({ name, path, answer }: Attempt, row: OurRow, movement: TheirMovement | undefined): string[] {
  if (answer === null) return [];
  const { data, error } = JSON.parse(answer.body) as { data?: { reference?: string; status?: string }; error?: { code: string } };
  const problems: string[] = [];
  if (data?.reference !== undefined && data.reference !== row.reference) problems.push(`${path} of ${name} was answered with ${data.reference}, and is ${row.reference}`);
  // Any other error is of a request of which nothing was made; its twin, with the same key, may have come to more.
  const isNo = error?.code === 'PROVIDER_ERROR' || data?.status === 'failed';
  const isPaid = movement !== undefined && movement.status !== 'failed' && !movement.hadFailed && !movement.isTakenBack;
  if (isNo && isPaid && !isReleasedByHand(row)) problems.push(`${path} of ${name} (${row.reference}) was answered no, and is ${movement.status} at ${movement.slug}`);
  return problems;
}

/** Its events say of a payment what its row says: how it ended, what went back of it, and whether it was taken back. */
export function judgeEvents({ subject, kind, reference, status, refundedMinor, reversedAt }: OurRow, told: readonly Facts[]): string[] {
  if (kind !== 'collect' && kind !== 'disburse') return [];
  const own = told.filter(({ back }) => back === undefined);
  const sum = (news: string, of: (facts: Facts) => number) => told.filter(({ back }) => back?.news.kind === news).reduce((total, facts) => total + of(facts), 0);
  const amountOf = ({ back }: Facts) => back!.news.amountMinor;
  const said = {
    status: own.at(-1)?.status ?? 'pending',
    completions: own.filter((facts) => facts.status === 'completed').length,
    refundedMinor: sum('refunded', amountOf) - sum('refund_failed', amountOf),
    reversals: sum('reversed', () => 1) - sum('restored', () => 1),
  };
  const is = { status, completions: status === 'completed' ? 1 : 0, refundedMinor, reversals: reversedAt === null ? 0 : 1 };
  return JSON.stringify(said) === JSON.stringify(is) ? [] : [`${subject} (${reference}) is ${JSON.stringify(is)}, and its merchant was told ${JSON.stringify(said)}`];
}
