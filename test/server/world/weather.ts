/** How well the providers can be reached: some quiet, some troubled, one or another in a storm, and after a while otherwise. */
import { type Clock, MINUTE_MS } from '../../../server/core/clock.ts';
import { type Fault, GARBLINGS } from '../../simulators/faults.ts';
import type { SimulatedRequest } from '../../simulators/simulator.ts';
import type { Chance } from '../crash/chance.ts';

/** How many of its requests meet a fault. */
const TROUBLES = [0, 0.03, 0.1, 0.3, 0.9] as const;

const SENT_TWICE = 0.15;

/** How much of what sends money out meets a fault at the least, while there is a storm: whatever is in doubt there must not go again. */
const TROUBLE_OF_MONEY_OUT = 0.4;

const MONEY_OUT = /\/(disburse|send-payment|refunds)$/;

const CHANGES_EVERY_MS = 5 * MINUTE_MS;

/** Some within our deadlines, some beyond. */
const DELAYS_MS = [300, 2_000, 6_000, 8_900, 9_500, 40_000] as const;

/** As long as a proxy may hold a request before it delivers it: less than after what a provider's "never heard of it" is believed. */
const HELD_MS = [3_000, 20_000, 3 * MINUTE_MS, 8 * MINUTE_MS] as const;

/** Dukuzi's answers are recognised by their time: what it got much later than it was sent is a person's to find. */
const DUKUZI_HELD_MS = [3_000, 20_000] as const;

/** Whether a provider is asked to pay somebody. */
export function sendsMoneyOut({ method, path }: Pick<SimulatedRequest, 'method' | 'path'>): boolean {
  return method === 'POST' && MONEY_OUT.test(path);
}

export class Weather {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #troubles = new Map<string, { trouble: number; until: number }>();
  isCalm = false;
  /** How often each kind of fault befell a request, and one that sends money out: `money out hangs`. */
  readonly faults: Record<string, number> = {};

  constructor(chance: Chance, clock: Clock) {
    this.#chance = chance;
    this.#clock = clock;
  }

  faultFor(slug: string, request: Pick<SimulatedRequest, 'method' | 'path'>): Fault | undefined {
    // Whoever has no idempotency is at the mercy of what is on the way; Stripe has it, and is sent things twice in any weather.
    if (slug === 'stripe' && request.method === 'POST' && this.#chance.next() < SENT_TWICE) return this.#counted({ kind: 'arrives_twice' });
    const isOut = sendsMoneyOut(request);
    const trouble = Math.max(this.#troubleOf(slug), isOut ? TROUBLE_OF_MONEY_OUT : 0);
    if (this.isCalm || this.#chance.next() >= trouble) return undefined;
    const fault = this.#counted(this.#fault(slug));
    if (isOut) this.#count(`money out ${fault.kind}`);
    return fault;
  }

  #counted(fault: Fault): Fault {
    this.#count(fault.kind);
    return fault;
  }

  #count(fault: string): void {
    this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  #fault(slug: string): Fault {
    const chance = this.#chance;
    switch (chance.below(11)) {
      case 0:
        return { kind: 'hangs' };
      case 1:
        return { kind: 'resets' };
      case 2:
        return { kind: 'breaks', status: chance.oneOf([500, 502, 503]) };
      case 3:
        return { kind: 'does_and_hangs' };
      case 4:
        return { kind: 'does_and_resets' };
      case 5:
      case 6:
        return { kind: 'is_late', ms: chance.oneOf(DELAYS_MS) };
      case 7:
        return { kind: 'does_and_breaks', status: chance.oneOf([500, 502, 503]) };
      case 8:
        return { kind: 'arrives_late', ms: chance.oneOf(this.#heldMs(slug)) };
      default:
        return { kind: 'garbles', how: chance.oneOf(GARBLINGS) };
    }
  }

  #heldMs(slug: string): readonly number[] {
    return slug === 'dukuzi' ? DUKUZI_HELD_MS : HELD_MS;
  }

  #troubleOf(slug: string): number {
    const now = this.#clock.now();
    const known = this.#troubles.get(slug);
    if (known !== undefined && now < known.until) return known.trouble;
    const trouble = this.#chance.oneOf(TROUBLES);
    this.#troubles.set(slug, { trouble, until: now + CHANGES_EVERY_MS });
    return trouble;
  }
}
