/** What the providers' own books say at the end, in one form for all of them. */
import type { Movement, Simulator } from '../../simulators/simulator.ts';
import { type StripeRefund, StripeSimulator } from '../../simulators/stripe/stripe.ts';

interface Money {
  amountMinor: number;
  currency: string;
}

export interface TheirMovement {
  slug: string;
  /** Theirs. */
  id: string;
  /** Ours, where they keep it. */
  reference: string;
  msisdn: string;
  direction: 'collect' | 'disburse' | 'refund';
  status: Movement['status'];
  agreed: Money;
  /** What they say was moved, or would be. */
  reported: Money;
  /** What our account there has more because of it, in the reported currency; negative for money out. */
  standsMinor: number;
  /** Whether it went through, and something of it was taken back since. */
  isTakenBack: boolean;
  /** Whether it was called failed once. */
  hadFailed: boolean;
  /** Whether the provider took it back, or found it paid, without a word. */
  isUntold: boolean;
  /** Of a card payment: what somebody gave back of it in the dashboard, and is in no book of ours. */
  givenBackByHandMinor: number;
}

/** `ours`: the references of everything that we have. */
export function readTheirBooks(simulators: readonly Simulator[], untold: ReadonlySet<object>, ours: ReadonlySet<string>): TheirMovement[] {
  return simulators.flatMap((simulator) =>
    simulator instanceof StripeSimulator
      ? [...simulator.books.movements.map((movement) => cardPayment(simulator, movement, untold, ours)), ...bookedRefunds(simulator, untold, ours)]
      : simulator.books.movements.map((movement) => plain(simulator.slug, movement, untold)),
  );
}

function plain(slug: string, movement: Movement, untold: ReadonlySet<object>): TheirMovement {
  const { id, reference, msisdn, direction, status, amount, currency, reported, hadFailed } = movement;
  const reportedMinor = minorOf(reported.amount);
  return {
    slug,
    id,
    reference,
    msisdn: msisdn.replace('+', ''),
    direction,
    status,
    agreed: { amountMinor: minorOf(amount), currency },
    reported: { amountMinor: reportedMinor, currency: reported.currency },
    standsMinor: status === 'success' ? (direction === 'collect' ? reportedMinor : -reportedMinor) : 0,
    isTakenBack: status === 'reversed',
    hadFailed,
    isUntold: untold.has(movement),
    givenBackByHandMinor: 0,
  };
}

/** Less what a lost dispute took, and what was given back in the dashboard and we never heard of; other refunds are movements of their own. */
function cardPayment(stripe: StripeSimulator, movement: Movement, untold: ReadonlySet<object>, ours: ReadonlySet<string>): TheirMovement {
  const base = plain('stripe', movement, untold);
  const isPaid = movement.status === 'success' || movement.status === 'reversed';
  if (!isPaid) return base;
  const minor = (units: number) => (movement.currency === 'RWF' ? units * 100 : units);
  const byHand = stripe.refunds.filter((refund) => refund.intent === movement.id && isByHand(refund) && !ours.has(refund.id) && refund.status === 'succeeded');
  const givenBackByHandMinor = byHand.reduce((sum, { amount }) => sum + minor(amount), 0);
  const lostMinor = minor(stripe.lostToDispute(movement));
  const standsMinor = base.reported.amountMinor - lostMinor - givenBackByHandMinor;
  return { ...base, standsMinor, givenBackByHandMinor, isTakenBack: lostMinor + givenBackByHandMinor > 0 };
}

/** One that was made in the dashboard has Stripe's name here, too. */
function bookedRefunds(stripe: StripeSimulator, untold: ReadonlySet<object>, ours: ReadonlySet<string>): TheirMovement[] {
  return stripe.refunds.filter((refund) => !isByHand(refund) || ours.has(refund.id)).map((refund) => {
    const { currency } = stripe.books.byId(refund.intent)!;
    const amountMinor = currency === 'RWF' ? refund.amount * 100 : refund.amount;
    const status = ({ succeeded: 'success', pending: 'pending', failed: 'failed' } as const)[refund.status];
    const money = { amountMinor, currency };
    return {
      slug: 'stripe',
      id: refund.id,
      reference: refund.metadata['reference'] ?? refund.id,
      msisdn: '',
      direction: 'refund',
      status,
      agreed: money,
      reported: money,
      standsMinor: status === 'success' ? -amountMinor : 0,
      isTakenBack: status === 'failed',
      hadFailed: false,
      isUntold: untold.has(refund),
      givenBackByHandMinor: 0,
    };
  });
}

function isByHand({ metadata }: StripeRefund): boolean {
  return metadata['reference'] === undefined;
}

function minorOf(major: number): number {
  return Math.round(major * 100);
}
