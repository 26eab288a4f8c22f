/** How well the providers can be reached: some quiet, some troubled, one or another in a storm, and after a while otherwise. */
import { type Clock, MINUTE_MS } from '../../../server/core/clock.ts';
import { type Fault, GARBLINGS } from '../../simulators/faults.ts';
import type { Chance } from '../crash/chance.ts';

/** How many of its requests meet a fault. */
const TROUBLES = [0, 0.03, 0.1, 0.3, 0.9] as const;

const SENT_TWICE = 0.15;

const CHANGES_EVERY_MS = 5 * MINUTE_MS;

/** Some within our deadlines, some beyond. */
const DELAYS_MS = [300, 2_000, 6_000, 8_900, 9_500, 40_000] as const;

/** As long as a proxy may hold a request before it delivers it: less than after what a provider's "never heard of it" is believed. */
const HELD_MS = [3_000, 20_000, 3 * MINUTE_MS, 8 * MINUTE_MS] as const;

/** Dukuzi's answers are recognised by their time: what it got much later than it was sent is a person's to find. */
const DUKUZI_HELD_MS = [3_000, 20_000] as const;

export class Weather {
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #troubles = new Map<string, { trouble: number; until: number }>();
  isCalm = false;
  /** How often each kind of fault befell a request. */
  readonly faults: Record<string, number> = {};

  constructor(chance: Chance, clock: Clock) {
    this.#chance = chance;
    this.#clock = clock;
  }

  faultFor(slug: string, method: string): Fault | undefined {
    // Whoever has no idempotency is at the mercy of what is on the way; Stripe has it, and is sent things twice in any weather.
    if (slug === 'stripe' && method === 'POST' && this.#chance.next() < SENT_TWICE) return this.#counted({ kind: 'arrives_twice' });
    if (this.isCalm || this.#chance.next() >= this.#troubleOf(slug)) return undefined;
    return this.#counted(this.#fault(slug));
  }

  #counted(fault: Fault): Fault {
    this.faults[fault.kind] = (this.faults[fault.kind] ?? 0) + 1;
    return fault;
  }

  #fault(slug: string): Fault {
    const chance = this.#chance;
    switch (chance.below(10)) {
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
