/**
 * Whoever holds the cards. A page that has a payment's client secret pays with it as Stripe.js does: cards go through, are
 * declined and tried again, banks ask and are answered, wrongly or never. What was paid is disputed later, or given back
 * by somebody in Stripe's dashboard; and banks take their time with refunds.
 */
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../server/core/clock.ts';
import type { Movement } from '../../simulators/simulator.ts';
import { STRIPE_LIVE, type StripeSimulator } from '../../simulators/stripe/stripe.ts';
import type { Chance } from '../crash/chance.ts';
import type { TakingBack } from './taking-back.ts';

const CARD = { pays: '4242 4242 4242 4242', declined: '4000 0000 0000 0002', poor: '4000 0000 0000 9995', asks: '4000 0027 6000 3184' } as const;

/** Before and after we gave the payment up and cancelled it. */
const LATE_MS = [20 * MINUTE_MS, 3.9 * HOUR_MS, 4.5 * HOUR_MS, 20 * HOUR_MS] as const;

/** A refund's bank answers soon, or after days in which nothing else happens. */
const REFUND_TAKES_MS = [20 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 30 * HOUR_MS] as const;

const DISPUTE_RUNS_MS = [HOUR_MS, 20 * HOUR_MS, 2 * DAY_MS] as const;

export class Cardholders {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #stripe: StripeSimulator;
  readonly #takingBack: TakingBack;
  readonly #disputed = new Set<Movement>();
  #refundsSeen = 0;

  constructor(deps: { chance: Chance; clock: Clock; stripe: StripeSimulator; takingBack: TakingBack }) {
    this.#chance = deps.chance;
    this.#clock = deps.clock;
    this.#stripe = deps.stripe;
    this.#takingBack = deps.takingBack;
    this.#stripe.nextRefund = () => (this.#chance.below(4) === 0 ? 'pending' : 'succeeded');
  }

  /** A page was given a client secret; what its buyer does with it. */
  meet(secret: string): void {
    const chance = this.#chance;
    const soon = (3 + chance.below(300)) * SECOND_MS;
    const again = soon + (20 + chance.below(100)) * SECOND_MS;
    const pay = (afterMs: number, card: keyof typeof CARD) => this.#clock.after(afterMs, () => this.#confirm(secret, card));
    const answer = (afterMs: number, isRight: boolean) => this.#clock.after(afterMs, () => this.#answer(secret, isRight));
    const dice = chance.below(100);
    if (dice < 44) pay(soon, 'pays');
    else if (dice < 50) for (const at of [soon, soon]) pay(at, 'pays');
    else if (dice < 66) {
      pay(soon, chance.oneOf(['declined', 'poor']));
      if (dice < 60) pay(again, 'pays');
    } else if (dice < 84) {
      pay(soon, 'asks');
      if (dice < 79) answer(again, dice < 74);
      if (dice >= 74 && dice < 79) pay(again + 30 * SECOND_MS, 'pays');
    } else if (dice < 88) this.#clock.after(soon, () => this.#payOtherwise(secret));
    else if (dice < 96) pay(chance.oneOf(LATE_MS), 'pays');
  }

  /** Sees to refunds that are new in Stripe's books. */
  look(): void {
    const { refunds } = this.#stripe;
    for (const refund of refunds.slice(this.#refundsSeen)) {
      const takesMs = this.#chance.oneOf(REFUND_TAKES_MS);
      const isRefused = this.#chance.below(4) === 0;
      if (refund.status === 'pending') this.#clock.after(takesMs, () => this.#stripe.endRefund(refund, isRefused ? 'failed' : 'succeeded'));
      // The card was closed: the money comes back to the account although our refund had gone through.
      else if (refund.metadata['reference'] !== undefined && this.#chance.below(8) === 0) this.#takingBack.later(refund, () => this.#stripe.endRefund(refund, 'failed'));
    }
    this.#refundsSeen = refunds.length;
  }

  #confirm(secret: string, card: keyof typeof CARD): void {
    this.#ask(secret, 'confirm', { 'payment_method_data[type]': 'card', 'payment_method_data[card][number]': CARD[card], return_url: 'https://duka.example/paid' });
    this.#think(this.#movementOf(secret));
  }

  #answer(secret: string, isRight: boolean): void {
    this.#ask(secret, 'answer_challenge', { right: String(isRight) });
    this.#think(this.#movementOf(secret));
  }

  #payOtherwise(secret: string): void {
    const movement = this.#movementOf(secret);
    if (movement.status !== 'pending') return;
    movement.reported = { ...movement.reported, amount: movement.amount - 100 };
    this.#confirm(secret, 'pays');
  }

  /** Of what was paid some is taken back. */
  #think(movement: Movement): void {
    if (movement.status !== 'success' || this.#disputed.has(movement)) return;
    this.#disputed.add(movement);
    const dice = this.#chance.below(100);
    if (dice < 12) this.#takingBack.later(movement, () => this.#dispute(movement));
    else if (dice < 16) this.#takingBack.later(movement, () => this.#giveBackByHand(movement, 1));
    else if (dice < 20) this.#takingBack.later(movement, () => this.#giveBackByHand(movement, 2));
  }

  #dispute(movement: Movement): void {
    const left = this.#stripe.leftOf(movement);
    if (left <= 0) return;
    this.#stripe.dispute(movement.id, 'needs_response', left);
    const isLost = this.#chance.below(3) > 0;
    const isTold = !this.#takingBack.untold.has(movement);
    this.#clock.after(this.#chance.oneOf(DISPUTE_RUNS_MS), () => {
      const decide = () => (isLost ? this.#stripe.books.reverse(movement, 'fraudulent') : this.#stripe.dispute(movement.id, 'won', left));
      this.#takingBack.now(decide, { isTold });
    });
  }

  #giveBackByHand(movement: Movement, parts: number): void {
    const left = this.#stripe.leftOf(movement);
    const amount = movement.currency === 'UGX' ? Math.floor(left / parts / 100) * 100 : Math.floor(left / parts);
    if (amount <= 0) return;
    this.#stripe.refundInDashboard(movement.id, amount);
  }

  #ask(secret: string, act: string, fields: Record<string, string>): void {
    const form = new URLSearchParams({ key: STRIPE_LIVE.publishableKey, client_secret: secret, ...fields });
    this.#stripe.handle({ method: 'POST', path: `/v1/payment_intents/${idIn(secret)}/${act}`, query: new URLSearchParams(), headers: {}, body: form.toString() });
  }

  #movementOf(secret: string): Movement {
    return this.#stripe.books.byId(idIn(secret))!;
  }
}

function idIn(secret: string): string {
  return secret.split('_secret_')[0]!;
}
