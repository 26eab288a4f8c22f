/** The daily look at every line whose provider can tell how it is, whether payments go over it or not. */
import { type Clock, SECOND_MS } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import type { LineCheck, Provider } from '../provider.ts';
import type { NamedLine, ProviderRouting } from '../routing.ts';
import type { LineEvent } from './breaker.ts';
import type { ProviderLines } from './lines.ts';

/** Six in the morning, UTC: nine in East Africa, when its shops open. The DGateway reference's hour. */
export const DAILY_CHECK_CRON = '0 6 * * *';

const CHECK_DEADLINE_MS = 10 * SECOND_MS;

export class DailyLineCheck {
  readonly #lines: ProviderLines;
  readonly #routing: ProviderRouting;
  readonly #clock: Clock;

  constructor(deps: { lines: ProviderLines; routing: ProviderRouting; clock: Clock }) {
    this.#lines = deps.lines;
    this.#routing = deps.routing;
    this.#clock = deps.clock;
  }

  /** Checks all lines at once: one that hangs keeps no other waiting. */
  async run(): Promise<void> {
    // A line is checked under its adapter's own name, not again under each name by which it can be reached.
    const own = this.#routing.lines().filter(({ slug, carrier }) => slug === carrier.slug);
    await Promise.all(own.map((line) => this.#check(line)));
  }

  async #check({ carrier, network, currency }: NamedLine): Promise<void> {
    const found = await this.#ask(carrier, { network, currency });
    if (found !== null) await this.#lines.apply({ provider: carrier.slug, network, currency }, found);
  }

  /** Null where the provider has no way of telling: real payments and their trials must. */
  async #ask(carrier: Provider, line: Pick<NamedLine, 'network' | 'currency'>): Promise<LineEvent | null> {
    if (carrier.check === undefined) return null;
    try {
      const late = { kind: 'checkUnanswered', reason: 'The check was not answered in time' } as const;
      return await withDeadline<LineEvent | null>(carrier.check(line).then(eventOf), { clock: this.#clock, deadlineMs: CHECK_DEADLINE_MS, late });
    } catch (error) {
      return { kind: 'checkUnanswered', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

function eventOf(found: LineCheck | null): LineEvent | null {
  if (found === null) return null;
  return found === 'up' ? { kind: 'checkPassed' } : { kind: 'checkFailed', reason: found.down };
}
